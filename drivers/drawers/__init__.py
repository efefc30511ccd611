"""Cash drawers that are not opened by the receipt itself: own port, or through a printer by name."""
