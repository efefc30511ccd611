"""People and programs that call: who they are, how they sign in, what proves it."""
