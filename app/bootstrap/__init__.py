"""The only place that picks concrete parts and wires them, one module for each program."""
