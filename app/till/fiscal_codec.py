"""Fiscal receipts and the register's answers as JSON for the queue, exact both ways."""

import base64
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from app.kernel.late import LateModule
from app.store.codec import slim
from app.store.rows import Json

if TYPE_CHECKING:
    from drivers.api import fiscal
else:
    fiscal = LateModule("drivers.api.fiscal")  # a till without a register never loads it

FORM = 1


def receipt_to_json(receipt: "fiscal.FiscalReceipt") -> Json:
    """Return a receipt as it is kept in the queue; corrections are not queued here."""
    return {
        "v": FORM,
        "kind": receipt.kind.value,
        "operator": _operator_out(receipt.operator),
        "taxation": receipt.taxation.value,
        "items": [item_to_json(item) for item in receipt.items],
        "payments": [[payment.kind.value, payment.amount_minor] for payment in receipt.payments],
        **slim(
            discount=receipt.discount_minor,
            points=receipt.points_minor,
            contact=_contact_out(receipt.contact),
            electronic=not receipt.paper,
            attribute=receipt.attribute,
            property=list(receipt.property) if receipt.property else None,
            notes=list(receipt.notes),
            qr=receipt.qr,
            internet=receipt.internet,
            place=receipt.place,
            industry=_industry_out(receipt.industry),
            marksChecked=not receipt.check_marks,
        ),
    }


def receipt_from_json(fields: Json) -> "fiscal.FiscalReceipt":
    """Read what `receipt_to_json` wrote; another form is a `ValueError`."""
    if fields.get("v") != FORM:
        raise ValueError(f"unknown form of a fiscal receipt: {fields.get('v')!r}")
    pair = fields.get("property")
    return fiscal.FiscalReceipt(
        kind=fiscal.ReceiptKind(fields["kind"]),
        operator=operator_from_json(fields["operator"]),
        taxation=fiscal.Taxation(fields["taxation"]),
        items=tuple(item_from_json(item) for item in fields["items"]),
        payments=tuple(
            fiscal.FiscalPayment(fiscal.PaymentKind(kind), amount)
            for kind, amount in fields["payments"]
        ),
        discount_minor=fields.get("discount", 0),
        points_minor=fields.get("points", 0),
        contact=_contact_in(fields.get("contact")),
        paper=not fields.get("electronic", False),
        attribute=fields.get("attribute", ""),
        property=(pair[0], pair[1]) if pair else None,
        notes=tuple(fields.get("notes", ())),
        qr=fields.get("qr", ""),
        internet=fields.get("internet", False),
        place=fields.get("place", ""),
        industry=_industry_in(fields.get("industry", ())),
        check_marks=not fields.get("marksChecked", False),
    )


def item_to_json(item: "fiscal.FiscalItem") -> Json:
    """Return one item or position."""
    return {
        "name": item.name,
        "price": item.price_minor,
        "quantity": item.quantity_milli,
        "vat": item.vat,
        "subject": item.subject.value,
        "settlement": item.settlement.value,
        "measure": item.measure.value,
        **slim(
            discount=item.discount_minor,
            floor=item.floor_minor,
            mark=_mark_out(item.mark),
            industry=_industry_out(item.industry),
            attribute=item.attribute,
        ),
    }


def item_from_json(fields: Json) -> "fiscal.FiscalItem":
    """Read what `item_to_json` wrote."""
    return fiscal.FiscalItem(
        name=fields["name"],
        price_minor=fields["price"],
        quantity_milli=fields["quantity"],
        vat=fields["vat"],
        subject=fiscal.Subject(fields["subject"]),
        settlement=fiscal.Settlement(fields["settlement"]),
        measure=fiscal.Measure(fields["measure"]),
        discount_minor=fields.get("discount", 0),
        floor_minor=fields.get("floor", 0),
        mark=_mark_in(fields.get("mark")),
        industry=_industry_in(fields.get("industry", ())),
        attribute=fields.get("attribute", ""),
    )


def document_to_json(document: "fiscal.FiscalDocument") -> Json:
    """Return the register's answer."""
    return {
        "number": document.number,
        "kind": document.kind.value,
        "printed": document.printed,
        "total": document.total_minor,
        **slim(
            sign=document.sign,
            fn=document.fn_number,
            register=document.registration_number,
            shift=document.shift_number,
            receipt=document.receipt_number,
            madeAt=document.made_at,
            recovered=document.recovered,
            shiftOpened=document.shift_opened,
            url=document.ofd_url,
            marks={str(place): result for place, result in document.mark_results.items()},
        ),
    }


def document_from_json(fields: Json) -> "fiscal.FiscalDocument":
    """Read what `document_to_json` wrote."""
    return fiscal.FiscalDocument(
        number=fields["number"],
        sign=fields.get("sign", ""),
        fn_number=fields.get("fn", ""),
        registration_number=fields.get("register", ""),
        shift_number=fields.get("shift", 0),
        receipt_number=fields.get("receipt", 0),
        made_at=fields.get("madeAt", ""),
        total_minor=fields["total"],
        kind=fiscal.DocumentKind(fields["kind"]),
        printed=fields["printed"],
        recovered=fields.get("recovered", False),
        shift_opened=fields.get("shiftOpened", False),
        ofd_url=fields.get("url", ""),
        mark_results={int(place): result for place, result in fields.get("marks", {}).items()},
    )


def operator_from_json(fields: Json) -> "fiscal.Operator":
    """Read who stands at the till."""
    return fiscal.Operator(fields["name"], fields.get("inn", ""))


def _operator_out(operator: "fiscal.Operator") -> Json:
    return {"name": operator.name, **slim(inn=operator.inn)}


def _contact_out(contact: "fiscal.Contact | None") -> Json | None:
    if contact is None:
        return None
    return {"address": contact.address, **slim(name=contact.name, inn=contact.inn)}


def _contact_in(fields: Mapping[str, Any] | None) -> "fiscal.Contact | None":
    if fields is None:
        return None
    return fiscal.Contact(fields["address"], fields.get("name", ""), fields.get("inn", ""))


def _industry_out(notes: "tuple[fiscal.IndustryNote, ...]") -> list[list[str]]:
    return [[note.federal_id, note.date, note.number, note.value] for note in notes]


def _industry_in(items: Any) -> "tuple[fiscal.IndustryNote, ...]":  # noqa: ANN401 - JSON is anything
    return tuple(fiscal.IndustryNote(*item) for item in items)


def _mark_out(mark: "fiscal.ItemMark | None") -> Json | None:
    if mark is None:
        return None
    check = mark.check
    return {
        "code": base64.b64encode(mark.code).decode("ascii"),
        "plan": mark.plan.value,
        **slim(
            part=list(mark.part) if mark.part else None,
            check=[
                check.checked,
                check.positive,
                check.status_known,
                check.status_correct,
                check.stand_alone,
            ]
            if check
            else None,
        ),
    }


def _mark_in(fields: Mapping[str, Any] | None) -> "fiscal.ItemMark | None":
    if fields is None:
        return None
    part, check = fields.get("part"), fields.get("check")
    return fiscal.ItemMark(
        code=base64.b64decode(fields["code"]),
        plan=fiscal.MarkPlan(fields["plan"]),
        part=(part[0], part[1]) if part else None,
        check=fiscal.MarkCheck(*check) if check else None,
    )
