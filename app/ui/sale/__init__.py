"""The sale screen: products, search, order lines, discount, held orders and modifiers."""
