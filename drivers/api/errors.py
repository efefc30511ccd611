# ruff: noqa: N818 - the names read as facts: PaperOut, NotConnected, OutcomeUnknown
"""The error tree of every driver.

::

    DriverError                     code, text(lang), detail, blame, hint for retry
    |-- TemporaryError              the world is in the way: put it right and repeat
    |   |-- TransportError          the road to the device
    |   |   |-- NotConnected        cannot open, or the port is not open
    |   |   |   `-- PortBusy        another program or till holds it
    |   |   |-- ConnectionLost      it was open and broke
    |   |   `-- Timeout             the device did not answer or did not take the bytes
    |   |-- DeviceBusy              the device works on something else
    |   `-- DeviceNotReady          it answers and says why it cannot work now
    |       |-- PaperOut
    |       |-- CoverOpen
    |       |-- DeviceOffline
    |       `-- DeviceFault         cutter, head, mechanics
    |-- FinalError                  repeating the same gives the same
    |   |-- DeviceRefused           the device or its host said no
    |   |-- NotSupported            this model cannot do that
    |   |-- ConfigurationError      the settings of the device are wrong
    |   |   `-- UsbLibraryMissing   no libusb on this computer
    |   `-- AccessDenied            the operating system does not let us in
    |       `-- UsbAccessDenied     a udev rule is missing
    |-- OutcomeUnknown              it may have happened: ask, never repeat blindly
    `-- DriverBug                   a fault of ours: crash and report
        |-- ProtocolError           bytes that the protocol does not allow
        `-- WrongCallOrder          a method was called out of the drawn order

``code`` is stable and goes to logs, rows and tests. ``text(lang)`` is one or two short sentences for the
cashier's screen: what happened, then what to do. ``detail`` is for the log only. Fiscal registers have
branches of their own, see `drivers.api.fiscal_errors`.
"""

import enum
from typing import ClassVar, Literal

Language = Literal["ru", "en"]


class Blame(enum.Enum):
    """Who is to blame: decides between telling the cashier and reporting a fault of the program."""

    ENVIRONMENT = "environment"
    BUG = "bug"


class DriverError(Exception):
    """Any failure of a driver.

    Args:
        detail: raw reason for the log (English, may hold addresses and hex).
        device: name of the device for the screen, for example ``Кухня``; put before the sentence.
    """

    code: ClassVar[str] = "device"
    blame: ClassVar[Blame] = Blame.ENVIRONMENT
    retryable: ClassVar[bool] = False
    texts: ClassVar[dict[Language, str]] = {
        "ru": "Ошибка устройства. Позовите администратора.",
        "en": "Device error. Call the administrator.",
    }

    def __init__(self, detail: str = "", *, device: str = "") -> None:
        super().__init__(f"{self.code}: {detail}" if detail else self.code)
        self.detail = detail
        self.device = device
        self.reason: DriverError | None = None

    def text(self, lang: Language = "ru") -> str:
        """Sentence for the screen: the reason, if there is one, then our own. Others get English."""
        sentence = self.texts.get(lang, self.texts["en"])
        if self.reason is not None:
            sentence = f"{self.reason.text(lang)} {sentence}"
        return f"{self.device}: {sentence}" if self.device else sentence


class TemporaryError(DriverError):
    """The environment is in the way; the same call may succeed later."""

    code = "device.temporary"
    retryable = True
    texts: ClassVar[dict[Language, str]] = {
        "ru": "Устройство временно недоступно. Повторите через минуту.",
        "en": "The device is temporarily unavailable. Try again in a minute.",
    }


class TransportError(TemporaryError):
    """The road to the device failed.

    Args:
        detail: raw reason for the log.
        device: name of the device for the screen.
        sent_bytes: how many bytes of the failed write were handed over before the failure. 0 promises
            that the device got nothing of it.
    """

    code = "device.transport"
    texts: ClassVar[dict[Language, str]] = {
        "ru": "Нет связи с устройством. Проверьте питание и кабель.",
        "en": "No connection to the device. Check its power and cable.",
    }

    def __init__(self, detail: str = "", *, device: str = "", sent_bytes: int = 0) -> None:
        super().__init__(detail, device=device)
        self.sent_bytes = sent_bytes


class NotConnected(TransportError):
    """The port or address cannot be opened, or is not open."""

    code = "device.not_connected"
    texts: ClassVar[dict[Language, str]] = {
        "ru": "Устройство не найдено. Проверьте питание, кабель и адрес.",
        "en": "Device not found. Check its power, cable and address.",
    }


class PortBusy(NotConnected):
    """Another program or another till holds the port."""

    code = "device.port_busy"
    texts: ClassVar[dict[Language, str]] = {
        "ru": "Устройство занято другой программой. Закройте её и повторите.",
        "en": "Another program is using the device. Close it and try again.",
    }


class ConnectionLost(TransportError):
    """The connection was open and broke."""

    code = "device.connection_lost"
    texts: ClassVar[dict[Language, str]] = {
        "ru": "Связь с устройством оборвалась. Проверьте питание и кабель.",
        "en": "Connection to the device was lost. Check its power and cable.",
    }


class Timeout(TransportError):
    """The device did not answer, or did not take the bytes, in time."""

    code = "device.timeout"
    texts: ClassVar[dict[Language, str]] = {
        "ru": "Устройство не отвечает. Проверьте, включено ли оно.",
        "en": "The device does not answer. Check that it is switched on.",
    }


