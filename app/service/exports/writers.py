"""Files written row by row in flat memory: CSV, JSON, XLSX.

Each writer hands over bytes as they come. A sheet of Excel has 1 048 576 rows at most (Microsoft, "Excel
specifications and limits"), so a longer table goes on in the next sheet.
"""

import csv
import io
import json
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

from typing_extensions import override

from app.contracts.exports import ExportFormat
from app.kernel.late import LateModule
from app.service.exports.kinds import cells

if TYPE_CHECKING:
    import xlsxwriter  # type: ignore[import-untyped]  # it ships no types
    from xlsxwriter.worksheet import Worksheet  # type: ignore[import-untyped]  # ditto
else:
    # Few processes ever write a sheet, and the library takes 2 MB.
    xlsxwriter = LateModule("xlsxwriter")

SHEET_ROWS_MAX: Final = 1_048_576
_CELL_CHARS_MAX: Final = 32_767
_READ_BYTES: Final = 256 * 1024
_BOM: Final = b"\xef\xbb\xbf"
# What makes a spreadsheet take text for a formula (OWASP, "CSV Injection").
_FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")

Emit = Callable[[bytes], None]

MEDIA_TYPES: Final[Mapping[ExportFormat, str]] = {
    ExportFormat.CSV: "text/csv; charset=utf-8",
    ExportFormat.JSON: "application/json",
    ExportFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


class TableWriter(Protocol):
    """What takes the rows of a file. Order: any number of `add`, then `end` once."""

    def add(self, items: Sequence[Mapping[str, Any]]) -> None:
        """Take some rows."""
        ...

    def end(self) -> None:
        """Write what stands at the end."""
        ...


@contextmanager
def open_writer(kind: ExportFormat, columns: Sequence[str], emit: Emit) -> Iterator[TableWriter]:
    """Return the writer of a kind of file; nothing of it stays behind on the disk."""
    paths = [tuple(column.split(".")) for column in columns]
    if kind is ExportFormat.CSV:
        yield _CsvWriter(columns, paths, emit)
    elif kind is ExportFormat.JSON:
        yield _JsonWriter(emit)
    else:
        with tempfile.TemporaryDirectory(prefix="export-") as folder:
            yield _XlsxWriter(columns, paths, emit, Path(folder))


def safe_text(value: str) -> str:
    """Return text that no spreadsheet takes for a formula."""
    return f"'{value}" if value.startswith(_FORMULA_STARTS) else value


def _plain(value: Any) -> Any:  # noqa: ANN401 - JSON is anything
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False)
    return value


class _CsvWriter(TableWriter):
    """CSV as RFC 4180 has it, with the mark by which Excel knows UTF-8."""

    def __init__(
        self, columns: Sequence[str], paths: Sequence[tuple[str, ...]], emit: Emit
    ) -> None:
        self._paths = paths
        self._emit = emit
        self._text = io.StringIO(newline="")
        self._csv = csv.writer(self._text)
        emit(_BOM)
        self._csv.writerow(columns)

    @override
    def add(self, items: Sequence[Mapping[str, Any]]) -> None:
        for item in items:
            self._csv.writerow([_csv_cell(value) for value in cells(item, self._paths)])
        self._flush()

    @override
    def end(self) -> None:
        self._flush()

    def _flush(self) -> None:
        self._emit(self._text.getvalue().encode())
        self._text.seek(0)
        self._text.truncate()


def _csv_cell(value: Any) -> Any:  # noqa: ANN401 - JSON is anything
    if value is None:
        return ""
    plain = _plain(value)
    return safe_text(plain) if isinstance(plain, str) else plain


class _JsonWriter(TableWriter):
    """One array; each row an object on a line of its own."""

    def __init__(self, emit: Emit) -> None:
        self._emit = emit
        self._before = "[\n"

    @override
    def add(self, items: Sequence[Mapping[str, Any]]) -> None:
        if not items:
            return
        rows = ",\n".join(
            json.dumps(item, ensure_ascii=False, separators=(",", ":")) for item in items
        )
        self._emit(f"{self._before}{rows}".encode())
        self._before = ",\n"

    @override
    def end(self) -> None:
        self._emit(b"[]\n" if self._before == "[\n" else b"\n]\n")


class _XlsxWriter(TableWriter):
    """A workbook; texts are texts, never formulas or links. Rows wait on the disk, not in memory."""

    def __init__(
        self, columns: Sequence[str], paths: Sequence[tuple[str, ...]], emit: Emit, folder: Path
    ) -> None:
        self._columns = columns
        self._paths = paths
        self._emit = emit
        self._path = folder / "export.xlsx"
        options = {"constant_memory": True, "tmpdir": str(folder), "use_zip64": True}
        self._book = xlsxwriter.Workbook(str(self._path), options)
        self._sheet, self._row = self._new_sheet(), 1

    @override
    def add(self, items: Sequence[Mapping[str, Any]]) -> None:
        for item in items:
            if self._row >= SHEET_ROWS_MAX:
                self._sheet, self._row = self._new_sheet(), 1
            for column, value in enumerate(cells(item, self._paths)):
                self._write(column, _plain(value))
            self._row += 1

    @override
    def end(self) -> None:
        self._book.close()
        with self._path.open("rb") as file:
            while piece := file.read(_READ_BYTES):
                self._emit(piece)

    def _new_sheet(self) -> "Worksheet":
        sheet = self._book.add_worksheet()
        for column, name in enumerate(self._columns):
            sheet.write_string(0, column, name)
        return sheet

    def _write(self, column: int, value: Any) -> None:  # noqa: ANN401 - a plain value
        if value is None:
            return
        if isinstance(value, str):
            self._sheet.write_string(self._row, column, value[:_CELL_CHARS_MAX])
        else:
            self._sheet.write_number(self._row, column, value)
