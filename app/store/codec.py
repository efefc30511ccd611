"""Orders, guests and paid parts as JSON text, exact both ways (sales: `sale_codec`).

Each top-level text carries `v`, the version of its form. Readers know all older forms; a newer one
is an error (the database would have been refused before). Fields at their default are left out.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from app.domain.cart import Cart, CartHistory, CartLine, Discount
from app.domain.catalog import ChosenOption, Unit
from app.domain.guest import GuestCard
from app.domain.marking import LineMark, MarkEvidence, MarkState
from app.domain.sale import LoyaltyAction, SaleLoyalty
from app.domain.tender import Tender, TenderKind
from app.kernel.clock import from_iso
from app.kernel.ids import (
    CardId,
    GuestId,
    LineId,
    OptionId,
    PaymentId,
    ProductId,
    ReservationId,
    VariantId,
)

FORM: Final = 1
_ENCODER: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
Fields = dict[str, Any]  # JSON is anything


def dumps(value: object) -> str:
    """Return compact JSON text; the order of fields is kept, so equal values give equal text."""
    return _ENCODER.encode(value)


def loads(text: str) -> Any:  # noqa: ANN401 - JSON is anything
    """Read JSON text."""
    return json.loads(text)


def checked(text: str) -> Fields:
    """Read a text of the known form; another form is a `ValueError`."""
    fields: Fields = json.loads(text)
    form = fields.get("v")
    if form != FORM:
        raise ValueError(f"unknown form {form!r}")
    return fields


def slim(**fields: object) -> Fields:
    """Leave out what is None, empty, zero or false: readers put the default back."""
    return {key: value for key, value in fields.items() if value}


def moment_text(moment: datetime) -> str:
    """Return an aware moment exactly, to the microsecond."""
    return moment.isoformat()


def _opt_moment(text: str | None) -> datetime | None:
    return from_iso(text) if text else None


# ------------------------------------------------------------------ cart
def _discount_out(discount: Discount | None) -> Fields | None:
    if discount is None:
        return None
    fields = slim(reason=discount.reason, by=discount.given_by)
    if discount.percent_bp is not None:
        fields["bp"] = discount.percent_bp
    else:
        fields["sum"] = discount.amount_minor
    return fields


def _discount_in(fields: Mapping[str, Any] | None) -> Discount | None:
    if fields is None:
        return None
    return Discount(
        percent_bp=fields.get("bp"),
        amount_minor=fields.get("sum"),
        reason=fields.get("reason", ""),
        given_by=fields.get("by", ""),
    )


def _option_out(option: ChosenOption) -> list[Any]:
    return [option.option_id, option.name, option.price_delta_minor, option.quantity]


def _option_in(item: list[Any]) -> ChosenOption:
    return ChosenOption(OptionId(item[0]), item[1], item[2], item[3])


def mark_fields(mark: LineMark | None) -> Fields | None:
    """Return a marking code as plain fields."""
    if mark is None:
        return None
    proof = mark.evidence
    return {
        "state": mark.state.value,
        **slim(
            code=mark.code,
            identity=mark.identity,
            gtin=mark.gtin,
            reasons=list(mark.reasons),
            evidence=[proof.federal_id, proof.date, proof.number, proof.value] if proof else None,
            by=mark.skipped_by,
            why=mark.skip_reason,
        ),
    }


def mark_from_fields(fields: Mapping[str, Any] | None) -> LineMark | None:
    """Read what `mark_fields` made."""
    if fields is None:
        return None
    proof = fields.get("evidence")
    return LineMark(
        state=MarkState(fields["state"]),
        code=fields.get("code", ""),
        identity=fields.get("identity", ""),
        gtin=fields.get("gtin", ""),
        reasons=tuple(fields.get("reasons", ())),
        evidence=MarkEvidence(*proof) if proof else None,
        skipped_by=fields.get("by", ""),
        skip_reason=fields.get("why", ""),
    )


def line_fields(line: CartLine) -> Fields:
    """Return a line as plain fields."""
    fields = slim(
        variant=line.variant_id,
        variantName=line.variant_name,
        options=[_option_out(option) for option in line.options],
        note=line.note,
        discount=_discount_out(line.discount),
        noEarn=not line.earns_points,
        noRedeem=not line.redeems_points,
        mark=mark_fields(line.mark),
    )
    if line.unit is not Unit.PIECE:
        fields["unit"] = line.unit.value
    return {
        "id": line.line_id,
        "product": line.product_id,
        "name": line.name,
        "price": line.unit_price_minor,
        "quantity": line.quantity_milli,
        "tax": line.tax_id,
        **fields,
    }


def line_from_fields(fields: Mapping[str, Any]) -> CartLine:
    """Read what `line_fields` made."""
    variant = fields.get("variant")
    return CartLine(
        line_id=LineId(fields["id"]),
        product_id=ProductId(fields["product"]),
        name=fields["name"],
        unit_price_minor=fields["price"],
        quantity_milli=fields["quantity"],
        tax_id=fields["tax"],
        variant_id=VariantId(variant) if variant else None,
        variant_name=fields.get("variantName", ""),
        options=tuple(_option_in(item) for item in fields.get("options", ())),
        note=fields.get("note", ""),
        discount=_discount_in(fields.get("discount")),
        unit=Unit(fields.get("unit", Unit.PIECE)),
        earns_points=not fields.get("noEarn", False),
        redeems_points=not fields.get("noRedeem", False),
        mark=mark_from_fields(fields.get("mark")),
    )


def line_to_json(line: CartLine) -> str:
    """Return one line of an order."""
    return dumps(line_fields(line))


def line_from_json(text: str) -> CartLine:
    """Read what `line_to_json` wrote."""
    return line_from_fields(loads(text))


def _cart_out(cart: Cart) -> Fields:
    return {
        "lines": [line_fields(line) for line in cart.lines],
        **slim(discount=_discount_out(cart.discount), note=cart.note),
    }


def _cart_in(fields: Mapping[str, Any]) -> Cart:
    return Cart(
        lines=tuple(line_from_fields(item) for item in fields["lines"]),
        discount=_discount_in(fields.get("discount")),
        note=fields.get("note", ""),
    )


def history_to_json(history: CartHistory) -> str:
    """Return a cart with its undo steps; a line that did not change is written once."""
    lines: list[Fields] = []
    places: dict[CartLine, int] = {}
    carts: list[Fields] = []
    for cart in (*history.past, history.cart):
        indexes = []
        for line in cart.lines:
            if line not in places:
                places[line] = len(lines)
                lines.append(line_fields(line))
            indexes.append(places[line])
        carts.append(
            {
                "lines": indexes,
                **slim(discount=_discount_out(cart.discount), note=cart.note),
            }
        )
    return dumps({"v": FORM, "lines": lines, "carts": carts})


def history_from_json(text: str) -> CartHistory:
    """Read what `history_to_json` wrote."""
    fields = checked(text)
    lines = [line_from_fields(item) for item in fields["lines"]]
    carts = [
        Cart(
            lines=tuple(lines[index] for index in item["lines"]),
            discount=_discount_in(item.get("discount")),
            note=item.get("note", ""),
        )
        for item in fields["carts"]
    ]
    return CartHistory(carts[-1], tuple(carts[:-1]))


def cart_to_json(cart: Cart) -> str:
    """Return a cart without its undo steps."""
    return dumps({"v": FORM, **_cart_out(cart)})


def cart_from_json(text: str) -> Cart:
    """Read what `cart_to_json` wrote."""
    return _cart_in(checked(text))


# ------------------------------------------------------------------ guest and loyalty
def _guest_out(card: GuestCard) -> Fields:
    return {
        "card": card.card_id,
        "guest": card.guest_id,
        **slim(
            name=card.first_name,
            phone=card.phone,
            code=card.code6,
            level=card.level_id,
            levelName=card.level_name,
            regular=card.regular_minor,
            promo=card.promo_minor,
            reserved=card.reserved_minor,
            spent=card.lifetime_spent_minor,
            visits=card.visit_count,
            lastVisit=moment_text(card.last_visit_at) if card.last_visit_at else None,
            favourites=list(card.favourite_ids),
            blocked=card.is_blocked,
            updated=moment_text(card.updated_at) if card.updated_at else None,
        ),
    }


def _guest_in(fields: Mapping[str, Any]) -> GuestCard:
    return GuestCard(
        card_id=CardId(fields["card"]),
        guest_id=GuestId(fields["guest"]),
        first_name=fields.get("name", ""),
        phone=fields.get("phone", ""),
        code6=fields.get("code", ""),
        level_id=fields.get("level", ""),
        level_name=fields.get("levelName", ""),
        regular_minor=fields.get("regular", 0),
        promo_minor=fields.get("promo", 0),
        reserved_minor=fields.get("reserved", 0),
        lifetime_spent_minor=fields.get("spent", 0),
        visit_count=fields.get("visits", 0),
        last_visit_at=_opt_moment(fields.get("lastVisit")),
        favourite_ids=tuple(ProductId(item) for item in fields.get("favourites", ())),
        is_blocked=fields.get("blocked", False),
        updated_at=_opt_moment(fields.get("updated")),
    )


def guest_to_json(card: GuestCard) -> str:
    """Return a guest's card."""
    return dumps({"v": FORM, **_guest_out(card)})


