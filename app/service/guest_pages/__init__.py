"""The page that shows a guest's card and a fresh code on his phone (L17)."""
