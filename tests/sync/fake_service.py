"""A service in memory behind a transport that can be told to fail in every way.

It keeps each operation once by its idempotency key, as the real one does, and remembers the order
in which effects happened.
"""

import json
from collections.abc import Callable, Iterable
from typing import Any

import httpx

from app.kernel.clock import Clock, to_iso

Handler = Callable[[httpx.Request], httpx.Response]

FAULTS = (
    "cut_before",
    "cut_after",
    "timeout_after",
    "error_500",
    "error_429",
    "portal",
    "half",
    "twice",
)


def guest_wire(card_id: str, **changes: Any) -> dict[str, Any]:
    """Return a guest's card on the wire."""
    return {
        "cardId": card_id,
        "guestId": f"guest-{card_id}",
        "firstName": "Анна",
        "phone": "79123456789",
        "code6Digit": "482913",
        "levelId": "bronze",
        "levelName": "Бронза",
        "regularBalance": 12.5,
        "promoBalance": 0,
        "totalBalance": 12.5,
        "reservedBalance": 0,
        "lifetimeSpent": 100,
        "visitCount": 3,
        "favouriteProductIds": [],
        "updatedAt": "2026-11-20T09:00:00.000Z",
        **changes,
    }


def menu_wire(version: str = "m1", **product: Any) -> dict[str, Any]:
    """Return a menu of one product on the wire."""
    return {
        "version": version,
        "categories": [{"id": "c", "name": "Кофе", "icon": "cup", "tint": 1, "position": 1}],
        "taxes": [{"id": "v", "name": "НДС", "rates": [{"from": "2019-01-01", "percent": 2000}]}],
        "modifierGroups": [],
        "products": [
            {
                "id": "p",
                "categoryId": "c",
                "name": "Латте",
                "sku": "1",
                "taxId": "v",
                "price": 250.5,
            }
            | product
        ],
    }


def config_wire(version: str = "c1") -> dict[str, Any]:
    """Return a configuration on the wire."""
    return {
        "version": version,
        "tenant": {"id": "t", "name": "Кафе"},
        "location": {
            "id": "r1",
            "name": "На углу",
            "address": "Москва",
            "legalName": "ООО",
            "taxpayerId": "77",
            "timezone": "Europe/Moscow",
        },
        "register": {"id": "k1", "name": "Касса 1", "number": 1},
        "staff": [{"id": "s1", "name": "Ольга", "role": "cashier", "pinHash": "$argon2id$"}],
        "halls": [{"id": "h", "name": "Зал", "tables": [{"id": "t1", "name": "1"}]}],
        "loyaltyRules": {
            "version": "r1",
            "levels": [{"id": "bronze", "name": "Бронза", "threshold": 0, "percentBp": 500}],
            "minCheck": 50,
            "maxRedeemPercentBp": 3000,
            "redeemStep": 1,
        },
    }


