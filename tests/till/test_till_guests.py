"""The guest of an order: search, registration, binding, redeeming, offline (T20-T24, L4)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from app.contracts.guest_qr import GuestQr, write_guest_qr
from app.domain.cart import Discount
from app.domain.loyalty import BenefitType, Level, LoyaltyRules
from app.domain.sale import LoyaltyAction
from app.kernel.errors import InputError, RuleError, TemporaryError
from app.till.payment_states import Phase, WayOut
from app.till.till import Till
from tests.fakes.fuse import Crash
from tests.till.bench import CAKE, COFFEE, KITCHEN, QR_KEY, SOUP, Bench, guest


@pytest.fixture
def known(bench: Bench, till: Till) -> Till:
    """A till with an order of 1 000 and a service that knows two guests."""
    bench.service.add(guest(1))
    bench.service.add(guest(2, points=40_00))
    till.sale.tap(COFFEE, 5_000)
    return till


def test_a_whole_phone_is_asked_of_the_service_and_remembered(bench: Bench, known: Till) -> None:
    found = known.guests.search_phone("8 (912) 345-67-81")
    assert not found.is_local
    assert [hit.age for hit in found.hits] == [None]

    bench.online = False
    bench.clock.advance(timedelta(hours=2))
    stale = known.guests.search_phone("+7 912 345 67 81")

    assert stale.is_local
    assert [hit.age for hit in stale.hits] == [timedelta(hours=2)]
    assert known.guests.search_local("9123").hits
    assert known.guests.search_local("6781").hits  # the last four digits
    assert not known.guests.search_local("678").hits


def test_a_phone_that_nobody_has_can_be_registered(known: Till) -> None:
    found = known.guests.search_phone("9990000000")

    assert found.can_register
    assert found.words is not None
    assert "Зарегистрируйте" in found.words.ru
    with pytest.raises(InputError, match="INVALID_PHONE_FORMAT"):
        known.guests.search_phone("12345")


def test_a_card_code_and_a_qr_bind_at_once(known: Till) -> None:
    bound = known.guests.bind_scanned("771001")
    assert bound.state.guest is not None
    assert bound.state.earn_minor == 50_00
    assert known.guests.bind_scanned("MLQ:c2").state.guest != bound.state.guest


def test_wrong_codes_each_have_their_sentence(bench: Bench, known: Till) -> None:
    with pytest.raises(InputError, match="GUEST_NOT_FOUND"):
        known.guests.bind_scanned("000000")
    with pytest.raises(InputError, match="QR_FORGED"):
        known.guests.bind_scanned("MLQ:forged")
    assert known.sale.state().guest is None


def code_of(bench: Bench, card_id: str, **more: Any) -> str:
    """Return what a guest's phone shows now."""
    made = {"card_id": card_id, "issued_at": bench.clock.now(), "nonce": "N1", **more}
    return write_guest_qr(QR_KEY, GuestQr(**made))


def test_a_genuine_code_binds_offline_whom_the_till_knows(bench: Bench, known: Till) -> None:
    known.guests.search_code("771002")  # now the cache has him
    bench.service.is_cut = True

    state = known.guests.bind_scanned(code_of(bench, "c2")).state

    assert state.guest is not None
    assert state.guest.card_id == "c2"
    with pytest.raises(InputError) as error:
        known.guests.bind_scanned(code_of(bench, "c1"))
    assert error.value.ru == "Нет связи. Найдите гостя по телефону"


def test_offline_each_bad_code_has_its_sentence(bench: Bench, known: Till) -> None:
    known.guests.search_code("771002")
    bench.online = False
    for text, code, words in (
        (code_of(bench, "c2", type="gift"), "QR_WRONG_TYPE", "не карта гостя"),
        ("https://example.com/menu", "QR_WRONG_TYPE", "не карта гостя"),
        ("MLQ:c2", "QR_FORGED", "выпущен не нами"),
        (code_of(bench, "c2")[:-3] + "AAA", "QR_FORGED", "выпущен не нами"),
    ):
        with pytest.raises(InputError, match=code) as error:
            known.guests.bind_scanned(text)
        assert words in error.value.ru
    old = code_of(bench, "c2")
    bench.clock.advance(timedelta(minutes=5))
    with pytest.raises(InputError, match="QR_EXPIRED"):
        known.guests.bind_scanned(old)
    assert known.sale.state().guest is None


