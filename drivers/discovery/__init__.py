"""Finding devices: each way by itself and in its own thread."""
