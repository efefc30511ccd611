"""What the law asks: consents, giving a guest's data out, forgetting what is over."""
