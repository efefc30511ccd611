"""Use cases of the till, without Qt: session, sale, checkout, payment, printing, refund, shift."""
