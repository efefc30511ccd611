"""Every answer that a test meets, held against the committed description: its status and its code."""

import json
import re
from functools import cache
from typing import Any, Final

import httpx

from app.contracts.errors import PROBLEM_MEDIA_TYPE
from app.kernel.resources import resource_path
from app.service.docs.snapshot import OPENAPI

Told = dict[str, frozenset[str]]
_PARAMETER: Final = re.compile(r"\\\{\w+\\\}")


def check_answer(response: httpx.Response) -> None:
    """Fail if the call is described, and says nothing of such an answer.

    What is not described is left alone: pages, addresses that do not exist, wrong methods.
    """
    request = response.request
    told = find_told(request.method, request.url.path)
    if told is None:
        return
    where = f"{request.method} {request.url.path}"
    status = str(response.status_code)
    assert status in told, f"{where} answered {status}, which its description does not tell"
    if response.headers.get("content-type") == PROBLEM_MEDIA_TYPE:
        response.read()
        code = response.json()["errorCode"]
        assert code in told[status], (
            f"{where} refused with {code}, which its description does not tell"
        )


def find_told(method: str, path: str) -> Told | None:
    """Return what the description tells of a call: codes of refusals by status; None if it has no such call."""
    if "\x00" in path:
        return None  # no address at all: refused before calls are looked up
    for pattern, told in _calls().get((method, path.count("/")), ()):
        if pattern.fullmatch(path):
            return told
    return None


@cache
def _calls() -> dict[tuple[str, int], list[tuple[re.Pattern[str], Told]]]:
    description = json.loads(resource_path(*OPENAPI).read_text("utf-8"))
    shared = description["components"]["responses"]
    found: dict[tuple[str, int], list[tuple[re.Pattern[str], Told]]] = {}
    # A path of fewer parameters is meant first: `/guests/search` before `/guests/{guest_id}`.
    for path, item in sorted(description["paths"].items(), key=lambda one: one[0].count("{")):
        pattern = re.compile(_PARAMETER.sub("[^/]+", re.escape(path)))
        for method, operation in item.items():
            answers = operation["responses"].items()
            told = {status: _codes(response, shared) for status, response in answers}
            told.pop("default", None)  # "a refusal" of any kind would allow everything
            found.setdefault((method.upper(), path.count("/")), []).append((pattern, told))
    return found


def _codes(response: dict[str, Any], shared: dict[str, Any]) -> frozenset[str]:
    if "$ref" in response:
        response = shared[response["$ref"].rpartition("/")[2]]
    return frozenset(response.get("content", {}).get(PROBLEM_MEDIA_TYPE, {}).get("examples", {}))
