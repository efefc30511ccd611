"""The guest's order: the last lines, what is due, and the guest's points beside it."""

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter, QPen
from typing_extensions import override

from app.till.customer_display import GuestLine, GuestPoints, Ordering
from app.till.qr import QrDots
from app.ui import format as fmt
from app.ui.customer.canvas import (
    MIDDLE,
    RIGHT,
    Region,
    write,
    write_cut,
    write_wrapped,
)
from app.ui.text import tr
from app.ui.theme import theme
from app.ui.widgets.code import draw_code

SIDE_PX = 32
WEIGHT_PX = 88
PLAIN_LINE_PX, DETAIL_LINE_PX = 53.0, 75.0
HEAD_PX, TOTALS_PX = 56.0, 148.0


@dataclass(frozen=True, slots=True)
class LinesPart:
    """The left side: head and lines."""

    house_name: str = ""
    number: int = 0
    lines: tuple[GuestLine, ...] = ()
    hidden_count: int = 0


@dataclass(frozen=True, slots=True)
class TotalsPart:
    """What is taken off and what is due."""

    discount_minor: int = 0
    points_minor: int = 0
    due_minor: int = 0


@dataclass(frozen=True, slots=True)
class GuestPart:
    """The right side: the guest's points, or the way to get some."""

    guest: GuestPoints | None = None
    join_code: QrDots | None = None


def lines_part(order: Ordering, house_name: str) -> LinesPart:
    """Return the left side of an order."""
    return LinesPart(house_name, order.number, order.lines, order.hidden_count)


def totals_part(order: Ordering) -> TotalsPart:
    """Return the sums of an order."""
    return TotalsPart(order.discount_minor, order.points_minor, order.due_minor)


class LinesRegion(Region[LinesPart]):
    """Head and lines; the newest line is the lowest, older ones leave at the top."""

    @override
    def words(self, part: LinesPart) -> str:
        """Return the lines."""
        return "\n".join(f"{line.name} {fmt.amount(line.total_minor)}" for line in part.lines)

    @override
    def draw(self, painter: QPainter, area: QRectF) -> None:
        """Draw from the top; if the lines are too many for that, only the newest that fit."""
        painter.fillRect(area, theme().color("surface"))
        part = self.part
        inside = area.adjusted(SIDE_PX, 0, -SIDE_PX, 0)
        head = QRectF(inside.x(), 14, inside.width(), 40)
        number = tr("Order {number}", number=part.number) if part.number else ""
        write(painter, head, number, size_px=18, tone="text-2", flags=RIGHT)
        write_cut(painter, head.adjusted(0, 0, -150, 0), part.house_name, size_px=20, weight=700)
        shown, hidden = self._fitting(inside.height() - HEAD_PX)
        top = HEAD_PX
        if hidden:
            row = QRectF(inside.x(), top, inside.width(), 28)
            write(painter, row, tr("and %n earlier", hidden), size_px=16, tone="text-2")
            top += 28
        for line in shown:
            tall = _height(line)
            self._draw_line(painter, QRectF(inside.x(), top, inside.width(), tall), line)
            top += tall

    def _fitting(self, room: float) -> tuple[tuple[GuestLine, ...], int]:
        """Return the newest lines that fit, and how many are left out."""
        lines, hidden = self.part.lines, self.part.hidden_count
        while lines and sum(map(_height, lines)) + (28 if hidden else 0) > room:
            lines, hidden = lines[1:], hidden + 1
        return lines, hidden

    def _draw_line(self, painter: QPainter, row: QRectF, line: GuestLine) -> None:
        column = WEIGHT_PX if any(each.quantity_milli % 1000 for each in self.part.lines) else 56
        count = QRectF(row.x(), row.y(), column, row.height())
        write(
            painter, count.adjusted(0, 0, -4, 0), f"{fmt.quantity(line.quantity_milli)} ×",
            size_px=20, tone="text-2", tabular=True,
        )  # fmt: skip
        total = fmt.amount(line.total_minor)
        write(painter, row, total, size_px=20, weight=600, flags=RIGHT, tabular=True)
        name = row.adjusted(column, 0, -130, 0)
        detail = _detail(line)
        if detail:
            upper = QRectF(name.x(), row.y() + 14, name.width(), 26)
            write_cut(painter, upper, line.name, size_px=20, weight=500)
            lower = QRectF(name.x(), row.y() + 41, name.width(), 20)
            write_cut(painter, lower, detail, size_px=16, tone="text-2")
        else:
            write_cut(painter, name, line.name, size_px=20, weight=500)
        painter.fillRect(QRectF(row.x(), row.bottom() - 1, row.width(), 1), theme().color("line"))


class TotalsRegion(Region[TotalsPart]):
    """Discount and points in small letters, what is due in large ones."""

    @override
    def words(self, part: TotalsPart) -> str:
        """Return what is due."""
        return f"{tr('To pay')} {fmt.money(part.due_minor)}"

    @override
    def draw(self, painter: QPainter, area: QRectF) -> None:
        """Draw the sums from the bottom."""
        painter.fillRect(area, theme().color("surface"))
        part = self.part
        inside = area.adjusted(SIDE_PX, 0, -SIDE_PX, 0)
        due = QRectF(inside.x(), inside.bottom() - 92, inside.width(), 80)
        write(painter, due, tr("To pay"), size_px=28, weight=600)
        sum_area = due.adjusted(170, 0, 0, 0)
        write(painter, sum_area, fmt.money(part.due_minor), size_px=56, weight=700, flags=RIGHT)
        top = due.top() - 4
        for label, minor, tone in (
            (tr("Points"), part.points_minor, "loyal-text"),
            (tr("Discount"), part.discount_minor, "text-2"),
        ):
            if minor:
                top -= 24
                row = QRectF(inside.x(), top, inside.width(), 24)
                write(painter, row, label, size_px=18, tone=tone)
                amount = fmt.amount(-minor)
                write(painter, row, amount, size_px=18, tone=tone, flags=RIGHT, tabular=True)


