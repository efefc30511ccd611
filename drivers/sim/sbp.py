"""Raiffeisenbank's API for payments by QR code, with guests who pay and faults on demand.

Source: the bank's OpenAPI document, github.com/Raiffeisen-DGTL/ecom-API, sbp.yaml. Written apart from the
driver; sums are kept in kopecks.
"""

import contextlib
import hashlib
import hmac
import http.client
import json
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

from drivers.sim.http_server import HttpSimulator, Reply, Request, reply_json

SECRET_KEY = "sandbox-key-of-the-simulator"  # noqa: S105 - opens nothing but this simulator
MERCHANT_ID = "MA0000000001"
#: What may be ordered for the next request; value in brackets.
FAULTS = (
    "lost-after",  # done, then the connection is cut without an answer
    "lost-before",  # cut with nothing done
    "cut-midway",  # done, the answer breaks off
    "slow",  # seconds before the answer
    "error-500",  # 5xx with nothing done
    "error-500-after",  # 5xx although it is done
    "garbage",  # done, the answer is noise
    "no-http",  # done, the answer is no HTTP
    "unauthorized",  # the key is not accepted
    "too-many",
)
_CALLBACK_TIMEOUT_S = 10.0


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault of `FAULTS` and its seconds; `path` limits it to requests whose path has this part."""

    name: str
    value: float = 0.0
    path: str = ""


@dataclass(slots=True)
class Code:
    """A registered code; `state` as in the API."""

    qr_id: str
    order: str
    amount_minor: int
    expires: str
    state: str = "NEW"
    payment: str = "NO_INFO"
    transaction_id: int = 0
    paid_at: str = ""


@dataclass(slots=True)
class Refund:
    """A refund and where it stands."""

    refund_id: str
    order: str
    amount_minor: int
    state: str = "IN_PROGRESS"


@dataclass
class SbpBank:
    """The books of the bank. The simulator's lock keeps requests apart."""

    codes: dict[str, Code] = field(default_factory=dict)
    refunds: dict[str, Refund] = field(default_factory=dict)
    received: list[Request] = field(default_factory=list)

    def taken_minor(self) -> int:
        """Money taken from guests less what was given back."""
        paid = sum(code.amount_minor for code in self.codes.values() if code.state == "PAID")
        return paid - sum(
            item.amount_minor for item in self.refunds.values() if item.state != "DECLINED"
        )


