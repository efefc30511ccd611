"""Filling a database with the demo café: company, menu, people, halls, guests and keys.

The café is read from `resources/demo/cafe.json`. A second run changes nothing of it and only issues
fresh keys, as old ones are kept as digests and cannot be shown again.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from argon2 import PasswordHasher
from sqlalchemy.engine import Connection

from app.contracts.guest_qr import key_text
from app.contracts.pos import LevelView, LoyaltyRulesView
from app.domain.loyalty import EarnRounding
from app.kernel.ids import Ids
from app.service.auth.models import staff_accounts
from app.service.auth.passwords import hash_password
from app.service.catalog import models as catalog
from app.service.guests.models import guest_favourites, guests
from app.service.kit.permissions import Scope
from app.service.kit.work import Caller, Work
from app.service.ledger.entries import Cause, EntryKind
from app.service.loyalty.cards import lock_card, record_level, save_card
from app.service.loyalty.models import cards
from app.service.promotions.seed import write_promotions
from app.service.staff.models import staff
from app.service.tenants.models import loyalty_rules, tenants
from app.service.tills import models as tills
from app.service.tills.keys import PREFIXES, make_key
from app.service.tills.office import write_office
from app.service.tills.versions import raise_version

CAFE_FILE = Path(__file__).resolve().parents[2] / "resources" / "demo" / "cafe.json"
# A four-digit PIN needs a slow digest; these are the figures of RFC 9106 for little memory.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
# The café has been there for a while, so that sales with an older time find their rules.
_OPENED_BEFORE = timedelta(days=3650)
_KINDS = tuple(PREFIXES)

Data = Mapping[str, Any]


def load_cafe(path: Path = CAFE_FILE) -> Data:
    """Read the demo café."""
    data = json.loads(path.read_text(encoding="utf-8"))
    assert isinstance(data, dict)
    return data


def seed_cafe(
    connection: Connection,
    cafe: Data,
    now: datetime,
    ids: Ids,
    *,
    sandbox: bool,
    with_passwords: bool = False,
) -> dict[str, Any]:
    """Write the café if it is not there, issue keys, and return what a script needs to start.

    Args:
        connection: A writing transaction.
        cafe: What `load_cafe` read.
        now: The moment.
        ids: Draws ids, keys and passwords.
        sandbox: Whether keys of programs are for try-outs.
        with_passwords: Whether one person of each role gets a fresh password, to sign in with.
    """
    tenant_id = cafe["tenant"]["id"]
    there = connection.execute(sa.select(tenants.c.id).where(tenants.c.id == tenant_id)).first()
    if there is None:
        _write_cafe(connection, cafe, now, ids, sandbox=sandbox)
    keys = _issue_keys(connection, cafe, now, ids, sandbox=sandbox)
    people = _sign_ins(cafe["staff"])
    if with_passwords:
        people = [_with_password(connection, tenant_id, one, now, ids) for one in people]
    return {
        "tenant": dict(cafe["tenant"]),
        **keys,
        "staff": people,
        "guests": _guest_list(connection, cafe),
    }


def renamed_cafe(cafe: Data, tenant_id: str, name: str, prefix: str) -> Data:
    """Return the café as another company's: every id of a row gets a prefix, as ids are unique.

    Ids of levels stay: they live inside the rules of one company.
    """
    rows = ("registers", "taxes", "categories", "modifier_groups", "products", "halls", "staff")
    own = {cafe["location"]["id"]} | {item["id"] for row in rows for item in cafe[row]}
    own |= {option["id"] for group in cafe["modifier_groups"] for option in group["options"]}
    own |= {size["id"] for product in cafe["products"] for size in product["variants"]}
    own |= {table["id"] for hall in cafe["halls"] for table in hall["tables"]}
    own |= {guest["id"] for guest in cafe["guests"]}
    own |= {promotion["id"] for promotion in cafe.get("promotions", ())}

    def rename(value: Any, name: str = "") -> Any:  # noqa: ANN401 - JSON is anything
        if isinstance(value, dict):
            return {key: rename(item, key) for key, item in value.items()}
        if isinstance(value, list):
            return [rename(item, name) for item in value]
        is_id = name == "id" or name.endswith(("_id", "_ids"))
        return prefix + value if is_id and value in own else value

    renamed = {key: rename(value) for key, value in cafe.items() if key != "loyalty_rules"}
    tenant = {**cafe["tenant"], "id": tenant_id, "name": name}
    rules = cafe["loyalty_rules"]
    return {**renamed, "tenant": tenant, "loyalty_rules": rules, "id_prefix": prefix}


def hash_pins(cafe: Data) -> Data:
    """Return the café with the digests of its people's PINs: slow, so made before a transaction."""
    people = [{**person, "pin_hash": _HASHER.hash(person["pin"])} for person in cafe["staff"]]
    return {**cafe, "staff": people}


