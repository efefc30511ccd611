"""Every example of the integrators' guides is run against a service that runs as a process."""

import importlib
import inspect
import json
import os
import pkgutil
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import app.contracts
from app.contracts.base import WireModel
from app.service import commands
from app.service.docs.guides import guide_names, guide_path
from tests.service.docs.guide_blocks import Block, compare, read_blocks
from tests.service.docs.guide_runner import ROOT, RUNS, GuideRunner

QUICK_START = "quick-start"
GUIDES = [name for name in guide_names() if name != QUICK_START]
PORT_OF_THE_GUIDE = "127.0.0.1:8720"
SERVE = (
    "import sys; from app.service.serving import run_service; sys.exit(run_service('127.0.0.1', 0))"
)
TRYING_OUT = {
    "MAXLOYALTY_WEBHOOK_NETWORKS": "127.0.0.0/8",
    "MAXLOYALTY_WEBHOOK_HTTP": "1",
    "MAXLOYALTY_WEBHOOK_PORTS": "any",
}

pytestmark = pytest.mark.skipif(
    not all(map(shutil.which, ("bash", "curl", "python3"))), reason="readers have a shell and curl"
)


@pytest.fixture(scope="module")
def variables(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """A running sandbox, as the quick start leaves its reader."""
    home = tmp_path_factory.mktemp("guides")
    seeded = commands.seed(f"sqlite:///{home / 'service.sqlite3'}", sandbox=True)
    with subprocess.Popen(
        [sys.executable, "-c", SERVE],
        cwd=ROOT,
        env=os.environ | TRYING_OUT | {"MAXLOYALTY_HOME": str(home)},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdout is not None
        url = json.loads(process.stdout.readline())["url"]
        keys = {name: seeded[name] for name in ("tillKey", "iikoKey", "rkeeperKey", "apiKey")}
        yield {"BASE_URL": url} | {
            f"{name.removesuffix('Key').upper()}_KEY": key for name, key in keys.items()
        }
        process.send_signal(signal.SIGTERM)


@pytest.mark.parametrize("name", GUIDES)
def test_examples_of_a_guide_do_what_it_says(
    name: str, variables: dict[str, str], tmp_path: Path
) -> None:
    runner = GuideRunner(tmp_path, variables, {})
    try:
        runner.run(guide_path(name))
    finally:
        runner.close()


def test_quick_start_leads_from_nothing_to_the_first_call(tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    places = {PORT_OF_THE_GUIDE: f"127.0.0.1:{port}"}
    runner = GuideRunner(tmp_path, {"MAXLOYALTY_PORT": str(port)}, places)
    try:
        runner.run(guide_path(QUICK_START))
    finally:
        runner.close()


def messages() -> dict[str, type[WireModel]]:
    """Return all messages of the contracts by name."""
    modules = pkgutil.iter_modules(app.contracts.__path__, "app.contracts.")
    return {
        name: value
        for module in modules
        for name, value in inspect.getmembers(importlib.import_module(module.name), inspect.isclass)
        if issubclass(value, WireModel)
    }


def blocks() -> list[Any]:
    return [
        pytest.param(name, block, id=f"{name}:{block.line}")
        for name in guide_names()
        for block in read_blocks(guide_path(name))
        if block.info
    ]


@pytest.mark.parametrize(("name", "block"), blocks())
def test_messages_shown_in_guides_are_messages(name: str, block: Block) -> None:
    """A block with a name behind its language is a message of that name."""
    model = messages()[block.info]
    known = {field.alias or key for key, field in model.model_fields.items()}
    assert set(json.loads(block.text)) <= known
    model.from_wire(json.loads(block.text))


@pytest.mark.parametrize("name", guide_names())
def test_every_block_is_run_compared_or_a_message(name: str) -> None:
    has_run = False
    for block in read_blocks(guide_path(name)):
        where = f"{name}:{block.line}"
        if block.language in RUNS:
            has_run = True
        else:
            assert block.language in {"json", "text"}, where
            assert has_run or block.info, f"{where}: nothing is run before"
            has_run = has_run and bool(block.info)


def test_a_broken_example_fails_with_its_place(tmp_path: Path) -> None:
    guide = tmp_path / "broken.md"
    runner = GuideRunner(tmp_path, {}, {})
    guide.write_text('# T\n\n```bash\necho \'{"a": 1}\'\n```\n\n```json\n{"a": 2}\n```\n')
    with pytest.raises(AssertionError, match=r"broken\.md:8.*answer\.a: 1 is not 2"):
        runner.run(guide)
    guide.write_text("# T\n\n```bash\nexit 3\n```\n")
    with pytest.raises(AssertionError, match=r"broken\.md:4: status 3"):
        runner.run(guide)
    guide.write_text("# T\n\n```python\nx = 1\nraise ValueError('no')\n```\n")
    with pytest.raises(AssertionError, match=r"broken\.md:4: ValueError: no"):
        runner.run(guide)


def test_comparing_takes_nothing_for_granted() -> None:
    def wrong(expected: str, printed: str) -> bool:
        return bool(compare(Block("json", "", expected, 1), printed))

    assert not wrong('{"a": "x…", "…": "…"}', '{"a": "xyz", "b": 1}')
    assert wrong('{"a": "x…"}', '{"a": "yx"}')
    assert wrong('{"a": 1}', '{"a": 1, "b": 2}')
    assert wrong('{"a": 1, "b": "…"}', '{"a": 1}')
    assert wrong('{"a": [1]}', '{"a": [1, 2]}')
    assert not wrong('{"a": [1, "…"]}', '{"a": [1, 2, 3]}')
    assert wrong('{"a": 1}', "nothing")
    assert compare(Block("text", "", "a: …", 1), "b: 1")
