"""Simulators as programs: orders in, one JSON line out for each, a journal to be compared with."""

import io
import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from app.bootstrap.simulate import SIMULATORS
from drivers.api.device import DeviceConfig, DeviceKind
from drivers.api.display import Page
from drivers.api.qr_payment import QrState
from drivers.registry import build_display, build_fiscal, build_qr_payments
from drivers.sim import atol_web_console, display, sbp_console
from drivers.sim.atol_web import AtolWebSimulator
from drivers.sim.orders import take_orders
from drivers.sim.sbp import MERCHANT_ID, SECRET_KEY, SbpSimulator
from tests.drivers.fiscal.samples import WHO, receipt

Json = dict[str, Any]


@pytest.fixture
def register() -> Iterator[AtolWebSimulator]:
    simulator = AtolWebSimulator()
    simulator.start()
    yield simulator
    simulator.stop()


@pytest.fixture
def bank() -> Iterator[SbpSimulator]:
    simulator = SbpSimulator()
    simulator.start()
    yield simulator
    simulator.stop()


def say(obey: Any, simulator: object, *orders: str) -> list[Json]:
    answers = io.StringIO()
    obey(simulator, orders, answers)
    return [json.loads(line, parse_float=Decimal) for line in answers.getvalue().splitlines()]


def test_every_simulator_of_the_program_starts_by_its_own_module() -> None:
    assert set(SIMULATORS) == {"display", "fiscal", "printer", "sbp", "scanner", "terminal"}
    assert all(callable(load()) for load in SIMULATORS.values())


def test_what_is_no_order_is_answered_and_the_next_one_is_taken() -> None:
    answers = io.StringIO()
    heard: list[list[str]] = []

    def fail(_words: list[str]) -> None:
        raise ValueError("no")

    def hear(words: list[str]) -> None:
        heard.append(words)

    lines = ["dance", "", "fail", "hear a b", "quit", "hear c"]
    take_orders({"fail": fail, "hear": hear}, lines, answers)
    told = [json.loads(line) for line in answers.getvalue().splitlines()]
    assert [answer["ok"] for answer in told] == [False, False, True]
    assert "dance" in told[0]["error"]
    assert "fail, hear, quit" in told[0]["error"]
    assert told[1]["error"] == "no"
    assert heard == [["a", "b"]]


def test_the_journal_of_the_register_tells_what_was_sold_and_the_totals_of_the_shift(
    register: AtolWebSimulator,
) -> None:
    driver = build_fiscal(
        DeviceConfig("kkt", DeviceKind.FISCAL, "fiscal.atol", "http", register.url)
    )
    driver.open()
    driver.register(receipt(), "sale-1")
    driver.z_report(WHO, "z-1")
    driver.close()
    (journal,) = say(atol_web_console.obey, register, "journal")
    kinds = [document["kind"] for document in journal["documents"]]
    assert kinds == ["openShift", "sell", "closeShift"]
    _, sell, closed = journal["documents"]
    amounts = [item["amount"] for item in sell["content"]["items"] if item["type"] == "position"]
    assert sum(amounts) == sell["total"] > 0
    assert sum(sell["content"]["payments"].values()) == sell["total"]
    totals = closed["content"]["receipts"]
    assert totals["sell"]["count"] == 1
    assert totals["sell"]["sum"] == sell["total"]
    assert totals["sellReturn"] == {
        "count": 0, "sum": 0, "payments": dict.fromkeys(sell["content"]["payments"], 0),
    }  # fmt: skip
    assert journal["drawer"] == sell["content"]["payments"]["cash"]


def test_the_register_is_broken_and_mended_by_orders(register: AtolWebSimulator) -> None:
    machine = register.machine
    say(atol_web_console.obey, register, "paper out", "cover open", "link lost", "shift expired")
    assert (machine.has_paper, machine.is_cover_open, machine.is_linked) == (False, True, False)
    assert machine.shift == "expired"
    told = say(
        atol_web_console.obey, register, "paper ok", "cover closed", "link ok", "next answer-lost",
        "paper", "paper green", "shift young", "next dance",
    )  # fmt: skip
    assert [answer["ok"] for answer in told] == [True] * 4 + [False] * 4
    assert (machine.has_paper, machine.is_cover_open, machine.is_linked) == (True, False, True)
    assert list(register.wire_faults) == ["answer-lost"]


def test_a_guest_pays_in_the_moment_in_which_the_code_is_taken_back(bank: SbpSimulator) -> None:
    driver = build_qr_payments(
        DeviceConfig(
            "sbp", DeviceKind.QR_PAYMENT, "qr.sbp_raiffeisen", "https", bank.url,
            {"merchant_id": MERCHANT_ID},
        ),
        secret_key=SECRET_KEY,
    )  # fmt: skip
    driver.open()
    code = driver.register(345_00, "order-1")
    say(sbp_console.obey, bank, "pay at cancel")
    assert driver.status(code.qr_id).state is QrState.NEW
    assert driver.cancel(code.qr_id).state is QrState.PAID
    driver.close()
    (journal,) = say(sbp_console.obey, bank, "journal")
    assert [(each["state"], each["amount_minor"]) for each in journal["codes"]] == [
        ("PAID", 345_00)
    ]


def test_a_refund_of_the_bank_is_carried_out_when_it_is_asked_for(bank: SbpSimulator) -> None:
    driver = build_qr_payments(
        DeviceConfig(
            "sbp", DeviceKind.QR_PAYMENT, "qr.sbp_raiffeisen", "https", bank.url,
            {"merchant_id": MERCHANT_ID},
        ),
        secret_key=SECRET_KEY,
    )  # fmt: skip
    driver.open()
    driver.register(345_00, "order-1")
    told = say(sbp_console.obey, bank, "pay", "pay", "pay twice", "next dance", "journal")
    assert [answer["ok"] for answer in told] == [True, False, False, False, True]
    assert told[0]["amount_minor"] == 345_00
    driver.refund("order-1", "refund-1", 45_00)
    driver.refund_status("refund-1")
    driver.close()
    (journal,) = say(sbp_console.obey, bank, "journal")
    assert [(each["state"], each["amount_minor"]) for each in journal["refunds"]] == [
        ("COMPLETED", 45_00)
    ]


def test_nobody_can_pay_before_there_is_a_code(bank: SbpSimulator) -> None:
    told = say(sbp_console.obey, bank, "pay", "expire")
    assert [answer["ok"] for answer in told] == [False, False]


def test_the_display_remembers_what_the_guest_read() -> None:
    pictures: list[tuple[str, str]] = []
    simulator = display.DisplaySimulator(on_change=pictures.append)
    simulator.start()
    try:
        driver = build_display(
            DeviceConfig("guest", DeviceKind.DISPLAY, "display.line", "serial", simulator.address)
        )
        driver.open()
        driver.show(Page("Капучино", "290,00"))
        assert simulator.wait_for(lambda each: "290,00" in each.lines[1], 10)
        driver.close()
        answers = io.StringIO()
        orders = ["fault stuck", "fault", "fault dance", "journal"]
        display.obey(simulator, pictures, orders, answers)
    finally:
        simulator.stop()
    told = [json.loads(line) for line in answers.getvalue().splitlines()]
    assert [answer["ok"] for answer in told] == [True, True, False, True]
    first, second = told[3]["pictures"][-1]
    assert (first.strip(), second.strip()) == ("Капучино", "290,00")