def guest_from_json(text: str) -> GuestCard:
    """Read what `guest_to_json` wrote."""
    return _guest_in(checked(text))


def loyalty_fields(loyalty: SaleLoyalty | None) -> Fields | None:
    """Return the guest of an order as plain fields."""
    if loyalty is None:
        return None
    until = loyalty.reserved_until
    return {
        "guest": _guest_out(loyalty.card),
        "action": loyalty.action.value,
        **slim(
            spend=loyalty.spend_minor,
            earn=loyalty.earn_minor,
            reservation=loyalty.reservation_id,
            until=moment_text(until) if until else None,
        ),
    }


def loyalty_from_fields(fields: Mapping[str, Any] | None) -> SaleLoyalty | None:
    """Read what `loyalty_fields` made."""
    if fields is None:
        return None
    reservation = fields.get("reservation")
    return SaleLoyalty(
        card=_guest_in(fields["guest"]),
        action=LoyaltyAction(fields["action"]),
        spend_minor=fields.get("spend", 0),
        earn_minor=fields.get("earn", 0),
        reservation_id=ReservationId(reservation) if reservation else None,
        reserved_until=_opt_moment(fields.get("until")),
    )


def loyalty_to_json(loyalty: SaleLoyalty | None) -> str | None:
    """Return the guest of an order with what is done with his points."""
    fields = loyalty_fields(loyalty)
    return None if fields is None else dumps({"v": FORM, **fields})


