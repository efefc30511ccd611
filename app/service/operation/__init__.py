"""Running the service: logs, metrics, health, settings by environment, an orderly end."""
