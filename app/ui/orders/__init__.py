"""Screens of the orders taken: the list with reprint, and the refund of one of them."""
