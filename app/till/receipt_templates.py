"""The restaurant's receipt template: which one is used, a new one, and how a receipt looks with it (D3).

The template is data in the till's settings; what draws it is loaded when it is asked for. Any thread; the
template is replaced whole. Whoever changes it has been asked for the right to settings by the caller.
"""

import json
import logging
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from app.kernel.errors import InputError
from app.store.engine import Store
from app.till.house import House
from drivers.api.receipt import (
    BadReceipt,
    Fiscal,
    Line,
    Loyalty,
    Modifier,
    Payment,
    PaymentKind,
    ReceiptDocument,
    ReceiptKind,
    Tax,
    Totals,
)

if TYPE_CHECKING:
    from drivers.receipts.template import ReceiptTemplate

# ruff: noqa: PLC0415 - late, see the module's docstring

log = logging.getLogger(__name__)

#: What can be switched without writing JSON.
CHOICES: Final = (
    "lines.modifiers",
    "lines.modifier_prices",
    "lines.notes",
    "lines.reductions",
    "lines.single_quantity",
    "lines.numbers",
    "lines.tax",
    "points.holder",
    "points.spent",
    "points.earned",
    "points.balance",
    "points.level",
    "points.code",
    "fiscal.details",
)
_SETTING: Final = "receipt_template"
_SAMPLE_AT: Final = datetime(2026, 11, 20, 11, 32, tzinfo=UTC)


class ReceiptTemplates:
    """Keeps the template of this till's receipts.

    Args:
        store: Where it is kept.
        house: Head and foot of the sample.
    """

    def __init__(self, store: Store, house: House) -> None:
        self._store = store
        self._house = house
        self._current: ReceiptTemplate | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of the templates that come with the program."""
        from drivers.receipts.template import template_names

        return template_names()

    @property
    def current(self) -> "ReceiptTemplate":
        """Return the template that receipts are printed with."""
        if self._current is None:
            self._current = self._read()
        return self._current

    def _read(self) -> "ReceiptTemplate":
        from drivers.receipts.template import load_template, template_from_text

        with self._store.reader() as db:
            kept = db.settings.find(_SETTING)
        if kept is None:
            return load_template()
        try:
            return template_from_text(kept)
        except BadReceipt as error:
            # Written by another version: a receipt in the usual look is better than none.
            log.warning("the kept receipt template is not used: %s", error.detail)
            return load_template()

    def text(self, name: str | None = None) -> str:
        """Return a template as JSON for editing: the current one, or a shipped one by its name.

        Raises:
            InputError: There is none of that name.
        """
        from drivers.receipts.reading import to_json
        from drivers.receipts.template import load_template

        try:
            template = self.current if name is None else load_template(name)
        except BadReceipt as error:
            raise _refused(error) from error
        return json.dumps(to_json(template), ensure_ascii=False, indent=2)

    def choices(self, text: str) -> dict[str, bool]:
        """Return what a template shows or hides, by the keys of `CHOICES`.

        Raises:
            InputError: It is no template.
        """
        template = self._checked(text)
        found = {}
        for key in CHOICES:
            group, _, name = key.partition(".")
            found[key] = bool(getattr(getattr(template, group), name))
        return found

    def changed(self, text: str, key: str, *, is_on: bool) -> str:
        """Return a template with one of `CHOICES` switched.

        Raises:
            InputError: It is no template.
        """
        self._checked(text)
        assert key in CHOICES
        data = json.loads(text)
        group, _, name = key.partition(".")
        data[group] = {**data.get(group, {}), name: is_on}
        return json.dumps(data, ensure_ascii=False, indent=2)

    def save(self, text: str) -> None:
        """Print receipts with another template from now on.

        Args:
            text: The template as JSON.

        Raises:
            InputError: It is no template; the words say where and why.
        """
        template = self._checked(text)
        with self._store.unit() as uow:
            uow.settings.put(_SETTING, text)
            uow.commit()
        self._current = template

    def preview(self, text: str | None = None, columns: int = 48) -> bytes:
        """Return the picture (PNG) of a sample receipt.

        Args:
            text: A template as JSON, perhaps being edited; None is the current one.
            columns: Of the paper.

        Raises:
            InputError: It is no template; the words say where and why.
        """
        from drivers.receipts.picture import preview_png

        template = self.current if text is None else self._checked(text)
        try:
            return preview_png(self.sample(), template, columns)
        except BadReceipt as error:
            raise _refused(error) from error

    def _checked(self, text: str) -> "ReceiptTemplate":
        from drivers.receipts.logo import logo_image
        from drivers.receipts.template import template_from_text

        try:
            template = template_from_text(text)
            if template.logo is not None:
                logo_image(template.logo, 576)
        except BadReceipt as error:
            raise _refused(error) from error
        return template

    def sample(self) -> ReceiptDocument:
        """Return a receipt that shows everything a template can show."""
        at = _SAMPLE_AT.astimezone(self._house.zone)
        return replace(_SAMPLE, made_at=at, seller=self._house.venue)


def _refused(error: BadReceipt) -> InputError:
    return InputError(
        "RECEIPT_TEMPLATE_WRONG",
        f"Шаблон чека не годится. {error.text('ru')}",
        f"The receipt template is not usable. {error.text('en')}",
    )


_SAMPLE: Final = ReceiptDocument(
    ReceiptKind.SALE,
    title="Чек № 128",
    number="128",
    cashier="Анна",
    lines=(
        Line("Капучино, 300 мл", 700_00, 2000, 350_00, modifiers=(Modifier("Овсяное молоко", 1, 60_00),),
             note="погорячее", tax_percent_bp=2200),
        Line("Круассан миндальный", 260_00, price_minor=260_00, discount_minor=26_00,
             points_minor=100_00, tax_percent_bp=2200),
        Line("Салат по весу", 432_08, 350, 1_234_50, unit="кг", tax_percent_bp=2200),
    ),
    totals=Totals(1_266_00, 1_392_08, discount_minor=26_00, points_minor=100_00, rounding_minor=8),
    taxes=(Tax(2200, 1_266_08, 228_31),),
    payments=(
        Payment(PaymentKind.CASH, 700_00, 1_000_00, 300_00),
        Payment(PaymentKind.CARD, 566_00, masked_pan="**** 1234", rrn="000000000000"),
    ),
    loyalty=Loyalty("Мария +7 900 •••-00-00", 100_00, 58_00, 1_250_00, "Золото", "000000"),
    fiscal=Fiscal("0000000000000000", 1, "0000000000", _SAMPLE_AT, 1_266_00, shift=1, number=1,
                  site="www.nalog.gov.ru"),
)  # fmt: skip
"""Numbers of nobody: the sample is no fiscal document."""
