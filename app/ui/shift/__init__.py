"""Screens of the shift: opening with a counted float, figures, reports, cash in and out, closing."""
