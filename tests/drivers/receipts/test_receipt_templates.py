"""Templates choose blocks, order, words and sizes; the shipped ones are good; bad ones are told."""

import dataclasses
from typing import Any

import pytest

from drivers.api.printer import Columns, Cut, Element, Logo, OpenDrawer, Rule, Text
from drivers.api.receipt import (
    BadReceipt,
    Correction,
    Line,
    Original,
    PairRow,
    ReceiptDocument,
    ReceiptKind,
    Seller,
    Totals,
)
from drivers.receipts.compose import compose
from drivers.receipts.logo import logo_image
from drivers.receipts.template import (
    LineOptions,
    PointOptions,
    ReceiptTemplate,
    Sizes,
    load_template,
    template_from_text,
    template_names,
)
from drivers.receipts.words import WORDS
from tests.fakes.receipts import AT, FULL

USUAL = ReceiptTemplate()


def said(document: ReceiptDocument, template: ReceiptTemplate = USUAL) -> list[str]:
    return [_word(element) for element in compose(document, template).elements]


def _word(element: Element) -> str:
    match element:
        case Columns():
            return f"{element.left}|{element.right}".replace("\u00a0", " ")
        case Text():
            return element.text.replace("\u00a0", " ")
        case Rule():
            return "---"
        case _:
            return type(element).__name__


def test_the_shipped_templates_are_good_and_the_default_is_the_default() -> None:
    assert set(template_names()) == {"compact", "default", "detailed", "english"}
    for name in template_names():
        assert said(FULL, load_template(name))
    assert dataclasses.replace(load_template(), name="default") == USUAL
    with pytest.raises(BadReceipt):
        load_template("../devices/printers")


def test_blocks_stand_in_the_order_of_the_template() -> None:
    template = dataclasses.replace(
        USUAL, blocks=("rule", "totals", "rule", "rule", "seller", "rule")
    )
    document = ReceiptDocument(ReceiptKind.SALE, seller=Seller("Кафе"), totals=Totals(5_00))
    assert said(document, template) == ["ИТОГ|5,00", "---", "Кафе", "Cut"]


def test_an_empty_document_is_blank_paper() -> None:
    elements = compose(ReceiptDocument(ReceiptKind.SALE), USUAL).elements
    assert elements == (Logo(), Cut())
    opened = compose(ReceiptDocument(ReceiptKind.SALE), USUAL, open_drawer=True)
    assert opened.elements == (OpenDrawer(), Logo(), Cut())


def test_no_template_can_hide_a_report() -> None:
    report = ReceiptDocument(ReceiptKind.REPORT, rows=(PairRow("ВЫРУЧКА", "1,00"),))
    assert "ВЫРУЧКА|1,00" in said(report, dataclasses.replace(USUAL, blocks=("totals",)))


def test_a_refund_names_its_original() -> None:
    refund = ReceiptDocument(
        ReceiptKind.REFUND, made_at=AT, cashier="Анна", original=Original("128", AT),
        reason="Остыл", lines=(Line("Кофе", 200_00), Line("Чай", 300_00, 3000)),
        totals=Totals(500_00),
    )  # fmt: skip
    assert said(refund)[1:-1] == [
        "ВОЗВРАТ", "К чеку № 128|20.11.2026 14:32", "Дата возврата|20.11.2026 14:32",
        "Кассир Анна", "Причина: Остыл", "---", "Кофе x 1|200,00", "Чай x 3|300,00", "---",
        "К ВОЗВРАТУ|500,00",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("correction", "words"),
    [
        (Correction("self", AT), ["ЧЕК КОРРЕКЦИИ", "Самостоятельно|20.11.2026"]),
        (Correction("instruction", AT, "12/7", is_refund=True),
         ["КОРРЕКЦИЯ ВОЗВРАТА", "По предписанию|20.11.2026", "Документ № 12/7"]),
    ],
)  # fmt: skip
def test_a_correction_says_why(correction: Correction, words: list[str]) -> None:
    document = ReceiptDocument(ReceiptKind.CORRECTION, correction=correction)
    assert said(document)[1:-1] == words