class GuestRegion(Region[GuestPart]):
    """The guest's points and the way to the next tier; without a guest the code to join by."""

    @override
    def words(self, part: GuestPart) -> str:
        """Return the greeting and the points."""
        guest = part.guest
        if guest is None:
            return tr("Points from the first cup") if part.join_code else ""
        later = tr("Points are added later") if guest.is_later else ""
        return f"{_greeting(guest)} {fmt.points(guest.left_minor)} {later}".strip()

    @override
    def draw(self, painter: QPainter, area: QRectF) -> None:
        """Draw the guest, or the invitation."""
        painter.fillRect(area, theme().color("loyal-soft"))
        if self.part.guest is not None:
            self._draw_guest(painter, area.adjusted(28, 24, -28, -28), self.part.guest)
        elif self.part.join_code is not None:
            draw_invitation(painter, area, self.part.join_code, tone="loyal-text")

    def _draw_guest(self, painter: QPainter, area: QRectF, guest: GuestPoints) -> None:
        greeting = QRectF(area.x(), area.y(), area.width(), 76)
        write_wrapped(
            painter, greeting, _greeting(guest), size_px=28, weight=700, tone="loyal-text",
            size_min_px=18,
        )  # fmt: skip
        tier = QRectF(area.x(), area.y() + 82, area.width(), 26)
        level = tr("Your tier: {name}", name=guest.level_name) if guest.level_name else ""
        write(painter, tier, level, size_px=18, tone="loyal-text")
        middle = area.y() + (area.height() - 130) * 0.5
        label = tr("Points left") if guest.is_redeeming else tr("Points on your card")
        row = QRectF(area.x(), middle, area.width(), 26)
        write(painter, row, label, size_px=18, tone="loyal-text")
        figure = QRectF(area.x(), middle + 28, area.width(), 80)
        balance = fmt.amount(guest.left_minor, kopecks=False)
        write(painter, figure, balance, size_px=72, weight=700, tone="loyal-text")
        gain = QRectF(area.x(), middle + 110, area.width(), 30)
        write(painter, gain, _gain(guest), size_px=20, weight=600, tone="loyal-text")
        if guest.next_level:
            self._draw_way(painter, area, guest)

    def _draw_way(self, painter: QPainter, area: QRectF, guest: GuestPoints) -> None:
        box = QRectF(area.x(), area.bottom() - 78, area.width(), 78)
        _card(painter, box)
        words = tr(
            "To «{name}» {sum}", name=guest.next_level,
            sum=fmt.money(guest.to_next_minor, kopecks=False),
        )  # fmt: skip
        row = box.adjusted(16, 14, -16, -40)
        write(painter, row, words, size_px=18, weight=600)
        track = QRectF(box.x() + 16, box.bottom() - 28, box.width() - 32, 12)
        _bar(painter, track, "surface-3")
        done = track.width() * guest.progress_percent / 100
        if guest.progress_percent:
            _bar(painter, QRectF(track.x(), track.y(), max(done, 12), 12), "loyal")


def draw_invitation(painter: QPainter, area: QRectF, code: QrDots, *, tone: str) -> None:
    """Draw the code by which a guest gets a card, with words over and under it."""
    edge = min(250.0, area.width() - 56)
    box = QRectF(0, 0, edge, edge)
    box.moveCenter(QPointF(area.center().x(), area.center().y() + 6))
    above = QRectF(area.x() + 24, box.top() - 110, area.width() - 48, 86)
    write_wrapped(
        painter, above, tr("Points from the first cup"), size_px=28, weight=700, tone=tone,
        flags=MIDDLE, size_min_px=18,
    )  # fmt: skip
    painter.setPen(QPen(theme().color("line"), 0))
    painter.setBrush(theme().color("surface"))
    draw_code(painter, box, code)
    below = QRectF(area.x() + 24, box.bottom() + 20, area.width() - 48, 70)
    write_wrapped(
        painter, below, tr("Point the camera at it or tell the cashier your phone"), size_px=20,
        tone=tone, flags=MIDDLE,
    )  # fmt: skip


def _height(line: GuestLine) -> float:
    return DETAIL_LINE_PX if _detail(line) else PLAIN_LINE_PX


def _detail(line: GuestLine) -> str:
    parts = list(line.options)
    if line.discount_bp:
        parts.append(tr("discount {percent}", percent=fmt.percent(line.discount_bp)))
    return ", ".join(parts)


def _greeting(guest: GuestPoints) -> str:
    if not guest.first_name:
        return tr("Hello!")
    return tr("Hello, {name}!", name=guest.first_name)


def _gain(guest: GuestPoints) -> str:
    if guest.is_later:
        return tr("Points are added later")
    if not guest.earn_minor:
        return ""
    return tr("{points} for this order", points=fmt.signed_points(guest.earn_minor))


def _card(painter: QPainter, box: QRectF) -> None:
    painter.setPen(QPen(theme().color("surface"), 0))
    painter.setBrush(theme().color("surface"))
    painter.drawRoundedRect(box, 12, 12)


def _bar(painter: QPainter, box: QRectF, tone: str) -> None:
    painter.setPen(QPen(theme().color(tone), 0))
    painter.setBrush(theme().color(tone))
    painter.drawRoundedRect(box, box.height() / 2, box.height() / 2)
