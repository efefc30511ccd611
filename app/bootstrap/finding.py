"""The searches of the drivers as the devices screen wants them: a title, a guess, settings to try."""

from collections.abc import Sequence
from typing import Final

from app.till.equipment_states import Found, Setup
from app.till.words import Words

_SCANNER: Final = Words("похоже на сканер", "looks like a scanner")
_PRINTER: Final = Words("похоже на принтер чеков", "looks like a receipt printer")
_CAMERA: Final = Words("камера", "a camera")
#: What the search of the drivers calls a thing, what it may be, and how it would be set up.
_GUESSES: Final = {
    "serial port": (_SCANNER, "scanner.serial", "serial"),
    "printer": (_PRINTER, "printer.escpos", "file"),
    "camera": (_CAMERA, "camera.opencv", "camera"),
}


def find_devices() -> Sequence[Found]:
    """Look for devices of this computer; takes seconds, on a lane."""
    # Every way of searching loads libraries of its own; nobody waits for them at the start.
    from drivers.doctor import examine  # noqa: PLC0415 -- as said above

    found = []
    for finding in examine():
        guess = _GUESSES.get(finding.kind)
        if guess is None:
            continue
        words, model, transport = guess
        found.append(
            Found(
                found_id=f"{finding.kind} {finding.address}",
                title=finding.name,
                place=finding.address,
                guess=words,
                setup=Setup("", model, transport, finding.address),
            )
        )
    return found