def _write_cafe(
    connection: Connection, cafe: Data, now: datetime, ids: Ids, *, sandbox: bool
) -> None:
    tenant = cafe["tenant"]
    connection.execute(
        sa.insert(tenants).values(
            id=tenant["id"],
            name=tenant["name"],
            currency=tenant["currency"],
            qr_secret=ids.token(32),
            qr_private_key=key_text(bytes(ids.below(256) for _ in range(32))),
            created_at=now,
            is_sandbox=sandbox,
            sandbox_of=cafe.get("sandbox_of"),
        )
    )
    write_office(connection, tenant["id"], now)
    write_rules(connection, tenant["id"], cafe["loyalty_rules"], now, ids)
    _write_places(connection, cafe, now)
    _write_menu(connection, cafe)
    _write_staff(connection, cafe)
    caller = Caller(tenant["id"], _installation_id(cafe, "api", 0), "api", None, None)
    work = Work(connection, now, ids, caller)
    for guest in cafe["guests"]:
        _write_guest(work, guest)
    write_promotions(work, cafe.get("promotions", ()))
    raise_version(connection, tenant["id"], "menu")
    raise_version(connection, tenant["id"], "config")


def write_rules(
    connection: Connection, tenant_id: str, rules: Data, now: datetime, ids: Ids
) -> None:
    """Write the first version of a company's loyalty rules."""
    rules_id = ids.new()
    view = LoyaltyRulesView(
        version=rules_id,
        levels=tuple(
            LevelView(
                id=level["id"],
                name=level["name"],
                threshold=level["threshold_minor"],
                percent_bp=level["percent_bp"],
            )
            for level in rules["levels"]
        ),
        max_redeem_percent_bp=rules["max_redeem_percent_bp"],
        redeem_step=rules["redeem_step_minor"],
        min_check=rules["min_check_minor"],
        earn_rounding=EarnRounding(rules["earn_rounding"]),
        points_lapse_days=rules["regular_lapse_days"],
        offline_redeem_limit=rules["offline_redeem_limit_minor"],
    )
    connection.execute(
        sa.insert(loyalty_rules).values(
            id=rules_id,
            tenant_id=tenant_id,
            valid_from=now - _OPENED_BEFORE,
            body=view.to_wire_json(),
            created_at=now,
        )
    )


def _write_places(connection: Connection, cafe: Data, now: datetime) -> None:
    tenant_id, location = cafe["tenant"]["id"], cafe["location"]
    connection.execute(sa.insert(tills.locations).values(**location, tenant_id=tenant_id))
    for register in cafe["registers"]:
        connection.execute(
            sa.insert(tills.registers).values(
                **register, tenant_id=tenant_id, location_id=location["id"]
            )
        )
    for hall in cafe["halls"]:
        values = {key: hall[key] for key in ("id", "name", "width", "height", "position")}
        connection.execute(
            sa.insert(tills.halls).values(**values, tenant_id=tenant_id, location_id=location["id"])
        )
        connection.execute(
            sa.insert(tills.hall_tables),
            [_table_row(tenant_id, hall["id"], index, t) for index, t in enumerate(hall["tables"])],
        )
    for kind in _KINDS:
        bound = cafe["registers"] if kind == "till" else [None]
        for index, register in enumerate(bound):
            connection.execute(
                sa.insert(tills.installations).values(
                    id=_installation_id(cafe, kind, index),
                    tenant_id=tenant_id,
                    location_id=location["id"],
                    register_id=register["id"] if register else None,
                    kind=kind,
                    name=register["name"] if register else kind,
                    created_at=now,
                )
            )


