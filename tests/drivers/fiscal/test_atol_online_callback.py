"""Results that the cloud posts: taken with the secret only, used at once, never needed."""

import json
import logging
import socket
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.api.device import DeviceConfig, DeviceKind, OptionValue
from drivers.api.errors import ConfigurationError
from drivers.api.fiscal import FiscalVerdict
from drivers.fiscal.atol_online.answers import Report, read_report
from drivers.fiscal.atol_online.callback import BODY_BYTES_MAX, CallbackReceiver
from drivers.fiscal.atol_online.errors import DocumentQueued
from drivers.fiscal.atol_online.options import Version
from drivers.registry import build_fiscal
from drivers.sim.atol_online import GROUP, LOGIN, PASSWORD, AtolOnlineSimulator, CloudFault
from drivers.transport.http import HttpLink
from tests.drivers.fiscal.test_atol_online_driver import SALE, Till

SECRET = "0123456789abcdef-x"  # noqa: S105 - of this test alone
DONE = {
    "uuid": "u-1",
    "status": "done",
    "external_id": "sale-1-1",
    "error": None,
    "payload": {"fiscal_document_number": 778, "total": 659.38},
}


class Inbox:
    """Keeps what was taken; can fail the first times."""

    def __init__(self) -> None:
        self.reports: list[Report] = []
        self.failures = 0
        self.came = threading.Event()

    def __call__(self, report: Report) -> None:
        if self.failures:
            self.failures -= 1
            raise RuntimeError("not now")
        self.reports.append(report)
        self.came.set()


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


@pytest.fixture
def receiver(inbox: Inbox) -> Iterator[CallbackReceiver]:
    receiver = CallbackReceiver(SECRET)
    receiver.start(inbox)
    yield receiver
    receiver.stop()


def post(receiver: CallbackReceiver, path: str, body: bytes) -> int:
    link = HttpLink(f"http://127.0.0.1:{receiver.port}")
    return link.exchange("POST", path, timeout_s=30, body=body).status


def test_result_with_the_secret_is_taken(receiver: CallbackReceiver, inbox: Inbox) -> None:
    assert post(receiver, receiver.path, json.dumps(DONE).encode()) == 200
    [report] = inbox.reports
    assert (report.uuid, report.status) == ("u-1", "done")
    assert report.document is not None
    assert report.document.total_minor == 65938


@pytest.mark.parametrize("path", ["/", "/atol/", f"/atol/{SECRET}x", f"/{SECRET}", "/atol/%30"])
def test_other_paths_are_not_found(receiver: CallbackReceiver, inbox: Inbox, path: str) -> None:
    assert post(receiver, path, json.dumps(DONE).encode()) == 404
    assert inbox.reports == []


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"status":"done"}', b'{"status":"maybe"}'])
def test_what_is_no_report_is_refused(
    receiver: CallbackReceiver, inbox: Inbox, body: bytes
) -> None:
    status = post(receiver, receiver.path, body)
    assert status == 400
    assert inbox.reports == []


def test_length_is_limited(receiver: CallbackReceiver, inbox: Inbox) -> None:
    with socket.create_connection(("127.0.0.1", receiver.port)) as raw:
        head = f"POST {receiver.path} HTTP/1.1\r\nContent-Length: {BODY_BYTES_MAX + 1}\r\n\r\n"
        raw.sendall(head.encode())
        assert raw.recv(100).startswith(b"HTTP/1.0 413")
    assert inbox.reports == []


def test_question_by_get_tells_nothing(receiver: CallbackReceiver) -> None:
    link = HttpLink(f"http://127.0.0.1:{receiver.port}")
    assert link.exchange("GET", receiver.path, timeout_s=30).status == 404


def test_handler_that_fails_lets_the_cloud_post_again(
    receiver: CallbackReceiver, inbox: Inbox, caplog: pytest.LogCaptureFixture
) -> None:
    inbox.failures = 1
    with caplog.at_level(logging.CRITICAL, logger="drivers.fiscal.atol_online.callback"):
        assert post(receiver, receiver.path, json.dumps(DONE).encode()) == 500
    assert post(receiver, receiver.path, json.dumps(DONE).encode()) == 200
    assert len(inbox.reports) == 1


