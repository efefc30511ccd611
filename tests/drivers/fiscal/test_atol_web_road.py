"""The road through ATOL's Web server: its conflicts, losses, refusals, and both versions of its API.

How: the real driver over real HTTP; the simulator counts what was posted, the fiscal storage is looked
at after each test.
"""

import json
from typing import TYPE_CHECKING

import pytest

from drivers.api.errors import (
    AccessDenied,
    ConfigurationError,
    ConnectionLost,
    DriverError,
    NotConnected,
    OutcomeUnknown,
    ProtocolError,
)
from drivers.api.fiscal import FiscalVerdict
from drivers.api.fiscal_errors import (
    DocumentUnprinted,
    FiscalDataRefused,
    FiscalOutcomeUnknown,
    RegisterBlocked,
    RegisterNotReady,
)
from drivers.fiscal.atol.driver import AtolRegister, key_of
from drivers.fiscal.atol.web import WebOptions, WebRoad, pause_for
from drivers.fiscal.exact import JsonValue, dump
from drivers.fiscal.notes import Note, NoteStore
from drivers.fiscal.tasks import receipt_task
from drivers.sim.atol_web import AtolWebSimulator
from drivers.sim.atol_web_rules import Json, TaskError
from drivers.sim.http_server import HttpSimulator, Reply, Request, reply_json
from drivers.transport.http import HttpLink
from tests.drivers.fiscal.samples import WHO, receipt, settled

if TYPE_CHECKING:
    from tests.drivers.fiscal.conftest import WebRig

SHORT = WebOptions(
    request_timeout_s=0.5,
    answer_limit_s=2.0,
    blocked_limit_s=0.02,
    settle_s=0.001,
    loss_limit_s=2.0,
)


WORD = "тайна"


def test_a_lost_answer_is_asked_for_by_its_key(web: "WebRig") -> None:
    register = web.connect()
    web.simulator.misbehave("answer-lost")
    document = register.register(receipt(), "sale-1")
    assert document.number == web.machine.receipts[-1].number
    assert len(web.machine.receipts) == 1
    assert web.simulator.posts.count(key_of("sale-1", 1)) == 1


@pytest.mark.parametrize("fault", ["garbage", "no-http"])
def test_an_answer_that_makes_no_sense_is_asked_for_by_its_key(web: "WebRig", fault: str) -> None:
    register = web.connect()
    web.simulator.misbehave(fault)
    assert register.register(receipt(), "sale-1").number == 2
    assert len(web.machine.receipts) == 1


def test_a_server_error_is_asked_for_and_was_not_made(web: "WebRig") -> None:
    register = web.connect()
    web.simulator.misbehave("server-error")
    with pytest.raises(ConnectionLost):
        register.register(receipt(), "sale-1")
    assert web.machine.documents == []
    assert settled(register, "sale-1").verdict is FiscalVerdict.ABSENT
    assert register.register(receipt(), "sale-1").number == 2


def test_a_posting_that_arrives_late_makes_nothing(web: "WebRig") -> None:
    """Its key was claimed when the driver said that it was not made."""
    register = web.connect()
    register.open_shift(WHO, "o-1")
    link = HttpLink(web.url)
    body = dump({"uuid": key_of("sale-1", 1), "request": [receipt_task(receipt())]}).encode()
    web.simulator.misbehave("server-error")
    with pytest.raises(ConnectionLost):
        register.register(receipt(), "sale-1")
    late = link.exchange("POST", "/api/v2/requests", body=body, timeout_s=20)
    assert late.status == 409
    assert settled(web.connect(), "sale-1").verdict is FiscalVerdict.ABSENT
    web.notes.unlink()
    assert settled(web.connect(), "sale-1").verdict is FiscalVerdict.ABSENT
    web.connect().register(receipt(), "sale-1")
    assert len(web.machine.receipts) == 1


def test_a_note_without_a_posting_is_claimed_when_asked(web: "WebRig") -> None:
    """The till died between its note and the posting."""
    register = web.connect()
    register.open_shift(WHO, "o-1")
    NoteStore(web.notes).put("sale-1", Note(1, "sell", "x", 1, web.machine.fn_number, 10000))
    assert web.connect().find_document("sale-1").verdict is FiscalVerdict.ABSENT
    assert key_of("sale-1", 1) in web.simulator.posts
    assert settled(web.connect(), "sale-1").verdict is FiscalVerdict.ABSENT
    web.connect().register(receipt(), "sale-1")
    assert len(web.machine.receipts) == 1


