"""Habits that the linters cannot hold: who commits, and that each silenced rule says why."""

import ast
import io
import re
import tokenize
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = sorted(
    path for room in ("app", "drivers", "tests") for path in (ROOT / room).rglob("*.py")
)
PROGRAM = [path for path in SOURCES if "tests" not in path.relative_to(ROOT).parts]
COMMITTERS = {"uow.py", "db.py", "database.py"}  # the last runs the jobs of the service

# The two ways to silence a rule, each followed by its codes and by a reason of a few words.
SILENCED = re.compile(r"#\s*(noqa|type:\s*ignore)")
NOQA = re.compile(
    r"#\s*noqa:\s*[A-Z]+\d+(?:\s*,\s*[A-Z]+\d+)*\s+(?:[-#–—]+\s*)?(?:ditto|(?!noqa|type:)\w.{7,})"
)
IGNORE = re.compile(
    r"#\s*type:\s*ignore\[[\w,\s-]+\]\s+(?:[-#–—]+\s*)?(?:ditto|(?!noqa|type:)\w.{7,})"
)


def name(path: Path) -> str:
    """Return the path as a person writes it."""
    return path.relative_to(ROOT).as_posix()


def find_stray_commits(source: str) -> list[int]:
    """Return the lines that commit a connection past the unit of work, or use a unit after its commit.

    `uow.commit()` asks the unit of work, which is right for a use case; anything else that is committed
    is a connection or a session.
    """
    if "commit" not in source:
        return []  # most files: no need to take them apart
    tree = ast.parse(source)
    stray = [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "commit"
        and ast.unparse(node.func.value) != "uow"
    ]
    for block in (node for node in ast.walk(tree) if isinstance(node, ast.With)):
        committed = False
        for statement in block.body:
            if committed and any(
                isinstance(node, ast.Name) and node.id == "uow" for node in ast.walk(statement)
            ):
                stray.append(statement.lineno)
            committed = committed or ast.unparse(statement) == "uow.commit()"
    return stray


def find_unexplained(source: str) -> list[str]:
    """Return the comments that silence a rule without a code or without a reason."""
    if not SILENCED.search(source):
        return []  # most files: no need to take them apart
    return [
        f"line {token.start[0]}: {token.string}"
        for token in tokenize.generate_tokens(io.StringIO(source).readline)
        if token.type == tokenize.COMMENT
        and SILENCED.search(token.string)
        and not (NOQA.search(token.string) or IGNORE.search(token.string))
    ]


def test_only_the_unit_of_work_commits() -> None:
    """A commit in the middle of an operation would keep half of it after a crash."""
    found = {
        name(path): find_stray_commits(path.read_text(encoding="utf-8"))
        for path in PROGRAM
        if path.name not in COMMITTERS
    }
    assert {path: lines for path, lines in found.items() if lines} == {}


@pytest.mark.parametrize(
    ("source", "stray"),
    [
        ("with a.unit() as uow:\n    uow.add(1)\n    uow.commit()\n", False),
        ("with a.unit() as uow:\n    uow.commit()\n    uow.add(1)\n", True),
        ("connection.commit()", True),
        ("self.session.commit()", True),
    ],
)
def test_stray_commits_are_told_from_asking_the_unit(source: str, stray: bool) -> None:
    assert bool(find_stray_commits(source)) is stray


def test_silenced_rules_name_code_and_reason() -> None:
    """An exception without its reason cannot be judged, and outlives it."""
    found = {name(path): find_unexplained(path.read_text(encoding="utf-8")) for path in SOURCES}
    assert {path: comments for path, comments in found.items() if comments} == {}


@pytest.mark.parametrize(
    ("comment", "explained"),
    [
        ("noqa", False),
        ("noqa: E402", False),
        ("noqa: E402 - the environment comes first", True),
        ("noqa: S603, S607 - the command is ours", True),
        ("type: ignore", False),
        ("type: ignore[attr-defined]", False),
        ("type: ignore[attr-defined]  # pyserial ships no stubs", True),
    ],
)
def test_reasons_are_told_from_bare_exceptions(comment: str, explained: bool) -> None:
    assert bool(find_unexplained(f"a = 1  # {comment}\n")) is not explained
