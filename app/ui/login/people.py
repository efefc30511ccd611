"""The list of people on the login screen: cards of 84 px and the way to all the others."""

from PySide6.QtCore import QRect, QRectF, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from app.kernel.text import initials
from app.ui import icons
from app.ui.login.roles import role_text
from app.ui.login.state import Person
from app.ui.text import tr
from app.ui.theme import theme
from app.ui.widgets.avatar import draw_avatar
from app.ui.widgets.face import draw_face
from app.ui.widgets.pressable import Pressable
from app.ui.widgets.scroll import ScrollBox
from app.ui.widgets.stack import Column


class PersonCard(Pressable):
    """A person: initials, name and role; chosen has a blue border."""

    def __init__(self, person: Person, *, chosen: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.person = person
        self._chosen = chosen
        self.setText(person.name)
        self.setAccessibleName(f"{person.name}, {role_text(person.role)}")
        self.apply_theme()

    @override
    def apply_theme(self) -> None:
        """Scale the height."""
        self.setFixedHeight(theme().px(84))

    @override
    def draw(self, painter: QPainter) -> None:
        """Draw face, initials, name and role."""
        look = theme()
        if self._chosen:
            draw_face(painter, QRectF(self.rect()), "primary-soft", border="primary", border_px=2)
        else:
            fill = "surface-3" if self.isDown() else "surface"
            draw_face(painter, QRectF(self.rect()), fill, border="line")
        edge = look.px(44)
        circle = QRect(look.px(17), (self.height() - edge) // 2, edge, edge)
        tone = "primary" if self._chosen else "neutral"
        draw_avatar(painter, circle, initials(self.person.name), tone)
        left = circle.right() + look.px(13)
        width = self.width() - left - look.px(12)
        flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        font = look.font_px(18, 600)
        painter.setFont(font)
        painter.setPen(look.color("text"))
        top = self.height() // 2 - look.px(24)
        name = QFontMetrics(font).elidedText(self.person.name, Qt.TextElideMode.ElideRight, width)
        painter.drawText(QRect(left, top, width, look.px(26)), flags, name)
        painter.setFont(look.font_px(14))
        painter.setPen(look.color("text-2"))
        detail = role_text(self.person.role)
        if self.person.has_shift:
            detail = tr("{role}, has the shift", role=detail)
        painter.drawText(QRect(left, top + look.px(26), width, look.px(20)), flags, detail)


class EverybodyCard(Pressable):
    """The dashed card that shows all people."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.apply_theme()
        self.retranslate()

    @override
    def apply_theme(self) -> None:
        """Scale the height."""
        self.setFixedHeight(theme().px(84))

    @override
    def retranslate(self) -> None:
        """Name the card."""
        self.setText(tr("All staff"))
        self.setAccessibleName(self.text())

    @override
    def draw(self, painter: QPainter) -> None:
        """Draw the dashed face, the icon and the words."""
        look = theme()
        fill = "surface-3" if self.isDown() else ""
        draw_face(painter, QRectF(self.rect()), fill, border="line-strong", dashed=True)
        box = QRect(look.px(17), 0, look.px(44), self.height())
        icons.paint(painter, box, "users", "text-2")
        painter.setFont(look.font_px(16, 500))
        painter.setPen(look.color("text-2"))
        area = self.rect().adjusted(look.px(73), 0, 0, 0)
        flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(area, flags, self.text())


class PeopleList(ScrollBox):
    """Everybody who may be chosen.

    Attributes:
        person_chosen: The id of who was tapped.
        all_wanted: All people are to be shown.
    """

    person_chosen = Signal(str)
    all_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: tuple[tuple[Person, ...], str, bool] | None = None
        self.cards: list[PersonCard] = []
        self.everybody: EverybodyCard | None = None

    def set_people(self, people: tuple[Person, ...], chosen_id: str, *, has_more: bool) -> None:
        """Show these people; the same people again cost nothing."""
        if self._shown == (people, chosen_id, has_more):
            return
        self._shown = (people, chosen_id, has_more)
        column = Column(gap=8, box="clear")
        self.cards = [PersonCard(person, chosen=person.staff_id == chosen_id) for person in people]
        for card in self.cards:
            column.add(card)
            staff_id = card.person.staff_id
            card.clicked.connect(lambda _=False, who=staff_id: self.person_chosen.emit(who))
        self.everybody = EverybodyCard() if has_more else None
        if self.everybody is not None:
            column.add(self.everybody)
            self.everybody.clicked.connect(self.all_wanted)
        column.add_stretch()
        self.setWidget(column)

    def forget(self) -> None:
        """Draw the cards again next time: the language has changed."""
        self._shown = None
