"""The suite every fiscal register must pass, against its simulator and its misbehaviour.

How: the real driver talks to a simulated register that keeps a fiscal storage; after each test the
documents in the storage are compared with what the driver said. A new register is a `Rig` in conftest.
"""

import contextlib
from typing import TYPE_CHECKING

import pytest

from drivers.api.errors import (
    CoverOpen,
    DriverError,
    NotConnected,
    OutcomeUnknown,
    PaperOut,
    TransportError,
)
from drivers.api.fiscal import (
    Correction,
    DocumentKind,
    FiscalItem,
    FiscalPayment,
    FiscalVerdict,
    Operator,
    PaymentKind,
    ReceiptKind,
    ShiftPhase,
)
from drivers.api.fiscal_errors import (
    DrawerShort,
    FiscalInputWrong,
    FnExpired,
    FnFull,
    ShiftClosed,
    ShiftExpired,
    ShiftOpen,
)
from tests.drivers.fiscal.samples import WHO, receipt, settled

if TYPE_CHECKING:
    from tests.drivers.fiscal.conftest import Rig


def test_sale_is_made_once_and_told_in_full(rig: "Rig") -> None:
    register = rig.connect()
    register.open()
    opened = register.open_shift(WHO, "shift-1")
    document = register.register(
        receipt(
            items=(FiscalItem("Чай", 25000), FiscalItem("Сыр", 18990, 333, vat="vat22")),
            points_minor=1000,
            payments=(
                FiscalPayment(PaymentKind.CARD, 20000),
                FiscalPayment(PaymentKind.CASH, 25000 + 6324 - 1000 - 20000),
            ),
        ),
        "sale-1",
    )
    (stored,) = rig.machine.receipts
    assert opened.kind is DocumentKind.SHIFT_OPEN
    assert (document.number, document.receipt_number) == (stored.number, 1)
    assert (document.total_minor, document.sign) == (30324, stored.fiscal_sign)
    assert document.fn_number == rig.machine.fn_number
    assert document.printed
    assert not document.recovered
    assert document.qr_text(ReceiptKind.SELL) == (
        f"t=20261120T1345&s=303.24&fn={rig.machine.fn_number}&i=2&fp={stored.fiscal_sign}&n=1"
    )
    register.close()


def test_the_same_id_makes_one_document(rig: "Rig") -> None:
    register = rig.connect()
    first = register.register(receipt(), "sale-1")
    again = rig.connect().register(receipt(), "sale-1")
    assert again.number == first.number
    assert len(rig.machine.receipts) == 1


def test_the_same_id_for_another_document_is_refused(rig: "Rig") -> None:
    register = rig.connect()
    register.register(receipt(), "sale-1")
    with pytest.raises(FiscalInputWrong, match="belongs to another document"):
        register.register(receipt(20000), "sale-1")
    assert len(rig.machine.receipts) == 1


@pytest.mark.parametrize("document_id", ["", "a/b", "x" * 65, "я"])
def test_an_id_that_cannot_be_kept_is_refused(rig: "Rig", document_id: str) -> None:
    with pytest.raises(FiscalInputWrong, match="document id"):
        rig.connect().register(receipt(), document_id)
    assert rig.machine.documents == []


def test_a_closed_shift_is_opened_by_the_receipt(rig: "Rig") -> None:
    register = rig.connect()
    assert register.shift_state().phase is ShiftPhase.CLOSED
    document = register.register(receipt(), "sale-1")
    assert document.shift_opened
    state = register.shift_state()
    assert (state.phase, state.number) == (ShiftPhase.OPEN, 1)
    assert state.opened_at.startswith("2026-11-20T13:45")
    assert state.expires_at.startswith("2026-11-21T13:45")


