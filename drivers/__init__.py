"""Drivers of printers, scanners and payment terminals; they know nothing of the application."""