def _installation_id(cafe: Data, kind: str, index: int) -> str:
    return f"{cafe.get('id_prefix', '')}ins-{kind}-{index + 1}"


def _table_row(tenant_id: str, hall_id: str, index: int, table: Data) -> dict[str, Any]:
    return {
        "id": table["id"],
        "tenant_id": tenant_id,
        "hall_id": hall_id,
        "name": table["name"],
        "seats": table["seats"],
        "x": table["x"],
        "y": table["y"],
        "width": table["w"],
        "height": table["h"],
        "position": index,
    }


def _write_menu(connection: Connection, cafe: Data) -> None:
    tenant = {"tenant_id": cafe["tenant"]["id"]}
    # Parents first, as the database checks each row.
    ordered = sorted(cafe["categories"], key=lambda category: category["parent_id"] is not None)
    for category in ordered:
        connection.execute(sa.insert(catalog.categories).values(**category, **tenant))
    for tax in cafe["taxes"]:
        connection.execute(
            sa.insert(catalog.taxes).values(id=tax["id"], name=tax["name"], **tenant)
        )
        connection.execute(
            sa.insert(catalog.tax_rates),
            [
                {
                    "tax_id": tax["id"],
                    "valid_from": date.fromisoformat(rate["from"]),
                    "percent_bp": rate["percent_bp"],
                }
                for rate in tax["rates"]
            ],
        )
    for group in cafe["modifier_groups"]:
        _write_group(connection, group, tenant)
    connection.execute(
        sa.insert(catalog.products), [_product_row(p, tenant) for p in cafe["products"]]
    )
    sizes = [_variant_row(p["id"], v) for p in cafe["products"] for v in p["variants"]]
    connection.execute(sa.insert(catalog.variants), sizes)


def _write_group(connection: Connection, group: Data, tenant: Mapping[str, str]) -> None:
    names = ("id", "name", "min_choices", "max_choices", "position")
    connection.execute(
        sa.insert(catalog.modifier_groups).values(**{key: group[key] for key in names}, **tenant)
    )
    connection.execute(
        sa.insert(catalog.modifier_options),
        [
            {
                "id": option["id"],
                "group_id": group["id"],
                "name": option["name"],
                "price_delta_minor": option["price_delta_minor"],
                "is_default": option["is_default"],
                "is_stopped": option.get("is_stopped", False),
                "position": option["position"],
            }
            for option in group["options"]
        ],
    )


def _product_row(product: Data, tenant: Mapping[str, str]) -> dict[str, Any]:
    row = {key: value for key, value in product.items() if key not in {"variants", "stopped"}}
    row["is_stopped"] = product["stopped"]
    row["short_name"] = product.get("short_name")
    row["marking"] = product.get("marking", "none")
    return {**row, **tenant}


def _variant_row(product_id: str, variant: Data) -> dict[str, Any]:
    return {**variant, "product_id": product_id}


def _write_staff(connection: Connection, cafe: Data) -> None:
    connection.execute(
        sa.insert(staff),
        [
            {
                "id": person["id"],
                "tenant_id": cafe["tenant"]["id"],
                "name": person["name"],
                "role": person["role"],
                "pin_hash": person.get("pin_hash") or _HASHER.hash(person["pin"]),
                "permissions": [],
                "is_active": True,
            }
            for person in cafe["staff"]
        ],
    )


