"""Tells the till what a terminal is doing, whatever the till makes of it."""

import logging

from drivers.api.terminal import Progress, ProgressHandler

log = logging.getLogger(__name__)


def tell(handler: ProgressHandler | None, step: Progress, text: str = "") -> None:
    """Report a step; a fault in the listener must not spoil a payment."""
    if handler is None:
        return
    try:
        handler(step, text)
    except Exception:
        log.exception("progress handler failed")