def test_a_till_whose_clock_is_wrong_judges_the_age_by_the_service(
    bench: Bench, known: Till
) -> None:
    known.guests.search_code("771002")
    text = code_of(bench, "c2")
    bench.online = False
    bench.clock.advance(timedelta(hours=1))  # the till's clock alone, as the last ping has shown
    known.set_clock_offset(-60 * 60 * 1000)
    assert known.guests.bind_scanned(text).state.guest is not None


def test_a_printed_card_binds_offline_by_its_digits(bench: Bench, known: Till) -> None:
    known.guests.search_code("771002")
    bench.online = False
    assert known.guests.bind_scanned("MLC:771002:ABCDEFGHIJ").state.guest is not None


def test_without_the_companys_key_a_code_waits_for_the_network(bench: Bench, known: Till) -> None:
    with bench.store.unit() as uow:
        config = uow.settings.find_config()
        assert config is not None
        uow.settings.put_config(replace(config, guest_qr_public_key=""))
        uow.commit()
    known.reload()
    bench.online = False
    with pytest.raises(InputError) as error:
        known.guests.bind_scanned(code_of(bench, "c2"))
    assert error.value.ru == "Нет связи. Найдите гостя по телефону"


def test_a_closed_card_is_not_bound_and_the_sale_goes_on(known: Till) -> None:
    with pytest.raises(RuleError, match="GUEST_BLOCKED"):
        known.guests.bind(replace(guest(1), is_blocked=True))
    assert known.checkout.pay_exact_cash().phase is Phase.DONE


def test_registration_online_gives_a_card_that_works(known: Till) -> None:
    made = known.guests.register("9990000000", " Пётр ")

    assert (made.is_known, made.is_later) == (False, False)
    assert made.card.first_name == "Пётр"
    assert known.guests.bind(made.card).state.guest == made.card


def test_registration_offline_takes_a_code_of_the_pool_and_is_told_later(
    bench: Bench, known: Till
) -> None:
    bench.online = False
    made = known.guests.register("9990000000", "Пётр")
    assert made.is_later
    assert made.card.code6 == "482913"
    assert known.guests.register("8 999 000-00-00").card == made.card  # not twice
    known.guests.bind(made.card)
    with pytest.raises(RuleError, match="GUEST_LOCAL"):
        known.guests.redeem(1_00)

    known.checkout.pay_exact_cash()

    (register,) = bench.operations("guest.register")
    (sale,) = bench.operations()
    assert register.payload["code6Digit"] == "482913"
    assert sale.payload["loyalty"]["clientGuestId"] == register.payload["clientGuestId"]
    assert "guestCardId" not in sale.payload["loyalty"]
    assert sale.guest_key == register.guest_key
    known.guests.register("9990000001")
    with pytest.raises(TemporaryError, match="CARD_CODES_OUT"):
        known.guests.register("9990000002")


def test_offline_earning_creates_the_right_operation(bench: Bench, known: Till) -> None:
    bench.online = False
    known.guests.bind(guest(1))
    known.checkout.pay_exact_cash()

    (operation,) = bench.operations()

    loyalty = operation.payload["loyalty"]
    assert loyalty["action"] == "EARN_ONLY"
    assert loyalty["guestCardId"] == "c1"
    assert loyalty["pointsEarnedExpected"] == 50
    assert operation.payload["totals"]["due"] == 1_000
    assert operation.idempotency_key == f"offline_loc-1_{operation.payload['saleId']}_c1_sale"


def test_redeeming_holds_points_and_lowers_the_price(bench: Bench, known: Till) -> None:
    known.guests.bind(guest(1))
    assert known.guests.preview().max_spend_minor == 300_00

    state = known.guests.redeem(300_00).state
    assert state.due_minor == 700_00
    assert state.earn_minor == 35_00
    done = known.checkout.pay_exact_cash().done

    assert done is not None
    (hold,) = bench.service.active()
    assert hold.amount_minor == 300_00
    loyalty = bench.operations()[0].payload["loyalty"]
    assert loyalty["action"] == "SPEND"
    assert loyalty["pointsSpent"] == 300
    assert loyalty["reservationId"] == "res-1"


