"""A program of the system never sees where the built program has its libraries."""

import sys

import pytest

from app.kernel.system import system_environment

OWN = {"PATH": "/usr/bin", "LD_LIBRARY_PATH": "/opt/maxloyalty/_internal"}


def test_the_source_tree_passes_its_environment_on() -> None:
    assert system_environment(OWN) == OWN


@pytest.mark.parametrize(
    ("before", "seen"),
    [
        ({}, {}),
        ({"LD_LIBRARY_PATH_ORIG": ""}, {}),
        ({"LD_LIBRARY_PATH_ORIG": "/usr/local/lib"}, {"LD_LIBRARY_PATH": "/usr/local/lib"}),
    ],
)
def test_the_built_program_gives_the_search_path_back(
    monkeypatch: pytest.MonkeyPatch, before: dict[str, str], seen: dict[str, str]
) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert system_environment(OWN | before) == {"PATH": "/usr/bin", **seen}
