"""ATOL Online against its simulator: every receipt is made once, or it is told why not."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from drivers.api.errors import (
    ConfigurationError,
    DriverError,
    NotConnected,
    NotSupported,
    OutcomeUnknown,
)
from drivers.api.fiscal import (
    Contact,
    Correction,
    FiscalItem,
    FiscalPayment,
    FiscalReceipt,
    FiscalVerdict,
    Operator,
    PaymentKind,
    ReceiptKind,
    Taxation,
)
from drivers.api.fiscal_errors import (
    EarlierUnknown,
    FiscalDataRefused,
    FiscalInputWrong,
    FiscalOutcomeUnknown,
    FiscalRefused,
    RegisterNotReady,
)
from drivers.fiscal.atol_online.answers import Report, read_report
from drivers.fiscal.atol_online.client import TOKEN_LIFE_S, OnlineClient
from drivers.fiscal.atol_online.driver import AtolOnlineRegister
from drivers.fiscal.atol_online.errors import DocumentQueued, GroupWrong, LoginRefused
from drivers.fiscal.atol_online.follow import POLLS_S, RESENDS_S, Schedule
from drivers.fiscal.atol_online.notes import OnlineNotes
from drivers.fiscal.atol_online.options import OnlineOptions, Version
from drivers.sim.atol_online import GROUP, LOGIN, PASSWORD, AtolOnlineSimulator, CloudFault
from drivers.sim.http_server import CutLink
from drivers.transport.http import HttpLink
from tests.drivers.fiscal.samples import settled

NOW = datetime(2026, 11, 21, 13, 45, tzinfo=UTC)
OPERATOR = Operator("Кассир Иванова А.")
SALE = FiscalReceipt(
    kind=ReceiptKind.SELL,
    operator=OPERATOR,
    taxation=Taxation.USN_INCOME,
    items=(
        FiscalItem("Капучино 300 мл", 25000),
        FiscalItem("Пирожок", 19000, 2000),
        FiscalItem("Салат на вес", 37500, 345, vat="vat5"),
    ),
    payments=(FiscalPayment(PaymentKind.CARD, 65938),),
    points_minor=10000,
    contact=Contact("guest@example.ru"),
)


class Time:
    """Clock and sleep of the driver: waiting moves the clock and is written down."""

    def __init__(self) -> None:
        self.now_s = 0.0
        self.waits: list[float] = []

    def __call__(self) -> float:
        return self.now_s

    def sleep(self, delay_s: float) -> None:
        self.waits.append(delay_s)
        self.now_s += delay_s


class Till:
    """A till with its notes on disk, that can be started anew."""

    def __init__(self, url: str, folder: Path, version: Version, **changes: object) -> None:
        self.time = Time()
        fields = {
            "login": LOGIN,
            "password": PASSWORD,
            "group": GROUP,
            "inn": "5544332219",
            "email": "kassa@cafe.ru",
            "payment_address": "https://cafe.example",
            "timeout_s": 60.0,
            **changes,
        }
        self.options = OnlineOptions(**fields)  # type: ignore[arg-type]  # named above
        self.url, self.version = url, version
        self.path = folder / "notes.json"
        self.start()

    def start(self) -> None:
        """Begin with what is on disk."""
        self.client = OnlineClient(HttpLink(self.url), self.options, clock=self.time)
        self.register = AtolOnlineRegister(
            self.client,
            self.options,
            self.version,
            now=lambda: NOW,
            notes=OnlineNotes(self.path),
            sleep=self.time.sleep,
            clock=self.time,
        )


@pytest.fixture
def cloud() -> Iterator[AtolOnlineSimulator]:
    cloud = AtolOnlineSimulator()
    cloud.start()
    yield cloud
    cloud.stop()


@pytest.fixture(params=list(Version))
def till(request: pytest.FixtureRequest, cloud: AtolOnlineSimulator, tmp_path: Path) -> Till:
    """Both versions keep every promise."""
    return Till(cloud.url_of(request.param), tmp_path, request.param)


@pytest.fixture
def till5(cloud: AtolOnlineSimulator, tmp_path: Path) -> Till:
    return Till(cloud.url_of("v5"), tmp_path, Version.V5)


class TestReceipts:
    def test_sale_is_made_with_all_numbers(self, cloud: AtolOnlineSimulator, till: Till) -> None:
        document = till.register.register(SALE, "sale-1")
        assert (document.number, document.total_minor) == (778, 65938)
        assert document.fn_number == cloud.fn_number
        assert document.made_at == "2026-11-21T13:45:00"
        assert document.sign == str(3_449_555_941 + 778)
        assert document.ofd_url == "https://ofd.example/r/778"
        assert not document.recovered
        assert document.qr_text(ReceiptKind.SELL).startswith("t=20261121T1345&s=659.38&fn=")
        assert [made.external_id for made in cloud.made] == ["sale-1-1"]

    def test_polls_follow_the_schedule_and_end_with_the_result(
        self, cloud: AtolOnlineSimulator, tmp_path: Path
    ) -> None:
        cloud._wait_polls = 3
        till = Till(cloud.url_of("v5"), tmp_path, Version.V5)
        till.register.register(SALE, "sale-1")
        assert tuple(till.time.waits) == POLLS_S[:4]

    def test_refund_is_made(self, cloud: AtolOnlineSimulator, till: Till) -> None:
        refund = FiscalReceipt(
            kind=ReceiptKind.SELL_REFUND,
            operator=OPERATOR,
            taxation=Taxation.USN_INCOME,
            items=(FiscalItem("Капучино 300 мл", 22512),),
            payments=(FiscalPayment(PaymentKind.CASH, 22512),),
        )
        assert till.register.register(refund, "refund-1").total_minor == 22512
        assert cloud.made[0].operation == "sell_refund"

    @pytest.mark.parametrize(
        "kind", [ReceiptKind.SELL_CORRECTION, ReceiptKind.SELL_REFUND_CORRECTION]
    )
    @pytest.mark.parametrize("by_order", [False, True])
    def test_corrections_are_made(
        self, cloud: AtolOnlineSimulator, till: Till, kind: ReceiptKind, by_order: bool
    ) -> None:
        correction = FiscalReceipt(
            kind=kind,
            operator=OPERATOR,
            taxation=Taxation.OSN,
            items=(FiscalItem("Обед", 50000, vat="vat22"),),
            payments=(FiscalPayment(PaymentKind.CASH, 50000),),
            correction=Correction("2026-11-20", "17" if by_order else "", by_order=by_order),
        )
        if till.version is Version.V4 and kind is ReceiptKind.SELL_REFUND_CORRECTION:
            with pytest.raises(NotSupported):
                till.register.register(correction, "correction-1")
            return
        assert till.register.register(correction, "correction-1").number == 778
        content = cloud.made[0].body["correction"]
        assert isinstance(content, dict)
        assert ("items" in content) is (till.version is Version.V5)

    def test_receipt_paid_by_points_alone_is_made(self, till: Till) -> None:
        receipt = FiscalReceipt(
            kind=ReceiptKind.SELL,
            operator=OPERATOR,
            taxation=Taxation.USN_INCOME,
            items=(FiscalItem("Капучино", 25000),),
            payments=(),
            points_minor=25000,
        )
        assert till.register.register(receipt, "sale-1").total_minor == 0

    def test_wrong_receipt_is_told_and_nothing_is_sent(
        self, cloud: AtolOnlineSimulator, till: Till
    ) -> None:
        wrong = FiscalReceipt(
            kind=ReceiptKind.SELL,
            operator=OPERATOR,
            taxation=Taxation.USN_INCOME,
            items=(FiscalItem("Капучино", 25000),),
            payments=(FiscalPayment(PaymentKind.CASH, 24999),),
        )
        with pytest.raises(FiscalInputWrong):
            till.register.register(wrong, "sale-1")
        with pytest.raises(FiscalInputWrong):
            till.register.register(SALE, "не имя")
        assert cloud.requests == []

    def test_what_a_cloud_has_not_is_not_supported(self, till: Till) -> None:
        register = till.register
        calls = (
            lambda: register.x_report(OPERATOR),
            lambda: register.z_report(OPERATOR, "z-1"),
            lambda: register.open_shift(OPERATOR, "o-1"),
            lambda: register.cash_in(100, OPERATOR, "c-1"),
            lambda: register.cash_out(100, OPERATOR, "c-2"),
            lambda: register.copy_last(OPERATOR),
            register.continue_print,
            register.last_document,
            register.shift_state,
            register.totals,
        )
        for call in calls:
            with pytest.raises(NotSupported):
                call()


class TestIdempotence:
    @pytest.mark.parametrize(
        "fault",
        [
            CloudFault.ANSWER_LOST,
            CloudFault.ANSWER_CUT,
            CloudFault.ERROR_500_AFTER,
            CloudFault.GARBAGE,
            CloudFault.WRONG_SHAPE,
        ],
    )
    def test_answer_lost_after_the_effect_is_resolved_by_asking(
        self, cloud: AtolOnlineSimulator, till: Till, fault: CloudFault
    ) -> None:
        cloud.next(fault)
        document = till.register.register(SALE, "sale-1")
        assert (document.number, document.recovered) == (778, True)
        assert len(cloud.made) == 1
        assert till.time.waits[0] == RESENDS_S[0]

    @pytest.mark.parametrize("fault", [CloudFault.REQUEST_LOST, CloudFault.ERROR_500])
    def test_request_lost_before_the_effect_is_made_once(
        self, cloud: AtolOnlineSimulator, till: Till, fault: CloudFault
    ) -> None:
        cloud.next(fault)
        assert till.register.register(SALE, "sale-1").number == 778
        assert len(cloud.made) == 1

    def test_silence_is_unknown_until_asked_after_a_restart(
        self, cloud: AtolOnlineSimulator, till: Till
    ) -> None:
        cloud.always(CloudFault.ANSWER_LOST)
        with pytest.raises(OutcomeUnknown):
            till.register.register(SALE, "sale-1")
        assert tuple(till.time.waits) == RESENDS_S
        assert till.register.find_document("sale-1").verdict is FiscalVerdict.WORKING
        cloud.always(None)
        till.start()
        assert till.register.pending() == ("sale-1",)
        assert till.register.find_document("sale-1").verdict is FiscalVerdict.WORKING
        lookup = till.register.find_document("sale-1")
        assert lookup.verdict is FiscalVerdict.FOUND
        assert lookup.document is not None
        assert lookup.document.recovered
        assert len(cloud.documents) == 1
        assert till.register.pending() == ()

    def test_crash_after_the_request_makes_no_second_document(
        self, cloud: AtolOnlineSimulator, till: Till
    ) -> None:
        """The till dies while the cloud works: the same id finds the document."""
        post = till.client.post

        def die(operation: str, body: bytes) -> object:
            post(operation, body)
            raise KeyboardInterrupt

        till.client.post = die  # type: ignore[assignment,method-assign]  # the process dies here
        with pytest.raises(KeyboardInterrupt):
            till.register.register(SALE, "sale-1")
        till.start()
        assert till.register.register(SALE, "sale-1").recovered
        assert len(cloud.documents) == 1

    def test_lost_notes_make_no_second_document(
        self, cloud: AtolOnlineSimulator, till: Till
    ) -> None:
        first = till.register.register(SALE, "sale-1")
        till.path.write_text("{damaged", encoding="utf-8")
        till.start()
        assert till.register.register(SALE, "sale-1").number == first.number
        assert len(cloud.documents) == 1

    def test_same_id_again_returns_the_same_document_without_asking(
        self, cloud: AtolOnlineSimulator, till: Till
    ) -> None:
        first = till.register.register(SALE, "sale-1")
        till.start()
        count = len(cloud.requests)
        assert till.register.register(SALE, "sale-1") == first
        assert till.register.find_document("sale-1").document == first
        assert len(cloud.requests) == count

    def test_other_document_under_a_used_id_is_refused(self, till: Till) -> None:
        till.register.register(SALE, "sale-1")
        other = FiscalReceipt(
            kind=ReceiptKind.SELL,
            operator=OPERATOR,
            taxation=Taxation.USN_INCOME,
            items=(FiscalItem("Чай", 10000),),
            payments=(FiscalPayment(PaymentKind.CASH, 10000),),
        )
        with pytest.raises(FiscalInputWrong):
            till.register.register(other, "sale-1")

    def test_document_of_another_sum_under_our_id_is_left_to_a_human(
        self, cloud: AtolOnlineSimulator, till: Till
    ) -> None:
        cloud.next(CloudFault.WRONG_TOTAL)
        with pytest.raises(OutcomeUnknown):
            till.register.register(SALE, "sale-1")
        lookup = till.register.find_document("sale-1")
        assert lookup.verdict is FiscalVerdict.UNCERTAIN
        assert lookup.document is not None

    def test_unplugged_at_every_byte_makes_one_document_each(
        self, cloud: AtolOnlineSimulator, tmp_path: Path
    ) -> None:
        """The line breaks after each byte of the request, then of the answer."""
        cutter = CutLink(cloud.port)
        cutter.start()
        url = f"http://127.0.0.1:{cutter.port}/possystem/v5"
        till = Till(url, tmp_path, Version.V5)
        tea = FiscalReceipt(
            kind=ReceiptKind.SELL,
            operator=OPERATOR,
            taxation=Taxation.USN_INCOME,
            items=(FiscalItem("Чай", 10000),),
            payments=(FiscalPayment(PaymentKind.CASH, 10000),),
        )
        cloud._wait_polls = 0
        till.register.register(tea, "warm-up")  # takes the token
        till.register._follower._notes._path = None  # the disk has tests of its own
        try:
            sent = _cut_at_every_byte(cutter, till, tea, "up_bytes")
            answered = _cut_at_every_byte(cutter, till, tea, "down_bytes")
        finally:
            cutter.stop()
        assert sent > len(b'"external_id"') * 20
        assert answered > len(b'"uuid"') * 20
        assert len(cloud.made) == len(cloud.documents) == sent + answered + 3
        assert all(made.external_id.endswith("-1") for made in cloud.made)


def _cut_at_every_byte(cutter: CutLink, till: Till, receipt: FiscalReceipt, side: str) -> int:
    """Register one receipt a byte, until the cut comes too late to hurt; return that byte."""
    for count in range(10_000):
        cutter.cut(**{side: count})
        till.time.waits.clear()
        document = till.register.register(receipt, f"{side}-{count}")
        assert document.total_minor == 10000
        if till.time.waits[0] == POLLS_S[0] and len(till.time.waits) == 1:
            return count
        assert till.time.waits[0] == RESENDS_S[0]
    raise AssertionError("the line never held")


class TestErrors:
    def test_code_1_takes_a_new_external_id(self, cloud: AtolOnlineSimulator, till: Till) -> None:
        cloud.next(CloudFault.NO_TILL, CloudFault.NO_TILL_AT_ONCE)
        assert till.register.register(SALE, "sale-1").number == 778
        # As the end of a document it gives the id up; as an answer it may speak of a repetition.
        assert [made.external_id for made in cloud.made] == ["sale-1-2"]

    def test_code_1_at_once_makes_no_second_document_of_a_forgotten_sale(
        self, cloud: AtolOnlineSimulator, till: Till
    ) -> None:
        assert till.register.register(SALE, "sale-1").number == 778
        till.path.unlink()
        till.start()
        cloud.next(CloudFault.NO_TILL_AT_ONCE)
        assert till.register.register(SALE, "sale-1").number == 778
        assert len(cloud.made) == 1

    def test_code_1_again_and_again_is_told_as_not_made(
        self, cloud: AtolOnlineSimulator, till: Till
    ) -> None:
        cloud.always(CloudFault.NO_TILL)
        with pytest.raises(RegisterNotReady) as caught:
            till.register.register(SALE, "sale-1")
        assert caught.value.register_code == 1
        assert till.register.find_document("sale-1").verdict is FiscalVerdict.ABSENT
        cloud.always(None)
        assert till.register.register(SALE, "sale-1").number == 778
        assert [made.external_id for made in cloud.made] == ["sale-1-4"]

    def test_negative_code_is_told_in_the_words_of_the_till(
        self, cloud: AtolOnlineSimulator, till: Till
    ) -> None:
        cloud.next(CloudFault.DRIVER_ERROR)
        with pytest.raises(FiscalRefused) as caught:
            till.register.register(SALE, "sale-1")
        assert caught.value.register_code == -3822
        assert caught.value.text("ru").startswith("Смена превысила 24 часа (-3822).")
        lookup = till.register.find_document("sale-1")
        assert lookup.verdict is FiscalVerdict.ABSENT
        assert isinstance(lookup.error, FiscalRefused)
        assert till.register.register(SALE, "sale-1").number == 778

    def test_body_that_the_cloud_does_not_take_is_told(
        self, cloud: AtolOnlineSimulator, till: Till, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(
            "drivers.fiscal.atol_online.documents.PAYMENT_TYPES", dict.fromkeys(PaymentKind, 77)
        )
        with pytest.raises(FiscalDataRefused) as caught:
            till.register.register(SALE, "sale-1")
        assert "payments.type" in caught.value.text("ru")
        assert cloud.documents == {}

    @pytest.mark.parametrize("error", ["sum", "total"])
    def test_wrong_sums_are_refused_by_the_cloud(
        self, cloud: AtolOnlineSimulator, till: Till, error: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The simulator's arithmetic would catch a builder that went wrong."""
        dumped = till.client.post

        def spoil(operation: str, body: bytes) -> object:
            old, new = {
                "sum": (b'"quantity": 1, ', b'"quantity": 1.5, '),
                "total": (b'"total": 659.38', b'"total": 659.37'),
            }[error]
            assert old in body
            return dumped(operation, body.replace(old, new, 1))

        monkeypatch.setattr(till.client, "post", spoil)
        with pytest.raises(DriverError) as caught:
            till.register.register(SALE, "sale-1")
        assert not isinstance(caught.value, OutcomeUnknown)
        assert cloud.made == []

    @pytest.mark.parametrize(
        ("fault", "told"),
        [(CloudFault.OUT_OF_ORDER, RegisterNotReady), (CloudFault.BLOCKED, LoginRefused)],
    )
    def test_refusal_at_once_is_told_as_not_made_where_the_notes_are_whole(
        self,
        cloud: AtolOnlineSimulator,
        till: Till,
        fault: CloudFault,
        told: type[DriverError],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr("drivers.fiscal.atol_online.notes.NOTES_MAX", 1)
        cloud.next(fault)
        with pytest.raises(told):
            till.register.register(SALE, "sale-1")
        assert till.register.find_document("sale-1").verdict is FiscalVerdict.ABSENT
        assert till.register.register(SALE, "sale-1").number == 778

    @pytest.mark.parametrize("fault", [CloudFault.OUT_OF_ORDER, CloudFault.BLOCKED])
    def test_refusal_at_once_says_nothing_of_a_forgotten_sale(
        self, cloud: AtolOnlineSimulator, till: Till, fault: CloudFault
    ) -> None:
        """The notes are lost after a sale; its repetition is refused until somebody pays the cloud."""
        till.register.register(SALE, "sale-1")
        till.path.unlink()
        till.start()
        cloud.always(fault)
        with pytest.raises(EarlierUnknown) as caught:
            till.register.register(SALE, "sale-1")
        assert "Этот запрос не принят, о прежнем неизвестно" in caught.value.text("ru")
        assert caught.value.reason is not None
        assert till.register.pending() == ("sale-1",)
        lookup = till.register.find_document("sale-1")
        assert lookup.verdict is FiscalVerdict.WORKING
        assert isinstance(lookup.error, EarlierUnknown)
        cloud.always(None)
        assert settled(till.register, "sale-1").verdict is FiscalVerdict.FOUND
        assert len(cloud.made) == 1

    def test_line_that_breaks_after_a_refusal_is_not_told_as_a_refusal(
        self, cloud: AtolOnlineSimulator, till: Till
    ) -> None:
        cloud.next(*[CloudFault.OUT_OF_ORDER] * 3, CloudFault.ANSWER_LOST)
        with pytest.raises(FiscalOutcomeUnknown) as caught:
            till.register.register(SALE, "sale-1")
        assert not isinstance(caught.value, EarlierUnknown)
        assert till.register.register(SALE, "sale-1").recovered
        assert len(cloud.made) == 1

    def test_refusal_that_passes_is_asked_again(
        self, cloud: AtolOnlineSimulator, till: Till
    ) -> None:
        cloud.next(CloudFault.OUT_OF_ORDER)
        assert till.register.register(SALE, "sale-1").number == 778

    @pytest.mark.parametrize(
        "second", [CloudFault.NO_TILL_AT_ONCE, CloudFault.OUT_OF_ORDER, CloudFault.BLOCKED]
    )
    def test_no_after_a_lost_answer_says_nothing_of_the_first_request(
        self, cloud: AtolOnlineSimulator, till: Till, second: CloudFault
    ) -> None:
        """Code 1 for the repetition must not begin a new external id: the first was accepted."""
        cloud.next(CloudFault.ANSWER_LOST, second, second, second)
        with pytest.raises(OutcomeUnknown):
            till.register.register(SALE, "sale-1")
        assert till.register.register(SALE, "sale-1").recovered
        assert [made.external_id for made in cloud.made] == ["sale-1-1"]
        assert len(cloud.documents) == 1

    def test_exists_without_a_number_is_asked_again_and_stays_unknown(
        self, cloud: AtolOnlineSimulator, till: Till, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        exists = read_report(b'{"status":"fail","error":{"code":33,"text":"","type":"system"}}')
        monkeypatch.setattr(till.client, "post", lambda *_: exists)
        with pytest.raises(OutcomeUnknown):
            till.register.register(SALE, "sale-1")
        assert tuple(till.time.waits) == RESENDS_S

    @pytest.mark.parametrize("code", [12, 20, 30, 40, 50])
    def test_no_to_a_question_says_nothing_of_the_document(
        self, till: Till, code: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        answer = {"status": "fail", "error": {"code": code, "text": "", "type": "system"}}
        refused = read_report(json.dumps(answer).encode())
        asked = till.client.report
        monkeypatch.setattr(till.client, "report", lambda _: refused)
        with pytest.raises(DocumentQueued):
            till.register.register(SALE, "sale-1")
        assert till.register.find_document("sale-1").verdict is FiscalVerdict.WORKING
        monkeypatch.setattr(till.client, "report", asked)
        till.register.find_document("sale-1")
        assert till.register.find_document("sale-1").verdict is FiscalVerdict.FOUND

    def test_answer_that_is_done_at_once_needs_no_question(
        self, till: Till, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        payload = {"fiscal_document_number": 5, "total": 659.38}
        done = {"uuid": "u-1", "status": "done", "payload": payload}
        report = read_report(json.dumps(done).encode())
        monkeypatch.setattr(till.client, "post", lambda *_: report)
        assert till.register.register(SALE, "sale-1").number == 5
        assert till.time.waits == []

    def test_background_stops_at_a_dead_line(
        self, cloud: AtolOnlineSimulator, till5: Till, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        cloud.always(CloudFault.STUCK)
        for name in ("a", "b", "c"):
            with pytest.raises(DocumentQueued):
                till5.register.register(SALE, name)
        till5.time.now_s += 3600
        cloud.stop()
        asked: list[str] = []
        report = till5.client.report

        def note_and_ask(uuid: str) -> Report:
            asked.append(uuid)
            return report(uuid)

        monkeypatch.setattr(till5.client, "report", note_and_ask)
        till5.register.poll_open()
        assert len(asked) == 1

    def test_results_of_callbacks_are_kept_within_a_limit(
        self, till5: Till, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("drivers.fiscal.atol_online.follow._INBOX_MAX", 2)
        for number in range(5):
            answer = {"uuid": f"u-{number}", "status": "fail", "error": {"code": 1}}
            till5.register.deliver(read_report(json.dumps(answer).encode()))
        assert list(till5.register._follower._inbox) == ["u-3", "u-4"]

    def test_full_disk_sends_nothing(
        self, cloud: AtolOnlineSimulator, till: Till, tmp_path: Path
    ) -> None:
        till.path = tmp_path / "file" / "notes.json"
        (tmp_path / "file").write_text("no folder", encoding="utf-8")
        till.start()
        with pytest.raises(ConfigurationError):
            till.register.register(SALE, "sale-1")
        assert till.register.find_document("sale-1").verdict is FiscalVerdict.ABSENT
        assert cloud.documents == {}

    def test_disk_that_fills_up_after_the_request_hides_no_receipt(
        self, cloud: AtolOnlineSimulator, till: Till, tmp_path: Path
    ) -> None:
        till.register.open()
        cloud.next(CloudFault.ANSWER_LOST)

        def fill(_delay_s: float) -> None:
            till.register._follower._notes._path = tmp_path / "gone" / "x" / "notes.json"
            (tmp_path / "gone").touch()

        till.register._follower._sleep = fill
        assert till.register.register(SALE, "sale-1").recovered
        assert len(cloud.documents) == 1

    def test_settled_notes_are_forgotten_before_open_ones(
        self, cloud: AtolOnlineSimulator, till5: Till, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("drivers.fiscal.atol_online.notes.NOTES_MAX", 3)
        cloud.next(CloudFault.STUCK)
        with pytest.raises(DocumentQueued):
            till5.register.register(SALE, "open")
        for number in range(5):
            till5.register.register(SALE, f"sale-{number}")
        till5.start()
        assert till5.register.pending() == ("open",)
        assert len(till5.register._notes._notes) == 3

    def test_no_network_is_told_as_not_made(self, cloud: AtolOnlineSimulator, till: Till) -> None:
        till.register.open()
        cloud.stop()
        with pytest.raises(NotConnected):
            till.register.register(SALE, "sale-1")
        assert till.register.find_document("sale-1").verdict is FiscalVerdict.ABSENT
        cloud.start()
        assert till.register.register(SALE, "sale-1").number == 778

    def test_network_that_goes_with_the_answer_leaves_it_unknown(
        self, cloud: AtolOnlineSimulator, till: Till
    ) -> None:
        """Not "not connected": an earlier request may have arrived."""
        till.register.open()
        cloud.next(CloudFault.ANSWER_LOST)
        till.register._follower._sleep = lambda _delay_s: cloud.stop()
        with pytest.raises(OutcomeUnknown):
            till.register.register(SALE, "sale-1")
        till.start()
        with pytest.raises(OutcomeUnknown):
            till.register.register(SALE, "sale-1")
        cloud.start()
        assert till.register.register(SALE, "sale-1").recovered
        assert len(cloud.documents) == 1

    def test_slow_cloud_is_queued_and_found_in_the_background(
        self, cloud: AtolOnlineSimulator, till: Till
    ) -> None:
        cloud.next(CloudFault.STUCK)
        with pytest.raises(DocumentQueued) as caught:
            till.register.register(SALE, "sale-1")
        assert "приняла" in caught.value.text("ru")
        assert tuple(till.time.waits) == POLLS_S
        document = next(iter(cloud.documents.values()))
        asked = len(cloud.requests)
        till.register.poll_open()
        assert len(cloud.requests) == asked  # not due yet
        till.time.now_s += 60
        assert "1 not settled" in till.register.status().blocked
        document.fate = None
        till.time.now_s += 3600
        assert till.register.status().blocked == ""
        assert till.register.find_document("sale-1").verdict is FiscalVerdict.FOUND

    @pytest.mark.parametrize("fault", ["report-500", "report-garbage"])
    def test_questions_without_an_answer_leave_it_queued(
        self, cloud: AtolOnlineSimulator, till: Till, fault: str
    ) -> None:
        cloud.break_(fault)
        with pytest.raises(DocumentQueued):
            till.register.register(SALE, "sale-1")
        assert till.register.find_document("sale-1").verdict is FiscalVerdict.WORKING
        cloud.break_("")
        till.register.find_document("sale-1")
        assert till.register.find_document("sale-1").verdict is FiscalVerdict.FOUND

    def test_document_never_begun_is_absent(self, till: Till) -> None:
        assert till.register.find_document("sale-9").verdict is FiscalVerdict.ABSENT


class TestToken:
    def tokens(self, cloud: AtolOnlineSimulator) -> int:
        return sum(request.path.endswith("/getToken") for request in cloud.requests)

    def test_one_token_serves_a_day(self, cloud: AtolOnlineSimulator, till: Till) -> None:
        till.register.register(SALE, "sale-1")
        till.register.register(SALE, "sale-2")
        assert self.tokens(cloud) == 1
        till.time.now_s += TOKEN_LIFE_S
        till.register.register(SALE, "sale-3")
        assert self.tokens(cloud) == 2

    def test_refused_token_is_renewed_once_and_the_document_made_once(
        self, cloud: AtolOnlineSimulator, till: Till
    ) -> None:
        till.register.open()
        cloud.expire_tokens()
        till.register.register(SALE, "sale-1")
        assert self.tokens(cloud) == 2
        assert len(cloud.documents) == 1

    def test_token_that_stays_refused_ends(
        self, cloud: AtolOnlineSimulator, till: Till, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("drivers.sim.atol_online.TOKEN_LIFE_S", -1.0)
        monkeypatch.setattr("drivers.fiscal.atol_online.notes.NOTES_MAX", 1)
        with pytest.raises(LoginRefused):
            till.register.register(SALE, "sale-1")
        assert self.tokens(cloud) == 2
        assert till.register.find_document("sale-1").verdict is FiscalVerdict.ABSENT

    def test_wrong_password_is_told_as_a_setting(
        self, cloud: AtolOnlineSimulator, tmp_path: Path
    ) -> None:
        till = Till(cloud.url_of("v5"), tmp_path, Version.V5, password="other")  # noqa: S106 - no secret
        with pytest.raises(LoginRefused) as caught:
            till.register.open()
        assert caught.value.register_code == 12
        assert "логин" in caught.value.text("ru")
        assert "other" not in str(caught.value)
        assert "other" not in repr(till.options)

    def test_wrong_group_is_told_as_a_setting(
        self, cloud: AtolOnlineSimulator, tmp_path: Path
    ) -> None:
        till = Till(cloud.url_of("v5"), tmp_path, Version.V5, group="other")
        with pytest.raises(EarlierUnknown) as caught:
            till.register.register(SALE, "sale-1")
        assert isinstance(caught.value.reason, GroupWrong)
        assert "группы" in caught.value.text("ru")

    def test_address_of_something_else_is_told_as_a_setting(
        self, cloud: AtolOnlineSimulator, tmp_path: Path
    ) -> None:
        till = Till(f"http://127.0.0.1:{cloud.port}/other", tmp_path, Version.V5)
        with pytest.raises(ConfigurationError):
            till.register.open()

    def test_status_looks_at_the_account_now_and_then(
        self, cloud: AtolOnlineSimulator, till5: Till
    ) -> None:
        assert till5.register.status().model == "ATOL Online v5"
        till5.register.status()
        assert self.tokens(cloud) == 1
        till5.time.now_s += 600
        till5.register.status()
        assert self.tokens(cloud) == 2
        cloud.stop()
        till5.time.now_s += 600
        with pytest.raises(NotConnected):
            till5.register.status()


def test_quantities_and_sums_leave_exact(cloud: AtolOnlineSimulator, till5: Till) -> None:
    till5.register.register(SALE, "sale-1")
    receipt = cloud.made[0].body["receipt"]
    assert isinstance(receipt, dict)
    assert receipt["total"] == Decimal("659.38")
    quantities = [item["quantity"] for item in receipt["items"]]
    assert Decimal("0.345") in quantities


def test_schedule_is_data() -> None:
    assert Schedule().polls_s == (1.0, 2.0, 3.0, 5.0, 10.0)
