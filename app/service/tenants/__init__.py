"""Companies and their versioned loyalty rules."""
