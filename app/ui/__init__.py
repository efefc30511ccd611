"""The screens of the till (Qt Widgets): state, view and presenter a screen, one theme, one window."""
