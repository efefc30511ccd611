"""The menu: stored by nouns, given out whole with a version."""
