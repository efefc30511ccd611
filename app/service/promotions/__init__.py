"""Promotions and promo codes: their definitions, who used them, and what a check gets from them."""
