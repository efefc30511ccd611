"""The other pages of the guest's display: between guests, the code to pay by, thanks, the test."""

from dataclasses import dataclass, field

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QImage, QPainter, QPen, QPixmap
from typing_extensions import override

from app.till.camera import Picture
from app.till.customer_display import Thanks
from app.till.qr import QrDots
from app.ui import format as fmt
from app.ui import icons
from app.ui.customer.canvas import MIDDLE, Region, write, write_wrapped
from app.ui.customer.order_page import draw_invitation
from app.ui.customer.state import Advert
from app.ui.dates import span_text
from app.ui.text import tr
from app.ui.theme import theme
from app.ui.widgets.code import draw_code


@dataclass(frozen=True, slots=True)
class AdvertPart:
    """What is shown between guests."""

    house_name: str = ""
    advert: Advert = field(default_factory=Advert)


@dataclass(frozen=True, slots=True)
class CodePart:
    """A payment that waits for the guest's phone."""

    amount_minor: int = 0
    code: QrDots | None = None
    seconds_left: int | None = None


@dataclass(frozen=True, slots=True)
class BalancePart:
    """The right side of the thanks."""

    thanks: Thanks | None = None
    join_code: QrDots | None = None


class AdvertRegion(Region[AdvertPart]):
    """The house's own picture, or its words on a warm colour."""

    _drawn_for: Picture | None = None
    _picture: QPixmap | None = None

    @override
    def words(self, part: AdvertPart) -> str:
        """Return the words."""
        return f"{part.house_name} {part.advert.title} {part.advert.text}".strip()

    @override
    def draw(self, painter: QPainter, area: QRectF) -> None:
        """Draw the picture so that it covers the whole area, or the words."""
        advert = self.part.advert
        if advert.picture is not None:
            self._draw_picture(painter, area, advert.picture)
            return
        painter.fillRect(area, theme().color("cat-4"))
        inside = area.adjusted(48, 40, -48, -40)
        title = advert.title or tr("Welcome!")
        tall = 34 + 136 + (110 if advert.text else 0)
        top = area.center().y() - tall / 2
        name = QRectF(inside.x(), top, inside.width(), 34)
        write(painter, name, self.part.house_name, size_px=24, weight=600, tone="text-2")
        box = QRectF(inside.x(), top + 42, inside.width(), 136)
        taken = write_wrapped(
            painter, box, title, size_px=60, weight=700,
            flags=Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop, size_min_px=28,
        )  # fmt: skip
        box = QRectF(inside.x(), box.top() + taken + 16, inside.width(), 110)
        top_left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop
        write_wrapped(painter, box, advert.text, size_px=24, flags=top_left)

    def _draw_picture(self, painter: QPainter, area: QRectF, picture: Picture) -> None:
        if self._drawn_for is not picture:
            image = QImage(
                picture.rgb, picture.width, picture.height, picture.width * 3,
                QImage.Format.Format_RGB888,
            )  # fmt: skip
            self._drawn_for, self._picture = picture, QPixmap.fromImage(image.copy())
        assert self._picture is not None
        size = self._picture.size().toSizeF()
        part = area.size().scaled(size, Qt.AspectRatioMode.KeepAspectRatio)
        place = QRectF(QPointF(0, 0), part)
        place.moveCenter(QRectF(QPointF(0, 0), size).center())
        painter.drawPixmap(area, self._picture, place)


class JoinRegion(Region["QrDots | None"]):
    """The invitation beside the advert."""

    @override
    def words(self, part: QrDots | None) -> str:
        """Return the invitation."""
        return tr("Points from the first cup") if part is not None else ""

    @override
    def draw(self, painter: QPainter, area: QRectF) -> None:
        """Draw the code on violet."""
        painter.fillRect(area, theme().color("loyal"))
        if self.part is not None:
            draw_invitation(painter, area, self.part, tone="on-loyal")


class CodeRegion(Region[CodePart]):
    """The code of a payment by phone: it must be read from a step away."""

    @override
    def words(self, part: CodePart) -> str:
        """Return the sum."""
        return f"{tr('Pay by phone')} {fmt.money(part.amount_minor)}"

    @override
    def draw(self, painter: QPainter, area: QRectF) -> None:
        """Draw code, sum and how long it holds."""
        painter.fillRect(area, theme().color("surface"))
        part = self.part
        left = area.x() + (area.width() - 910) / 2
        box = QRectF(left, area.center().y() - 233, 462, 466)
        painter.setPen(QPen(theme().color("line"), 2))
        painter.setBrush(Qt.GlobalColor.white)
        painter.drawRoundedRect(box, 12, 12)
        if part.code is not None:
            # The quiet zone lies outside the 380 px of the dots.
            edge = 380.0 * part.code.edge / (part.code.edge - 8)
            code = QRectF(0, 0, edge, edge)
            code.moveCenter(box.center())
            draw_code(painter, code, part.code)
        x, wide = box.right() + 56, 400.0
        top = area.center().y() - 128
        row = QRectF(x, top, wide, 36)
        write(painter, row, tr("Pay by phone"), size_px=28, weight=600, tone="text-2")
        amount = QRectF(x, top + 44, wide, 84)
        write(painter, amount, fmt.money(part.amount_minor), size_px=72, weight=700)
        advice = tr("Point the phone's camera at it\nor open the bank's app")
        write_wrapped(painter, QRectF(x, top + 134, wide, 72), advice, size_px=24)
        if part.seconds_left is not None:
            self._draw_rest(painter, QRectF(x, top + 220, wide, 32), part.seconds_left)

    def _draw_rest(self, painter: QPainter, row: QRectF, seconds: int) -> None:
        icons.paint(painter, QRect(int(row.x()), int(row.y()), 28, 32), "hourglass", "primary-text")
        words = tr("Waiting for the payment, {time}", time=span_text(seconds))
        rest = row.adjusted(38, 0, 0, 0)
        write(painter, rest, words, size_px=20, weight=600, tone="primary-text", tabular=True)


