"""The demonstration: real windows, service and simulated devices, driven as a cashier would."""
