"""The TypeScript client: made from the committed description, sound to the compiler, and it works.

Two of the tests need node and a compiler: `tsc` on the PATH, which `packaging/setup.sh` installs. A newer one
comes first: that of `npm install` in `resources/clients/typescript`, or of the `node_modules` that
MAXLOYALTY_NODE_MODULES names.
"""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from app.service.docs import typescript
from tests.api_client.service_process import running_service

FOLDER = typescript.client_folder()
LONGEST_S = 240


def compiler() -> list[str]:
    """Return the command of the compiler, or skip where there is none."""
    if shutil.which("node") is None:
        pytest.skip("node, which runs the client, is not installed")
    program = typescript.node_modules() / "typescript" / "bin" / "tsc"
    found = str(program) if program.exists() else shutil.which("tsc")
    if found is None:
        pytest.skip("tsc, the compiler of TypeScript, is not installed")
    return ["node", found]


def run(command: list[str]) -> str:
    done = subprocess.run(command, capture_output=True, text=True, timeout=LONGEST_S, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_types_are_made_from_the_committed_description() -> None:
    with typescript.types_file().open(encoding="utf-8") as file:
        line = file.readline().rstrip("\n")
    assert line == typescript.first_line(), "run `python -m app.service.docs.typescript`"


def test_every_call_of_the_description_has_its_types() -> None:
    text = typescript.types_file().read_text("utf-8")
    missing = [path for path in typescript.reduced()["paths"] if f'"{path}": {{' not in text]
    assert missing == []


def test_the_package_names_no_registry() -> None:
    package = json.loads((FOLDER / "package.json").read_text("utf-8"))
    assert all(version[0].isdigit() for version in package["devDependencies"].values())
    assert "dependencies" not in package
    assert not list(FOLDER.glob("*lock*"))
    assert "://" not in (FOLDER / ".npmrc").read_text("utf-8")


@pytest.mark.slow
def test_right_calls_compile_and_wrong_ones_do_not() -> None:
    run([*compiler(), "--project", str(FOLDER / "tsconfig.test.json")])


@pytest.mark.e2e
def test_a_built_client_calls_a_real_service(tmp_path: Path) -> None:
    built = tmp_path / "built"
    run([*compiler(), "--project", str(FOLDER / "tsconfig.json"), "--outDir", str(built)])
    (built / "package.json").write_text('{"type": "module"}', "utf-8")
    script = str(FOLDER / "test" / "calls.mjs")
    with running_service(tmp_path) as service:
        said = run(["node", script, str(built), service.url, service.seeded["apiKey"]])
    assert said.strip() == "ok"
