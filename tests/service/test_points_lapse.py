"""L11: regular points lapse after too long an absence, promo points by their date; a warning comes first.

The clock is moved by hand and the pass of the daily job is run where the test says.
"""

import json
from datetime import timedelta
from typing import Any

from app.service.kit.work import Work
from app.service.ledger.entries import Cause, EntryKind
from app.service.loyalty import lapsing
from app.service.loyalty.cards import lock_card, save_card
from app.service.loyalty.lapsing import Lapsed, lapse_points
from app.service.tills.keys import authenticate
from tests.service.harness import MARIA, Service, finalize


def grant(service: Service, promo: int, days: float) -> None:
    """Give Maria promo points that end so many days from now."""
    now = service.clock.now()

    def job(connection: Any) -> None:
        caller = authenticate(connection, service.seeded["tillKey"], now)
        work = Work(connection, now, service.ids, caller)
        card = lock_card(work, MARIA)
        card.post(
            work,
            EntryKind.PROMO,
            promo_minor=promo,
            regular_minor=0,
            natural_key=work.ids.new(),
            cause=Cause(occurred_at=now),
            dated=card.grant_promo(promo, now + timedelta(days=days)),
        )
        save_card(work, card)

    service.runtime.database.write(job).result()


def owners(service: Service) -> int:
    """Return how many cards have regular points."""
    return service.rows("SELECT count(*) FROM cards WHERE regular_minor > 0")[0][0]


def lapse(service: Service) -> Lapsed:
    """Run one pass of the job now."""
    return lapse_points(service.runtime.database, service.clock.now(), service.ids)


def told(service: Service, kind: str) -> list[Any]:
    """Return what events of a type say of Maria, in order."""
    rows = service.runtime.database.read(
        lambda c: c.exec_driver_sql("SELECT type, data FROM events ORDER BY created_at, id").all()
    ).result()
    found = [_data(row[1]) for row in rows if row[0] == kind]
    return [data for data in found if data.get("guestCardId") == MARIA]


def _data(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


def test_regular_points_lapse_after_a_year_without_a_visit(service: Service) -> None:
    service.ok("finalize-points", finalize(None))
    before = service.guest()
    service.clock.advance(timedelta(days=364, hours=23))
    lapse(service)
    assert service.guest()["totalBalance"] == before["totalBalance"]
    service.clock.advance(timedelta(hours=2))
    assert lapse(service).expired >= 1
    after = service.guest()
    # Promo points without a date of their own stay.
    assert (after["regularBalance"], after["promoBalance"]) == (0, 150)
    expired = told(service, "transaction.expire")
    assert [data["points"] for data in expired] == [round(before["regularBalance"] * 100)]
    service.assert_clean()


def test_a_visit_keeps_the_points(service: Service) -> None:
    for number in range(3):
        service.clock.advance(timedelta(days=300))
        service.ok("finalize-points", finalize(None, f"o{number}"))
        lapse(service)
    assert service.guest()["totalBalance"] == 840 + 3 * 100
    service.assert_clean()


def test_promo_points_end_on_their_date_with_an_event(service: Service) -> None:
    grant(service, 50_00, 5)
    grant(service, 70_00, 40)
    service.clock.advance(timedelta(days=5))
    assert lapse(service).expired == 1
    assert service.guest()["promoBalance"] == 150 + 70
    assert [data["points"] for data in told(service, "promo.expired")] == [50_00]
    entry = service.rows(
        "SELECT kind, promo_delta_minor FROM ledger_entries WHERE card_id = 'card-gst-01' "
        "ORDER BY card_seq DESC LIMIT 1"
    )
    assert entry == [("EXPIRE", -50_00)]
    service.assert_clean()


def test_the_pass_may_be_repeated(service: Service) -> None:
    grant(service, 50_00, 5)
    service.clock.advance(timedelta(days=400))
    expected = owners(service)
    assert lapse(service).expired == expected
    entries = service.count("ledger_entries")
    assert lapse(service) == Lapsed()
    assert service.count("ledger_entries") == entries
    service.assert_clean()


def test_a_warning_comes_once_before_points_end(service: Service) -> None:
    service.ok("finalize-points", finalize(None))
    grant(service, 50_00, 20)
    lapse(service)
    assert told(service, "points.expiring") == []
    service.clock.advance(timedelta(days=7))
    for _ in range(3):
        lapse(service)
        service.clock.advance(timedelta(hours=8))
    warned = told(service, "points.expiring")
    assert [(data["kind"], data["points"]) for data in warned] == [("PROMO", 50_00)]
    service.clock.advance(timedelta(days=345))
    lapse(service)
    lapse(service)
    warned = told(service, "points.expiring")
    assert [data["kind"] for data in warned] == ["PROMO", "REGULAR"]
    # A visit starts the time anew, and with it the warning.
    service.ok("finalize-points", finalize(None, "o2"))
    service.clock.advance(timedelta(days=355))
    lapse(service)
    assert [data["kind"] for data in told(service, "points.expiring")][2:] == ["REGULAR"]
    service.assert_clean()


def test_a_pass_goes_over_more_cards_than_one_batch_holds(
    service: Service, monkeypatch: Any
) -> None:
    monkeypatch.setattr(lapsing, "_WINDOW", 3)
    monkeypatch.setattr(lapsing, "BATCH", 2)
    service.clock.advance(timedelta(days=366))
    expected = owners(service)
    assert lapse(service).expired == expected > 6
    assert service.rows("SELECT sum(regular_minor) FROM cards") == [(0,)]
    service.assert_clean()


def test_a_pass_that_is_stopped_is_finished_by_the_next(service: Service, monkeypatch: Any) -> None:
    monkeypatch.setattr(lapsing, "_WINDOW", 4)
    service.clock.advance(timedelta(days=366))
    looks, expected = iter([False, True]), owners(service)
    now, database = service.clock.now(), service.runtime.database
    done = lapse_points(database, now, service.ids, lambda: next(looks, True))
    assert 0 < done.expired < expected
    assert (done + lapse(service)).expired == expected
    service.assert_clean()


def test_the_job_is_in_the_table(service: Service) -> None:
    grant(service, 50_00, 1)
    service.clock.advance(timedelta(days=1))
    service.run_job("points.lapse")
    assert service.guest()["promoBalance"] == 150
    service.assert_clean()


def test_refunded_points_do_not_lapse_the_next_night(service: Service) -> None:
    service.ok("finalize-points", finalize(service.reserve(200)))
    service.clock.advance(timedelta(days=364))
    refund = {"guestCardId": MARIA, "orderId": "o1", "refundId": "r1"}
    service.ok("finalize-refund", refund | {"refundAmount": 1000, "originalAmount": 1000})
    balance = service.guest()["regularBalance"]
    service.clock.advance(timedelta(days=2))
    lapse(service)
    assert service.guest()["regularBalance"] == balance > 0
    service.assert_clean()
