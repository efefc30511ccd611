"""The dialog of one device: how it is and its test at the left, settings or the test itself at the right."""

from typing import Final

from PySide6.QtCore import QRect, QRectF, Qt, Signal
from PySide6.QtGui import QHideEvent, QImage, QPainter
from PySide6.QtWidgets import QHBoxLayout, QWidget
from typing_extensions import override

from app.till.camera import Picture
from app.till.equipment_states import Card, Light
from app.ui import icons
from app.ui.dates import say
from app.ui.devices.calibrate_page import CalibratePage
from app.ui.devices.form import Form
from app.ui.devices.receipt_page import ReceiptPage
from app.ui.devices.state import DetailState, Page
from app.ui.devices.strip_page import StripPage
from app.ui.devices.words import LIGHTS, trial_text
from app.ui.frame.dialogs import DialogFrame
from app.ui.text import tr
from app.ui.theme import theme
from app.ui.widgets.button import Kind, PushButton
from app.ui.widgets.chip import StatusChip
from app.ui.widgets.face import draw_face
from app.ui.widgets.label import IconLabel, Label
from app.ui.widgets.live import LiveFrame
from app.ui.widgets.notice import Notice
from app.ui.widgets.scroll import scroll_around
from app.ui.widgets.stack import Column, Row
from app.ui.widgets.view import Pages, clear_layout

DETAIL_SIZE: Final = (1120, 640)
SIDE_PX: Final = 360


