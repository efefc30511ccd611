"""Places, registers, halls, installations and their keys, and what a till reads at start."""