class SbpSimulator:
    """The API on 127.0.0.1. Order: ``start -> (next | pay | ...)* -> stop``; any thread.

    Args:
        port: 0 takes a free one.
        secret_key: that the till must send.
        merchant_id: that the till must name.
    """

    def __init__(
        self, port: int = 0, *, secret_key: str = SECRET_KEY, merchant_id: str = MERCHANT_ID
    ) -> None:
        self.bank = SbpBank()
        self.on_request: Callable[[Request], None] | None = None
        self._secret_key = secret_key
        self._merchant_id = merchant_id
        self._faults: deque[Fault] = deque()
        self._standing: Fault | None = None
        self._refused_orders: set[str] = set()
        self._server = HttpSimulator(self._answer, port)

    @property
    def port(self) -> int:
        """Where it listens."""
        return self._server.port

    @property
    def url(self) -> str:
        """Base address of the API."""
        return f"{self._server.url}/api"

    @property
    def lock(self) -> contextlib.AbstractContextManager[bool]:
        """Held while a request is answered; who acts as a guest meanwhile takes it too."""
        return self._server.lock

    def start(self) -> None:
        """Listen."""
        self._server.start()

    def stop(self) -> None:
        """Stop. Repeatable."""
        self._server.stop()

    def next(self, *faults: Fault) -> None:
        """Queue faults for the next requests that they fit, one each."""
        self._faults.extend(faults)

    def always(self, fault: Fault | None) -> None:
        """Set the fault of every request that it fits."""
        self._standing = fault

    def begin(self, qr_id: str) -> None:
        """A guest has scanned the code and thinks."""
        code = self.bank.codes[qr_id]
        code.state = code.payment = "IN_PROGRESS"

    def decline(self, qr_id: str) -> None:
        """The guest's bank says no; the code can be tried again."""
        code = self.bank.codes[qr_id]
        code.state, code.payment = "NEW", "DECLINED"

    def pay(self, qr_id: str) -> bool:
        """A guest pays; False if the code cannot be paid any more."""
        code = self.bank.codes[qr_id]
        if code.state not in ("NEW", "IN_PROGRESS"):
            return False
        code.state, code.payment = "PAID", "SUCCESS"
        code.transaction_id = 1000 + sum(item.state == "PAID" for item in self.bank.codes.values())
        code.paid_at = "2026-11-20T16:01:49.043924+03:00"
        return True

    def expire(self, qr_id: str) -> None:
        """Let the time of a code run out."""
        self.bank.codes[qr_id].state = "EXPIRED"

    def refuse_refunds_of(self, order: str) -> None:
        """Give nothing back of an order from now on."""
        self._refused_orders.add(order)

    def settle(self, refund_id: str, state: str = "COMPLETED") -> None:
        """Bring a refund to its end."""
        self.bank.refunds[refund_id].state = state

    def pay_late(self, qr_id: str) -> None:
        """The money of a guest arrives who had confirmed before the code ended."""
        code = self.bank.codes[qr_id]
        code.state = "NEW"
        assert self.pay(qr_id)

    def notice(self, qr_id: str) -> tuple[bytes, str]:
        """Make the bank's notice about a code: body and signature."""
        code = self.bank.codes[qr_id]
        amount = _roubles(code.amount_minor)
        fields = {
            "transactionId": code.transaction_id,
            "qrId": qr_id,
            "sbpMerchantId": self._merchant_id,
            "merchantId": 123,
            "currency": "RUB",
            "transactionDate": code.paid_at,
            "paymentStatus": code.payment,
            "additionalInfo": None,
            "order": code.order,
            "createDate": "2026-11-20T16:00:00+03:00",
        }
        body = f'{json.dumps(fields)[:-1]}, "amount": {amount}}}'.encode()
        line = f"{amount}|{self._merchant_id}|{code.order}|{code.payment}|{code.paid_at}"
        digest = hmac.digest(self._secret_key.encode(), line.encode(), hashlib.sha256)
        return body, digest.hex()

    def _answer(self, request: Request) -> Reply:
        self.bank.received.append(request)
        if self.on_request is not None:
            self.on_request(request)
        fault = self._take_fault(request)
        before = {
            "lost-before": Reply(bytes_max=0),
            "error-500": Reply(500, b"<html>Internal Server Error</html>"),
            "unauthorized": reply_json({"code": "ERROR.UNAUTHORIZED", "message": "no"}, 401),
            "too-many": Reply(429),
        }
        if fault is not None and fault.name in before:
            return before[fault.name]
        reply = self._serve(request)
        if fault is None:
            return reply
        if fault.name == "slow":
            return replace(reply, delay_s=fault.value)
        after = {
            "lost-after": Reply(bytes_max=0),
            "cut-midway": replace(reply, bytes_max=len(reply.encoded()) - 5),
            "error-500-after": Reply(502, b"Bad Gateway"),
            "garbage": Reply(200, b"\xff\x00{not json"),
            "no-http": Reply(raw=b"\x15\x03\x01 no HTTP at all\r\n\r\n"),
        }
        return after[fault.name]

    def _take_fault(self, request: Request) -> Fault | None:
        if self._faults and self._faults[0].path in request.path:
            return self._faults.popleft()
        if self._standing is not None and self._standing.path in request.path:
            return self._standing
        return None

    def _serve(self, request: Request) -> Reply:
        path = request.path.removeprefix("/api")
        if request.method == "POST" and path == "/sbp/v1/qr/register":
            return self._register(request)
        if request.headers.get("authorization") != f"Bearer {self._secret_key}":
            return reply_json({"code": "ERROR.UNAUTHORIZED", "message": "wrong key"}, 401)
        if request.method == "POST" and path == "/sbp/v1/refund":
            return self._refund(request)
        return self._serve_about(request.method, path.strip("/").split("/"))

    def _serve_about(self, method: str, parts: list[str]) -> Reply:
        """Answer about one thing that the address names."""
        if method == "GET" and parts[:3] == ["sbp", "v1", "refund"] and len(parts) == 4:
            return self._told_refund(parts[3])
        if parts[:3] == ["sbp", "v1", "qr"] and parts[4:] == ["payment-info"]:
            return self._payment(parts[3])
        if parts[:3] == ["sbp", "v2", "qrs"] and len(parts) == 4:
            return self._cancel(parts[3]) if method == "DELETE" else self._code(parts[3])
        return reply_json({"code": "ERROR.NOT_FOUND", "message": "no such address"}, 404)

    def _register(self, request: Request) -> Reply:
        asked = _read(request.body)
        amount, order = asked.get("amount"), str(asked.get("order", ""))
        problem = ""
        if asked.get("sbpMerchantId") != self._merchant_id:
            problem = "ERROR.MERCHANT_NOT_REGISTERED"
        elif not isinstance(amount, Decimal | int) or amount <= 0 or asked.get("currency") != "RUB":
            problem = "ERROR.DYNAMIC_QR_WITHOUT_AMOUNT"
        elif not order or len(order) > 40:
            problem = "ERROR.INVALID_ORDER"
        elif any(code.order == order and code.state == "PAID" for code in self.bank.codes.values()):
            problem = "ERROR.ORDER_NUMBER_ALREADY_REGISTERED"
        if problem or not isinstance(amount, Decimal | int):
            return reply_json({"code": problem, "message": "отказ"}, 400)
        digest = hashlib.sha256(f"{order}/{len(self.bank.codes)}".encode()).hexdigest().upper()
        expires = str(asked.get("qrExpirationDate", "2026-11-23T16:00:00+03:00"))
        code = Code(f"AD{digest[:30]}", order, int(amount * 100), expires)
        self.bank.codes[code.qr_id] = code
        return reply_json({"code": "SUCCESS", **self._links(code)})

    def _links(self, code: Code) -> dict[str, str]:
        query = f"type=02&bank=100000000007&sum={code.amount_minor}&cur=RUB&crc=AB75"
        return {
            "qrId": code.qr_id,
            "payload": f"https://qr.nspk.ru/{code.qr_id}?{query}",
            "qrUrl": f"{self.url}/sbp/v1/qr/{code.qr_id}/image",
        }

    def _payment(self, qr_id: str) -> Reply:
        code = self.bank.codes.get(qr_id)
        if code is None:
            return _unknown()
        fields: dict[str, object] = {
            "code": "SUCCESS",
            "createDate": "2026-11-20T16:00:00+03:00",
            "currency": "RUB",
            "merchantId": 123,
            "order": code.order,
            "paymentStatus": code.payment,
            "qrId": qr_id,
            "sbpMerchantId": self._merchant_id,
            "qrExpirationDate": code.expires,
        }
        if code.paid_at:
            fields |= {"transactionDate": code.paid_at, "transactionId": code.transaction_id}
        body = f'{json.dumps(fields)[:-1]}, "amount": {_roubles(code.amount_minor)}}}'
        return Reply(200, body.encode(), {"Content-Type": "application/json"})

    def _code(self, qr_id: str) -> Reply:
        code = self.bank.codes.get(qr_id)
        if code is None:
            return _unknown()
        return reply_json(
            {**self._links(code), "qrStatus": code.state, "qrExpirationDate": code.expires}
        )

    def _cancel(self, qr_id: str) -> Reply:
        code = self.bank.codes.get(qr_id)
        if code is None:
            return _unknown()
        if code.state not in ("NEW", "IN_PROGRESS"):
            return reply_json({"code": "ERROR.INVALID_REQUEST", "message": code.state}, 400)
        code.state = "CANCELLED"
        return Reply(200)

    def _refund(self, request: Request) -> Reply:
        asked = _read(request.body)
        amount, order = asked.get("amount"), str(asked.get("order"))
        name = str(asked.get("refundId"))
        if not isinstance(amount, Decimal | int) or not name:
            return reply_json({"code": "ERROR.INVALID_REQUEST", "message": "отказ"}, 400)
        if name in self.bank.refunds:
            return reply_json({"code": "ERROR.INVALID_REQUEST", "message": "refundId занят"}, 400)
        paid = [item for item in self.bank.codes.values() if item.order == order]
        left = sum(item.amount_minor for item in paid if item.state == "PAID") - sum(
            item.amount_minor
            for item in self.bank.refunds.values()
            if item.order == order and item.state != "DECLINED"
        )
        if not paid:
            return _unknown()
        if int(amount * 100) > left or order in self._refused_orders:
            code = "ERROR.REFUND_INSUFFICIENT_FUNDS"
            return reply_json({"code": code, "message": "отказ"}, 400)
        self.bank.refunds[name] = Refund(name, order, int(amount * 100))
        return self._told_refund(name)

    def _told_refund(self, name: str) -> Reply:
        refund = self.bank.refunds.get(name)
        if refund is None:
            return reply_json({"code": "ERROR.REFUND_NOT_FOUND", "message": "не найден"}, 404)
        body = (
            f'{{"code": "SUCCESS", "amount": {_roubles(refund.amount_minor)}, '
            f'"refundStatus": "{refund.state}"}}'
        )
        return Reply(200, body.encode(), {"Content-Type": "application/json"})


def send_notice(host: str, port: int, body: bytes, signature: str) -> int:
    """Send a notice to a till as the bank does; returns its HTTP status, 0 if it hung up."""
    connection = http.client.HTTPConnection(host, port, timeout=_CALLBACK_TIMEOUT_S)
    with contextlib.closing(connection):
        try:
            connection.request("POST", "/", body, {"X-Api-Signature-SHA256": signature})
            return connection.getresponse().status
        except (OSError, http.client.HTTPException):
            return 0


def _roubles(amount_minor: int) -> str:
    """A sum as the bank writes it: no zeros behind the point that are not needed."""
    whole, part = divmod(amount_minor, 100)
    return f"{whole}.{part:02d}".rstrip("0").rstrip(".")


def _read(body: bytes) -> Mapping[str, object]:
    with contextlib.suppress(ValueError):
        value = json.loads(body, parse_float=Decimal)
        if isinstance(value, dict):
            return value
    return {}


def _unknown() -> Reply:
    return reply_json({"code": "ERROR.NOT_FOUND", "message": "QR-код не найден"}, 404)
