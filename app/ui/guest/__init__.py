"""Screens S4 and S5: finding, registering and reading a guest, and what is done with the points."""