def test_a_silent_server_is_unknown_until_it_speaks(web: "WebRig") -> None:
    """The task is taken; then nothing answers any more for longer than the driver waits."""
    register = web.connect(SHORT)
    register.open_shift(WHO, "o-1")
    web.simulator.misbehave("silence")
    document = register.register(receipt(), "sale-1")
    assert document.number == 2
    assert len(web.machine.receipts) == 1


def test_a_server_that_dies_after_taking_the_task_leaves_it_unknown(web: "WebRig") -> None:
    register = web.connect(SHORT)
    register.open_shift(WHO, "o-1")
    simulator = web.simulator
    original = simulator.machine.process

    def process_then_die(task: Json) -> dict[str, JsonValue]:
        result = original(task)
        if task.get("type") == "sell":
            simulator.standing_fault = "answer-lost"
        return result

    simulator.machine.process = process_then_die  # type: ignore[method-assign]  # it fails here
    with pytest.raises(FiscalOutcomeUnknown):
        register.register(receipt(), "sale-1")
    with pytest.raises(DriverError):
        register.find_document("sale-1")
    simulator.standing_fault = ""
    assert settled(web.connect(), "sale-1").verdict is FiscalVerdict.FOUND
    assert web.connect().register(receipt(), "sale-1").number == 2
    assert len(web.machine.receipts) == 1


def test_a_crash_before_posting_is_absent(web: "WebRig") -> None:
    """The note was written, the request never left."""
    register = web.connect()
    posted = web.simulator.http
    posted.stop()
    with pytest.raises(NotConnected):
        register.register(receipt(), "sale-1")
    posted.start()
    assert web.machine.documents == []
    assert web.connect().register(receipt(), "sale-1").number == 2


def test_lost_notes_are_replaced_by_the_keys_of_the_server(web: "WebRig") -> None:
    web.connect().register(receipt(), "sale-1")
    web.notes.unlink()
    again = web.connect()
    assert again.find_document("sale-1").verdict is FiscalVerdict.FOUND
    assert again.register(receipt(), "sale-1").number == 2
    assert len(web.machine.receipts) == 1


def test_refusals_kept_by_the_server_are_stepped_over_without_notes(web: "WebRig") -> None:
    for _ in range(3):
        web.machine.faults.append("error 144")
        with pytest.raises(FiscalDataRefused):
            web.connect().register(receipt(), "sale-1")
    web.notes.unlink()
    lookup = settled(web.connect(), "sale-1")
    assert lookup.verdict is FiscalVerdict.ABSENT
    assert isinstance(lookup.error, FiscalDataRefused)
    assert web.connect().register(receipt(), "sale-1").number == 2
    assert [key_of("sale-1", n) in web.simulator.posts for n in (1, 2, 3, 4)] == [True] * 4


def test_a_server_that_lost_its_queue_is_judged_by_the_storage(web: "WebRig") -> None:
    register = web.connect()
    document = register.register(receipt(), "sale-1")
    web.simulator.forget()
    lookup = web.connect().find_document("sale-1")
    assert lookup.verdict is FiscalVerdict.FOUND
    assert lookup.document is not None
    assert lookup.document.number == document.number
    assert web.connect().register(receipt(), "sale-1").number == document.number
    assert len(web.machine.receipts) == 1


def test_two_receipts_of_one_sum_are_left_to_a_human(web: "WebRig") -> None:
    """The queue is lost and a stranger made a receipt of the same sum: nobody can tell."""
    register = web.connect()
    register.open_shift(WHO, "o-1")
    web.machine.faults.append("link-after")
    with pytest.raises(OutcomeUnknown):
        register.register(receipt(), "sale-1")
    web.heal()
    stranger = AtolRegister(WebRoad(HttpLink(web.url), web_options()), notes=NoteStore())
    assert stranger.status().blocked == ""
    stranger.register(receipt(), "of-a-stranger")
    web.simulator.forget()
    lookup = web.connect().find_document("sale-1")
    assert lookup.verdict is FiscalVerdict.UNCERTAIN
    assert "documents 2, 3" in lookup.reason
    with pytest.raises(OutcomeUnknown):
        web.connect().register(receipt(), "sale-1")
    assert len(web.machine.receipts) == 2


def web_options() -> WebOptions:
    return WebOptions(blocked_limit_s=0.02, settle_s=0.001)


