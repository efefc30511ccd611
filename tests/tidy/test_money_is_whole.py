"""Money and points are whole numbers: a float anywhere in their arithmetic loses a kopeck one day.

The files that compute money are parsed and must hold no float literal, no `float` and no true division.
"""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MONEY_FILES = sorted(
    {
        *ROOT.glob("app/domain/**/*.py"),
        ROOT / "app/kernel/money.py",
        *ROOT.glob("app/service/ledger*.py"),
        *ROOT.glob("app/service/ledger*/**/*.py"),
    }
)


def find_floats(source: str) -> list[str]:
    """Return what brings a float into the source, each with its line."""
    found = []
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Constant(value=float() as value):
                found.append(f"line {node.lineno}: literal {value}")
            case ast.Name(id="float"):
                found.append(f"line {node.lineno}: float")
            case ast.BinOp(op=ast.Div()) | ast.AugAssign(op=ast.Div()):
                found.append(f"line {node.lineno}: true division")
    return found


@pytest.mark.parametrize("path", MONEY_FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_money_code_holds_no_float(path: Path) -> None:
    assert find_floats(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("source", ["a = 1.5", "float('1')", "x: float", "a = 3 / 2", "a /= 2"])
def test_each_way_to_a_float_is_found(source: str) -> None:
    assert find_floats(source)
