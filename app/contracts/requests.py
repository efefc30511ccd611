"""The request log and usage: `/api/v1/request-logs`, `/api/v1/api-keys/{id}/usage`."""

from datetime import date

from app.contracts.base import Id, Line, Moment, WireModel


class RequestLogView(WireModel):
    """One answered request; what could name a person is masked."""

    id: Id
    method: Line
    path: str
    endpoint: str
    query: str
    status: int
    error_code: Line | None = None
    duration_ms: float
    user_agent: Line
    installation_id: Id
    key_id: Id | None = None
    staff_id: Id | None = None
    created_at: Moment


class RequestLogDetails(RequestLogView):
    """The same with the bodies, which are kept of failed requests alone."""

    request_body: str | None = None
    response_body: str | None = None


class UsageFigures(WireModel):
    """How many requests, how many of them failed or were throttled, and their mean time."""

    requests: int
    failures: int
    throttled: int
    average_ms: float


class EndpointUsage(UsageFigures):
    """Usage of one endpoint."""

    endpoint: str


class DayUsage(UsageFigures):
    """Usage of one day (UTC)."""

    day: date


class KeyUsageResponse(WireModel):
    """Usage of a key over some days, both ends included."""

    key_id: Id
    date_from: date
    date_to: date
    total: UsageFigures
    endpoints: tuple[EndpointUsage, ...]
    days: tuple[DayUsage, ...]
