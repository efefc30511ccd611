"""The first connection: a fresh key is bound to the machine it is used on (M1, M2).

Of the machine only digests are kept, made with the installation's id, so that they tell nothing and
cannot be compared between installations.
"""

import hashlib
import re
from typing import Final

import sqlalchemy as sa

from app.contracts.errors import ErrorCode, FieldProblem
from app.contracts.plugin_life import (
    FirstConnectRequest,
    FirstConnectResponse,
    InstallationStatus,
    MachineIdentity,
)
from app.service.kit.problems import ProblemError
from app.service.kit.work import Work
from app.service.plugins.repository import ENDED, change_installation, get_installation
from app.service.tenants.models import tenants
from app.service.tills.models import locations

_MATCHES_WANTED: Final = 2
# What boards say that were never given a number of their own.
_JUNK: Final = frozenset(
    {
        "03000200040005000006000700080009",
        "123456789",
        "1234567890",
        "DEFAULTSTRING",
        "NONE",
        "NOTAPPLICABLE",
        "NOTSPECIFIED",
        "OEM",
        "SYSTEMSERIALNUMBER",
        "TOBEFILLEDBYOEM",
        "UNKNOWN",
    }
)
_SAME_DIGIT: Final = re.compile(r"(.)\1*")


def first_connect(work: Work, message: FirstConnectRequest) -> FirstConnectResponse:
    """Bind the calling installation to a machine, or see that it is still the same.

    Repeatable: on the same machine the answer is the same. Two of the three marks of a machine must
    match, so that a new disk or a new name does not lock anybody out.

    Raises:
        ProblemError: VALIDATION_ERROR if nothing tells the machine from others, MACHINE_MISMATCH,
            INSTALLATION_ENDED.
    """
    installation = get_installation(work, work.caller.installation_id, lock=True)
    if installation.status in ENDED:
        raise ProblemError(ErrorCode.INSTALLATION_ENDED)
    machine = digest_machine(installation.id, message.machine)
    if not machine:
        raise _nothing_tells()
    known = installation.machine
    if known is not None and not is_same_machine(known, machine):
        raise ProblemError(ErrorCode.MACHINE_MISMATCH)
    status = installation.status
    if status is InstallationStatus.PENDING_INSTALLATION:
        status = InstallationStatus.ACTIVE
    change_installation(
        work,
        installation.id,
        machine={**(known or {}), **machine},
        status=status.value,
        connected_at=installation.connected_at or work.now,
    )
    return FirstConnectResponse(
        success=True,
        installation_id=installation.id,
        kind=installation.kind,
        status=status,
        tenant_name=work.connection.execute(
            sa.select(tenants.c.name).where(tenants.c.id == work.tenant_id)
        ).scalar_one(),
        restaurant_id=installation.location_id,
        restaurant_name=restaurant_name(work, installation.location_id),
        server_time=work.now,
        already_processed=known is not None,
    )


def restaurant_name(work: Work, location_id: str | None) -> str:
    """Return the name of a place of the tenant; empty if there is none."""
    found: str | None = work.connection.execute(
        sa.select(locations.c.name).where(
            locations.c.id == location_id, locations.c.tenant_id == work.tenant_id
        )
    ).scalar()
    return found or ""


def digest_machine(installation_id: str, machine: MachineIdentity) -> dict[str, str]:
    """Return a digest of each mark that tells a machine from others; junk is left out."""
    marks = {
        "biosUuid": machine.bios_uuid,
        "diskSerial": machine.disk_serial,
        "hostName": machine.host_name,
    }
    usable = {name: _plain(mark) for name, mark in marks.items() if not is_junk(mark)}
    return {
        name: hashlib.sha256(f"{installation_id}/{name}/{mark}".encode()).hexdigest()
        for name, mark in usable.items()
    }


def is_junk(mark: str) -> bool:
    """Tell whether a mark is what thousands of machines say."""
    plain = _plain(mark)
    return not plain or plain in _JUNK or _SAME_DIGIT.fullmatch(plain) is not None


def _plain(mark: str) -> str:
    return re.sub(r"[^0-9A-ZА-ЯЁ]", "", mark.upper())


def is_same_machine(known: dict[str, str], now: dict[str, str]) -> bool:
    """Tell whether enough marks match: two, or all there are if the machine has fewer."""
    matches = sum(now.get(name) == mark for name, mark in known.items())
    return matches >= min(_MATCHES_WANTED, len(known))


def _nothing_tells() -> ProblemError:
    detail = "at least one of biosUuid, diskSerial, hostName must tell this machine from others"
    field = FieldProblem(pointer="/machine", code="machine", detail=detail)
    return ProblemError(ErrorCode.VALIDATION_ERROR, f"/machine: {detail}", errors=(field,))
