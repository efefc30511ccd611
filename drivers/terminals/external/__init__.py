"""Any terminal by a program of the restaurant's or its bank's: one run for each operation.

The contract is drawn in `drivers.terminals.external.contract`.
"""
