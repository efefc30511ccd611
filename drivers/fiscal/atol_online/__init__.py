"""ATOL Online: a rented till in a cloud, API v4 (FFD 1.05) and v5 (FFD 1.2), and what speaks the same."""