def test_a_replaced_storage_is_left_to_a_human(web: "WebRig") -> None:
    register = web.connect()
    register.open_shift(WHO, "o-1")
    web.simulator.standing_fault = ""
    web.machine.faults.append("link-after")
    with pytest.raises(OutcomeUnknown):
        register.register(receipt(), "sale-1")
    web.heal()
    web.simulator.forget()
    web.machine.fn_number = "9999078900009999"
    lookup = web.connect().find_document("sale-1")
    assert lookup.verdict is FiscalVerdict.UNCERTAIN
    assert "replaced" in lookup.reason


def test_paper_that_ends_before_closing_blocks_the_queue(web: "WebRig") -> None:
    register = web.connect()
    register.open_shift(WHO, "o-1")
    web.machine.faults.append("paper-before")
    with pytest.raises(FiscalOutcomeUnknown) as caught:
        register.register(receipt(), "sale-1")
    assert caught.value.text("ru").startswith("Закончилась бумага.")
    lookup = register.find_document("sale-1")
    assert lookup.verdict is FiscalVerdict.WORKING
    assert "paperError" in lookup.reason
    with pytest.raises(RegisterBlocked):
        register.register(receipt(500), "sale-2")
    with pytest.raises(OutcomeUnknown):
        register.register(receipt(), "sale-1")
    assert register.status().blocked == "paperError"
    web.heal()
    assert settled(register, "sale-1").verdict is FiscalVerdict.ABSENT
    register.register(receipt(), "sale-1")
    register.register(receipt(500), "sale-2")
    assert len(web.machine.receipts) == 2


def test_paper_that_ends_after_closing_is_told_when_the_server_hides_the_numbers(
    web: "WebRig",
) -> None:
    """The server blocks the task with a paper error although the document is in the storage."""
    register = web.connect()
    register.open_shift(WHO, "o-1")
    original = web.machine.process

    def made_and_failed(task: Json) -> dict[str, JsonValue]:
        result = original(task)
        if task.get("type") == "sell":
            web.machine.has_paper = False
            raise TaskError(44)
        return result

    web.machine.process = made_and_failed  # type: ignore[method-assign]  # it fails here
    with pytest.raises(DocumentUnprinted) as caught:
        register.register(receipt(), "sale-1")
    assert "пробит, но не напечатан" in caught.value.text("ru")
    web.machine.process = original  # type: ignore[method-assign]  # it fails here
    web.heal()
    assert settled(register, "sale-1").verdict is FiscalVerdict.FOUND
    assert len(web.machine.receipts) == 1


def test_without_blocking_a_paper_error_is_judged_by_the_storage(web: "WebRig") -> None:
    web.simulator.queue.blocks_on_paper = False
    register = web.connect()
    register.open_shift(WHO, "o-1")
    web.machine.faults.append("paper-before")
    with pytest.raises(DriverError) as caught:
        register.register(receipt(), "sale-1")
    assert caught.value.code == "printer.paper_out"
    web.heal()
    assert register.register(receipt(), "sale-1").number == 2


def test_a_register_that_is_not_connected_is_no_duplicate(web: "WebRig") -> None:
    """Both are 409; only a known key is a duplicate."""
    server = HttpSimulator(not_connected)
    server.start()
    try:
        road = WebRoad(HttpLink(server.url), web_options())
        with pytest.raises(NotConnected, match="не подключена"):
            road.run("k-1", {"type": "sell"})
    finally:
        server.stop()


def not_connected(request: Request) -> Reply:
    words = "ККТ [1] не подключена" if request.method == "POST" else "Задание не найдено"
    status = 409 if request.method == "POST" else 404
    return reply_json({"error": {"code": 505, "description": words}}, status)


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (401, None, AccessDenied),
        (
            404,
            {"error": {"code": 505, "description": "Устройство с ID [7] не найдено"}},
            ConfigurationError,
        ),
        (
            400,
            {"error": {"code": 505, "description": "Поле 'request' не задано"}},
            FiscalDataRefused,
        ),
        (400, {"error": {"code": 505, "description": "Нет связи"}}, NotConnected),
        (400, {"error": {"code": 505, "description": "Прочее"}}, RegisterNotReady),
        (400, {"error": {"code": 68, "description": ""}}, DriverError),
        (503, None, RegisterNotReady),
        (200, "<html>", ProtocolError),
    ],
)
def test_http_refusals_become_words(status: int, body: object, kind: type[DriverError]) -> None:
    def handle(_: Request) -> Reply:
        if isinstance(body, str):
            return Reply(status, body.encode())
        return reply_json(body, status) if body is not None else Reply(status)

    server = HttpSimulator(handle)
    server.start()
    try:
        register = AtolRegister(WebRoad(HttpLink(server.url), web_options()))
        with pytest.raises(kind) as caught:
            register.shift_state()
        assert caught.value.text("ru")
    finally:
        server.stop()


