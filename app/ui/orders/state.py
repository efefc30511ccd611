"""What the orders screen shows: the last sales of this till, one of them, and a refund."""
