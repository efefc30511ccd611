"""Screen of the exchange: what waits to be sent, what failed, what a person decides."""
