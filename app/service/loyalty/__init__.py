"""Cards, reservations, closing checks, refunds and the sweeper; the arithmetic is the domain's."""
