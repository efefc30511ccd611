"""L17: the QR on a guest's phone is signed, good for five minutes and accepted once."""

import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command

from app.contracts import pos
from app.contracts.guest_qr import GuestQr, key_text, public_key_of, read_guest_qr, write_guest_qr
from app.service.db import migrate
from app.service.db.engine import make_engine
from app.service.guests.dynamic_qr import KEPT
from app.service.tenants.models import tenants
from tests.service.harness import MARIA, Service
from tests.service.printed_cards import printed_card

GUEST = "gst-01"


def fresh(service: Service) -> str:
    """Return a new code of Maria's phone."""
    return ask(service).json()["qr"]


def ask(service: Service, guest: str = GUEST, key: str = "apiKey") -> Any:
    headers = {"X-API-Key": service.seeded[key]}
    return service.client.get(f"/api/v1/guests/{guest}/qr", headers=headers)


def private_key(service: Service) -> str:
    read = service.runtime.database.read
    return read(lambda c: str(c.execute(sa.select(tenants.c.qr_private_key)).scalar())).result()


def test_a_phone_gets_a_code_that_tells_its_type_and_end(service: Service) -> None:
    answer = ask(service)
    assert answer.headers["cache-control"] == "no-store"
    body = answer.json()
    assert (body["guestId"], body["cardId"], body["type"]) == (GUEST, MARIA, "card")
    assert body["qr"].startswith("MLQ:")
    assert body["expiresAt"] == "2026-11-20T09:06:00.000Z"
    assert fresh(service) != body["qr"]


def test_a_code_finds_its_guest_once(service: Service) -> None:
    text = fresh(service)
    assert service.ok("search-guest", {"qr": f" {text}\r\n"})["guest"]["cardId"] == MARIA
    assert service.refused("search-guest", {"qr": text}) == "QR_REPLAYED"
    assert service.refused("search-guest", {"qr": text}, kind="iiko") == "QR_REPLAYED"
    assert service.count("guest_qr_uses") == 1
    assert service.ok("search-guest", {"qr": fresh(service)})["found"]


def test_each_bad_code_is_told_apart(service: Service) -> None:
    now = service.clock.now()
    key, other = private_key(service), key_text(bytes(32))
    gift = write_guest_qr(key, GuestQr("gift-1", now, "N1", type="gift"))
    old = write_guest_qr(key, GuestQr(MARIA, now - timedelta(minutes=5), "N2"))
    forged = write_guest_qr(other, GuestQr(MARIA, now, "N3"))
    for text, code in ((gift, "QR_WRONG_TYPE"), (old, "QR_EXPIRED"), (forged, "QR_FORGED")):
        assert service.refused("search-guest", {"qr": text}) == code
        sentence = service.call("search-guest", {"qr": text}).json()["detailRu"]
        assert sentence
    assert service.count("guest_qr_uses") == 0  # a refused code uses nothing up


def test_a_code_is_good_for_five_minutes(service: Service) -> None:
    first, second = fresh(service), fresh(service)
    service.clock.advance(timedelta(minutes=4, seconds=59))
    assert service.ok("search-guest", {"qr": first})["found"]
    service.clock.advance(timedelta(seconds=1))
    assert service.refused("search-guest", {"qr": second}) == "QR_EXPIRED"


def test_a_lost_answer_is_given_again_for_the_same_key(service: Service) -> None:
    text = fresh(service)
    first = service.ok("search-guest", {"qr": text}, key="look-1")
    again = service.ok("search-guest", {"qr": text}, key="look-1")
    assert again.pop("alreadyProcessed") is True
    assert again == first
    assert service.refused("search-guest", {"qr": text}, key="look-2") == "QR_REPLAYED"


def test_many_tills_at_once_accept_a_code_once(service: Service) -> None:
    text, found = fresh(service), []
    gate = threading.Barrier(6)

    def scan() -> None:
        gate.wait()
        found.append(service.call("search-guest", {"qr": text}).status_code)

    threads = [threading.Thread(target=scan) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == [200, 422, 422, 422, 422, 422]


def test_the_other_ways_to_a_card_still_work(service: Service) -> None:
    for text in ("482913", printed_card(service, "482913")):
        for _ in range(2):  # these are not used up
            assert service.ok("search-guest", {"qr": text})["guest"]["cardId"] == MARIA


def test_only_the_companys_own_programs_get_codes(service: Service) -> None:
    assert ask(service, key="tillKey").json()["errorCode"] == "INSUFFICIENT_PERMISSIONS"
    assert ask(service, guest="nobody").json()["errorCode"] == "GUEST_NOT_FOUND"
    assert service.client.get(f"/api/v1/guests/{GUEST}/qr").status_code == 401


def test_a_till_proves_codes_with_the_key_of_its_configuration(service: Service) -> None:
    answer = service.pos("config").text
    public = pos.ConfigResponse.from_wire(answer).guest_qr_public_key
    assert read_guest_qr(fresh(service), public, service.clock.now()).card_id == MARIA
    assert private_key(service) not in answer


def test_used_codes_are_forgotten_long_after_their_end(service: Service) -> None:
    text = fresh(service)
    service.ok("search-guest", {"qr": text})
    service.sweep()
    assert service.count("guest_qr_uses") == 1
    service.clock.advance(KEPT + timedelta(seconds=1))
    service.sweep()
    assert service.count("guest_qr_uses") == 0
    assert service.refused("search-guest", {"qr": text}) == "QR_EXPIRED"


@pytest.mark.parametrize("companies", [0, 2])
def test_companies_from_before_get_a_key_each_and_their_tills_are_told(
    tmp_path: Path, companies: int
) -> None:
    url = f"sqlite:///{tmp_path / 'before.sqlite3'}"
    engine = make_engine(url, writes=True)
    with engine.begin() as connection:
        command.upgrade(migrate._config(connection), "0003")
        for number in range(companies):
            tenant = {"id": f"t{number}"}
            for statement in (
                "INSERT INTO tenants VALUES (:id, 'T', 'RUB', 's', 0)",
                "INSERT INTO config_versions VALUES (:id, 'menu', 7)",
                "INSERT INTO config_versions VALUES (:id, 'config', 3)",
            ):
                connection.execute(sa.text(statement), tenant)
    engine.dispose()

    migrate.migrate_database(url)

    engine = make_engine(url, writes=False)
    with engine.connect() as connection:
        keys = connection.execute(sa.select(tenants.c.qr_private_key)).scalars().all()
        versions = connection.execute(
            sa.text("SELECT DISTINCT subject, version FROM config_versions ORDER BY subject")
        ).all()
    engine.dispose()
    assert len({public_key_of(key) for key in keys}) == companies
    assert [tuple(row) for row in versions] == [("config", 4), ("menu", 7)][: companies and 2]