def _write_guest(work: Work, guest: Data) -> None:
    card_id = f"card-{guest['id']}"
    connection = work.connection
    connection.execute(
        sa.insert(guests).values(
            id=guest["id"],
            tenant_id=work.tenant_id,
            phone=guest["phone"],
            first_name=guest["name"],
            created_at=work.now,
        )
    )
    connection.execute(
        sa.insert(cards).values(
            id=card_id,
            tenant_id=work.tenant_id,
            guest_id=guest["id"],
            code6=guest["code6"],
            level_id=guest["level"],
            lifetime_spent_minor=guest["lifetime_spent_minor"],
            visit_count=guest["visit_count"],
            entry_count=0,
            created_at=work.now,
            updated_at=work.now,
        )
    )
    record_level(work, card_id, guest["level"], work.now, order_id=None)
    _open_balances(work, card_id, guest)
    liked = [
        {"card_id": card_id, "product_id": product_id, "times": 10 - place}
        for place, product_id in enumerate(guest["favourite_product_ids"])
    ]
    if liked:
        connection.execute(sa.insert(guest_favourites), liked)


def _open_balances(work: Work, card_id: str, guest: Data) -> None:
    """Give the guest his points through the ledger: balances never come from nowhere."""
    card = lock_card(work, card_id)
    cause = Cause(occurred_at=work.now, reason="opening balance")
    card.post(
        work,
        EntryKind.MANUAL,
        promo_minor=0,
        regular_minor=guest["regular_minor"],
        natural_key=f"OPENING:{card_id}",
        cause=cause,
    )
    card.post(
        work,
        EntryKind.PROMO,
        promo_minor=guest["promo_minor"],
        regular_minor=0,
        natural_key=f"OPENING-PROMO:{card_id}",
        cause=cause,
    )
    save_card(work, card)


def _issue_keys(
    connection: Connection, cafe: Data, now: datetime, ids: Ids, *, sandbox: bool
) -> dict[str, Any]:
    secrets: dict[str, list[str]] = {kind: [] for kind in _KINDS}
    for kind in _KINDS:
        count = len(cafe["registers"]) if kind == "till" else 1
        for index in range(count):
            new = make_key(ids, kind, sandbox=sandbox)
            connection.execute(
                sa.insert(tills.api_keys).values(
                    id=ids.new(),
                    tenant_id=cafe["tenant"]["id"],
                    installation_id=_installation_id(cafe, kind, index),
                    key_hash=new.key_hash,
                    key_hint=new.hint,
                    created_at=now,
                    name="seed",
                    scopes=[Scope.ADMIN.value] if kind == "api" else None,
                )
            )
            secrets[kind].append(new.secret)
    first = {f"{kind}Key": secrets[kind][0] for kind in _KINDS}
    return {**first, "tillKeys": secrets["till"]}


def _sign_ins(people: Sequence[Data]) -> list[dict[str, str]]:
    by_role: dict[str, dict[str, str]] = {}
    for person in people:
        names = ("id", "name", "role", "pin")
        by_role.setdefault(person["role"], {key: person[key] for key in names})
    return list(by_role.values())


def _with_password(
    connection: Connection, tenant_id: str, person: Data, now: datetime, ids: Ids
) -> dict[str, str]:
    email, password = f"{person['role']}@{tenant_id}.example", ids.token(20)
    digest = hash_password(password)
    accounts = staff_accounts.c
    changed = connection.execute(
        sa.update(staff_accounts)
        .where(accounts.staff_id == person["id"], accounts.tenant_id == tenant_id)
        .values(password_hash=digest, password_changed_at=now)
    )
    if changed.rowcount == 0:
        connection.execute(
            sa.insert(staff_accounts).values(
                staff_id=person["id"],
                tenant_id=tenant_id,
                email=email,
                password_hash=digest,
                created_at=now,
                password_changed_at=now,
            )
        )
    return {**person, "email": email, "password": password}


def _guest_list(connection: Connection, cafe: Data) -> list[dict[str, str]]:
    known = [f"card-{guest['id']}" for guest in cafe["guests"]]
    rows = connection.execute(
        sa.select(cards.c.id, guests.c.phone, cards.c.code6, guests.c.first_name)
        .join(guests, guests.c.id == cards.c.guest_id)
        .where(cards.c.tenant_id == cafe["tenant"]["id"], cards.c.id.in_(known))
        .order_by(cards.c.id)
    )
    return [
        {
            "guestCardId": row.id,
            "phone": row.phone,
            "code6Digit": row.code6,
            "name": row.first_name,
        }
        for row in rows
    ]
