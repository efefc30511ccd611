"""The widget kit: touch controls drawn from the design tokens. They know nothing of sales."""
