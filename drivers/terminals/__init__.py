"""Payment terminals by their wire protocols."""
