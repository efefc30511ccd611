"""Protocols of devices with their allowed order of calls, plain types, capabilities, errors."""
