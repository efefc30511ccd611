"""Guests: registering, finding, their cards as others see them."""