class CameraBox(LiveFrame):
    """The picture of the camera under test."""

    def __init__(self) -> None:
        super().__init__()
        self._image: QImage | None = None
        self.refresh()

    @property
    def has_picture(self) -> bool:
        """Tell whether there is a picture."""
        return self._image is not None

    def set_picture(self, picture: Picture | None) -> None:
        """Show a picture, or none."""
        self._image = None
        if picture is not None:
            line = picture.width * 3
            form = QImage.Format.Format_RGB888
            image = QImage(picture.rgb, picture.width, picture.height, line, form)
            self._image = image.copy()
        self.update()

    @override
    def paintEvent(self, _event: object) -> None:
        """Draw the picture on a dark plate."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        draw_face(painter, QRectF(self.rect()), "ink", radius_px=12)
        if self._image is None:
            icons.paint(painter, self.rect(), "camera", "on-ink", 56)
        else:
            size = self._image.size().scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
            place = QRect(0, 0, size.width(), size.height())
            place.moveCenter(self.rect().center())
            painter.drawImage(place, self._image)
        painter.end()


class DetailPanel(DialogFrame):
    """One device.

    Args:
        form: Made before, or None.
        receipt_page: The same.
        strip: The same.
        calibrate_page: The same.
        parent: Owner.

    Attributes:
        test_wanted: Run the test.
        unlock_wanted: The settings are to be opened by a senior.
        save_wanted: What stands in the form: keys and texts.
        remove_wanted: Take the device away.
        model_chosen: Key of the model of a device that is being added.
        choice_made: Key of a choice of the form that changed.
        calibrate_wanted: Learn the scanner, or stop doing so.
        strip_wanted: Show how the code page is found, or the form again.
        look_wanted: Show the look of receipts, or the form again.
        gone: The dialog went away, by whatever means.
    """

    test_wanted = Signal()
    unlock_wanted = Signal()
    save_wanted = Signal(object)
    remove_wanted = Signal()
    model_chosen = Signal(str)
    choice_made = Signal(str)
    calibrate_wanted = Signal()
    strip_wanted = Signal()
    look_wanted = Signal()
    gone = Signal()

    def __init__(
        self,
        form: Form | None = None,
        receipt_page: ReceiptPage | None = None,
        strip: StripPage | None = None,
        calibrate_page: CalibratePage | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent, header_px=64)
        self._state = DetailState()
        self._models_shown: tuple[tuple[str, str], ...] = ()
        self.chip = StatusChip()
        self.header.insertWidget(1, self.chip)
        self._side = self._build_side()
        self.form = form or Form()
        self.camera = CameraBox()
        self.strip = strip or StripPage()
        self.calibrate_page = calibrate_page or CalibratePage()
        self.receipt_page = receipt_page or ReceiptPage()
        self.pages = Pages()
        self._pages = {
            Page.NOTHING: self._build_nothing(),
            Page.LOCKED: self._build_locked(),
            Page.FORM: self.form,
            Page.SCAN: self._build_scan(),
            Page.CAMERA: self.camera,
            Page.MODELS: self._build_models(),
            Page.STRIP: self.strip,
            Page.CALIBRATE: self.calibrate_page,
            Page.RECEIPT: self.receipt_page,
        }
        for page in self._pages.values():
            self.pages.addWidget(page)
        self._row = QHBoxLayout()
        self._row.addWidget(self._side)
        self._row.addWidget(self.pages, 1)
        self.body.addLayout(self._row, 1)
        self._build_footer()
        self._connect_signals()
        self.refresh()

    # ------------------------------------------------------------ parts
    def _build_side(self) -> QWidget:
        column = Column(gap=8, width=SIDE_PX)
        self._place = Label(style="body", tone="text-2", wrap=True)
        self._fact = Label(style="body", tone="text-2", wrap=True)
        self._hint = Notice("warn", icon="info-circle")
        self._fallback = Notice("primary")
        self.result = Notice("ok")
        self._code = Label(style="caption", tone="text-3", wrap=True)
        self.test = PushButton(kind=Kind.OUTLINE, height=64)
        column.add(self._place, self._fact, self._hint, self._fallback, self.result)
        column.add_stretch()
        column.add(self._code, self.test)
        return column

    def _build_nothing(self) -> QWidget:
        self._nothing_words = _middle_label()
        return _middle_page("circle-check", self._nothing_words)

    def _build_locked(self) -> QWidget:
        self._locked_words = _middle_label()
        page = _middle_page("lock", self._locked_words)
        self.unlock = PushButton(kind=Kind.PRIMARY, icon="lock", height=64, width=320)
        page.insert_centered(3, self.unlock)
        return page

    def _build_scan(self) -> QWidget:
        self._scan_words = _middle_label()
        page = _middle_page("barcode", self._scan_words)
        self._scanned = Label(
            style="title", size_px=28, wrap=True, align=Qt.AlignmentFlag.AlignHCenter
        )
        page.insert(3, self._scanned)
        return page

    def _build_models(self) -> QWidget:
        self._models = Column(gap=8, margins=(0, 0, 12, 0))
        return scroll_around(self._models)

    def _build_footer(self) -> None:
        self.error = Notice("danger")
        self.body.addWidget(self.error)
        foot = Row(gap=8, height=64)
        self.remove = PushButton(kind=Kind.SOFT_DANGER, icon="trash", height=64)
        self.keys = PushButton(kind=Kind.OUTLINE, icon="keyboard", height=64, width=64)
        self.save = PushButton(kind=Kind.PRIMARY, height=64, width=240)
        self.letters = PushButton(kind=Kind.OUTLINE, icon="language", height=64)
        self.calibrate = PushButton(kind=Kind.OUTLINE, icon="barcode", height=64)
        self.look = PushButton(kind=Kind.OUTLINE, icon="receipt", height=64)
        foot.add(self.remove, self.letters, self.look, self.calibrate)
        foot.add_stretch()
        foot.add(self.keys, self.save)
        self._foot = foot
        self.body.addWidget(foot)

    def _connect_signals(self) -> None:
        self.test.clicked.connect(self.test_wanted)
        self.unlock.clicked.connect(self.unlock_wanted)
        self.remove.clicked.connect(self.remove_wanted)
        self.letters.clicked.connect(self.strip_wanted)
        self.look.clicked.connect(self.look_wanted)
        self.calibrate.clicked.connect(self.calibrate_wanted)
        self.keys.clicked.connect(self.form.toggle_keyboard)
        self.save.clicked.connect(lambda: self.save_wanted.emit(dict(self.form.values())))
        self.form.choice_made.connect(self.choice_made)

    # ------------------------------------------------------------ what it shows
    @property
    def state(self) -> DetailState:
        """Return what is shown."""
        return self._state

    def show_detail(self, state: DetailState) -> None:
        """Show a device."""
        self._state = state
        card = state.card
        title = tr("New device") if state.is_new or card is None else say(card.name)
        self.title.setText(title)
        self._show_side(state, None if state.is_new else card)
        self.form.show_fields(state.fields)
        self._show_models(state)
        self._scanned.setText(state.scanned)
        self._scan_words.setText(
            tr("The code was read") if state.scanned else tr("Scan anything, for example a product")
        )
        self.pages.setCurrentWidget(self._pages[state.page])
        is_form = state.page is Page.FORM
        is_learning = state.page is Page.CALIBRATE
        has_foot = state.page in (Page.FORM, Page.STRIP, Page.RECEIPT)
        self._foot.setVisible(has_foot or state.can_calibrate)
        self.calibrate.setVisible(state.can_calibrate)
        self.calibrate.set_label(
            tr("Stop learning") if is_learning else tr("Learn the scanner by two codes")
        )
        self.calibrate_page.show_calibration(state.calibration)
        self.remove.setVisible(state.can_remove and is_form)
        is_look = state.page is Page.RECEIPT
        self.letters.setVisible(bool(state.strip) and not is_look)
        self.look.setVisible(bool(state.strip) and state.page in (Page.FORM, Page.RECEIPT))
        self.look.set_label(tr("Back to settings") if is_look else tr("Look of receipts"))
        self.letters.set_label(tr("Letters come out wrong") if is_form else tr("Back to settings"))
        self.keys.setVisible(is_form)
        self.save.setVisible(is_form)
        self.strip.show_lines(state.strip, state.strip_line)
        self.strip.setEnabled(not state.is_busy)
        self.save.setEnabled(not state.is_busy)
        self.error.set_notice("", say(state.error))
        self.error.setVisible(state.error is not None)

    def _show_side(self, state: DetailState, card: Card | None) -> None:
        # A sample of a receipt needs the room of the side.
        self._side.setVisible(card is not None and state.page is not Page.RECEIPT)
        self.chip.setVisible(card is not None)
        if card is None:
            return
        tone, icon = LIGHTS[card.light]
        self.chip.set_chip(say(card.words), tone, icon)
        _fill(self._place, say(card.place))
        _fill(self._fact, say(card.fact))
        hint = tr("Takes effect after a restart") if card.needs_restart else say(card.hint)
        self._hint.set_notice("", hint, tone="danger" if card.light is Light.SILENT else "warn")
        self._hint.setVisible(bool(hint))
        meanwhile = say(card.fallback)
        self._fallback.set_notice(tr("Meanwhile:"), meanwhile)
        self._fallback.setVisible(bool(meanwhile))
        result = state.result
        self.result.setVisible(result is not None)
        if result is not None:
            tone = "ok" if result.is_ok else "danger"
            self.result.set_notice(say(result.words), say(result.hint), tone=tone)
        _fill(self._code, tr("For support: {code}", code=card.code) if card.code else "")
        self.test.set_label(tr("Checking…") if state.is_busy else trial_text(card))
        self.test.setEnabled(not state.is_busy)

    def _show_models(self, state: DetailState) -> None:
        if state.models == self._models_shown:
            return
        self._models_shown = state.models
        clear_layout(self._models.layout())
        for key, title in state.models:
            button = PushButton(title, Kind.OUTLINE, height=56, align_left=True)
            button.clicked.connect(lambda _=False, model=key: self.model_chosen.emit(model))
            self._models.add(button)
        self._models.add_stretch()

    # ------------------------------------------------------------ form
    def on_key(self, key: str) -> bool:
        """Enter saves the form."""
        if key == "Enter" and self._state.page is Page.FORM and self.save.isEnabled():
            self.save.click()
            return True
        return False

    @override
    def hideEvent(self, event: QHideEvent) -> None:
        """Tell that it went away: a camera must not go on."""
        super().hideEvent(event)
        self.gone.emit()

    @override
    def apply_theme(self) -> None:
        """Scale margins."""
        super().apply_theme()
        look = theme()
        self.body.setContentsMargins(look.px(16), look.px(12), look.px(16), look.px(16))
        self.body.setSpacing(look.px(8))
        self._row.setSpacing(look.px(20))

    @override
    def retranslate(self) -> None:
        """Set every word."""
        super().retranslate()
        self.unlock.set_label(tr("Open the settings"))
        self.remove.set_label(tr("Remove"))
        self.save.set_label(tr("Save"))
        self.keys.set_name(tr("Keyboard"))
        self._locked_words.setText(tr("An administrator opens the settings"))
        self._nothing_words.setText(tr("There is nothing to set here"))
        self.show_detail(self._state)


def _fill(label: Label, text: str) -> None:
    label.setText(text)
    label.setVisible(bool(text))


def _middle_label() -> Label:
    return Label(style="heading", wrap=True, align=Qt.AlignmentFlag.AlignHCenter)


def _middle_page(icon: str, label: Label) -> Column:
    page = Column(gap=12, margins=(24, 0, 24, 0))
    page.add_stretch()
    page.add_centered(IconLabel(icon, "text-2", 56))
    page.add(label)
    page.add_stretch()
    return page
