"""Words of the devices screen that depend on the kind of a device or of a setting."""

from typing import Final

from app.till.equipment_states import DRAWER_CARD, SCREEN_CARD, Card, Light, Trial
from app.ui.text import tr, tr_later

#: What the button of a test says.
_TRIALS: Final = {
    Trial.ASK: tr_later("Check"),
    Trial.PRINT: tr_later("Test receipt"),
    Trial.DRAWER: tr_later("Open"),
    Trial.SCAN: tr_later("Check"),
    Trial.LOOK: tr_later("Show"),
    Trial.SCREEN: tr_later("Show a test"),
    Trial.LINES: tr_later("Show a test"),
    Trial.WEIGH: tr_later("Weigh"),
}
_OPTIONS: Final = {
    "name": tr_later("Name"),
    "profile": tr_later("Printer model"),
    "columns": tr_later("Characters a line"),
    "dots": tr_later("Dots a line"),
    "code_page": tr_later("Code page"),
    "code_page_number": tr_later("Number of the code page"),
    "drawer_open_level": tr_later("Level of an open drawer"),
    "drawer_pin": tr_later("Contact of the drawer"),
    "drawer_when": tr_later("Opens the drawer: cash, always, never"),
    "kitchen": tr_later("Cooks these categories, * is all"),
    "station": tr_later("Name of the station"),
    "substitute": tr_later("Printer that stands in"),
    "receipts": tr_later("Prints receipts as well"),
    "password": tr_later("Password of the terminal"),
    "currency": tr_later("Currency"),
    "encoding": tr_later("Encoding"),
    "language": tr_later("Language"),
    "prefix": tr_later("Prefix of a code"),
    "suffix": tr_later("End of a code"),
    "silence_s": tr_later("Pause after a code, s"),
    "baud": tr_later("Speed, baud"),
    "byte_size": tr_later("Data bits"),
    "parity": tr_later("Parity"),
    "stop_bits": tr_later("Stop bits"),
    "rtscts": tr_later("Flow control RTS/CTS"),
    "width": tr_later("Width of the picture"),
    "height": tr_later("Height of the picture"),
    "fps_max": tr_later("Pictures a second"),
    "formats": tr_later("Kinds of codes"),
    "preview_width": tr_later("Width of the preview"),
    "ack_timeout_s": tr_later("Wait for a confirmation, s"),
    "answer_timeout_s": tr_later("Wait for an answer, s"),
    "operation_limit_s": tr_later("Longest operation, s"),
}
_TRANSPORTS: Final = {
    "tcp": tr_later("Network"),
    "serial": tr_later("COM port"),
    "file": tr_later("File"),
    "usb": "USB",
    "camera": tr_later("Camera"),
    "spooler": tr_later("Windows printer"),
    "bluetooth": "Bluetooth",
}
_HINTS: Final = {
    "tcp": "192.168.1.50:9100",
    "serial": "COM3, /dev/ttyUSB0",
    "file": "/dev/usb/lp0",
    "camera": "0",
}
LIGHTS: Final = {
    Light.READY: ("ok", "circle-check"),
    Light.ATTENTION: ("warn", "alert-triangle"),
    Light.SILENT: ("danger", "alert-circle"),
    Light.UNKNOWN: ("neutral", "help"),
}
BORDERS: Final = {Light.ATTENTION: "warn-line", Light.SILENT: "danger"}


def trial_text(card: Card) -> str:
    """Return what the button of a device's test says; "again" where it does not answer."""
    if card.light is Light.SILENT and card.device_id not in (DRAWER_CARD, SCREEN_CARD):
        return tr("Try again")
    return tr(_TRIALS[card.trial])


def option_text(name: str) -> str:
    """Return what a setting is called; one without a name of its own keeps its key."""
    words = _OPTIONS.get(name)
    return tr(words) if words is not None else name


def transport_text(name: str) -> str:
    """Return what a way to a device is called."""
    words = _TRANSPORTS.get(name)
    return tr(words) if words is not None else name


def address_hint(transport: str) -> str:
    """Return an example of an address."""
    return _HINTS.get(transport, "")
