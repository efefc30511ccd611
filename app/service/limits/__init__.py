"""How often whom may call: limits by plan, counted in memory, in PostgreSQL, or in Redis."""