class DeviceBusy(TemporaryError):
    """The device works on something else."""

    code = "device.busy"
    texts: ClassVar[dict[Language, str]] = {
        "ru": "Устройство занято. Дождитесь конца операции и повторите.",
        "en": "The device is busy. Wait until it finishes and try again.",
    }


class DeviceNotReady(TemporaryError):
    """The device answers and cannot work now."""

    code = "device.not_ready"
    texts: ClassVar[dict[Language, str]] = {
        "ru": "Устройство не готово. Проверьте его индикаторы.",
        "en": "The device is not ready. Check its lamps.",
    }


class PaperOut(DeviceNotReady):
    """No paper."""

    code = "printer.paper_out"
    texts: ClassVar[dict[Language, str]] = {
        "ru": "Закончилась бумага. Вставьте новый рулон.",
        "en": "Out of paper. Insert a new roll.",
    }


class CoverOpen(DeviceNotReady):
    """The cover is open."""

    code = "printer.cover_open"
    texts: ClassVar[dict[Language, str]] = {
        "ru": "Открыта крышка принтера. Закройте её.",
        "en": "The printer cover is open. Close it.",
    }


class DeviceOffline(DeviceNotReady):
    """The device answers that it is off line."""

    code = "device.offline"
    texts: ClassVar[dict[Language, str]] = {
        "ru": "Принтер отключён кнопкой или занят подачей бумаги. Проверьте его.",
        "en": "The printer is off line or feeding paper. Check it.",
    }


class DeviceFault(DeviceNotReady):
    """A fault of the mechanics: cutter, head, supply."""

    code = "device.fault"
    texts: ClassVar[dict[Language, str]] = {
        "ru": "Неисправность принтера (нож или головка). Выключите и включите его.",
        "en": "Printer fault (cutter or head). Switch it off and on.",
    }


class FinalError(DriverError):
    """Repeating the same call gives the same error."""

    code = "device.final"


class DeviceRefused(FinalError):
    """The device or its host refused the operation."""

    code = "device.refused"
    texts: ClassVar[dict[Language, str]] = {
        "ru": "Устройство отказало в операции.",
        "en": "The device refused the operation.",
    }


class NotSupported(FinalError):
    """This model cannot do that."""

    code = "device.not_supported"
    texts: ClassVar[dict[Language, str]] = {
        "ru": "Эта модель устройства такого не умеет.",
        "en": "This model cannot do that.",
    }


class ConfigurationError(FinalError):
    """The settings of the device are wrong."""

    code = "device.configuration"
    texts: ClassVar[dict[Language, str]] = {
        "ru": "Неверные настройки устройства. Исправьте их в разделе «Оборудование».",
        "en": "The device settings are wrong. Correct them under Devices.",
    }


class AccessDenied(FinalError):
    """The operating system does not let the program use the port."""

    code = "device.access_denied"
    texts: ClassVar[dict[Language, str]] = {
        "ru": "Нет прав на доступ к устройству. Позовите администратора.",
        "en": "No permission to use the device. Call the administrator.",
    }


class UsbAccessDenied(AccessDenied):
    """The system keeps the USB device for its administrator; ``detail`` has the rule that opens it."""

    code = "device.usb_access_denied"
    texts: ClassVar[dict[Language, str]] = {
        "ru": "Нет прав на USB-устройство. Администратору: добавьте правило udev.",
        "en": "No permission to use the USB device. Administrator: add a udev rule.",
    }


class UsbLibraryMissing(ConfigurationError):
    """libusb or pyusb is missing, or Windows keeps the device for its own driver."""

    code = "device.usb_library"
    texts: ClassVar[dict[Language, str]] = {
        "ru": "Нет libusb. Установите libusb-1.0-0, а в Windows выберите очередь печати.",
        "en": "No libusb. Install libusb-1.0-0; on Windows choose the print queue.",
    }


class OutcomeUnknown(DriverError):
    """The operation may have happened. Ask the device or the person; never repeat blindly.

    Args:
        detail: raw reason for the log.
        device: name of the device for the screen.
        reason: the error that hid the outcome; its sentence is shown before ours.
    """

    code = "device.outcome_unknown"
    texts: ClassVar[dict[Language, str]] = {
        "ru": "Неизвестно, выполнена ли операция. Проверьте устройство.",
        "en": "It is unknown whether the operation was done. Check the device.",
    }

    def __init__(
        self, detail: str = "", *, device: str = "", reason: DriverError | None = None
    ) -> None:
        super().__init__(detail or str(reason or ""), device=device)
        self.reason = reason


class DriverBug(DriverError):
    """A fault of the program, not of the environment."""

    code = "device.bug"
    blame = Blame.BUG
    texts: ClassVar[dict[Language, str]] = {
        "ru": "Ошибка программы при работе с устройством. Сообщите в поддержку.",
        "en": "Program error while using the device. Tell the support.",
    }


class ProtocolError(DriverBug):
    """The device sent bytes that its protocol does not allow."""

    code = "device.protocol"
    texts: ClassVar[dict[Language, str]] = {
        "ru": "Устройство ответило непонятно. Проверьте модель в настройках.",
        "en": "The device gave an unexpected answer. Check its model in the settings.",
    }


class WrongCallOrder(DriverBug):
    """A driver's method was called out of the order its protocol draws."""

    code = "device.call_order"
