"""Running the examples of a guide as a reader would: in a shell and in Python, one after the other."""

import contextlib
import io
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.service.docs.guide_blocks import Block, compare, read_blocks

ROOT = Path(__file__).parents[3]
RUNS = {"bash", "python"}
WAITS_S = 120


class GuideRunner:
    """Runs the blocks of guides in a folder; what one exports, the next one has."""

    def __init__(self, folder: Path, variables: dict[str, str], places: dict[str, str]) -> None:
        self._folder = folder
        self._places = places  # what is written otherwise in the guide: the port
        self._groups: list[int] = []
        self._python: dict[str, object] = {"__name__": "guide"}
        program = folder / "bin" / "maxloyalty"
        program.parent.mkdir()
        program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m app "$@"\n')
        program.chmod(0o755)
        path = f"{program.parent}{os.pathsep}{os.environ['PATH']}"
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("MAXLOYALTY", "PYTEST"))}
        self._variables = kept | {"PATH": path, "PYTHONPATH": str(ROOT)} | variables

    def run(self, path: Path) -> None:
        """Run a guide; a broken example fails with the guide's name and line."""
        last: tuple[Block, str] | None = None
        for block in read_blocks(path):
            where = f"{path.name}:{block.line}"
            if block.language in RUNS:
                last = (block, self._run(path, block, where))
            elif last is not None and not block.info:
                wrong = compare(block, last[1])
                assert not wrong, f"{where}: {'; '.join(wrong)}\nprinted: {last[1]}"
                last = None

    def close(self) -> None:
        """End what the examples have started, as the end of a reader's program would."""
        for value in self._python.values():
            if isinstance(value, httpx.Client):
                value.close()
        for group in self._groups:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(group, signal.SIGTERM)

    def _run(self, path: Path, block: Block, where: str) -> str:
        text = block.text
        for written, meant in self._places.items():
            text = text.replace(written, meant)
        if block.language == "python":
            return self._run_python(path, block, text, where)
        return self._run_bash(text, where)

    def _run_bash(self, text: str, where: str) -> str:
        left = self._folder / "variables"
        script = f"set -euo pipefail\n{text}\nenv -0 > '{left}'\n"
        with subprocess.Popen(
            ["bash", "-c", script],  # noqa: S607 - the reader's own shell
            cwd=self._folder,
            env=self._variables,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        ) as shell:
            self._groups.append(shell.pid)
            printed, errors = shell.communicate(timeout=WAITS_S)
        assert shell.returncode == 0, f"{where}: status {shell.returncode}\n{printed}\n{errors}"
        pairs = (pair.partition("=") for pair in left.read_text().split("\0") if pair)
        self._variables = {name: value for name, _, value in pairs}
        return printed

    def _run_python(self, path: Path, block: Block, text: str, where: str) -> str:
        printed = io.StringIO()
        code = compile("\n" * (block.line - 1) + text, str(path), "exec")
        with self._as_the_reader(), contextlib.redirect_stdout(printed):
            try:
                exec(code, self._python)  # noqa: S102 - the example of our own guide
            except Exception as error:
                message = f"{where}: {type(error).__name__}: {error}\n{printed.getvalue()}"
                raise AssertionError(message) from error
        return printed.getvalue()

    @contextlib.contextmanager
    def _as_the_reader(self) -> Iterator[None]:
        with pytest.MonkeyPatch.context() as patch:
            patch.chdir(self._folder)
            for name, value in self._variables.items():
                patch.setenv(name, value)
            yield
