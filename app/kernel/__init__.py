"""Words everything speaks: money, quantity, clock, ids, errors, text; no input or output."""
