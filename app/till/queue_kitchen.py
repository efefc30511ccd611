"""Rows of the queue for tickets that the kitchen has not got (S11)."""

from typing import Final

from app.store.rows import PrintJob, PrintState
from app.till import kitchen_texts, texts
from app.till.kitchen_trouble import dish_count, ticket_title
from app.till.print_marks import asks_whether
from app.till.printing import Printing
from app.till.queue_states import Choice, QueueRow, RowChoice, RowKind, RowStatus
from app.till.words import Words

_OLD: Final = (RowChoice(Choice.PRINT_LATE, texts.CHOICE_PRINT_LATE),)


def ticket_row(job: PrintJob, printing: Printing) -> QueueRow:
    """Return the row of a ticket that waits, or that no printer took.

    Args:
        job: Of the print queue.
        printing: Tells whether it may be printed here, and the names of printers.
    """
    is_failed, is_old = job.state is PrintState.FAILED, asks_whether(job)
    here = (RowChoice(Choice.PRINT_HERE, kitchen_texts.CHOICE_HERE),)
    return QueueRow(
        row_id=job.job_id,
        kind=RowKind.KITCHEN,
        title=ticket_title(job),
        detail=kitchen_texts.DISHES.fill(count=dish_count(job))
        if is_failed
        else _place(job, printing),
        at=job.created_at,
        amount_minor=None,
        status=RowStatus.DECIDE if is_failed else RowStatus.WAITING,
        status_words=texts.STATE_DECIDE if is_failed else texts.STATE_PRINT_WAITS,
        error=kitchen_texts.NOT_RECEIVED if is_failed else None,
        tries=job.attempts,
        choices=(
            RowChoice(Choice.RETRY, texts.CHOICE_PRINT if is_old else texts.CHOICE_RETRY),
            *(_OLD if is_old else ()),
            *(here if printing.has_printer else ()),
            RowChoice(Choice.TOLD, kitchen_texts.CHOICE_VOICE),
        ),
        raw=job.last_error,
    )


def _place(job: PrintJob, printing: Printing) -> Words:
    """Return the printer that it waits for, if that is not its own."""
    is_home = job.payload.get("made_for") == job.printer
    return Words("", "") if is_home else printing.kitchen.name_of(job.printer)
