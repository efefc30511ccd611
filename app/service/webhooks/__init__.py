"""Webhooks: who subscribes to events, and how each event reaches them, signed and at least once."""
