"""The guest's display: a window of its own on the second screen."""
