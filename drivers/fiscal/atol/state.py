"""How an ATOL register is, from its several questions, and what keeps it from making a receipt."""

from drivers.api.errors import CoverOpen, DriverError, FinalError, PaperOut, ProtocolError
from drivers.api.fiscal import FnState, RegisterStatus, ShiftPhase
from drivers.api.fiscal_errors import (
    FnFault,
    FnUnusable,
    RegisterBlocked,
    ShiftExpired,
)
from drivers.fiscal import tasks
from drivers.fiscal.atol import answers
from drivers.fiscal.atol.answers import flag, part, text
from drivers.fiscal.atol.road import JsonObject, Road
from drivers.fiscal.tasks import Task


def read_status(road: Road) -> RegisterStatus:
    """Ask device, shift, fiscal storage, OFD and the queue.

    A question that this model does not know counts as not answered.

    Raises:
        DriverError: the register cannot be reached.
    """
    device = part(road.ask(tasks.DEVICE_STATUS), "deviceStatus")
    fn_info = part(_ask_where_known(road, tasks.FN_INFO), "fnInfo")
    fn = answers.fn_state(_ask_where_known(road, tasks.FN_STATUS), text(fn_info, "serial"))
    info = part(_ask_where_known(road, tasks.DEVICE_INFO), "deviceInfo")
    ofd = answers.ofd_queue(_ask_where_known(road, tasks.OFD_STATUS))
    blocked = road.blocked()
    phase = answers.shift_phase(text(device, "shift"))
    return RegisterStatus(
        paper=flag(device, "paperPresent"),
        cover_open=flag(device, "coverOpened"),
        drawer_open=flag(device, "cashDrawerOpened"),
        shift=phase,
        fn=fn,
        ofd=ofd,
        clock=text(device, "currentDateTime"),
        model=text(info, "modelName"),
        serial=text(info, "serial"),
        blocked=blocked,
        problem=_problem(device, fn, phase, blocked),
    )


def _ask_where_known(road: Road, task: Task) -> JsonObject:
    try:
        return road.ask(task)
    except (FinalError, ProtocolError):
        return {}


def _problem(
    device: JsonObject, fn: FnState, phase: ShiftPhase | None, blocked: str
) -> DriverError | None:
    """Return the worst first: what stops selling, then what a hand can put right."""
    problems = (
        (flag(device, "fnPresent") is False, FnFault("no fiscal storage")),
        (flag(device, "fnFiscal") is False, FnUnusable("the fiscal storage is not in fiscal mode")),
        (fn.broken, FnFault("critical error of the fiscal storage")),
        (flag(device, "coverOpened") is True, CoverOpen()),
        (flag(device, "paperPresent") is False, PaperOut()),
        (bool(blocked) or flag(device, "blocked") is True, RegisterBlocked(blocked)),
        (phase is ShiftPhase.EXPIRED, ShiftExpired()),
    )
    return next((error for applies, error in problems if applies), None)
