"""Repricing an order (figure of the till: 50 lines in at most 100 µs).

Run: python -m tests.bench.pricing_bench [--json FILE]
The reference is the bare sum of the same lines' prices in a plain loop.
"""

import sys
import timeit
from collections.abc import Callable

from app.domain.cart import Cart, CartLine, Discount
from app.domain.pricing import price_cart
from app.kernel.ids import LineId, ProductId
from tests.bench.report import Figure, finish

RATES: dict[str, int | None] = {"general": 2200}


def order(lines: int) -> Cart:
    """Return an order of so many different lines."""
    return Cart(
        tuple(
            CartLine(
                LineId(str(i)),
                ProductId(str(i)),
                "Капучино",
                12_345 + i,
                1000 * (1 + i % 3),
                "general",
            )
            for i in range(lines)
        )
    )


def microseconds(work: Callable[[], object], runs: int = 2_000) -> float:
    """Return the best mean of five series."""
    return min(timeit.repeat(work, number=runs, repeat=5)) / runs * 1e6


def main() -> int:
    """Measure and print."""
    plain = order(50)
    discounted = plain.set_discount(Discount(percent_bp=1000))
    prices = [line.gross_minor for line in plain.lines]
    reference = microseconds(lambda: sum(prices))
    figures = [
        Figure("reprice 50 lines", microseconds(lambda: price_cart(plain, RATES)), "µs", 100),
        Figure(
            "reprice 50 lines, check discount",
            microseconds(lambda: price_cart(discounted, RATES)), "µs", 100,
        ),
        Figure(
            "reprice 50 lines, check discount and points",
            microseconds(lambda: price_cart(discounted, RATES, 300_00)), "µs", 100,
        ),
        Figure("reference: sum of 50 integers", reference, "µs", None),
    ]  # fmt: skip
    return finish("pricing", figures, sys.argv)


if __name__ == "__main__":
    sys.exit(main())