@pytest.mark.parametrize(
    ("amount", "code"), [(301_00, "REDEEM_LIMIT_EXCEEDED"), (100_50, "REDEEM_STEP")]
)
def test_more_than_the_maximum_is_refused_and_nothing_is_held(
    bench: Bench, known: Till, amount: int, code: str
) -> None:
    known.guests.bind(guest(1))

    with pytest.raises(InputError, match=code):
        known.guests.redeem(amount)

    assert bench.service.holds == {}
    assert known.sale.state().due_minor == 1_000_00


def test_the_amount_can_be_changed_until_payment(bench: Bench, known: Till) -> None:
    known.guests.bind(guest(1))
    known.guests.redeem(300_00)
    assert known.guests.redeem(100_00).state.due_minor == 900_00
    assert bench.service.calls.count("update") == 1

    state = known.guests.redeem(0).state

    assert state.due_minor == 1_000_00
    assert bench.service.active() == []
    assert bench.operations("reservation.cancel") == []  # it was delivered at once


def test_a_smaller_order_redeems_less_without_a_call(bench: Bench, known: Till) -> None:
    known.guests.bind(guest(1))
    line = known.guests.redeem(300_00).state.cart.lines[0]
    bench.service.is_cut = True

    state = known.sale.set_quantity(line.line_id, 2_000)

    assert state.order.spend_minor == 120_00
    assert state.due_minor == 280_00
    known.checkout.pay_exact_cash()
    assert bench.operations()[0].payload["loyalty"]["pointsSpent"] == 120


def test_an_order_too_small_for_points_lets_the_hold_go(bench: Bench, known: Till) -> None:
    known.guests.bind(guest(1))
    line = known.guests.redeem(300_00).state.cart.lines[0]
    known.sale.tap(SOUP)

    state = known.sale.remove(line.line_id)

    assert state.order.spend_minor == 0
    assert state.loyalty is not None
    assert state.loyalty.reservation_id is None
    (operation,) = bench.operations("reservation.cancel")
    assert operation.payload["reservationId"] == "res-1"


def test_two_guests_swapped_hold_only_the_second_ones_points(bench: Bench, known: Till) -> None:
    known.guests.bind(guest(1))
    known.guests.redeem(300_00)

    known.guests.bind(guest(2, points=40_00))
    state = known.guests.redeem(40_00).state

    assert state.due_minor == 960_00
    (hold,) = bench.service.active()
    assert (hold.card_id, hold.amount_minor) == ("c2", 40_00)


def test_two_guests_swapped_offline_return_the_first_ones_points_later(
    bench: Bench, known: Till
) -> None:
    known.guests.bind(guest(1))
    known.guests.redeem(300_00)
    bench.online = False

    state = known.guests.bind(guest(2, points=40_00)).state

    assert state.due_minor == 1_000_00
    (operation,) = bench.operations("reservation.cancel")
    assert operation.payload["reservationId"] == "res-1"


def test_an_answer_that_comes_for_another_order_is_let_go(bench: Bench, known: Till) -> None:
    known.guests.bind(guest(1))

    def hold() -> None:
        known.sale.hold()

    bench.service.before = hold

    with pytest.raises(RuleError, match="ORDER_CHANGED"):
        known.guests.redeem(100_00)

    assert known.sale.state().cart.is_empty
    (operation,) = bench.operations("reservation.cancel")
    assert operation.payload["reservationId"] == "res-1"


def test_a_refusal_of_the_service_changes_nothing(bench: Bench, known: Till) -> None:
    known.guests.bind(guest(1))
    bench.service.refusal = RuleError("INSUFFICIENT_BALANCE", "Баллов меньше", "Fewer points")

    with pytest.raises(RuleError, match="INSUFFICIENT_BALANCE"):
        known.guests.redeem(100_00)

    assert known.sale.state().due_minor == 1_000_00


