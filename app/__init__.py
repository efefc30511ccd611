"""Max Loyalty Cashier: the till, its screens and the loyalty service."""
