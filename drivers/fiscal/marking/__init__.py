"""Marking codes: reading them, asking whether they may be sold, putting the answer into the receipt."""
