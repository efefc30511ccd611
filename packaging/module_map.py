"""Writes the table of rooms in README.md from the first lines of the packages' docstrings.

python packaging/module_map.py
"""

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BEGIN = "<!-- module map -->\n"
END = "<!-- end of module map -->\n"


def list_packages() -> list[Path]:
    """Return `app`, `drivers` and the rooms in them, in the order of the table."""
    packages = []
    for top in ("app", "drivers"):
        packages.append(ROOT / top)
        packages += sorted(path.parent for path in (ROOT / top).glob("*/__init__.py"))
    return packages


def render_map() -> str:
    """Return the table as Markdown.

    Raises:
        ValueError: A package has no docstring.
    """
    rows = ["| room | is for |", "| --- | --- |"]
    for package in list_packages():
        tree = ast.parse((package / "__init__.py").read_text(encoding="utf-8"))
        docstring = ast.get_docstring(tree)
        name = package.relative_to(ROOT).as_posix()
        if not docstring:
            raise ValueError(f"{name}/__init__.py must say in a docstring what the room is for")
        rows.append(f"| `{name}` | {docstring.splitlines()[0].rstrip('.')} |")
    return "\n".join(rows) + "\n"


def renew(readme: str) -> str:
    """Return the text of README with the present map between its marks."""
    before, _, rest = readme.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}{render_map()}{END}{after}"


if __name__ == "__main__":
    README = ROOT / "README.md"
    README.write_text(renew(README.read_text(encoding="utf-8")), encoding="utf-8")