@pytest.mark.parametrize("secret", ["", "short", "x" * 15, "with/slash-0123456789"])
def test_secret_that_could_be_guessed_is_refused(secret: str) -> None:
    with pytest.raises(ConfigurationError):
        CallbackReceiver(secret)


def test_port_that_is_taken_is_told(receiver: CallbackReceiver) -> None:
    with pytest.raises(ConfigurationError):
        CallbackReceiver(SECRET, port=receiver.port).start(print)


@given(st.text(max_size=60), st.binary(max_size=200))
def test_any_post_is_answered(path: str, body: bytes) -> None:
    receiver = CallbackReceiver(SECRET)
    receiver._handler = lambda _: None
    assert receiver.answer(path, body) == 404
    assert receiver.answer(receiver.path, body) in (200, 400)


@pytest.fixture
def cloud() -> Iterator[AtolOnlineSimulator]:
    cloud = AtolOnlineSimulator()
    cloud.start()
    yield cloud
    cloud.stop()


def make_till(cloud: AtolOnlineSimulator, receiver: CallbackReceiver, folder: Path) -> Till:
    url = f"http://127.0.0.1:{receiver.port}{receiver.path}"
    return Till(cloud.url_of("v5"), folder, Version.V5, callback_url=url)


def test_result_that_was_posted_ends_the_document_without_a_question(
    cloud: AtolOnlineSimulator, receiver: CallbackReceiver, inbox: Inbox, tmp_path: Path
) -> None:
    """The cloud answers no question; the document ends by the callback alone, posted twice."""
    inbox.failures = 1
    cloud.break_("report-500")
    till = make_till(cloud, receiver, tmp_path)
    logging.disable(logging.ERROR)  # the first post fails on purpose
    try:
        with pytest.raises(DocumentQueued):
            till.register.register(SALE, "sale-1")
        assert inbox.came.wait(60)
    finally:
        logging.disable(logging.NOTSET)
    till.register.deliver(inbox.reports[0])
    lookup = till.register.find_document("sale-1")
    assert lookup.verdict is FiscalVerdict.FOUND
    document = next(iter(cloud.documents.values()))
    cloud.stop()
    assert document.callbacks == [500, 200]


def test_callback_that_never_comes_is_replaced_by_questions(
    cloud: AtolOnlineSimulator, receiver: CallbackReceiver, inbox: Inbox, tmp_path: Path
) -> None:
    cloud.break_("callback-refused")
    till = make_till(cloud, receiver, tmp_path)
    assert till.register.register(SALE, "sale-1").number == 778
    assert inbox.reports == []


def test_result_of_another_document_changes_nothing(
    cloud: AtolOnlineSimulator, receiver: CallbackReceiver, tmp_path: Path
) -> None:
    till = make_till(cloud, receiver, tmp_path)
    cloud._callbacks = False
    cloud.next(CloudFault.STUCK)
    till.register.deliver(read_report(json.dumps(DONE).encode()))
    with pytest.raises(DocumentQueued):
        till.register.register(SALE, "sale-1")
    assert till.register.find_document("sale-1").verdict is FiscalVerdict.WORKING


def test_register_that_is_open_listens_by_its_settings(
    cloud: AtolOnlineSimulator, tmp_path: Path
) -> None:
    """The result comes by the callback alone: no question is answered."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    options: dict[str, OptionValue] = {
        "login": LOGIN,
        "password": PASSWORD,
        "group": GROUP,
        "inn": "5544332219",
        "email": "kassa@cafe.ru",
        "payment_address": "https://cafe.example",
        "callback_url": f"http://127.0.0.1:{port}/",
        "callback_listen": f"127.0.0.1:{port}",
        "callback_secret": SECRET,
    }
    url = cloud.url_of("v5")
    config = DeviceConfig("till", DeviceKind.FISCAL, "fiscal.atol_online", "http", url, options)
    cloud.break_("report-500")
    register = build_fiscal(config, state_folder=tmp_path)
    register.open()
    try:
        assert register.register(SALE, "sale-1").number == 778
    finally:
        register.close()
    for broken in ({"callback_secret": "short"}, {"callback_listen": "8090"}, {"callback_url": ""}):
        with pytest.raises(ConfigurationError):
            build_fiscal(replace(config, options={**options, **broken}))
