"""Words that every room speaks: money, time, ids, errors, text. No input or output."""
