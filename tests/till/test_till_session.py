"""Signing in: PINs, locks that grow, rights, approvals; all without a network."""

from datetime import timedelta

import pytest

from app.kernel.errors import InputError, RuleError
from app.kernel.ids import StaffId
from app.till.permissions import Action, Role, is_allowed, role_of
from app.till.session import ApprovalNeeded
from tests.till.bench import ANNA, BORIS, PINS, VERA, Bench


def test_the_right_pin_signs_in_and_is_remembered_as_recent(bench: Bench) -> None:
    bench.sign_in(BORIS)
    bench.sign_in(ANNA)

    assert bench.till.session.person is not None
    assert bench.till.session.person.name == "Анна"
    assert [p.name for p in bench.till.session.recent()] == ["Анна", "Борис", "Вера"]


@pytest.mark.parametrize("pin", ["", "123", "1234567", "12a4", "１２３４"])
def test_what_is_no_pin_is_told_apart_from_a_wrong_one(bench: Bench, pin: str) -> None:
    with pytest.raises(InputError, match="PIN_FORMAT"):
        bench.till.session.sign_in(ANNA, pin)


def test_five_wrong_pins_lock_that_person_only_and_longer_each_time(bench: Bench) -> None:
    session = bench.till.session
    for left in (4, 3, 2, 1):
        with pytest.raises(InputError) as wrong:
            session.sign_in(ANNA, "9999")
        assert f"попыток: {left}" in wrong.value.ru
    with pytest.raises(RuleError, match="PIN_LOCKED"):
        session.sign_in(ANNA, "9999")
    with pytest.raises(RuleError, match="PIN_LOCKED"):
        session.sign_in(ANNA, PINS[ANNA])  # even the right one
    session.sign_in(VERA, PINS[VERA])

    bench.restart()  # a restart does not unlock
    session = bench.till.session
    bench.clock.advance(timedelta(seconds=59))
    with pytest.raises(RuleError, match="PIN_LOCKED"):
        session.sign_in(ANNA, PINS[ANNA])
    bench.clock.advance(timedelta(seconds=1))
    for _ in range(4):
        with pytest.raises(InputError):
            session.sign_in(ANNA, "9999")
    with pytest.raises(RuleError) as locked:
        session.sign_in(ANNA, "9999")
    assert "120" in locked.value.ru
    bench.clock.advance(timedelta(seconds=120))
    session.sign_in(ANNA, PINS[ANNA])
    with pytest.raises(InputError) as wrong:
        session.sign_in(ANNA, "9999")
    assert "попыток: 4" in wrong.value.ru


def test_the_pin_alone_tells_who_it_is(bench: Bench) -> None:
    session = bench.till.session
    session.set_pin_only(on=True)
    assert session.is_pin_only
    assert session.sign_in_by_pin("2222").staff_id == BORIS
    for _ in range(4):
        with pytest.raises(InputError, match="PIN_WRONG"):
            session.sign_in_by_pin("9999")
    with pytest.raises(RuleError, match="PIN_LOCKED"):
        session.sign_in_by_pin("9999")
    with pytest.raises(RuleError, match="PIN_LOCKED"):
        session.sign_in_by_pin("2222")
    bench.clock.advance(timedelta(seconds=60))
    assert session.sign_in_by_pin("1111").staff_id == ANNA


def test_somebody_unknown_is_said_so(bench: Bench) -> None:
    with pytest.raises(RuleError, match="STAFF_UNKNOWN"):
        bench.till.session.sign_in(StaffId("nobody"), "1234")


def test_a_damaged_hash_lets_nobody_in(bench: Bench) -> None:
    with bench.store.unit() as uow:
        uow.session.connection.execute("UPDATE staff SET pin_hash = 'x' WHERE staff_id = 'anna'")
        uow.commit()

    with pytest.raises(InputError, match="PIN_WRONG"):
        bench.till.session.sign_in(ANNA, PINS[ANNA])


def test_an_approval_allows_one_action_and_names_both(bench: Bench) -> None:
    bench.sign_in(ANNA)
    session = bench.till.session
    with pytest.raises(ApprovalNeeded) as asked:
        session.require(Action.REFUND)
    assert asked.value.action is Action.REFUND
    with pytest.raises(RuleError, match="APPROVER_LACKS_RIGHT"):
        session.approve(VERA, PINS[VERA], Action.REFUND)

    approval = session.approve(None, PINS[BORIS], Action.REFUND)

    assert (approval.asked_by, approval.approved_by) == (ANNA, BORIS)
    assert session.require(Action.REFUND, approval).staff_id == ANNA
    with pytest.raises(ApprovalNeeded):
        session.require(Action.MANUAL_PAYMENT, approval)


def test_locking_the_till_keeps_the_order(bench: Bench) -> None:
    till = bench.ready()
    till.sale.set_order_note("важно")
    till.session.lock()
    assert till.session.person is None

    bench.sign_in(ANNA)

    assert till.sale.state().cart.note == "важно"


def test_rights_given_to_one_person_add_to_the_role() -> None:
    assert not is_allowed(Role.CASHIER, (), Action.REFUND)
    assert is_allowed(Role.CASHIER, ("refund.create",), Action.REFUND)
    assert role_of("stranger") is Role.KITCHEN
