"""The append-only ledger of points and its audit."""
