"""The files of the explorer and the guides, served by the service itself; nothing comes from elsewhere."""

import gzip
import hashlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

from fastapi import Request, Response

from app.contracts.errors import ErrorCode
from app.kernel.resources import resource_path
from app.service.kit.problems import ProblemError

_JS: Final = "text/javascript; charset=utf-8"
_CSS: Final = "text/css; charset=utf-8"
_TEXT: Final = "text/plain; charset=utf-8"
_PRESS_FROM: Final = 1_000  # bytes; less is not worth packing


class _File(NamedTuple):
    """Where a file lies below `resources/web`, and what it is."""

    folder: str
    media_type: str


ASSETS: Final[Mapping[str, _File]] = {
    "swagger-ui-bundle.js": _File("explorer", _JS),
    "swagger-ui-bundle.js.LICENSE.txt": _File("explorer", _TEXT),
    "swagger-ui.css": _File("explorer", _CSS),
    "favicon-32x32.png": _File("explorer", "image/png"),
    "LICENSE": _File("explorer", _TEXT),
    "NOTICE": _File("explorer", _TEXT),
    "explorer.js": _File("docs", _JS),
    "site.css": _File("docs", _CSS),
}
"""Every file that is served under `/docs/assets`."""


def asset_path(name: str) -> Path:
    """Return where a file lies.

    Raises:
        ProblemError: NOT_FOUND.
    """
    known = ASSETS.get(name)
    if known is None:
        raise ProblemError(ErrorCode.NOT_FOUND)
    return resource_path("web", known.folder, name)


def asset_address(name: str) -> str:
    """Return the address of a file, below `/docs/`, that changes when the file does."""
    return f"assets/{name}?v={hashlib.sha256(_content(name)).hexdigest()[:12]}"


def asset_answer(request: Request, name: str) -> Response:
    """Return a file, packed if the caller can unpack it."""
    content = _content(name)
    headers = {
        "Cache-Control": "public, max-age=31536000, immutable",
        "X-Content-Type-Options": "nosniff",
        "Vary": "Accept-Encoding",
    }
    if len(content) >= _PRESS_FROM and "gzip" in request.headers.get("accept-encoding", ""):
        content = _packed(name)
        headers["Content-Encoding"] = "gzip"
    return Response(content, media_type=ASSETS[name].media_type, headers=headers)


@cache
def _content(name: str) -> bytes:
    return asset_path(name).read_bytes()


@cache
def _packed(name: str) -> bytes:
    return gzip.compress(_content(name), mtime=0)
