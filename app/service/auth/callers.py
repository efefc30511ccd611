"""From what a request shows to who is calling: an API key, or the access token of a person."""

from datetime import datetime
from typing import NamedTuple

from fastapi import Request
from sqlalchemy.engine import Connection

from app.contracts.errors import ErrorCode
from app.service.kit.access import Access
from app.service.kit.problems import ProblemError
from app.service.kit.work import Caller
from app.service.tills.keys import authenticate

_BEARER = "bearer "


class Shown(NamedTuple):
    """What a request shows of its sender. Of a key and a token the key counts."""

    key: str = ""
    token: str = ""
    step_up: str = ""


def shown_by(request: Request, access: Access) -> Shown:
    """Read the headers; nothing is looked at where anyone may call.

    Raises:
        ProblemError: INVALID_API_KEY when there is neither key nor token.
    """
    if access.is_open:
        return Shown()
    headers = request.headers
    said = headers.get("authorization", "")
    token = said[len(_BEARER) :].strip() if said[: len(_BEARER)].lower() == _BEARER else ""
    shown = Shown(headers.get("x-api-key", ""), token, headers.get("x-step-up-token", ""))
    if not shown.key and not shown.token:
        raise ProblemError(ErrorCode.INVALID_API_KEY)
    return shown


def identify(connection: Connection, shown: Shown, now: datetime) -> Caller:
    """Return who is calling.

    Raises:
        ProblemError: The key or the token is unknown, over, or ended.
    """
    if shown.key:
        return authenticate(connection, shown.key, now)
    raise ProblemError(ErrorCode.TOKEN_INVALID)