def test_offline_redeeming_is_refused_in_words(bench: Bench, known: Till) -> None:
    known.guests.bind(guest(1))
    bench.service.is_cut = True

    with pytest.raises(TemporaryError) as error:
        known.guests.redeem(100_00)

    assert error.value.ru == "Нет связи. Баллы сейчас только начисляются"
    assert known.checkout.pay_exact_cash().phase is Phase.DONE


def test_an_offline_limit_holds_for_a_guest_and_a_day(make_bench: Callable[..., Bench]) -> None:
    bench = make_bench(rules=LoyaltyRules(offline_redeem_limit_minor=100_00), online=False)
    till = bench.ready()
    till.sale.tap(COFFEE, 5_000)
    till.guests.bind(guest(1))
    with pytest.raises(RuleError, match="REDEEM_OFFLINE_LIMIT"):
        till.guests.redeem(150_00)
    assert till.guests.redeem(60_00).state.due_minor == 940_00
    till.checkout.pay_exact_cash()
    till.sale.tap(COFFEE, 5_000)
    till.guests.bind(till.guests.search_local("6781").hits[0].card)

    assert till.guests.offline_limit_minor() == 40_00
    with pytest.raises(RuleError, match="REDEEM_OFFLINE_LIMIT"):
        till.guests.redeem(60_00)
    bench.clock.advance(timedelta(days=1))
    assert till.guests.offline_limit_minor() == 100_00
    assert bench.operations()[0].payload["loyalty"]["pointsSpent"] == 60
    card = till.sale.state().guest
    assert card is not None
    assert card.total_minor == 440_00  # the cache knows what is gone


def test_a_hold_that_ran_out_is_asked_about_once(bench: Bench, known: Till) -> None:
    known.guests.bind(guest(1))
    known.guests.redeem(300_00)
    bench.clock.advance(timedelta(minutes=31))

    state = known.checkout.pay_exact_cash()
    assert state.phase is Phase.ASK_POINTS
    assert state.order.due_minor == 1_000_00
    assert state.failure is not None
    assert [w.way for w in state.failure.ways] == [WayOut.RESERVE_AGAIN, WayOut.WITHOUT_POINTS]
    assert bench.sales() == ()
    known.checkout.accept_lost_points()
    state = known.checkout.pay_exact_cash()

    assert state.done is not None
    assert state.done.sale.due_minor == 1_000_00


def test_a_hold_that_ran_out_can_be_made_again(bench: Bench, known: Till) -> None:
    known.guests.bind(guest(1))
    known.guests.redeem(300_00)
    bench.clock.advance(timedelta(minutes=31))
    for hold in bench.service.active():
        hold.is_active = False
    lost = known.checkout.start().order.order.points_lost_minor

    known.guests.redeem(lost)

    state = known.checkout.pay_exact_cash()
    assert state.done is not None
    assert state.done.sale.due_minor == 700_00


def test_a_tier_that_gives_a_discount_takes_it_off_the_price(
    make_bench: Callable[..., Bench],
) -> None:
    levels = (Level("vip", "VIP", 0, 1_000, BenefitType.DISCOUNT),)
    bench = make_bench(rules=LoyaltyRules(levels=levels))
    till = bench.ready()
    till.sale.tap(COFFEE, 5_000)
    till.guests.bind(guest(1, level="vip"))

    state = till.guests.use_discount().state
    assert state.due_minor == 900_00
    assert till.guests.earn_only().state.due_minor == 1_000_00
    till.sale.discount_order(percent_bp=500, reason="Акция")
    with pytest.raises(RuleError, match="DISCOUNT_TAKEN"):
        till.guests.use_discount()
    till.sale.clear_discounts()
    till.guests.use_discount()
    till.checkout.pay_exact_cash()

    loyalty = bench.operations()[0].payload["loyalty"]
    assert loyalty["action"] == LoyaltyAction.DISCOUNT
    assert bench.sales()[0].due_minor == 900_00


