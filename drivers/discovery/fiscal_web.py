"""The Web server of ATOL's driver on this computer (public clients of the Web server): asked for its version only."""

import json

from drivers.api.device import DeviceKind
from drivers.api.errors import DriverError
from drivers.discovery.found import Confidence, Found, propose
from drivers.transport.http import HttpLink

URL = "http://127.0.0.1:16732"
PATH = "/api/v2/serverInfo"
TIMEOUT_S = 2.0
VERSION_MAX = 40
MODEL = "fiscal.atol"
_UNAUTHORIZED = 401


def find_fiscal_web(url: str = URL, timeout_s: float = TIMEOUT_S) -> list[Found]:
    """Ask the server for its version; nobody at home means no finding."""
    try:
        answer = HttpLink(url).exchange("GET", PATH, timeout_s=timeout_s)
    except DriverError:
        return []
    version = version_of(answer.body)
    if not version and answer.status != _UNAUTHORIZED:
        return []
    told = f" {version}" if version else ""
    return [
        Found(
            str(DeviceKind.FISCAL),
            url,
            "http",
            f"АТОЛ Web-сервер{told}",
            MODEL,
            Confidence.SURE if version else Confidence.LIKELY,
            words_ru=f"Web-сервер драйвера АТОЛ{told}: через него печатаются фискальные чеки.",
            words_en=f"Web server of the ATOL driver{told}: fiscal receipts go through it.",
            config=propose(DeviceKind.FISCAL, MODEL, "http", url),
        )
    ]


def version_of(body: bytes) -> str:
    """Version that the answer names, '' if it is no answer of such a server."""
    try:
        told = json.loads(body)
    except ValueError:
        return ""
    version = told.get("serverVersion") if isinstance(told, dict) else None
    return version if isinstance(version, str) and len(version) <= VERSION_MAX else ""
