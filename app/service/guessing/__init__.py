"""Who is locked out for guessing at codes, and lifting such a lock."""
