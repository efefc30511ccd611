"""Promotions: which of them a check gets, what they take off, and why the others do not apply (L12).

The same pure code runs in the till (preview, offline) and in the service (authority). Rules and the
check that is looked at are values of `rules` and `situation`; `conditions` says what is missing,
`effects` what a promotion takes off each line, `applying` goes through all of them in their order, and
`check` joins them with the arithmetic of points.
"""
