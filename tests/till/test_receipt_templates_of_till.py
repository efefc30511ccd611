"""The restaurant's receipt template: kept, used for the next receipt, previewed, refused in words."""

import io
import json

import pytest
from PIL import Image

from app.kernel.errors import AppError
from app.till.receipt_templates import CHOICES
from app.till.till import Till
from tests.till.bench import COFFEE, Bench


def _sell(till: Till) -> None:
    till.sale.tap(COFFEE)
    assert till.checkout.pay_exact_cash().done is not None
    till.printing.run_once()


def test_a_new_template_is_used_from_the_next_receipt_on(bench: Bench, till: Till) -> None:
    templates = till.printing.templates
    _sell(till)
    assert "ИТОГ" in bench.printer.text()

    changed = json.loads(templates.text())
    changed |= {"words": {"total": "ВСЕГО"}, "footer": ["Wi-Fi: кофе"]}
    templates.save(json.dumps(changed, ensure_ascii=False))
    _sell(till)

    assert "ВСЕГО" in bench.printer.text()
    assert "Wi-Fi: кофе" in bench.printer.text()
    bench.restart()
    assert bench.till.printing.templates.current.word("total") == "ВСЕГО"


def test_the_preview_shows_a_template_being_edited(bench: Bench, till: Till) -> None:
    templates = till.printing.templates
    assert set(templates.names) >= {"default", "compact"}
    heights = []
    for text in (None, templates.text("compact"), templates.text("detailed")):
        with Image.open(io.BytesIO(templates.preview(text, 32))) as picture:
            heights.append(picture.height)
            assert picture.width > 32 * 12
    assert heights[1] < heights[0] < heights[2]
    assert templates.current.word("total") == "ИТОГ"


def test_parts_are_switched_one_by_one(bench: Bench, till: Till) -> None:
    templates = till.printing.templates
    text = templates.text()
    for key in CHOICES:
        was_on = templates.choices(text)[key]
        text = templates.changed(text, key, is_on=not was_on)
        assert templates.choices(text)[key] is not was_on
    usual = templates.choices(templates.text())
    assert templates.choices(text) == {key: not is_on for key, is_on in usual.items()}
    assert templates.text() != text, "nothing is kept before it is asked for"
    with pytest.raises(AppError, match="RECEIPT_TEMPLATE_WRONG"):
        templates.changed("{", CHOICES[0], is_on=True)


def test_a_bad_template_is_refused_in_words_and_changes_nothing(bench: Bench, till: Till) -> None:
    templates = till.printing.templates
    before = templates.text()
    for bad in ("{", '{"blocks": ["x"]}', '{"logo": {"png": "AAAA"}}'):
        for work in (templates.save, templates.preview):
            with pytest.raises(AppError, match="RECEIPT_TEMPLATE_WRONG") as refused:
                work(bad)
            assert refused.value.text("ru").startswith("Шаблон чека не годится. ")
    with pytest.raises(AppError, match="RECEIPT_TEMPLATE_WRONG"):
        templates.text("nowhere")
    assert templates.text() == before


def test_a_kept_template_that_cannot_be_read_gives_way_to_the_usual(
    bench: Bench, till: Till, caplog: pytest.LogCaptureFixture
) -> None:
    with bench.store.unit() as uow:
        uow.settings.put("receipt_template", '{"blocks": ["future"]}')
        uow.commit()
    _sell(till)
    assert "ИТОГ" in bench.printer.text()
    assert "receipt template is not used" in caplog.text
    caplog.clear()
