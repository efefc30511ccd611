"""Subscriptions to events and the log of their deliveries: `/api/v1/webhooks`."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from app.contracts.base import Count, Flag, Id, Line, Moment, Name, WireModel
from app.contracts.webhook_events import EVENT_TYPES

URL_MAX = 2_000
TYPES_MAX = 50


def _known_type(value: str) -> str:
    if value not in EVENT_TYPES:
        raise PydanticCustomError("event_type", "there is no such type of event")
    return value


EventTypeName = Annotated[str, Field(max_length=50), AfterValidator(_known_type)]
"""The name of a type of the catalogue."""

WebhookState = Literal["ACTIVE", "PAUSED"]
PauseReason = Literal["OWNER", "GONE", "FAILING"]
DeliveryState = Literal["PENDING", "DELIVERED", "FAILED"]


class CreateWebhookRequest(WireModel):
    """A new subscription; no event types means all of them, also future ones."""

    url: Annotated[str, Field(min_length=1, max_length=URL_MAX)]
    events: Annotated[tuple[EventTypeName, ...], Field(max_length=TYPES_MAX)] = ()
    description: Line = ""


class ChangeWebhookRequest(WireModel):
    """What is to change; what is left out stays."""

    url: Annotated[str, Field(min_length=1, max_length=URL_MAX)] | None = None
    events: Annotated[tuple[EventTypeName, ...], Field(max_length=TYPES_MAX)] | None = None
    description: Line | None = None
    state: WebhookState | None = None


class RotateSecretRequest(WireModel):
    """How long the old secret signs beside the new one; a day if nothing is said."""

    overlap_hours: Annotated[int, Field(ge=0, le=168)] = 24


class TestEventRequest(WireModel):
    """Which example to send; no pause or filter of the subscription holds it back."""

    __test__ = False  # not a test, whatever its name says

    type: EventTypeName = "guest.created"


class NoFields(WireModel):
    """A body with nothing in it."""


class WebhookView(WireModel):
    """A subscription; `secret` only in the answer that made it."""

    id: Id
    url: str
    events: tuple[str, ...]
    description: Line
    state: WebhookState
    pause_reason: PauseReason | None = None
    paused_at: Moment | None = None
    failing_since: Moment | None = None
    last_success_at: Moment | None = None
    previous_secret_until: Moment | None = None
    created_at: Moment
    updated_at: Moment
    secret: str | None = None
    already_processed: Flag = False


class DeletedResponse(WireModel):
    """Something is gone."""

    success: Flag = True
    already_processed: Flag = False


class DeliveryView(WireModel):
    """One event on its way to one subscription, or arrived, or given up."""

    id: Id
    webhook_id: Id
    event_id: Id
    event_type: Line
    state: DeliveryState
    is_test: Flag
    attempts: Count
    status_code: int | None = None
    duration_ms: Count | None = None
    last_error: str | None = None
    last_attempt_at: Moment | None = None
    next_try_at: Moment | None = None
    created_at: Moment
    finished_at: Moment | None = None
    already_processed: Flag = False


class ReplayFailedResponse(WireModel):
    """How many failed deliveries are on their way again, and whether there are more."""

    replayed: Count
    has_more: Flag
    already_processed: Flag = False


class EventTypeView(WireModel):
    """A type of event with a whole example; `source` says who writes it.

    Nobody sends those of `billing` yet: the service has no billing.
    """

    type: Name
    title: Name
    title_ru: Name
    source: Literal["service", "billing"]
    example: dict[str, Any]
    data_schema: dict[str, Any]


class EventTypesResponse(WireModel):
    """All types of events."""

    data: tuple[EventTypeView, ...]


class WebhookNoticeView(WireModel):
    """What the owner is told: a subscription was paused by the service."""

    id: Id
    webhook_id: Id
    reason: PauseReason
    text: Line
    text_ru: Line
    created_at: Moment