class FakeService:
    """Answers as the service does.

    Attributes:
        faults: Taken one by one, for each call of the batch endpoint; empty means none.
        down: Nothing can be reached.
        effects: Payloads of operations in the order they took effect, once each.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.faults: list[str] = []
        self.down = False
        self.portal = False
        self.refuse_access = False
        self.menu = menu_wire()
        self.config = config_wire()
        self.guests: list[dict[str, Any]] = []
        self.effects: list[tuple[str, dict[str, Any]]] = []
        self.results: dict[str, dict[str, Any]] = {}
        self.verdicts: dict[str, dict[str, Any]] = {}
        self.calls: list[str] = []
        self.batches: list[int] = []
        self.codes_by_key: dict[str, list[str]] = {}
        self.poison: set[str] = set()
        self.tells_cards = True
        self.transport = httpx.MockTransport(self._handle)

    # -------------------------------------------------------------- transport
    def _handle(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path.removeprefix("/api/v1/pos/")
        self.calls.append(path)
        if self.down:
            raise httpx.ConnectError("refused", request=request)
        if self.portal:
            return httpx.Response(200, text="<html>Войдите в сеть</html>")
        if self.refuse_access:
            return self._problem(401, "INVALID_API_KEY")
        if path != "sync/batch":
            return self._answer(path, request)
        fault = self.faults.pop(0) if self.faults else ""
        return self._faulty(fault, request)

    def _faulty(self, fault: str, request: httpx.Request) -> httpx.Response:
        if fault == "cut_before":
            raise httpx.ConnectError("cut", request=request)
        if fault == "error_500":
            return self._problem(500, "INTERNAL_ERROR")
        if fault == "error_429":
            return self._problem(429, "RATE_LIMIT_EXCEEDED", {"Retry-After": "7"})
        if fault == "portal":
            return httpx.Response(200, text="<html>Войдите в сеть</html>")
        answer = self._batch(request)
        if fault == "twice":
            answer = self._batch(request)
        if fault == "cut_after":
            raise httpx.RemoteProtocolError("cut", request=request)
        if fault == "timeout_after":
            raise httpx.ReadTimeout("slow", request=request)
        if fault == "half":
            fields = json.loads(answer.content)
            fields["results"] = fields["results"][::2]
            return httpx.Response(200, json=fields)
        return answer

    def _answer(self, path: str, request: httpx.Request) -> httpx.Response:
        if path == "ping":
            fields: dict[str, Any] = {
                "serverTime": to_iso(self._clock.now()),
                "version": "1",
                "menuVersion": self.menu["version"],
                "configVersion": self.config["version"],
            }
            return httpx.Response(200, json=fields)
        if path == "menu":
            tag = f'"{self.menu["version"]}"'
            if request.headers.get("If-None-Match") == tag:
                return httpx.Response(304)
            return httpx.Response(200, json=self.menu, headers={"ETag": tag})
        if path == "config":
            return httpx.Response(200, json=self.config)
        if path == "guests":
            return httpx.Response(200, json={"guests": self.guests})
        if path == "card-codes":
            key = request.headers["Idempotency-Key"]
            count = json.loads(request.content)["count"]
            start = 100_000 + sum(len(codes) for codes in self.codes_by_key.values())
            codes = [str(start + n) for n in range(count)]
            return httpx.Response(200, json={"codes": self.codes_by_key.setdefault(key, codes)})
        return self._problem(404, "NOT_FOUND")

    @staticmethod
    def _problem(status: int, code: str, headers: dict[str, str] | None = None) -> httpx.Response:
        fields = {"status": status, "errorCode": code, "detail": "said the service"}
        return httpx.Response(status, json=fields, headers=headers)

    # -------------------------------------------------------------- operations
    def _batch(self, request: httpx.Request) -> httpx.Response:
        operations = json.loads(request.content)["operations"]
        assert len(operations) <= 50
        self.batches.append(len(operations))
        if any(operation["operationId"] in self.poison for operation in operations):
            return self._problem(422, "VALIDATION_ERROR")
        results = [self._take(operation) for operation in operations]
        updated = self._updated(operations) if self.tells_cards else []
        return httpx.Response(200, json={"results": results, "updatedGuests": updated})

    def _take(self, operation: dict[str, Any]) -> dict[str, Any]:
        key = operation["idempotencyKey"]
        if key in self.results:
            return {**self.results[key], "alreadyProcessed": True}
        verdict = self.verdicts.get(operation["operationId"], {"status": "success"})
        result = {"operationId": operation["operationId"], **verdict}
        if operation["type"] == "guest.register" and result["status"] == "success":
            result["guestCardId"] = f"card-{operation['payload']['clientGuestId']}"
        if result["status"] != "error":
            self.results[key] = result
        if result["status"] == "success":
            self.effects.append((operation["operationId"], operation["payload"]))
        return result

    def _updated(self, operations: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
        return [
            guest_wire(f"card-{operation['payload']['clientGuestId']}")
            for operation in operations
            if operation["type"] == "guest.register"
        ]

    def effect_ids(self) -> list[str]:
        """Return the ids of operations in the order they took effect."""
        return [operation_id for operation_id, _ in self.effects]
