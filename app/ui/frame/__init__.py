"""What stands around every screen: the top bar, the order panel, dialogs and toasts."""
