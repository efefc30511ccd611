"""The arithmetic of a fiscal receipt: discounts spread over lines, lines turned into exact positions.

Pure integers. Three steps, see the reference of the rule in FNS letter 30.04.2021 AB-4-20/6093 (points
lower the price of the goods, tags 1079 and 1043 carry what is left):

1. a line's sum is price x quantity rounded half up, less its own discount;
2. the check's discount, then the points, are spread over the lines by the largest remainder, in
   proportion to what is left of each line and never below its floor;
3. each line becomes one, two or three positions whose amount **is** price x quantity rounded to the
   kopeck, and which together make the line's sum and its quantity exactly.

Step 3 always succeeds for goods without a marking code: pieces are cut into two prices one kopeck apart,
and a weighed line that no price in kopecks fits is cut into its whole units and its fraction, because
a quantity of at most one unit can take any sum. One marking code is one position, so a marked line of
more than one unit cannot be cut: it gives its odd kopecks to another line, or `SplitImpossible` is
raised. The result is a function of the input alone, so a refund can be checked against it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from drivers.api.fiscal import QUANTITY_ONE_MILLI, FiscalItem, FiscalReceipt
from drivers.api.fiscal_errors import FiscalInputWrong, SplitImpossible


@dataclass(frozen=True, slots=True)
class Position:
    """One position of the document.

    Attributes:
        line: index of the receipt's item.
        item: that item.
        price_minor: price of a unit after all discounts (tag 1079).
        quantity_milli: (tag 1023).
        amount_minor: price x quantity rounded half up (tag 1043).
        discount_minor: how much less than the list price this is, for print only.
    """

    line: int
    item: FiscalItem
    price_minor: int
    quantity_milli: int
    amount_minor: int
    discount_minor: int


@dataclass(frozen=True, slots=True)
class Line:
    """One line with every part of its discount; `net_minor` is what the guest pays."""

    item: FiscalItem
    gross_minor: int
    check_discount_minor: int = 0
    points_minor: int = 0

    @property
    def net_minor(self) -> int:
        """What is left after all discounts."""
        own = self.gross_minor - self.item.discount_minor
        return own - self.check_discount_minor - self.points_minor

    @property
    def room_minor(self) -> int:
        """How far a further discount may go."""
        return max(self.net_minor - self.item.floor_minor, 0)


def round_amount(price_minor: int, quantity_milli: int) -> int:
    """Price x quantity in kopecks, half a kopeck up."""
    return (price_minor * quantity_milli + QUANTITY_ONE_MILLI // 2) // QUANTITY_ONE_MILLI


def settle(receipt: FiscalReceipt) -> tuple[Position, ...]:
    """Turn a receipt into positions whose amounts sum up to what is paid.

    Raises:
        FiscalInputWrong: a discount is greater than what it may lower.
        SplitImpossible: a marked line has no exact price and no other line can take its kopecks.
    """
    nets = _settle_marked(spread(receipt))
    positions: list[Position] = []
    for index, (line, net_minor) in enumerate(nets):
        parts = _represent(line.item, net_minor)
        positions += [_position(index, line.item, *part) for part in parts]
    return tuple(positions)


def emitted(receipt: FiscalReceipt) -> tuple[tuple[int, FiscalItem], ...]:
    """Return the positions as items without discounts, each with the index of the item it is made of.

    A receipt of these items has the very same positions: what a refund of the sale gives back.

    Raises:
        FiscalInputWrong: as `settle`.
    """
    return tuple(
        (
            position.line,
            replace(
                position.item,
                price_minor=position.price_minor,
                quantity_milli=position.quantity_milli,
                discount_minor=0,
                floor_minor=0,
            ),
        )
        for position in settle(receipt)
    )


def spread(receipt: FiscalReceipt) -> tuple[Line, ...]:
    """Give each line its part of the check's discount and of the points.

    Raises:
        FiscalInputWrong: a discount is negative or greater than what it may lower.
    """
    lines = [_line(item, number) for number, item in enumerate(receipt.items, 1)]
    shares = _shares("discount", receipt.discount_minor, lines)
    lines = [
        replace(line, check_discount_minor=share) for line, share in zip(lines, shares, strict=True)
    ]
    shares = _shares("points", receipt.points_minor, lines)
    return tuple(
        replace(line, points_minor=share) for line, share in zip(lines, shares, strict=True)
    )


def total_minor(receipt: FiscalReceipt) -> int:
    """What the payments must sum up to."""
    lines = [_line(item, number) for number, item in enumerate(receipt.items, 1)]
    return sum(line.net_minor for line in lines) - receipt.discount_minor - receipt.points_minor


def allocate(amount_minor: int, weights: Sequence[int], caps: Sequence[int]) -> tuple[int, ...]:
    """Spread an amount by the largest remainder, never more than a line's cap.

    A line whose share reaches its cap gets the cap, the rest is spread anew over the others. The
    kopecks left go to the largest fractions; of equal ones to the heavier line, then to the first.

    Args:
        amount_minor: from 0 to the sum of the caps.
        weights: not negative; above zero where the cap is.
        caps: not negative.
    """
    assert 0 <= amount_minor <= sum(caps)
    shares = [0] * len(weights)
    free = [index for index, cap in enumerate(caps) if cap > 0]
    left = amount_minor
    while free and left > 0:
        weight = sum(weights[index] for index in free)
        full = [index for index in free if left * weights[index] >= caps[index] * weight]
        if not full:
            _give_remainders(left, weights, free, shares)
            left = 0
        for index in full:
            shares[index] = caps[index]
            left -= caps[index]
        free = [index for index in free if index not in set(full)]
    assert sum(shares) == amount_minor
    return tuple(shares)


def _give_remainders(
    left: int, weights: Sequence[int], free: Sequence[int], shares: list[int]
) -> None:
    weight = sum(weights[index] for index in free)
    for index in free:
        shares[index] = left * weights[index] // weight
    rest = left - sum(shares[index] for index in free)
    by_remainder = sorted(
        free, key=lambda index: (-(left * weights[index] % weight), -weights[index], index)
    )
    for index in by_remainder[:rest]:
        shares[index] += 1


def _line(item: FiscalItem, number: int) -> Line:
    gross_minor = round_amount(item.price_minor, item.quantity_milli)
    if not 0 <= item.discount_minor <= gross_minor:
        raise FiscalInputWrong(
            f"line {number}: its discount {item.discount_minor} is not between 0 and its sum {gross_minor}"
        )
    return Line(item, gross_minor)


def _shares(what: str, amount_minor: int, lines: Sequence[Line]) -> tuple[int, ...]:
    caps = [line.room_minor for line in lines]
    if not 0 <= amount_minor <= sum(caps):
        raise FiscalInputWrong(
            f"{what} of {amount_minor} is not between 0 and {sum(caps)}, what the lines allow"
        )
    return allocate(amount_minor, [line.net_minor for line in lines], caps)


def _price_range(net_minor: int, quantity_milli: int) -> tuple[int, int]:
    """First and last price whose rounded amount is this sum; the first is greater if none is."""
    half = QUANTITY_ONE_MILLI // 2
    lowest = -((half - net_minor * QUANTITY_ONE_MILLI) // quantity_milli)
    highest = (net_minor * QUANTITY_ONE_MILLI + half - 1) // quantity_milli
    return max(lowest, 0), highest


def _find_price(item: FiscalItem, net_minor: int, quantity_milli: int) -> int | None:
    """Return the exact price nearest to the true one and not above the list price."""
    lowest, highest = _price_range(net_minor, quantity_milli)
    if lowest > highest:
        return None
    nearest = round(Fraction(net_minor * QUANTITY_ONE_MILLI, quantity_milli))
    price_minor = min(max(nearest, lowest), highest)
    if lowest <= item.price_minor < price_minor:
        return item.price_minor
    return price_minor


_Part = tuple[int, int]  # price_minor, quantity_milli


def _represent(item: FiscalItem, net_minor: int) -> list[_Part]:
    """Cut a line into parts with exact amounts; the widest part first."""
    quantity = item.quantity_milli
    if round_amount(item.price_minor, quantity) == net_minor:
        return [(item.price_minor, quantity)]
    whole, fraction = divmod(quantity, QUANTITY_ONE_MILLI)
    if not fraction:
        return _represent_pieces(whole, net_minor)
    price_minor = _find_price(item, net_minor, quantity)
    if price_minor is not None:
        return [(price_minor, quantity)]
    # The fraction takes its own share, held in the range that leaves no unit above the list price.
    share = (2 * net_minor * fraction + quantity) // (2 * quantity)
    share = max(share, net_minor - whole * item.price_minor)
    share = min(share, round_amount(item.price_minor, fraction))
    fraction_price = _find_price(item, share, fraction)
    assert fraction_price is not None  # at most one unit takes any sum
    return [*_represent_pieces(whole, net_minor - share), (fraction_price, fraction)]


def _represent_pieces(count: int, net_minor: int) -> list[_Part]:
    price_minor, dearer = divmod(net_minor, count)
    parts = [(price_minor, (count - dearer) * QUANTITY_ONE_MILLI)]
    if dearer:
        parts.append((price_minor + 1, dearer * QUANTITY_ONE_MILLI))
    return parts


def _settle_marked(lines: Sequence[Line]) -> list[tuple[Line, int]]:
    """Round marked lines, which cannot be cut, down to a sum that one price gives; others take it."""
    nets = [line.net_minor for line in lines]
    for index, line in enumerate(lines):
        if line.item.mark is None or _fits_uncut(line.item, nets[index]):
            continue
        exact = round_amount(
            nets[index] * QUANTITY_ONE_MILLI // line.item.quantity_milli, line.item.quantity_milli
        )
        if exact < line.item.floor_minor:
            raise SplitImpossible(
                f"line {index + 1} has a marking code: no price gives {nets[index]} kopecks, and "
                f"{exact} is below its floor {line.item.floor_minor}"
            )
        nets[_find_taker(lines, nets, nets[index] - exact, index)] += nets[index] - exact
        nets[index] = exact
    return list(zip(lines, nets, strict=True))


def _fits_uncut(item: FiscalItem, net_minor: int) -> bool:
    return len(_represent(item, net_minor)) == 1


def _find_taker(lines: Sequence[Line], nets: Sequence[int], odd_minor: int, giver: int) -> int:
    """Return the line that can grow by the odd kopecks and stay within its sum without points."""
    for index, line in enumerate(lines):
        grown = nets[index] + odd_minor
        if index == giver or grown > line.gross_minor - line.item.discount_minor:
            continue
        if line.item.mark is None or _fits_uncut(line.item, grown):
            return index
    raise SplitImpossible(
        f"line {giver + 1} has a marking code and {lines[giver].item.quantity_milli} thousandths: no price "
        f"gives {nets[giver]} kopecks, and no other line can take {odd_minor} of them"
    )


def _position(index: int, item: FiscalItem, price_minor: int, quantity_milli: int) -> Position:
    amount_minor = round_amount(price_minor, quantity_milli)
    full_minor = round_amount(item.price_minor, quantity_milli)
    return Position(
        index, item, price_minor, quantity_milli, amount_minor, max(full_minor - amount_minor, 0)
    )
