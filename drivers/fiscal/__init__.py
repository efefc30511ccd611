"""Fiscal registers: pure arithmetic of a receipt, and one folder for each family of registers."""
