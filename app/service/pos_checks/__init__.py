"""Checks that other point-of-sale systems report (A13)."""
