"""A report as files: whole, readable, escaped, and refused in words where nothing can be written."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.kernel.errors import TemporaryError
from app.till.receipts import PairRow, ReceiptDocument, ReceiptKind, RuleRow, TextRow
from app.ui.shift.export import export_report

pytestmark = [pytest.mark.usefixtures("look"), pytest.mark.gui]

AT = datetime(2025, 11, 20, 22, 14, 5, tzinfo=UTC)
REPORT = ReceiptDocument(
    ReceiptKind.REPORT,
    title="Z-ОТЧЁТ, смена № 214",
    rows=(
        TextRow("Кофейня <Север> & Ко", align="center", is_bold=True),
        RuleRow(),
        PairRow("ВЫРУЧКА", "89 640,00", is_bold=True, is_large=True),
        *(PairRow(f"Строка {number}", "1,00") for number in range(120)),
    ),
)


def test_report_becomes_a_page_and_a_pdf(tmp_path: Path) -> None:
    files = export_report(REPORT, tmp_path / "reports", AT, number=214)
    assert files.html.name == "shift-214-20251120-221405.html"
    page = files.html.read_text(encoding="utf-8")
    assert "89 640,00" in page
    assert "&lt;Север&gt; &amp; Ко" in page
    pdf = files.pdf.read_bytes()
    assert pdf.startswith(b"%PDF-")
    assert pdf.rstrip().endswith(b"%%EOF")
    assert sorted(path.suffix for path in files.pdf.parent.iterdir()) == [".html", ".pdf"]


def test_long_report_takes_more_than_one_sheet(tmp_path: Path) -> None:
    files = export_report(REPORT, tmp_path, AT, number=1)
    assert files.pdf.read_bytes().count(b"/Type /Page\n") > 1


def test_folder_that_cannot_be_written_is_told_in_words(tmp_path: Path) -> None:
    (tmp_path / "reports").write_text("a file stands in the way")
    with pytest.raises(TemporaryError) as refused:
        export_report(REPORT, tmp_path / "reports", AT, number=1)
    assert "не сохранён" in refused.value.text("ru")
