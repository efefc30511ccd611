"""Whatever is asked, the service answers as its description says: status, content type and form.

A short run with a fixed seed; `python -m tests.chaos.fuzz_api --examples N --seed S` is the long one. The
plugins of iiko and R-Keeper are left to it: their calls are the till's, under another address.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.chaos.fuzzing import Fuzz, fuzzed_service

ROOMS = {
    "tills": lambda name: "/till/" in name or "/api/v1/pos/" in name,
    "guests": lambda name: "/guest" in name or "/loyalty/" in name or "transactions" in name,
    "people": lambda name: any(
        part in name for part in ("/auth/", "/staff", "/api-keys", "/tenants", "/audit", "/admin/")
    ),
}


@pytest.fixture
def fuzz(tmp_path: Path) -> Iterator[Fuzz]:
    """A service of its own for each room: who plays with keys and plans may shut the others out."""
    with fuzzed_service(tmp_path) as service:
        yield Fuzz(service, examples=1, seed=20261120)


def is_in(room: str, name: str) -> bool:
    """Tell where an operation is tried; each of them in one room."""
    if "/iiko/" in name or "/rkeeper/" in name:
        return False
    first = next((known for known, wanted in ROOMS.items() if wanted(name)), "others")
    return first == room


@pytest.mark.slow
@pytest.mark.parametrize("room", [*ROOMS, "others"])
def test_every_answer_is_as_described(fuzz: Fuzz, room: str) -> None:
    findings = fuzz.run(lambda name: is_in(room, name))
    assert not findings.faults, findings.text()
    assert len(findings.operations()) > 20
    assert len(findings.operations(successful=True)) > 5


def test_a_wrong_answer_is_found(tmp_path: Path) -> None:
    with fuzzed_service(tmp_path) as service:
        fuzz = Fuzz(service, examples=1, seed=1)
        fuzz.promise_less("get", "/healthz", status="418")
        findings = fuzz.run(lambda name: name == "GET /healthz")
    assert "Undocumented" in findings.text()
    assert findings.requests == 1