def test_refund_and_corrections_are_made(rig: "Rig") -> None:
    register = rig.connect()
    register.register(receipt(), "sale-1")
    register.register(receipt(3000, kind=ReceiptKind.SELL_REFUND), "refund-1")
    reason = Correction("2026-11-19")
    register.register(receipt(kind=ReceiptKind.SELL_CORRECTION, correction=reason), "c-1")
    register.register(
        receipt(
            500,
            kind=ReceiptKind.SELL_REFUND_CORRECTION,
            correction=Correction("2026-11-19", "17-АБ", by_order=True),
        ),
        "c-2",
    )
    assert [item.sign for item in rig.machine.receipts] == [1, 2, 1, 2]
    totals = register.totals()
    assert (totals.sell.count, totals.sell.amount_minor) == (2, 20000)
    assert (totals.sell_refund.count, totals.sell_refund.amount_minor) == (2, 3500)
    assert totals.sell.by_payment == {PaymentKind.CASH: 20000}


def test_a_shift_of_a_day_takes_no_receipt_until_the_z_report(rig: "Rig") -> None:
    register = rig.connect()
    register.register(receipt(), "sale-1")
    rig.clock.go_on(hours=24)
    assert register.shift_state().phase is ShiftPhase.EXPIRED
    assert isinstance(register.status().problem, ShiftExpired)
    with pytest.raises(ShiftExpired) as caught:
        register.register(receipt(), "sale-2")
    assert caught.value.register_code == 68
    assert "24 часа" in caught.value.text("ru")
    closed = register.z_report(WHO, "z-1")
    assert closed.kind is DocumentKind.SHIFT_CLOSE
    assert register.register(receipt(), "sale-2").receipt_number == 1
    assert len(rig.machine.receipts) == 2


def test_shift_reports_are_refused_in_the_wrong_shift(rig: "Rig") -> None:
    register = rig.connect()
    with pytest.raises(ShiftClosed):
        register.z_report(WHO, "z-1")
    register.open_shift(WHO, "o-1")
    with pytest.raises(ShiftOpen):
        register.open_shift(WHO, "o-2")
    register.z_report(WHO, "z-1")
    assert [item.kind for item in rig.machine.documents] == ["openShift", "closeShift"]


def test_a_lost_z_report_is_found(rig: "Rig") -> None:
    register = rig.connect()
    register.open_shift(WHO, "o-1")
    rig.machine.faults.append("link-after")
    with pytest.raises(OutcomeUnknown):
        register.z_report(WHO, "z-1")
    rig.heal()
    lookup = settled(rig.connect(), "z-1")
    assert lookup.verdict is FiscalVerdict.FOUND
    assert lookup.document is not None
    assert lookup.document.kind is DocumentKind.SHIFT_CLOSE
    assert rig.connect().z_report(WHO, "z-1").number == 2
    assert len(rig.machine.documents) == 2


def test_cash_in_the_drawer_is_counted(rig: "Rig") -> None:
    register = rig.connect()
    register.open_shift(WHO, "o-1")
    assert register.cash_in(500000, WHO, "in-1") == 500000
    assert register.cash_out(120000, WHO, "out-1") == 380000
    with pytest.raises(DrawerShort):
        register.cash_out(380001, WHO, "out-2")
    totals = register.totals()
    assert (totals.cash_in_count, totals.cash_in_minor) == (1, 500000)
    assert (totals.cash_out_count, totals.cash_out_minor) == (1, 120000)
    assert totals.drawer_minor == 380000


def test_cash_is_recorded_once_for_one_id(rig: "Rig") -> None:
    register = rig.connect()
    register.open_shift(WHO, "o-1")
    register.cash_in(500000, WHO, "in-1")
    assert rig.connect().cash_in(500000, WHO, "in-1") == 500000
    assert rig.machine.income_count == 1


def test_a_cash_refund_beyond_the_drawer_is_refused(rig: "Rig") -> None:
    register = rig.connect()
    with pytest.raises(DrawerShort) as caught:
        register.register(receipt(kind=ReceiptKind.SELL_REFUND), "refund-1")
    assert caught.value.register_code == 53
    assert rig.machine.documents == []


def test_a_refused_receipt_may_be_repeated_under_its_id(rig: "Rig") -> None:
    """The register keeps the refusal under the first try's key; the second try gets a new one."""
    register = rig.connect()
    register.open_shift(WHO, "o-1")
    for _ in range(3):
        with pytest.raises(DrawerShort):
            register.register(receipt(kind=ReceiptKind.SELL_REFUND), "refund-1")
    lookup = register.find_document("refund-1")
    assert lookup.verdict is FiscalVerdict.ABSENT
    assert isinstance(lookup.error, DrawerShort | None)
    register.cash_in(10000, WHO, "in-1")
    register.register(receipt(kind=ReceiptKind.SELL_REFUND), "refund-1")
    assert len(rig.machine.receipts) == 1


