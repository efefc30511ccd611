"""Which codes and refunds this till has asked for; on disk, so that a restart can ask about them."""

import contextlib
import json
import threading
from dataclasses import asdict
from pathlib import Path

from drivers.api.qr_payment import QrCode
from drivers.transport.kept import write_json

NOTES_MAX = 512


class QrNotes:
    """Remembers codes by order and the ids of refunds, on disk if a path is given. Any thread.

    Holds no key and nothing about guests.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._codes: dict[str, QrCode] = {}
        self._refunds: dict[str, None] = {}
        if path is not None:
            self._load(path)

    def put_code(self, code: QrCode) -> None:
        """Note the code of an order; it is on disk when this returns."""
        with self._lock:
            self._codes.pop(code.order_id, None)
            self._codes[code.order_id] = code
            self._save()

    def find_code(self, order_id: str) -> QrCode | None:
        """Return the code last registered for an order."""
        with self._lock:
            return self._codes.get(order_id)

    def put_refund(self, refund_id: str) -> None:
        """Note that a refund is about to be asked for."""
        with self._lock:
            self._refunds.pop(refund_id, None)
            self._refunds[refund_id] = None
            self._save()

    def has_refund(self, refund_id: str) -> bool:
        """Whether a refund was asked for before."""
        with self._lock:
            return refund_id in self._refunds

    def _save(self) -> None:
        while len(self._codes) > NOTES_MAX:
            del self._codes[next(iter(self._codes))]
        while len(self._refunds) > NOTES_MAX:
            del self._refunds[next(iter(self._refunds))]
        if self._path is None:
            return
        codes = [asdict(code) for code in self._codes.values()]
        write_json(self._path, {"codes": codes, "refunds": list(self._refunds)})

    def _load(self, path: Path) -> None:
        """Read the notes; a damaged file counts as empty."""
        with contextlib.suppress(OSError, ValueError, TypeError, KeyError):
            stored = json.loads(path.read_text(encoding="utf-8"))
            for item in stored["codes"]:
                code = QrCode(**item)
                self._codes[code.order_id] = code
            self._refunds = {str(name): None for name in stored["refunds"]}
