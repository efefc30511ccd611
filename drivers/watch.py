"""How each kind of device is kept open and looked at, by its protocol class alone."""

import logging
from collections.abc import Callable
from dataclasses import replace
from typing import Generic, Protocol, TypeVar, runtime_checkable

from drivers.api.device import Health, Probe
from drivers.api.display import CustomerDisplay
from drivers.api.drawer import CashDrawer, DrawerState
from drivers.api.errors import AccessDenied, DeviceNotReady, Language, NotConnected
from drivers.api.fiscal import FiscalRegister, RegisterStatus
from drivers.api.hearsay import TellsHearsay
from drivers.api.printer import Paper, ReceiptPrinter
from drivers.api.qr_payment import QrNotices, QrPayments
from drivers.api.scale import Overloaded, Scale, Weight
from drivers.api.scanner import ScanHandler, Scanner
from drivers.api.terminal import PaymentTerminal
from drivers.api.waiting import TellsWaiting

log = logging.getLogger(__name__)


class _Openable(Protocol):
    def open(self) -> None: ...

    def close(self) -> None: ...


Device_co = TypeVar("Device_co", covariant=True)
Opened = TypeVar("Opened", bound=_Openable)

PRINTER_EVERY_S = 5.0
TERMINAL_EVERY_S = 60.0
FISCAL_EVERY_S = 60.0
PROGRAM_EVERY_S = 600.0  # each look starts the vendor's program, and the terminal shows it
QR_EVERY_S = 120.0
SCAN_WAIT_S = 0.2
SCALE_EVERY_S = 5.0
DISPLAY_EVERY_S = 10.0
RUNNING_LINE_EVERY_S = 0.4
DRAWER_EVERY_S = 5.0
LIVE_WEIGHT_EVERY_S = 0.3
WeightHandler = Callable[[Weight], None]
ProbeHandler = Callable[[Probe], None]


class Watched(Protocol[Device_co]):
    """A device together with the way to look after it. All calls on the device's thread."""

    @property
    def device(self) -> Device_co:
        """The driver that jobs get."""
        ...

    @property
    def poll_every_s(self) -> float:
        """Seconds between two polls; 0 polls all the time."""
        ...

    def open(self) -> None:
        """Open the device or raise a `DriverError`."""
        ...

    def close(self) -> None:
        """Close the device; never raises."""
        ...

    def poll(self) -> Probe:
        """Look at the device. A `DriverError` means that it is lost and has to be opened again."""
        ...


@runtime_checkable
class TellsMeanwhile(Protocol):
    """A watched device that can say how it is while a job of it runs."""

    def tell_to(self, told: ProbeHandler) -> None:
        """Have somebody told, on the device's thread; called once, before it is opened."""
        ...


class _Plain(Generic[Opened]):
    """Opens and closes a device by its own calls.

    Args:
        device: the driver.
    """

    def __init__(self, device: Opened) -> None:
        self.device = device

    def open(self) -> None:
        """Open the device or raise a `DriverError`."""
        self.device.open()

    def close(self) -> None:
        """Close the device; never raises."""
        self.device.close()


class WatchedPrinter(_Plain[ReceiptPrinter]):
    """A printer, asked for its status every few seconds."""

    poll_every_s = PRINTER_EVERY_S

    def poll(self) -> Probe:
        """Ask the status; on a road without answers only whether the road is there."""
        if not self.device.capabilities.tells_status:
            # A queue may have been paused, a file's disk pulled out: opening tells, and prints nothing.
            self.device.open()
            return _probe_hearsay(self.device)
        status = self.device.status()
        words_ru, words_en = status.words("ru"), status.words("en")
        problem = status.problem()
        if problem is not None:
            told = Probe.of_error(problem)
            return Probe(
                Health.DEGRADED, words_ru, words_en, told.hint_ru, told.hint_en, problem.code
            )
        if not status.answered:
            return Probe(Health.OFFLINE, words_ru, words_en, *_CHECK_POWER)
        if status.paper is Paper.NEAR_END:
            return Probe(
                Health.DEGRADED, words_ru, words_en, "Приготовьте рулон.", "Have a roll at hand."
            )
        return Probe(Health.ONLINE, words_ru, words_en)


