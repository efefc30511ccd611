"""Gift cards (L13): money in advance, with a ledger of its own."""
