"""What every noun of the service uses: the unit of work, problems, idempotency, events."""
