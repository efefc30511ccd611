"""Screen of the devices: how each is, tests, what was found, settings."""
