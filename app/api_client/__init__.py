"""Typed HTTP client of the service, with one tree of errors."""
