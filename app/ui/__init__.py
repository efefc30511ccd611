"""Qt screens of the till: one folder a screen with its state, view and presenter."""
