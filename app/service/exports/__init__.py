"""Bulk exports: a job writes a file in pieces, a signed link gives it out for an hour."""
