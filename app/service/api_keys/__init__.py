"""API keys: made, listed, rotated and ended by the company itself; when each was last used."""
