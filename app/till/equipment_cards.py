"""Cards of devices, made from settings and from what the last look showed."""

from collections.abc import Sequence

from app.till import equipment_words as texts
from app.till.equipment_states import (
    DRAWER_CARD,
    NOTHING,
    SCREEN_CARD,
    WEDGE_CARD,
    Card,
    DeviceModel,
    Light,
    Setup,
    Trial,
)
from app.till.words import Words
from drivers.api.device import DeviceConfig, DeviceKind, Health, Probe

_LIGHTS = {
    Health.ONLINE: Light.READY,
    Health.DEGRADED: Light.ATTENTION,
    Health.OFFLINE: Light.SILENT,
}


def card_of(
    config: DeviceConfig,
    model: DeviceModel | None,
    probe: Probe | None,
    *,
    is_receipt_printer: bool,
) -> Card:
    """Return the card of a configured device.

    Args:
        config: Its settings.
        model: Its model; None for one that this version does not know.
        probe: What the last look showed; None before the first.
        is_receipt_printer: Receipts go to it.
    """
    said = texts.words_of_kind(config.kind)
    light = _LIGHTS[probe.health] if probe is not None else Light.UNKNOWN
    is_other_printer = config.kind is DeviceKind.PRINTER and not is_receipt_printer
    fallback = texts.SECOND_FALLBACK if is_other_printer else said.fallback
    is_silent = light is Light.SILENT or (light is Light.ATTENTION and bool(probe and probe.code))
    return Card(
        device_id=config.id,
        kind=config.kind,
        name=_name(config, said.name, is_other_printer=is_other_printer),
        place=_place(config, model),
        light=light,
        words=_capital(probe) if probe is not None else texts.UNSEEN,
        hint=Words(probe.hint_ru, probe.hint_en) if probe is not None else NOTHING,
        fallback=fallback if is_silent else None,
        trial=said.trial,
        setup=setup_of(config),
        code=probe.code if probe is not None else "",
    )


def virtual_cards(
    cards: Sequence[Card], receipt_printer: str, wedge_fact: Words | None
) -> list[Card]:
    """Return the cards of what has no entry of its own: drawer at the printer, typing scanner."""
    made: list[Card] = []
    printer = next((card for card in cards if card.device_id == receipt_printer), None)
    if printer is not None and not any(card.kind == DeviceKind.DRAWER for card in cards):
        made.append(_drawer_card(printer))
    if not any(card.kind == DeviceKind.SCANNER for card in cards):
        made.append(_wedge_card(wedge_fact))
    return made


def screen_card(shown: tuple[str, int, int] | None, *, is_on: bool, in_window: bool) -> Card:
    """Return the card of the guest's display.

    Args:
        shown: Name and size of its screen; None if it is not shown.
        is_on: It is wanted at all.
        in_window: It is a window beside the till.
    """
    said = texts.words_of_kind(texts.SCREEN_KIND)
    light, words, place = Light.READY, texts.SCREEN_SHOWS, texts.SCREEN_WINDOW
    if not is_on:
        light, words, place = Light.UNKNOWN, texts.SCREEN_OFF, NOTHING
    elif shown is None:
        light, words, place = Light.UNKNOWN, texts.SCREEN_NONE, NOTHING
    elif not in_window:
        place = texts.SCREEN_PLACE.fill(name=shown[0], width=shown[1], height=shown[2])
    return Card(
        SCREEN_CARD,
        texts.SCREEN_KIND,
        said.name,
        place,
        light,
        words,
        hint=texts.SCREEN_HINT if is_on and shown is None else NOTHING,
        fallback=None,
        trial=Trial.SCREEN,
    )


def setup_of(config: DeviceConfig) -> Setup:
    """Return the settings of a device for a form."""
    options = tuple(sorted(config.options.items()))
    return Setup(config.id, config.model, config.transport, config.address, options)


def _drawer_card(printer: Card) -> Card:
    said = texts.words_of_kind(DeviceKind.DRAWER)
    is_reached = printer.light is not Light.SILENT
    place = Words(
        texts.DRAWER_BY.ru.format(name=printer.name.ru),
        texts.DRAWER_BY.en.format(name=printer.name.en.lower()),
    )
    return Card(
        DRAWER_CARD,
        DeviceKind.DRAWER,
        said.name,
        place,
        printer.light if not is_reached else Light.UNKNOWN,
        printer.words if not is_reached else texts.UNSEEN,
        fallback=None if is_reached else said.fallback,
        trial=Trial.DRAWER,
    )


def _wedge_card(fact: Words | None) -> Card:
    return Card(
        WEDGE_CARD,
        DeviceKind.SCANNER,
        texts.WEDGE_NAME,
        texts.WEDGE_PLACE,
        Light.UNKNOWN if fact is None else Light.READY,
        texts.WEDGE_WAITS if fact is None else texts.READY,
        fact=fact,
        trial=Trial.SCAN,
    )


def _name(config: DeviceConfig, said: Words, *, is_other_printer: bool) -> Words:
    own = str(config.options.get("name", ""))
    if config.kind is DeviceKind.PRINTER and (own or is_other_printer):
        name = own or config.id
        return texts.PRINTER_NAMED.fill(name=name) if is_other_printer else Words(name, name)
    return Words(own, own) if own else said


def _place(config: DeviceConfig, model: DeviceModel | None) -> Words:
    title = str(config.options.get("profile", "")) or (model.title if model else config.model)
    where = config.address
    if config.kind is DeviceKind.CAMERA:
        return Words(
            texts.CAMERA_PLACE.ru.format(where=where), texts.CAMERA_PLACE.en.format(where=where)
        )
    if config.transport == "tcp":
        where = where.removesuffix(":9100")
    return Words(f"{title}, {where}", f"{title}, {where}")


def _capital(probe: Probe) -> Words:
    return Words(_first_upper(probe.words_ru), _first_upper(probe.words_en))


def _first_upper(text: str) -> str:
    return text[:1].upper() + text[1:]
