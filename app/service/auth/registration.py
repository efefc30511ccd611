"""Registering a company: its owner, its rules to begin with, and a sandbox with ready data."""

from collections.abc import Mapping
from typing import Any, Final

import sqlalchemy as sa

from app.contracts.auth import RegisterRequest, RegisterResponse, SandboxView, SessionResponse
from app.contracts.errors import ErrorCode
from app.contracts.guest_qr import key_text
from app.contracts.permissions import StaffRole
from app.service.audit_log.service import record
from app.service.auth.accounts import acting_for, is_email_taken, session_view
from app.service.auth.attempts import book_attempt, subject_of
from app.service.auth.models import staff_accounts
from app.service.auth.sessions import open_session
from app.service.kit.problems import ProblemError
from app.service.kit.work import Work
from app.service.seed import renamed_cafe, seed_cafe, write_rules
from app.service.staff.models import staff
from app.service.tenants.models import tenants
from app.service.tills.office import write_office
from app.service.tills.versions import raise_version

NO_PIN: Final = ""
"""The PIN's digest of people who do not sign in at tills: they are not told to tills."""


#: Companies that one network address may register before it has to wait.
FREE: Final = 20


def book_registration(work: Work, address: str) -> None:
    """Count a registration from a network address: each makes a sandbox with hundreds of rows.

    Raises:
        ProblemError: LOGIN_LOCKED.
    """
    book_attempt(work.connection, subject_of("register", address), work.now, free=FREE)


def register(
    work: Work, asked: RegisterRequest, password_hash: str, cafe: Mapping[str, Any], agent: str
) -> RegisterResponse:
    """Write a company with its owner and its sandbox, and sign the owner in.

    Args:
        work: The transaction; nobody is calling yet.
        asked: The company and the owner.
        password_hash: The digest of the owner's password.
        cafe: The demo café with the digests of its PINs, for the sandbox.
        agent: What the owner signs in with.

    Raises:
        ProblemError: DUPLICATE_EMAIL.
    """
    if is_email_taken(work.connection, asked.email):
        raise ProblemError(ErrorCode.DUPLICATE_EMAIL)
    tenant_id, owner_id = work.ids.new(), work.ids.new()
    _write_company(work, tenant_id, asked.company_name, cafe)
    _write_owner(work, tenant_id, owner_id, asked, password_hash)
    person = acting_for(work, tenant_id, owner_id, StaffRole.OWNER.value)
    record(person, "tenant.registered", "tenant", tenant_id)
    sandbox = _write_sandbox(work, tenant_id, asked.company_name, cafe)
    record(person, "sandbox.created", "tenant", sandbox.tenant_id)
    return RegisterResponse(
        tenant_id=tenant_id, session=_sign_in(person, owner_id, agent), sandbox=sandbox
    )


def _write_company(work: Work, tenant_id: str, name: str, cafe: Mapping[str, Any]) -> None:
    connection, ids = work.connection, work.ids
    connection.execute(
        sa.insert(tenants).values(
            id=tenant_id,
            name=name,
            currency="RUB",
            qr_secret=ids.token(32),
            qr_private_key=key_text(bytes(ids.below(256) for _ in range(32))),
            created_at=work.now,
        )
    )
    write_office(connection, tenant_id, work.now)
    write_rules(connection, tenant_id, cafe["loyalty_rules"], work.now, ids)
    raise_version(connection, tenant_id, "menu")
    raise_version(connection, tenant_id, "config")


def _write_owner(
    work: Work, tenant_id: str, owner_id: str, asked: RegisterRequest, password_hash: str
) -> None:
    work.connection.execute(
        sa.insert(staff).values(
            id=owner_id,
            tenant_id=tenant_id,
            name=asked.name,
            role=StaffRole.OWNER.value,
            pin_hash=NO_PIN,
            permissions=[],
            is_active=True,
        )
    )
    work.connection.execute(
        sa.insert(staff_accounts).values(
            staff_id=owner_id,
            tenant_id=tenant_id,
            email=asked.email,
            password_hash=password_hash,
            created_at=work.now,
            password_changed_at=work.now,
        )
    )


def _write_sandbox(work: Work, tenant_id: str, name: str, cafe: Mapping[str, Any]) -> SandboxView:
    sandbox_id = work.ids.new()
    own = renamed_cafe(cafe, sandbox_id, f"{name} (sandbox)", f"{sandbox_id.lower()}-")
    made = seed_cafe(
        work.connection, {**own, "sandbox_of": tenant_id}, work.now, work.ids, sandbox=True
    )
    return SandboxView(
        tenant_id=sandbox_id,
        api_key=made["apiKey"],
        till_key=made["tillKey"],
        iiko_key=made["iikoKey"],
        rkeeper_key=made["rkeeperKey"],
    )


def _sign_in(person: Work, owner_id: str, agent: str) -> SessionResponse:
    tokens = open_session(person, owner_id, StaffRole.OWNER.value, "password", agent)
    details = {"method": "password", "session": tokens.caller.session_id, "agent": agent[:200]}
    record(person, "sign_in.succeeded", "staff", owner_id, details)
    return session_view(person, tokens)