def test_no_paper_before_the_receipt_makes_nothing(rig: "Rig") -> None:
    register = rig.connect()
    register.open_shift(WHO, "o-1")
    rig.machine.has_paper = False
    assert isinstance(register.status().problem, PaperOut)
    with pytest.raises(DriverError):
        register.register(receipt(), "sale-1")
    assert rig.machine.receipts == []
    rig.heal()
    assert settled(rig.connect(), "sale-1").verdict is FiscalVerdict.ABSENT
    register.register(receipt(), "sale-1")
    assert len(rig.machine.receipts) == 1


def test_an_open_cover_is_told(rig: "Rig") -> None:
    register = rig.connect()
    rig.machine.is_cover_open = True
    assert isinstance(register.status().problem, CoverOpen)
    with pytest.raises(DriverError):
        register.x_report(WHO)
    assert rig.machine.printed == []


def test_no_paper_after_closing_is_a_document_not_printed(rig: "Rig") -> None:
    register = rig.connect()
    rig.machine.faults.append("paper-after")
    document = register.register(receipt(), "sale-1")
    assert not document.printed
    assert document.number == 2
    assert len(rig.machine.receipts) == 1
    rig.heal()
    register.continue_print()
    assert rig.connect().register(receipt(), "sale-1").number == 2
    assert len(rig.machine.receipts) == 1


@pytest.mark.parametrize(("flag", "error"), [("is_fn_expired", FnExpired), ("is_fn_full", FnFull)])
def test_a_storage_at_its_end_stops_selling(
    rig: "Rig", flag: str, error: type[DriverError]
) -> None:
    setattr(rig.machine, flag, True)
    register = rig.connect()
    with pytest.raises(error) as caught:
        register.register(receipt(), "sale-1")
    assert not caught.value.retryable
    assert rig.machine.documents == []


@pytest.mark.parametrize(("fault", "is_made"), [("link-before", False), ("link-after", True)])
@pytest.mark.parametrize("earlier", [(), (10000,), (7700, 10000)])
def test_a_lost_link_is_unknown_and_resolved_by_asking(
    rig: "Rig", fault: str, is_made: bool, earlier: tuple[int, ...]
) -> None:
    """An earlier receipt of the same sum must not be taken for the lost one."""
    register = rig.connect()
    register.open_shift(WHO, "o-1")
    for number, amount in enumerate(earlier):
        register.register(receipt(amount), f"earlier-{number}")
    rig.machine.faults.append(fault)
    with pytest.raises(OutcomeUnknown):
        register.register(receipt(), "sale-1")
    rig.heal()

    lookup = settled(register, "sale-1")
    assert len(rig.machine.receipts) == len(earlier) + is_made
    if is_made:
        assert lookup.verdict is FiscalVerdict.FOUND
        assert lookup.document is not None
        assert lookup.document.number == rig.machine.receipts[-1].number
        assert lookup.document.sign == rig.machine.receipts[-1].fiscal_sign
    else:
        assert lookup.verdict is FiscalVerdict.ABSENT
    register.register(receipt(), "sale-1")
    assert len(rig.machine.receipts) == len(earlier) + 1


@pytest.mark.parametrize(("fault", "is_made"), [("link-before", False), ("link-after", True)])
def test_a_crash_is_resolved_after_a_restart(rig: "Rig", fault: str, is_made: bool) -> None:
    rig.machine.faults.append(fault)
    with contextlib.suppress(OutcomeUnknown):
        rig.connect().register(receipt(), "sale-1")
    rig.heal()
    restarted = rig.connect()
    expected = FiscalVerdict.FOUND if is_made else FiscalVerdict.ABSENT
    assert settled(restarted, "sale-1").verdict is expected
    restarted.register(receipt(), "sale-1")
    assert len(rig.machine.receipts) == 1


