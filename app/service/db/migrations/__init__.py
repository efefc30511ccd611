"""Alembic's environment and versions; migrations only go forward."""