def _probe_hearsay(printer: ReceiptPrinter) -> Probe:
    """What is known of a printer that cannot answer; a trouble is a warning and stops nothing."""
    ru, en = (
        ", ".join(printer.hearsay(lang)) if isinstance(printer, TellsHearsay) else ""
        for lang in _LANGUAGES
    )
    if not ru:
        return _SILENT_ROAD
    return Probe(
        Health.DEGRADED,
        f"очередь Windows сообщает: {ru}",
        f"the Windows queue says: {en}",
        "Проверьте принтер. Касса печатает и так: бывают драйверы, которые не снимают сообщение.",
        "Check the printer. The till prints all the same: some drivers never take it back.",
    )


_LANGUAGES: tuple[Language, Language] = ("ru", "en")
_SILENT_ROAD = Probe(
    Health.ONLINE, "принимает печать, о себе не сообщает", "takes prints, tells no state"
)
_CHECK_POWER = ("Проверьте питание и кабель.", "Check its power and cable.")


class WatchedTerminal(_Plain[PaymentTerminal]):
    """A payment terminal, asked for its status once a minute and never while it takes money."""

    def __init__(self, device: PaymentTerminal, *, every_s: float = TERMINAL_EVERY_S) -> None:
        super().__init__(device)
        self.poll_every_s = every_s

    def poll(self) -> Probe:
        """Ask whether it is ready."""
        status = self.device.status()
        if status.ready:
            return Probe(Health.ONLINE, "готов", "ready")
        hint = ("Посмотрите на экран терминала.", "Look at the terminal's screen.")
        words_en = f"not ready, code {status.code}"
        return Probe(Health.DEGRADED, status.text, words_en, *hint, code="terminal.not_ready")


class WatchedQrPayments:
    """A bank's QR payments: does the bank answer, does it know the key.

    Args:
        device: the bank.
        notices: hears the bank's notices while the device is open; payments do without.
    """

    poll_every_s = QR_EVERY_S

    def __init__(self, device: QrPayments, notices: QrNotices | None = None) -> None:
        self.device = device
        self._notices = notices
        self._is_listening = False

    def open(self) -> None:
        """Get ready, and listen."""
        self.device.open()
        if self._notices is None or self._is_listening:
            return
        try:
            self._notices.start()
            self._is_listening = True
        except NotConnected as error:
            # A notice only makes the till ask sooner: it asks anyway.
            log.warning("the bank's notices are not heard: %s", error)

    def close(self) -> None:
        """Let go of it."""
        if self._notices is not None:
            self._notices.stop()
            self._is_listening = False
        self.device.close()

    def poll(self) -> Probe:
        """Ask the bank; a refused key is the administrator's to mend, not the cashier's."""
        try:
            self.device.check()
        except AccessDenied as error:
            words = ("Банк не принимает ключ", "The bank does not accept the key")
            hint = (
                "Введите ключ из личного кабинета банка.",
                "Enter the key from the bank's account page.",
            )
            return Probe(Health.DEGRADED, *words, *hint, code=error.code)
        return Probe(Health.ONLINE, "банк отвечает", "the bank answers")


class WatchedFiscal(_Plain[FiscalRegister]):
    """A fiscal register, asked once a minute and never while it makes a document.

    One that can tell what a document waits for is listened to meanwhile.
    """

    poll_every_s = FISCAL_EVERY_S

    def tell_to(self, told: ProbeHandler) -> None:
        """Pass on how the register is while a document of it waits."""
        if isinstance(self.device, TellsWaiting):
            self.device.tell_waiting(
                lambda error: told(_AT_WORK if error is None else Probe.of_error(error))
            )

    def poll(self) -> Probe:
        """Ask whether a receipt can be made, and what will soon be in the way."""
        status = self.device.status()
        if status.problem is not None:
            return replace(Probe.of_error(status.problem), health=Health.DEGRADED)
        warning = _fiscal_warning(status)
        return Probe(Health.ONLINE, "готов", "ready") if warning is None else warning


_AT_WORK = Probe(
    Health.DEGRADED,
    "касса ещё работает над принятым документом",
    "the register still works on a document it has accepted",
    "Дождитесь его, повторять не нужно.",
    "Wait for it, do not repeat it.",
)


