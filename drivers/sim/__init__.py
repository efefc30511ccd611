"""Simulators that speak the real bytes of each device and misbehave when told."""
