"""The shell scripts of packaging: plain sh that parses, and finds what a machine lacks."""

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SCRIPTS = sorted((ROOT / "packaging").rglob("*.sh"))
SH = shutil.which("sh")

pytestmark = pytest.mark.skipif(SH is None, reason="this system has no sh")


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_script_parses(script: Path) -> None:
    """A script that is run once a year must not hold a slip of the pen."""
    result = subprocess.run(
        [str(SH), "-n", str(script)], capture_output=True, text=True, check=False
    )
    assert (result.returncode, result.stderr) == (0, "")


def run_in_setup(body: str, tools: Path) -> subprocess.CompletedProcess[str]:
    """Run shell commands after sourcing setup.sh, with stand-ins for the system's tools first on the PATH."""
    script = ROOT / "packaging/run.sh"  # setup.sh finds the checkout by the script that sources it
    return subprocess.run(
        [str(SH), "-c", f'. "{ROOT}/packaging/setup.sh"\n{body}', str(script)],
        env={"PATH": f"{tools}:/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )


def make_tool(folder: Path, name: str, body: str) -> None:
    """Write a stand-in of a system's tool."""
    tool = folder / name
    tool.write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
    tool.chmod(0o755)


def test_missing_libraries_are_listed_by_their_packages(tmp_path: Path) -> None:
    make_tool(tmp_path, "ldconfig", "echo '  libEGL.so.1 (libc6,x86-64) => /lib/libEGL.so.1'")
    make_tool(tmp_path, "python3", "exit 0")
    missing = run_in_setup("list_missing_packages runtime python3", tmp_path).stdout.split()
    assert "libegl1" not in missing
    assert {"libgl1", "libxkbcommon0", "libzbar0"} <= set(missing)


def test_a_user_without_rights_is_told_what_to_ask_for(tmp_path: Path) -> None:
    make_tool(tmp_path, "id", "echo 1000")
    make_tool(tmp_path, "apt-get", "exit 0")
    body = 'command() { [ "$2" != sudo ]; }\ninstall_packages libgl1 libzbar0'
    result = run_in_setup(body, tmp_path)
    assert result.returncode == 1
    assert "Ask an administrator" in result.stderr
    assert "libgl1 libzbar0" in result.stderr


def find_python(tools: Path, system: str) -> str:
    """Tell which Python setup.sh takes; `system` is the name of the system's own."""
    result = run_in_setup(f'SYSTEM_PYTHON="{tools}/{system}"\nfind_python', tools)
    return result.stdout.strip().removeprefix(f"{tools}/")


def test_old_python_is_passed_over(tmp_path: Path) -> None:
    for name in ("system", "python3", "python3.14", "python3.13", "python3.12"):
        make_tool(tmp_path, name, "exit 1")
    make_tool(tmp_path, "python3.11", "exit 0")
    assert find_python(tmp_path, "system") == "python3.11"


def test_the_systems_own_python_goes_before_what_else_is_on_the_path(tmp_path: Path) -> None:
    for name in ("system", "python3"):
        make_tool(tmp_path, name, "exit 0")
    assert find_python(tmp_path, "system") == "system"
    assert find_python(tmp_path, "no such file") == "python3"


def test_a_system_python_without_its_modules_is_left_alone(tmp_path: Path) -> None:
    """Debian keeps some of them in packages of their own; where another Python is whole, none is needed."""
    make_tool(tmp_path, "system", "case $2 in *ensurepip*) exit 1 ;; esac")
    make_tool(tmp_path, "python3", "exit 0")
    assert find_python(tmp_path, "system") == "python3"
