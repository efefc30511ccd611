"""Periodic work: what is due runs once over all processes, and is made up for after a stop."""
