"""Sales, refunds, shifts and cash movements that tills push in batches."""