def loyalty_from_json(text: str | None) -> SaleLoyalty | None:
    """Read what `loyalty_to_json` wrote."""
    return None if text is None else loyalty_from_fields(checked(text))


# ------------------------------------------------------------------ money
def tender_fields(tender: Tender) -> Fields:
    """Return a paid part as plain fields."""
    return {
        "id": tender.payment_id,
        "kind": tender.kind.value,
        "amount": tender.amount_minor,
        **slim(
            received=tender.received_minor,
            change=tender.change_minor,
            receipt=tender.receipt_no,
            rrn=tender.rrn,
            auth=tender.auth_code,
            pan=tender.masked_pan,
        ),
    }


def tender_from_fields(fields: Mapping[str, Any]) -> Tender:
    """Read what `tender_fields` made."""
    return Tender(
        payment_id=PaymentId(fields["id"]),
        kind=TenderKind(fields["kind"]),
        amount_minor=fields["amount"],
        received_minor=fields.get("received", 0),
        change_minor=fields.get("change", 0),
        receipt_no=fields.get("receipt", ""),
        rrn=fields.get("rrn", ""),
        auth_code=fields.get("auth", ""),
        masked_pan=fields.get("pan", ""),
    )


def tenders_to_json(tenders: tuple[Tender, ...]) -> str:
    """Return paid parts."""
    return dumps({"v": FORM, "tenders": [tender_fields(tender) for tender in tenders]})


def tenders_from_json(text: str) -> tuple[Tender, ...]:
    """Read what `tenders_to_json` wrote."""
    return tuple(tender_from_fields(item) for item in checked(text)["tenders"])
