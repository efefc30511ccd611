"""Forms of devices and of the guest's display: settings become rows, typed rows become settings."""

from collections.abc import Mapping, Sequence

from app.kernel.errors import InputError
from app.till.customer_setup import CustomerSetup, ScreenMode
from app.till.equipment_states import DeviceModel, OptionValue, Setup
from app.till.equipment_words import NOT_NUMBER
from app.ui.devices.state import FieldKind, FormField
from app.ui.devices.words import address_hint, option_text, transport_text
from app.ui.text import tr

TRANSPORT, ADDRESS = "*transport", "*address"
_SERIAL: Sequence[tuple[str, str]] = (("baud", "int"),)
_SECRETS = frozenset({"password", "callback_secret"})
_KINDS = {
    "bool": FieldKind.SWITCH,
    "int": FieldKind.NUMBER,
    "float": FieldKind.NUMBER,
}


def device_fields(model: DeviceModel, setup: Setup) -> tuple[FormField, ...]:
    """Return the rows for a device.

    Args:
        model: Says which settings there are.
        setup: What is set.
    """
    fields = []
    if len(model.transports) > 1:
        choices = tuple((name, transport_text(name)) for name in model.transports)
        row = FormField(TRANSPORT, tr("Connection"), FieldKind.CHOICE, setup.transport, choices)
        fields.append(row)
    hint = address_hint(setup.transport)
    fields.append(FormField(ADDRESS, tr("Address"), value=setup.address, hint=hint))
    for name, kind in option_kinds(model, setup.transport):
        value = setup.option(name)
        shown = "" if value is None else _shown(value)
        usual = FieldKind.SECRET if name in _SECRETS else FieldKind.TEXT
        fields.append(FormField(name, option_text(name), _KINDS.get(kind, usual), shown))
    return tuple(fields)


def option_kinds(model: DeviceModel, transport: str) -> Sequence[tuple[str, str]]:
    """Return the settings of a model beyond its address, those of a serial line with them."""
    known = dict(model.options)
    extra = [pair for pair in _SERIAL if transport == "serial" and pair[0] not in known]
    return (*model.options, *extra)


def device_setup(model: DeviceModel, setup: Setup, values: Mapping[str, str]) -> Setup:
    """Return the settings that were typed; those without a row stay as they were.

    Raises:
        InputError: A number is none.
    """
    transport = values.get(TRANSPORT, setup.transport)
    kinds = dict(option_kinds(model, transport))
    options = {name: value for name, value in setup.options if name not in values}
    was_set = dict(setup.options)
    for name, kind in kinds.items():
        typed = values.get(name, "")
        # A switch that was never set and stays off is left to the driver.
        if typed or (kind == "bool" and name in was_set):
            options[name] = _typed(name, kind, typed)
    return Setup(
        setup.device_id,
        model.model,
        transport,
        values.get(ADDRESS, setup.address),
        tuple(sorted(options.items())),
    )


def customer_fields(setup: CustomerSetup) -> tuple[FormField, ...]:
    """Return the rows for the guest's display."""
    modes = (
        (ScreenMode.AUTO.value, tr("Second screen")),
        (ScreenMode.WINDOW.value, tr("Or a window")),
        (ScreenMode.OFF.value, tr("Off")),
    )
    return (
        FormField("mode", tr("Where"), FieldKind.CHOICE, setup.mode.value, modes),
        FormField("title", tr("Advert"), value=setup.title),
        FormField("text", tr("Smaller letters"), value=setup.text),
        FormField(
            "picture_path", tr("Picture instead"), value=setup.picture_path, hint="…/menu.png"
        ),
        FormField("join_url", tr("QR of the guest's card"), value=setup.join_url, hint="https://"),
    )


def customer_setup(values: Mapping[str, str]) -> CustomerSetup:
    """Return the settings of the guest's display that were typed.

    Raises:
        InputError: A text is too long, or the address is none.
    """
    return CustomerSetup(
        mode=ScreenMode(values["mode"]),
        title=values["title"],
        text=values["text"],
        picture_path=values["picture_path"],
        join_url=values["join_url"],
    )


def _shown(value: OptionValue) -> str:
    if isinstance(value, bool):
        return "1" if value else ""
    return _escaped(value) if isinstance(value, str) else str(value)


def _typed(name: str, kind: str, typed: str) -> OptionValue:
    try:
        if kind == "bool":
            return bool(typed)
        if kind == "int":
            return int(typed)
        if kind == "float":
            return float(typed.replace(",", "."))
    except ValueError:
        words = NOT_NUMBER.fill(name=option_text(name), value=typed)
        raise InputError("SETTING_NOT_NUMBER", words.ru, words.en) from None
    return _unescaped(typed)


_SIGNS = ((r"\r", "\r"), (r"\n", "\n"), (r"\t", "\t"), (r"\x1d", "\x1d"))


def _escaped(text: str) -> str:
    for written, meant in _SIGNS:
        text = text.replace(meant, written)
    return text


def _unescaped(typed: str) -> str:
    r"""Return a text in which `\r`, `\n`, `\t` stand for the characters that a scanner sends."""
    for written, meant in _SIGNS:
        typed = typed.replace(written, meant)
    return typed
