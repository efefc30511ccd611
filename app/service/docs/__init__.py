"""What integrators read: the explorer, the guides, the catalogue of events, the description completed."""
