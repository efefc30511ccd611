"""Document -> lines of exactly N columns. Pure; the same for paper, preview and tests.

Every line of text is filled with blanks to ``columns // width_mult`` characters, so centring, right-hand
amounts and inverted lines look the same on every printer, whatever it thinks of alignment commands.
"""

from dataclasses import dataclass

from drivers.api.printer import (
    Align,
    Barcode,
    Beep,
    Columns,
    Cut,
    Element,
    Feed,
    Image,
    Logo,
    OpenDrawer,
    PrintDocument,
    Qr,
    Rule,
    Text,
)
from drivers.printers.hyphens import hyphenate, is_word
from drivers.printers.normalise import NO_BREAK_SPACE, normalise

_HYPHEN_WIDTH = 8
"""Characters; on narrower lines (very large letters) hyphens would be half of what is printed."""

Block = Qr | Barcode | Image | Logo | Feed | Cut | OpenDrawer | Beep


@dataclass(frozen=True, slots=True)
class LaidLine:
    """One printed line: ``text`` has exactly ``columns // width_mult`` characters."""

    text: str
    width_mult: int = 1
    height_mult: int = 1
    bold: bool = False
    invert: bool = False


def lay_out(
    document: PrintDocument, columns: int, keep: frozenset[str] = frozenset()
) -> list[LaidLine | Block]:
    """Turn a document into lines and blocks, top to bottom.

    Args:
        document: what to print.
        columns: characters a line at normal width.
        keep: signs printed as they are, see ``drivers.printers.spelling.kept_signs``.
    """
    laid: list[LaidLine | Block] = []
    if document.copy_mark:
        mark = Text(document.copy_text, "center", 2, 2, bold=True, invert=True)
        laid += _lay_text(mark, columns, keep)
    for element in document.elements:
        laid += _lay_element(element, columns, keep)
    return laid


def plain_lines(document: PrintDocument, columns: int) -> list[str]:
    """Only the text of the document's lines, for logs and e-mail."""
    return [item.text for item in lay_out(document, columns) if isinstance(item, LaidLine)]


def _lay_element(element: Element, columns: int, keep: frozenset[str]) -> list[LaidLine | Block]:
    if isinstance(element, Text):
        return _lay_text(element, columns, keep)
    if isinstance(element, Columns):
        return _lay_columns(element, columns, keep)
    if isinstance(element, Rule):
        char = normalise(element.char, keep).replace(NO_BREAK_SPACE, " ")[:1] or "-"
        return [LaidLine(char * columns)]
    return [element]


def _lay_text(element: Text, columns: int, keep: frozenset[str]) -> list[LaidLine | Block]:
    width = max(columns // element.width_mult, 1)
    return [
        LaidLine(
            _align(line, width, element.align),
            element.width_mult,
            element.height_mult,
            element.bold,
            element.invert,
        )
        for line in wrap(normalise(element.text, keep), width)
    ]


def _lay_columns(element: Columns, columns: int, keep: frozenset[str]) -> list[LaidLine | Block]:
    width = max(columns // element.width_mult, 1)
    left = normalise(element.left, keep)
    right = _visible(normalise(element.right, keep).replace("\n", " ")).strip()
    lines = _join_columns(left, right, width)
    return [LaidLine(line, element.width_mult, element.height_mult, element.bold) for line in lines]


def _join_columns(left: str, right: str, width: int) -> list[str]:
    """Wrap the left part clear of the amount; the amount stands on the last line, never cut."""
    room = width - len(right) - 1
    # A long amount would squeeze the name into a thin strip: then it gets a line of its own.
    wrapped = wrap(left, room if room * 2 >= width else width)
    if room < 1:
        return [_visible(line).ljust(width) for line in wrapped if line] + [
            part.rjust(width) for part in wrap(right, width)
        ]
    if len(wrapped[-1]) > room:
        wrapped.append("")
    filled = [_visible(line).ljust(width) for line in wrapped[:-1]]
    last = _visible(wrapped[-1])
    return [*filled, last + right.rjust(width - len(last))]


def _align(line: str, width: int, align: Align) -> str:
    shown = _visible(line)
    if align == "center":
        # str.center puts the odd blank now left, now right; paper looks better when it is fixed.
        return (" " * ((width - len(shown)) // 2) + shown).ljust(width)
    return shown.rjust(width) if align == "right" else shown.ljust(width)


def _visible(text: str) -> str:
    return text.replace(NO_BREAK_SPACE, " ")


def wrap(text: str, width: int) -> list[str]:
    """Break normalised text by words; a word longer than the line is hyphenated. At least one line.

    Leading blanks of a paragraph stay (indents of modifiers). No-break spaces do not break. Where no
    hyphen may stand (numbers, addresses) an overlong word is cut at the end of the line.
    """
    lines: list[str] = []
    for paragraph in text.split("\n"):
        if len(paragraph) <= width:
            lines.append(paragraph)
        else:
            lines += _wrap_paragraph(paragraph, width)
    return lines


def _wrap_paragraph(paragraph: str, width: int) -> list[str]:
    lines: list[str] = []
    body = paragraph.lstrip(" ")
    line = " " * min(len(paragraph) - len(body), width - 1)
    gap = ""
    for word in filter(None, body.split(" ")):
        if len(line) + len(gap) + len(word) > width:
            *full, line = _break(line, gap, word, width)
            lines += full
        else:
            line += gap + word
        gap = " "
    return [*lines, line] if gap or not lines else lines


def _break(line: str, gap: str, word: str, width: int) -> list[str]:
    """Put a word that does not fit after a line: below it, in parts if it is longer than a line.

    Returns:
        Full lines and the begun one.
    """
    if gap and len(word) <= width:
        return [line, word]
    lines: list[str] = []
    may_break = width >= _HYPHEN_WIDTH and is_word(word)
    while len(line) + len(gap) + len(word) > width:
        room = width - len(line) - len(gap)
        # The rest of a begun line is used only if the word may be broken there.
        uncut = ("", word) if gap else (word[:room], word[room:])
        first, word = (hyphenate(word, room) if may_break else None) or uncut
        lines.append(line + (gap if first else "") + first)
        line = gap = ""
    return [*lines, line + word]