def test_a_password_is_asked_for_and_given() -> None:
    simulator = AtolWebSimulator(user="kassa", password=WORD)
    simulator.start()
    try:
        link = HttpLink(simulator.url)
        with pytest.raises(AccessDenied):
            AtolRegister(WebRoad(link, web_options())).open()
        wrong = WebOptions(user="kassa", password=WORD[1:])
        with pytest.raises(AccessDenied):
            AtolRegister(WebRoad(link, wrong)).register(receipt(), "sale-1")
        right = WebOptions(user="kassa", password=WORD, blocked_limit_s=0.02)
        assert AtolRegister(WebRoad(link, right)).register(receipt(), "sale-1").number == 2
    finally:
        simulator.stop()


def test_the_old_api_is_spoken_as_well(web: "WebRig") -> None:
    options = WebOptions(api="v1", settle_s=0.001, blocked_limit_s=0.02)
    register = web.connect(options)
    register.open()
    assert register.register(receipt(), "sale-1").number == 2
    assert register.status().paper is True
    web.machine.faults.append("error 144")
    with pytest.raises(FiscalDataRefused, match="144"):
        register.register(receipt(), "sale-2")
    assert len(web.machine.receipts) == 1
    with pytest.raises(ConfigurationError, match="neither v1 nor v2"):
        WebOptions(api="v3")


def test_an_answer_with_the_whole_queue_is_matched_by_key(web: "WebRig") -> None:
    web.simulator.answers_whole_queue = True
    assert web.connect().register(receipt(), "sale-1").number == 2


def test_only_one_register_of_the_server_is_meant() -> None:
    seen: list[str] = []

    def handle(request: Request) -> Reply:
        seen.append(request.path)
        return reply_json({"shiftStatus": {"state": "closed"}})

    server = HttpSimulator(handle)
    server.start()
    try:
        AtolRegister(WebRoad(HttpLink(server.url), WebOptions(device_id="касса 2"))).open()
    finally:
        server.stop()
    assert seen[0].endswith("queryShiftStatus?deviceID=%D0%BA%D0%B0%D1%81%D1%81%D0%B0%202")


def test_a_server_without_operations_is_asked_through_its_queue() -> None:
    seen: list[str] = []

    def handle(request: Request) -> Reply:
        seen.append(request.path)
        if "operations" in request.path:
            return reply_json({"error": {"code": 505, "description": "нет"}}, 501)
        if request.method == "POST":
            return reply_json({}, 201)
        result = {"shiftStatus": {"state": "opened", "number": 5}}
        return reply_json({"results": [{"status": "ready", "result": result}]})

    server = HttpSimulator(handle)
    server.start()
    try:
        state = AtolRegister(WebRoad(HttpLink(server.url), pause=pause_for)).shift_state()
    finally:
        server.stop()
    assert (state.number, len(seen)) == (5, 3)


def test_nothing_is_sent_when_the_storage_does_not_tell_its_number() -> None:
    """Without the number a lost answer could not be resolved, so the sale is not begun."""
    posted: list[object] = []

    def handle(request: Request) -> Reply:
        if request.path.endswith("/requests"):
            posted.append(json.loads(request.body))
        return reply_json({})

    server = HttpSimulator(handle)
    server.start()
    try:
        register = AtolRegister(WebRoad(HttpLink(server.url), web_options()))
        with pytest.raises(ProtocolError, match="no document number"):
            register.register(receipt(), "sale-1")
    finally:
        server.stop()
    assert posted == []


def test_the_simulator_takes_orders_over_http(web: "WebRig") -> None:
    link = HttpLink(web.url)

    def order(path: str, body: object) -> int:
        data = json.dumps(body).encode()
        return link.exchange("POST", path, body=data, timeout_s=5).status

    assert order("/sim/fault", {"next": "paper-after"}) == 200
    assert order("/sim/fault", {"next": "nonsense"}) == 400
    assert not web.connect().register(receipt(), "sale-1").printed
    assert order("/sim/state", {"paper": True}) == 200
    journal = json.loads(link.exchange("GET", "/sim/journal", timeout_s=5).body)
    assert [item["kind"] for item in journal["documents"]] == ["openShift", "sell"]


@pytest.mark.parametrize("fault", ["nonsense", "drop", "drop x", "error", ""])
def test_the_simulator_refuses_an_unknown_fault(web: "WebRig", fault: str) -> None:
    with pytest.raises(ValueError, match="no such fault"):
        web.simulator.misbehave(fault)
