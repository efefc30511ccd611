"""What the repository holds: its top level, its locks, its papers."""

import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

from app.kernel.version import VERSION

ROOT = Path(__file__).parents[2]
LOCKS = sorted((ROOT / "packaging/locks").glob("*.txt"))
TOP_LEVEL = {
    ".ci",
    ".gitignore",
    "CHANGELOG.md",
    "README.md",
    "app",
    "build.spec",
    "drivers",
    "packaging",
    "pyproject.toml",
    "resources",
    "tests",
}
# Folders of a person's machine. Addresses of package indexes are looked for in the locks only: prose may name them.
MACHINE_PATH = re.compile(rb"(?<![\w.$}~-])/(?:home|Users|root|opt|work|mnt)/[\w.-]+")
ALLOWED_PATHS = {
    b"/opt/maxloyalty",  # where the service is installed
    b"/opt/ATOL",  # where the maker's own server is installed
}


def tracked_files() -> list[Path]:
    """Return the files the repository tracks; a copy without history, or a machine without git, has no list."""
    if not (ROOT / ".git").exists() or shutil.which("git") is None:
        pytest.skip("this copy has no history, or this machine no git")
    listing = subprocess.run(
        # The checkout may belong to another user than the one who tests it.
        ["git", "-c", "safe.directory=*", "ls-files", "-z"],  # noqa: S607 - git is found on the PATH of the developer
        cwd=ROOT,
        check=True,
        capture_output=True,
    ).stdout
    return [ROOT / name for name in listing.decode().split("\0") if name]


def pinned(lock: Path) -> dict[str, str]:
    """Return the versions of a lock by package."""
    return dict(
        re.findall(r"^([a-z0-9-]+)==([^ ;\\]+)", lock.read_text(encoding="utf-8"), re.MULTILINE)
    )


def test_top_level_holds_only_known_names() -> None:
    """A new reader finds the way by the top level; a new name there is a decision."""
    assert {path.relative_to(ROOT).parts[0] for path in tracked_files()} <= TOP_LEVEL


def test_packaging_is_no_package() -> None:
    """An `__init__.py` there would hide the library `packaging` from every tool."""
    assert list((ROOT / "packaging").rglob("__init__.py")) == []


def test_tests_are_no_packages() -> None:
    """Tests are imported by path; an `__init__.py` would change their names."""
    assert list((ROOT / "tests").rglob("__init__.py")) == []


def test_no_file_names_a_folder_of_somebodys_machine() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {match.group().decode()}"
        for path in tracked_files()
        if path.is_file() and b"\0" not in (content := path.read_bytes())
        for match in MACHINE_PATH.finditer(content)
        if match.group() not in ALLOWED_PATHS
    ]
    assert found == []


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_locks_name_no_index(lock: Path) -> None:
    """Where packages come from is the machine's business; the hashes say whether they are right."""
    text = lock.read_text(encoding="utf-8")
    assert (
        re.findall(r"https?://|file:|--(?:extra-)?index-url|--find-links|--trusted-host", text)
        == []
    )


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_every_locked_package_has_a_hash(lock: Path) -> None:
    text = lock.read_text(encoding="utf-8")
    entries = re.findall(r"^[a-z0-9-]+==.*?(?=^[a-z#]|\Z)", text, re.MULTILINE | re.DOTALL)
    assert entries
    assert [entry for entry in entries if "--hash=sha256:" not in entry] == []


def test_locks_agree_with_the_project() -> None:
    """A version changed in one place only would be installed by nobody or tested by nobody."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    needs = {
        "runtime.txt": project["project"]["dependencies"] + project["build-system"]["requires"],
        "dev.txt": project["project"]["optional-dependencies"]["dev"],
        "build.txt": project["project"]["optional-dependencies"]["build"],
    }
    common = pinned(ROOT / "packaging/locks/runtime.txt")
    for name, requirements in needs.items():
        versions = pinned(ROOT / "packaging/locks" / name)
        assert common.items() <= versions.items()
        for requirement in requirements:
            package, version = requirement.split(";")[0].split("==")
            wanted = package.split("[")[0].lower().replace("_", "-")
            assert versions[wanted] == version


def test_version_is_written_in_one_place() -> None:
    """The package, the service and what a till says of itself must never disagree."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert project["project"]["dynamic"] == ["version"]
    source = project["tool"]["setuptools"]["dynamic"]["version"]["attr"]
    assert source == "app.kernel.version.VERSION"
    literal = re.compile(rf"""["']{re.escape(VERSION)}["']""")
    found = [
        path.relative_to(ROOT).as_posix()
        for folder in ("app", "drivers")
        for path in (ROOT / folder).rglob("*.py")
        if literal.search(path.read_text(encoding="utf-8"))
    ]
    assert found == ["app/kernel/version.py"]


def test_changelog_begins_with_unreleased() -> None:
    """What is not released yet must have a place to be written down."""
    headings = re.findall(
        r"^## (.*)$", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert headings[0] == "[Unreleased]"