@pytest.mark.parametrize(("fault", "is_made"), [("fn-before", False), ("fn-after", True)])
def test_a_broken_exchange_with_the_storage_ends_in_the_truth(
    rig: "Rig", fault: str, is_made: bool
) -> None:
    register = rig.connect()
    register.open_shift(WHO, "o-1")
    rig.machine.faults.append(fault)
    made = False
    with contextlib.suppress(DriverError):
        register.register(receipt(), "sale-1")
        made = True
    verdict = settled(register, "sale-1").verdict
    assert made is is_made or verdict is (FiscalVerdict.FOUND if is_made else FiscalVerdict.ABSENT)
    assert (verdict is FiscalVerdict.FOUND) is is_made
    register.register(receipt(), "sale-1")
    assert len(rig.machine.receipts) == 1


def test_a_document_of_another_program_is_not_taken_for_ours(rig: "Rig") -> None:
    register = rig.connect()
    register.open_shift(WHO, "o-1")
    rig.machine.faults.append("link-before")
    with pytest.raises(OutcomeUnknown):
        register.register(receipt(), "sale-1")
    rig.heal()
    foreign = rig.connect()
    foreign.register(receipt(7700), "of-another-till")
    assert settled(register, "sale-1").verdict is FiscalVerdict.ABSENT


def test_a_register_that_is_off_makes_nothing(rig: "Rig") -> None:
    register = rig.connect()
    rig.machine.is_linked = False
    with pytest.raises(DriverError) as caught:
        register.register(receipt(), "sale-1")
    assert isinstance(caught.value, NotConnected | TransportError)
    with pytest.raises(DriverError):
        register.open()
    rig.heal()
    assert register.register(receipt(), "sale-1").number == 2


def test_an_unknown_id_was_never_sent(rig: "Rig") -> None:
    assert rig.connect().find_document("sale-77").verdict is FiscalVerdict.ABSENT


def test_the_last_document_is_read_from_the_storage(rig: "Rig") -> None:
    register = rig.connect()
    assert register.last_document() is None
    register.register(receipt(), "sale-1")
    last = register.last_document()
    assert last is not None
    assert (last.number, last.total_minor, last.kind) == (2, 10000, DocumentKind.RECEIPT)
    register.z_report(WHO, "z-1")
    last = register.last_document()
    assert last is not None
    assert (last.kind, last.total_minor) == (DocumentKind.SHIFT_CLOSE, None)


def test_x_report_and_copies_make_no_document(rig: "Rig") -> None:
    register = rig.connect()
    register.register(receipt(), "sale-1")
    register.x_report(WHO)
    register.copy_last(WHO)
    assert len(rig.machine.documents) == 2
    assert [line.split()[0] for line in rig.machine.printed] == ["sell", "X", "КОПИЯ"]


def test_status_tells_what_a_receipt_needs(rig: "Rig") -> None:
    register = rig.connect()
    register.register(receipt(), "sale-1")
    rig.machine.unsent = 7
    status = register.status()
    assert (status.paper, status.cover_open, status.shift) == (True, False, ShiftPhase.OPEN)
    assert (status.fn.last_document, status.fn.number) == (2, rig.machine.fn_number)
    assert (status.ofd.waiting, status.ofd.first_number) == (7, 1)
    assert status.model.startswith("АТОЛ")
    assert status.problem is None


def test_a_broken_receipt_is_refused_before_anything_is_sent(rig: "Rig") -> None:
    register = rig.connect()
    with pytest.raises(FiscalInputWrong):
        register.register(receipt(payments=()), "sale-1")
    with pytest.raises(FiscalInputWrong):
        register.open_shift(Operator(""), "o-1")
    assert rig.machine.documents == []
    assert not rig.notes.exists()


def test_a_rate_that_the_register_refuses_is_told(rig: "Rig") -> None:
    register = rig.connect()
    with pytest.raises(DriverError) as caught:
        register.register(receipt(items=(FiscalItem("Чай", 10000, vat="vat20"),)), "sale-1")
    assert caught.value.code == "fiscal.data"
    assert "144" in caught.value.text("ru")
    assert rig.machine.documents == []
