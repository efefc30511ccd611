"""Makes the driver of a payment terminal from settings; nothing is opened yet.

Brands are imported when one of their terminals is built.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from drivers.api.terminal import PaymentTerminal
from drivers.terminals.marks import MarkStore
from drivers.transport.base import Transport

# ruff: noqa: PLC0415 - see the module's docstring


def line_terminal_of(
    model: str,
    transport: Transport,
    options: Mapping[str, Any],
    *,
    is_serial: bool,
    notes_path: Path | None,
    clock: Callable[[], float],
) -> PaymentTerminal:
    """Make a terminal on a line or a connection.

    Args:
        model: key of the registry.
        transport: to it.
        options: of the model, checked against the registry's table.
        is_serial: whether the transport is a serial line.
        notes_path: file of the notes for lost answers.
        clock: monotonic seconds.

    Raises:
        ConfigurationError: the settings make no sense.
    """
    marks = MarkStore(notes_path)
    if model == "terminal.inpas":
        from drivers.terminals.inpas.driver import InpasTerminal
        from drivers.terminals.inpas.link import InpasLink
        from drivers.terminals.inpas.options import InpasOptions

        settings = InpasOptions(**options)
        frames = InpasLink(transport, ack_timeout_s=settings.ack_timeout_s, clock=clock)
        return InpasTerminal(frames, settings, marks=marks, clock=clock)
    from drivers.terminals.zvt.conversation import ZvtOptions
    from drivers.terminals.zvt.driver import ZvtTerminal
    from drivers.terminals.zvt.link import SerialLink, TcpLink

    make_link = SerialLink if is_serial else TcpLink
    link = make_link(transport, clock=clock)
    return ZvtTerminal(link, ZvtOptions(**options), marks=marks, clock=clock)


def program_terminal_of(
    model: str,
    program: str,
    options: Mapping[str, Any],
    *,
    notes_path: Path | None,
    clock: Callable[[], float],
) -> PaymentTerminal:
    """Make a terminal behind a program; arguments as of `line_terminal_of`."""
    if model == "terminal.sberbank":
        from drivers.terminals.sberbank.driver import SberbankTerminal
        from drivers.terminals.sberbank.options import SberbankOptions

        return SberbankTerminal(
            program, SberbankOptions(**options), marks=MarkStore(notes_path), clock=clock
        )
    from drivers.terminals.external.driver import ExternalOptions, ExternalTerminal

    return ExternalTerminal(program, ExternalOptions(**options), clock=clock)
