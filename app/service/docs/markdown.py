"""The part of Markdown in which our guides are written, as HTML.

Headings, paragraphs, lists with one level inside, tables, fenced code, and inside a line: code, bold and
links. Nothing of the source reaches the page unescaped. A test holds the result against a full library.
"""

import html
import re
from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

_HEADING: Final = re.compile(r"(#{1,4}) (.+)")
_FENCE: Final = re.compile(r"```(.*)")
_ITEM: Final = re.compile(r"(- |\d+\. )(.*)")
_RULE: Final = re.compile(r"\|( ?:?-+:? ?\|)+")
_INLINE: Final = re.compile(r"`([^`]+)`|\*\*([^*]+)\*\*|\[([^\]]+)\]\(([^)\s]+)\)")
_GUIDE: Final = re.compile(r"([a-z0-9.-]+)\.md(#.*)?")
_CELL: Final = re.compile(r"(?<!\\)\|")


class Heading(NamedTuple):
    """A heading of a guide, for its table of contents."""

    level: int
    text: str
    anchor: str


def render(source: str) -> str:
    """Return the HTML of a guide."""
    return "".join(_blocks(source.splitlines()))


def headings(source: str) -> list[Heading]:
    """Return the headings of a guide in order; what stands inside code is none."""
    found: list[Heading] = []
    is_code = False
    for line in source.splitlines():
        is_code ^= bool(_FENCE.fullmatch(line.strip()))
        match = None if is_code else _HEADING.fullmatch(line)
        if match is not None:
            text = _plain(match[2])
            found.append(Heading(len(match[1]), text, anchor_of(text)))
    return found


def anchor_of(text: str) -> str:
    """Return what names a heading in an address."""
    words: list[str] = re.findall(r"\w+", text.lower())
    return "-".join(words)


def _plain(text: str) -> str:
    return re.sub(r"[`*]|\]\([^)]*\)|\[", "", text)


def _blocks(lines: list[str]) -> Iterator[str]:
    at = 0
    while at < len(lines):
        line = lines[at]
        if not line.strip():
            at += 1
        elif (fence := _FENCE.fullmatch(line)) is not None:
            end = _end_of_code(lines, at + 1)
            yield _code(fence[1], lines[at + 1 : end])
            at = end + 1
        elif (heading := _HEADING.fullmatch(line)) is not None:
            yield _heading(heading)
            at += 1
        elif line.startswith("|") and at + 1 < len(lines) and _RULE.fullmatch(lines[at + 1]):
            end = _end(lines, at, lambda text: text.startswith("|"))
            yield _table(lines[at:end])
            at = end
        elif (item := _ITEM.fullmatch(line)) is not None:
            end = _end_of_list(lines, at, item[1])
            yield _list(lines[at:end], item[1])
            at = end
        else:
            end = _end(lines, at, _is_text)
            yield f"<p>{_inline(lines[at:end])}</p>\n"
            at = end


def _is_text(line: str) -> bool:
    starts = _FENCE.fullmatch(line) or _HEADING.fullmatch(line) or _ITEM.fullmatch(line)
    return bool(line.strip()) and not starts


def _end(lines: list[str], at: int, goes_on: Callable[[str], bool]) -> int:
    end = at + 1
    while end < len(lines) and goes_on(lines[end]):
        end += 1
    return end


def _end_of_code(lines: list[str], at: int) -> int:
    while at < len(lines) and lines[at].rstrip() != "```":
        at += 1
    return at


def _end_of_list(lines: list[str], at: int, mark: str) -> int:
    """Return where a list ends: items of one kind, and what is indented below them."""
    numbered = mark[0].isdigit()
    end = at + 1
    while end < len(lines):
        item = _ITEM.fullmatch(lines[end])
        same = item is not None and item[1][0].isdigit() == numbered
        below = lines[end].startswith("  ")
        if not (same or below):
            break
        end += 1
    return end


def _heading(match: re.Match[str]) -> str:
    level = len(match[1])
    return f'<h{level} id="{anchor_of(_plain(match[2]))}">{_inline([match[2]])}</h{level}>\n'


def _code(info: str, lines: list[str]) -> str:
    language = info.partition(" ")[0]
    named = f' class="language-{html.escape(language)}"' if language else ""
    text = html.escape("".join(f"{line}\n" for line in lines), quote=True)
    return f"<pre><code{named}>{text}</code></pre>\n"


def _table(lines: list[str]) -> str:
    head, *rows = (_cells(line) for line in [lines[0], *lines[2:]])
    body = "".join(_row(row, "td") for row in rows)
    inside = f"<tbody>\n{body}</tbody>\n" if rows else ""
    return f"<table>\n<thead>\n{_row(head, 'th')}</thead>\n{inside}</table>\n"


def _cells(line: str) -> list[str]:
    parts = _CELL.split(line.strip().removeprefix("|").removesuffix("|"))
    return [part.strip().replace("\\|", "|") for part in parts]


def _row(cells: list[str], tag: str) -> str:
    return "<tr>\n" + "".join(f"<{tag}>{_inline([c])}</{tag}>\n" for c in cells) + "</tr>\n"


def _list(lines: list[str], mark: str) -> str:
    tag = "ol" if mark[0].isdigit() else "ul"
    items: list[list[str]] = []
    for line in lines:
        item = _ITEM.fullmatch(line)
        if item is None:
            items[-1].append(line)
        else:
            items.append([item[2]])
    return f"<{tag}>\n{''.join(_item(item, len(mark)) for item in items)}</{tag}>\n"


def _item(lines: list[str], indent: int) -> str:
    inner = [
        lines[0],
        *(line[indent:] if line.startswith(" " * indent) else line.lstrip() for line in lines[1:]),
    ]
    end = _end(inner, 0, _is_text)
    below = "".join(_blocks(inner[end:]))
    return f"<li>{_inline(inner[:end])}{chr(10) if below else ''}{below}</li>\n"


def _inline(lines: list[str]) -> str:
    text = "\n".join(line.strip() for line in lines)
    out, at = [], 0
    for match in _INLINE.finditer(text):
        out.append(html.escape(text[at : match.start()]))
        out.append(_marked(match))
        at = match.end()
    return "".join([*out, html.escape(text[at:])])


def _marked(match: re.Match[str]) -> str:
    code, bold, label, target = match.groups()
    if code is not None:
        return f"<code>{html.escape(code)}</code>"
    if bold is not None:
        return f"<strong>{_inline([bold])}</strong>"
    return f'<a href="{html.escape(_address(target))}">{_inline([label])}</a>'


def _address(target: str) -> str:
    """Return where a link leads on the site: guides lie beside each other without their suffix."""
    guide = _GUIDE.fullmatch(target)
    return target if guide is None else f"{guide[1]}{guide[2] or ''}"
