"""Exchange with the service: push of the outbox, pull of the catalogue, backoff, worker."""