def _fiscal_warning(status: RegisterStatus) -> Probe | None:
    """Return the first thing that does not stop selling yet."""
    fn, waiting = status.fn, status.ofd.waiting
    warnings = (
        (
            fn.replace_now,
            "фискальный накопитель кончается через 3 дня",
            "the fiscal storage ends in 3 days",
            ("Срочно вызовите сервис.", "Call the service at once."),
        ),
        (
            fn.near_full,
            "память фискального накопителя почти заполнена",
            "the fiscal storage is nearly full",
            ("Запланируйте замену.", "Plan its replacement."),
        ),
        (
            fn.replace_soon,
            "срок фискального накопителя кончается через 30 дней",
            "the fiscal storage ends in 30 days",
            ("Запланируйте замену.", "Plan its replacement."),
        ),
        (
            fn.ofd_late and waiting > 0,
            f"не передано в ОФД: {waiting}, с {status.ofd.first_at}",
            f"not passed on to the OFD: {waiting}, since {status.ofd.first_at}",
            ("Проверьте интернет кассы.", "Check the register's internet connection."),
        ),
    )
    if status.blocked:
        return _AT_WORK
    found = next((item for item in warnings if item[0]), None)
    return None if found is None else Probe(Health.DEGRADED, found[1], found[2], *found[3])


class WatchedScanner(_Plain[Scanner]):
    """A scanner, read all the time; codes go to `on_scan` on the device's thread."""

    poll_every_s = 0.0

    def __init__(self, device: Scanner, on_scan: ScanHandler) -> None:
        super().__init__(device)
        self._on_scan = on_scan

    def poll(self) -> Probe:
        """Wait a moment for codes and pass them on."""
        for scan in self.device.read(SCAN_WAIT_S):
            self._on_scan(scan)
        return Probe(Health.ONLINE, "готов", "ready")


class WatchedScale(_Plain[Scale]):
    """A scale: asked now and then whether it is there, or all the time where weights are shown."""

    def __init__(self, device: Scale, on_weight: WeightHandler | None = None) -> None:
        super().__init__(device)
        self.poll_every_s = SCALE_EVERY_S if on_weight is None else LIVE_WEIGHT_EVERY_S
        self._on_weight = on_weight
        self._last: Weight | None = None

    def poll(self) -> Probe:
        """Ask for the weight and pass on a new one; trouble on the plate is no lost device."""
        try:
            weight = self.device.read()
        except DeviceNotReady as error:
            return _degraded(error)
        if self._on_weight is not None and weight != self._last:
            self._on_weight(weight)
        self._last = weight
        return _degraded(Overloaded()) if weight.overload else _READY


class WatchedDisplay(_Plain[CustomerDisplay]):
    """A customer display: its page is written again now and then, a running line is moved."""

    @property
    def poll_every_s(self) -> float:
        """Seconds to the next look; short while a line runs."""
        return RUNNING_LINE_EVERY_S if self.device.is_moving else DISPLAY_EVERY_S

    def poll(self) -> Probe:
        """Move the line or write the page again; a line that takes no bytes is lost."""
        if self.device.is_moving:
            self.device.tick()
        else:
            self.device.refresh()
        hint = ("Ответа он не даёт: посмотрите на него.", "It never answers: have a look at it.")
        return Probe(Health.ONLINE, "дисплей подключён", "the display is connected", *hint)


class WatchedDrawer(_Plain[CashDrawer]):
    """A cash drawer, asked for its state where it tells it."""

    poll_every_s = DRAWER_EVERY_S

    def poll(self) -> Probe:
        """Ask for the state."""
        return Probe(Health.ONLINE, *_DRAWER_WORDS[self.device.state()])


_DRAWER_WORDS = {
    DrawerState.OPEN: ("ящик открыт", "the drawer is open"),
    DrawerState.CLOSED: ("ящик закрыт", "the drawer is closed"),
    DrawerState.UNKNOWN: ("ящик подключён, состояния не сообщает", "connected, tells no state"),
}
_READY = Probe(Health.ONLINE, "готов", "ready")


def _degraded(error: DeviceNotReady) -> Probe:
    told = Probe.of_error(error)
    return replace(told, health=Health.DEGRADED)
