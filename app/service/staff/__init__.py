"""People who sign in at tills."""
