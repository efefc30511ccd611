"""An order as a row of the store, and back."""

from datetime import datetime
from typing import Any

from app.domain.cart import CartHistory
from app.kernel.clock import from_iso, to_iso
from app.kernel.ids import StaffId
from app.store.rows import Draft
from app.till.kitchen_memory import memory_from_json, memory_to_json
from app.till.order import Approval, Order


def to_draft(order: Order, now: datetime) -> Draft:
    """Return an order as it is kept; steps of undo are not, they end with the process."""
    extra: dict[str, Any] = {}
    if order.points_lost_minor:
        extra["points_lost"] = order.points_lost_minor
    if order.approvals:
        extra["approvals"] = [_approval_out(approval) for approval in order.approvals]
    if order.kitchen.tickets:
        extra["kitchen"] = memory_to_json(order.kitchen)
    return Draft(
        sale_id=order.sale_id,
        number=order.number,
        state=order.state,
        history=CartHistory(order.cart),
        owner_id=order.owner_id,
        owner_name=order.owner_name,
        opened_at=order.opened_at,
        updated_at=now,
        name=order.name,
        loyalty=order.loyalty,
        tenders=order.tenders,
        rounding_minor=order.rounding_minor,
        extra=extra,
    )


def from_draft(draft: Draft) -> Order:
    """Return the order that a row keeps."""
    return Order(
        sale_id=draft.sale_id,
        owner_id=draft.owner_id,
        owner_name=draft.owner_name,
        opened_at=draft.opened_at,
        number=draft.number,
        state=draft.state,
        history=draft.history,
        loyalty=draft.loyalty,
        tenders=draft.tenders,
        rounding_minor=draft.rounding_minor,
        name=draft.name,
        points_lost_minor=draft.extra.get("points_lost", 0),
        approvals=tuple(_approval_in(item) for item in draft.extra.get("approvals", ())),
        kitchen=memory_from_json(draft.extra.get("kitchen")),
    )


def _approval_out(approval: Approval) -> list[str]:
    return [
        approval.action,
        approval.asked_by,
        approval.approved_by,
        approval.approver_name,
        to_iso(approval.at),
    ]


def _approval_in(item: list[str]) -> Approval:
    action, asked_by, approved_by, name, at = item
    return Approval(action, StaffId(asked_by), StaffId(approved_by), name, from_iso(at))
