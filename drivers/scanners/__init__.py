"""Barcode scanners: serial line, keyboard wedge, camera."""