def test_lines_show_what_the_template_wants() -> None:
    shown = "\n".join(said(FULL))
    assert "+ Овсяное молоко" in shown
    assert "  погорячее" in shown
    assert "[М] Превысоко" in shown
    bare = LineOptions(modifiers=False, notes=False, reductions=False)
    hidden = "\n".join(said(FULL, dataclasses.replace(USUAL, lines=bare)))
    for word in ("Овсяное", "погорячее", "  скидка", "  баллы"):
        assert word not in hidden
    rich = LineOptions(modifier_prices=True, single_quantity=True, numbers=True, tax=True)
    full = "\n".join(said(FULL, dataclasses.replace(USUAL, lines=rich)))
    for word in ("Овсяное молоко (60,00)", "1. Круассан", "  1 x 260,00|260,00", "  НДС 22 %"):
        assert word in full


def test_points_show_what_the_template_wants() -> None:
    words = {
        "holder": "Карта|Мария", "spent": "Списано|300 баллов", "earned": "Начислим|60 баллов",
        "balance": "Остаток|1 250,50 балла", "level": "Уровень|Золото", "code": "Код карты 482913",
    }  # fmt: skip
    for name, word in words.items():
        shown = dataclasses.replace(USUAL, points=PointOptions(**{name: True}))
        assert word in "\n".join(said(FULL, shown))
        template = dataclasses.replace(USUAL, points=PointOptions(**{name: False}))
        assert word not in "\n".join(said(FULL, template))


def test_sizes_and_languages_are_obeyed() -> None:
    template = dataclasses.replace(USUAL, lang="en", sizes=Sizes(total="large", seller="normal"))
    elements = compose(FULL, template).elements
    total = next(e for e in elements if isinstance(e, Columns) and e.left == "TOTAL")
    assert (total.width_mult, total.height_mult, total.bold) == (2, 2, True)
    assert isinstance(elements[1], Text)
    assert elements[1].width_mult == 1
    assert "Spent|300 points" in said(FULL, template)


def test_a_copy_says_so_in_the_language_of_the_template() -> None:
    copy = dataclasses.replace(FULL, is_copy=True)
    document = compose(copy, load_template("english"))
    assert (document.copy_mark, document.copy_text) == (True, "COPY")


@pytest.mark.parametrize(
    ("text", "pointer", "words"),
    [
        ('{"blocks": []}', "/blocks", "от 1 до"),
        ('{"blocks": ["total"]}', "/blocks/0", "нужно одно из: logo, seller"),
        ('{"blocks": ["qr", "rule", "qr"]}', "/blocks", "названа дважды"),
        ('{"words": {"totl": "x"}}', "/words/totl", "такого слова"),
        ('{"sizes": {"total": "huge"}}', "/sizes/total", "normal, tall, large"),
        ('{"rule": "--"}', "/rule", "один знак"),
        ('{"qr_size": 0}', "/qr_size", "от 1 до 16"),
        ('{"lang": "de"}', "/lang", "ru, en"),
        ('{"logo": {"png": "%%%"}}', "/logo/png", "base64"),
        ('{"colour": "red"}', "/colour", "неизвестное поле"),
        ("[]", "", "нужен объект"),
    ],
)
def test_a_bad_template_is_told_where_and_why(text: str, pointer: str, words: str) -> None:
    with pytest.raises(BadReceipt) as refused:
        template_from_text(text)
    assert refused.value.pointer == pointer
    assert words in refused.value.text("ru")


@pytest.mark.parametrize("png", ["AAAA", "A", "iVBORw0KGgo="])
def test_a_logo_that_is_no_picture_is_told(png: str) -> None:
    template = template_from_text(f'{{"logo": {{"png": "{png}"}}}}')
    assert template.logo is not None
    with pytest.raises(BadReceipt) as refused:
        logo_image(template.logo, 576)
    assert refused.value.pointer == "/logo/png"


def test_every_word_has_both_languages() -> None:
    unused: dict[str, Any] = {key: both for key, both in WORDS.items() if not all(both.values())}
    assert not unused
