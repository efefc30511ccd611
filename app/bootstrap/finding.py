"""The searches of the drivers as the devices screen wants them: a title, a guess, settings to try."""

import logging
from collections.abc import Sequence
from typing import Final

from app.till.equipment_states import Found, Setup
from app.till.equipment_words import FOUND_UNSURE, KINDS, words_of_kind
from app.till.words import Words
from drivers.discovery.found import Confidence
from drivers.discovery.found import Found as DriverFound

log = logging.getLogger(__name__)

_LOOKS_LIKE: Final = Words("похоже: {name}", "probably: {name}")


def find_devices(*, network: bool) -> Sequence[Found]:
    """Look for devices of this computer; takes seconds, on a lane.

    Args:
        network: Also ask the local network; only when a person wants it.
    """
    # Every way of searching loads libraries of its own; nobody waits for them at the start.
    from drivers.discovery.search import discover  # noqa: PLC0415 -- as said above

    result = discover(network=network)
    for problem in result.problems:
        log.info("search %s: %s", problem.search, problem.detail or problem.words_en)
    return [found_of(each) for each in result.found]


def found_of(each: DriverFound) -> Found:
    """Return a find of the drivers as a screen shows it."""
    config = each.config
    setup = None
    if config is not None:
        options = tuple(sorted(config.options.items()))
        setup = Setup(config.id, config.model, config.transport, config.address, options)
    return Found(
        found_id=f"{each.kind} {each.transport} {each.address}",
        title=each.title or each.address,
        place=each.address,
        guess=_guess(each),
        setup=setup,
    )


def _guess(each: DriverFound) -> Words:
    if each.kind not in KINDS:
        return FOUND_UNSURE
    name = words_of_kind(each.kind).name
    lower = Words(name.ru[:1].lower() + name.ru[1:], name.en[:1].lower() + name.en[1:])
    if each.confidence is Confidence.SURE:
        return lower
    return Words(_LOOKS_LIKE.ru.format(name=lower.ru), _LOOKS_LIKE.en.format(name=lower.en))
