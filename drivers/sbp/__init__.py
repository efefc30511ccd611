"""Payments by QR code of the Faster Payments System, one package for each bank."""
