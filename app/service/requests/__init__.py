"""What was asked of the service: the request log, and usage by key and endpoint."""
