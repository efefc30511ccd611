"""Pure rules of catalogue, cart, prices, points, tenders and receipts; no input or output."""