class ThanksRegion(Region["Thanks | None"]):
    """Thanks by name, and the change in figures that are read from a step away."""

    @override
    def words(self, part: Thanks | None) -> str:
        """Return thanks and change."""
        if part is None:
            return ""
        change = f"{tr('Your change')} {fmt.money(part.change_minor)}" if part.change_minor else ""
        return f"{_thanks(part)} {change}".strip()

    @override
    def draw(self, painter: QPainter, area: QRectF) -> None:
        """Draw in the middle."""
        painter.fillRect(area, theme().color("ok-soft"))
        part = self.part
        if part is None:
            return
        tall = 262 if part.change_minor else 130
        top = area.center().y() - tall / 2
        middle = area.center().x()
        mark = QRect(int(middle - 28), int(top - 6), 56, 56)
        icons.paint(painter, mark, "circle-check-filled", "ok-text", 56)
        row = QRectF(area.x() + 40, top + 62, area.width() - 80, 68)
        write(painter, row, _thanks(part), size_px=52, weight=700, tone="ok-text", flags=MIDDLE)
        if part.change_minor:
            label = QRectF(area.x() + 40, top + 136, area.width() - 80, 34)
            write(painter, label, tr("Your change"), size_px=24, tone="ok-text", flags=MIDDLE)
            figure = QRectF(area.x() + 24, top + 166, area.width() - 48, 104)
            change = fmt.money(part.change_minor)
            write(painter, figure, change, size_px=88, weight=700, tone="ok-text", flags=MIDDLE)


class BalanceRegion(Region[BalancePart]):
    """What is on the guest's card now, and the code of the card on the phone."""

    @override
    def words(self, part: BalancePart) -> str:
        """Return the points."""
        thanks = part.thanks
        if thanks is None or not thanks.has_guest:
            return tr("Points from the first cup") if part.join_code else ""
        return f"{tr('On your card')} {fmt.points(thanks.balance_minor)} {_gained(thanks)}"

    @override
    def draw(self, painter: QPainter, area: QRectF) -> None:
        """Draw the points of a guest, or the invitation."""
        painter.fillRect(area, theme().color("surface"))
        thanks, code = self.part.thanks, self.part.join_code
        if thanks is None or not thanks.has_guest:
            if code is not None:
                draw_invitation(painter, area, code, tone="text")
            return
        tall = 142 + (230 if code is not None else 0)
        top = area.center().y() - tall / 2
        inside = area.adjusted(24, 0, -24, 0)
        row = QRectF(inside.x(), top, inside.width(), 32)
        write(painter, row, tr("On your card"), size_px=24, weight=600, flags=MIDDLE)
        figure = QRectF(inside.x(), top + 32, inside.width(), 78)
        balance = fmt.amount(thanks.balance_minor, kopecks=False)
        write(painter, figure, balance, size_px=72, weight=700, tone="loyal-text", flags=MIDDLE)
        gained = QRectF(inside.x(), top + 112, inside.width(), 28)
        write(painter, gained, _gained(thanks), size_px=20, tone="text-2", flags=MIDDLE)
        if code is not None:
            box = QRectF(0, 0, 200, 200)
            box.moveCenter(QPointF(inside.center().x(), top + 252))
            draw_code(painter, box, code)
            below = QRectF(inside.x(), box.bottom() + 2, inside.width(), 28)
            words = tr("Your card on the phone")
            write(painter, below, words, size_px=18, tone="text-2", flags=MIDDLE)


class TrialRegion(Region[str]):
    """Stripes of every colour and words of the test: dead dots and a wrong scale are seen."""

    @override
    def words(self, part: str) -> str:
        """Return the words."""
        return part

    @override
    def draw(self, painter: QPainter, area: QRectF) -> None:
        """Draw the stripes, a frame at the very edge and the words."""
        tones = ("danger", "warn", "ok", "primary", "loyal", "ink", "surface", "surface-3")
        wide = area.width() / len(tones)
        for place, tone in enumerate(tones):
            stripe = QRectF(area.x() + place * wide, area.y(), wide + 1, area.height())
            painter.fillRect(stripe, theme().color(tone))
        painter.setPen(QPen(theme().color("danger"), 4))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(area.adjusted(2, 2, -2, -2))
        plate = QRectF(0, 0, 640, 160)
        plate.moveCenter(area.center())
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme().color("surface"))
        painter.drawRoundedRect(plate, 12, 12)
        inside = plate.adjusted(24, 16, -24, -16)
        write_wrapped(painter, inside, self.part, size_px=40, weight=700, flags=MIDDLE)


def _thanks(part: Thanks) -> str:
    if not part.first_name:
        return tr("Thank you!")
    return tr("Thank you, {name}!", name=part.first_name)


def _gained(part: Thanks) -> str:
    if part.is_later:
        return tr("Points are added later")
    if not part.earned_minor:
        return tr("points")
    return tr("points, {gained} for the order", gained=fmt.signed_points(part.earned_minor))
