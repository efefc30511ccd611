"""The screens of the till (Qt Widgets): state, view and presenter a screen, one theme, one window."""

from app.ui.overrides import guard_overrides

guard_overrides()  # before any class of the screens is made
