"""Tills and plugins in the field: who they are, how they are, what they are told, what they run."""
