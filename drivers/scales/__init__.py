"""Scales on a serial line or TCP: one driver, one dialect (codec and questions) for each protocol."""
