"""Pure rules: menu, order, prices, taxes, points, tenders, receipts, shifts, search. No I/O."""
