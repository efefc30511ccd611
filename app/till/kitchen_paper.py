"""A kitchen ticket on its way to paper: as JSON in the print queue, as a document for the printer."""

from dataclasses import asdict, replace

from app.kernel.errors import BugError
from app.store.rows import Json, PrintJob
from drivers.api.kitchen import KitchenTicket, TicketLine, kitchen_document
from drivers.api.printer import PrintDocument

#: `PrintJob.kind` of tickets.
KITCHEN_JOB = "kitchen"


def ticket_to_json(ticket: KitchenTicket, title: str, made_for: str) -> Json:
    """Return a ticket as it is kept in the queue.

    Args:
        ticket: What to print.
        title: What it is called in the queue.
        made_for: Name in the queue of the printer of its station.
    """
    return {"title": title, "made_for": made_for, "ticket": asdict(ticket)}


def ticket_from_json(payload: Json) -> KitchenTicket:
    """Read what `ticket_to_json` wrote.

    Raises:
        BugError: The queue holds something else.
    """
    try:
        kept = dict(payload["ticket"])
        lines = tuple(TicketLine(**line) for line in kept.pop("lines"))
        return KitchenTicket(**kept, lines=lines)
    except (KeyError, TypeError, ValueError) as error:
        raise BugError(f"a kitchen ticket is unreadable: {error!r}") from error


def ticket_document(job: PrintJob, *, is_repeat: bool) -> PrintDocument:
    """Return the document that a printer takes for a queued ticket.

    Args:
        job: Of the queue.
        is_repeat: Some of it may be on paper already.

    Raises:
        BugError: The queue holds something else.
    """
    return kitchen_document(replace(ticket_from_json(job.payload), is_repeat=is_repeat))


def moved(payload: Json, broken: str) -> Json:
    """Return the payload of a ticket that another printer takes over.

    Args:
        payload: As it was.
        broken: What people call the printer that it was made for; '' when it goes back there.
    """
    return {**payload, "ticket": {**payload["ticket"], "instead_of": broken}}


def is_moved(job: PrintJob) -> bool:
    """Tell whether a ticket was taken over by another printer already."""
    return bool((job.payload.get("ticket") or {}).get("instead_of"))


def is_ticket(job: PrintJob) -> bool:
    """Tell whether a job is for the kitchen."""
    return job.kind == KITCHEN_JOB