def test_the_preview_explains_itself(known: Till) -> None:
    known.sale.tap(SOUP)
    known.guests.bind(guest(1))

    calculation = known.guests.preview(spend_minor=100_00)

    assert calculation.points_to_earn_minor == 45_00
    assert "ITEM_EXCLUDED" in {step.code for step in calculation.explanation}


def test_categories_that_the_rules_exclude_earn_nothing(
    make_bench: Callable[..., Bench],
) -> None:
    bench = make_bench(rules=LoyaltyRules(no_earning_categories=(KITCHEN,)))
    bench.service.add(guest(1))
    till = bench.ready()
    till.sale.tap(COFFEE, 5_000)
    till.guests.bind(guest(1))

    calculation = till.guests.preview(spend_minor=0)

    assert calculation.points_to_earn_minor == 0
    assert calculation.max_spend_minor > 0
    assert "ITEM_EXCLUDED" in {step.code for step in calculation.explanation}
    till.checkout.pay_exact_cash()
    (line,) = bench.operations()[0].payload["lines"]
    assert line["excludedFromEarning"]
    assert not line.get("excludedFromRedeeming", False)


def test_unbinding_gives_the_points_back_and_keeps_the_order(bench: Bench, known: Till) -> None:
    known.guests.bind(guest(1))
    known.guests.redeem(300_00)

    state = known.guests.unbind().state

    assert state.guest is None
    assert state.due_minor == 1_000_00
    assert bench.service.active() == []


def test_a_discount_and_points_stand_beside_each_other(known: Till) -> None:
    known.sale.tap(CAKE)
    known.sale.discount_order(percent_bp=1_000, reason="Акция")
    known.guests.bind(guest(1))
    state = known.guests.redeem(300_00).state
    assert state.cart.discount == Discount(1_000, None, "Акция", "anna")
    assert state.priced.discount_minor + state.priced.points_minor + state.due_minor == 1_333_33


def test_a_hold_whose_answer_was_lost_is_found_again(bench: Bench, known: Till) -> None:
    known.guests.bind(guest(1))
    bench.service.loses_answer = True
    with pytest.raises(TemporaryError):
        known.guests.redeem(300_00)

    state = known.guests.redeem(100_00).state

    assert state.due_minor == 900_00
    assert [hold.amount_minor for hold in bench.service.active()] == [100_00]


def test_a_hold_whose_answer_died_with_the_process_is_found_again(
    bench: Bench, known: Till
) -> None:
    known.guests.bind(guest(1))
    bench.fuse.burn_at = bench.fuse.count + 3  # the wish is written, the hold is made, no more
    with pytest.raises(Crash):
        known.guests.redeem(300_00)
    assert [hold.amount_minor for hold in bench.service.active()] == [300_00]
    bench.restart()
    bench.sign_in()

    state = bench.till.guests.redeem(100_00).state

    assert state.due_minor == 900_00
    assert [hold.amount_minor for hold in bench.service.active()] == [100_00]


def test_a_lost_hold_goes_back_when_another_guest_redeems(bench: Bench, known: Till) -> None:
    known.guests.bind(guest(1))
    bench.service.loses_answer = True
    with pytest.raises(TemporaryError):
        known.guests.redeem(300_00)
    known.guests.bind(guest(2))

    known.guests.redeem(20_00)

    (hold,) = bench.service.active()
    assert (hold.card_id, hold.amount_minor) == (guest(2).card_id, 20_00)


def test_a_hold_that_the_service_let_go_is_made_anew(bench: Bench, known: Till) -> None:
    known.guests.bind(guest(1))
    known.guests.redeem(300_00)
    for hold in bench.service.active():
        hold.is_active = False

    state = known.guests.redeem(200_00).state

    assert state.due_minor == 800_00
    assert [hold.amount_minor for hold in bench.service.active()] == [200_00]


def test_strange_letters_never_hold_a_paid_sale_up(bench: Bench, known: Till) -> None:
    line = known.sale.state().cart.lines[0]
    known.sale.set_note(line.line_id, "без\x07 лука \ud800")
    known.guests.bind(replace(guest(1), first_name="И" * 300, level_name="\x00" + "У" * 300))

    assert known.checkout.pay_exact_cash().phase is Phase.DONE
