"""Screens of the shift: opening with a counted float, reports, cash in and out, closing."""
