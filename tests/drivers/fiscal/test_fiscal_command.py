"""`python -m drivers fiscal` and what doctor and supervisor tell of a register, without the till."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from drivers.__main__ import main
from drivers.api.device import DeviceConfig, DeviceKind, Health
from drivers.api.errors import ConfigurationError
from drivers.commands.simulate import KINDS
from drivers.doctor import examine
from drivers.fiscal.atol.web import WebOptions
from drivers.registry import build_fiscal, watch_fiscal
from drivers.sim.atol_web import FAULTS

if TYPE_CHECKING:
    from tests.drivers.fiscal.conftest import WebRig

SALE: dict[str, Any] = {
    "operator": {"name": "Иванова А."},
    "taxation": "usn_income",
    "lines": [{"name": "Чай", "price_minor": 10000, "quantity_milli": 1000, "vat": "none"}],
    "points_minor": 2500,
    "payments": [{"type": "cash", "amount_minor": 7500}],
}


class Shell:
    """Runs commands against one simulator and reads their JSON."""

    def __init__(self, rig: "WebRig", capsys: pytest.CaptureFixture[str], folder: Path) -> None:
        self.rig = rig
        self.capsys = capsys
        self.sale = folder / "sale.json"
        self.sale.write_text(json.dumps(SALE), encoding="utf-8")
        self.notes = folder / "notes"

    def __call__(self, action: str, *words: str, code: int = 0) -> dict[str, Any]:
        """Run an action; the exit code must be as told."""
        arguments = ["fiscal", action, self.rig.url, *words, "--notes", str(self.notes)]
        assert main(arguments) == code
        out, self.err = self.capsys.readouterr()
        answer: dict[str, Any] = json.loads(out) if out else {}
        return answer


@pytest.fixture
def shell(web: "WebRig", capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Shell:
    return Shell(web, capsys, tmp_path)


def test_a_day_at_the_register(shell: Shell) -> None:
    assert shell("status")["shift_state"]["phase"] == "closed"
    assert shell("open-shift")["kind"] == "shift_open"
    assert shell("cash-in", "500000") == {"drawer_minor": 500000}
    document = shell("sell", str(shell.sale), "--id", "sale-1")
    assert (document["number"], document["total_minor"]) == (2, 7500)
    assert shell("sell", str(shell.sale), "--id", "sale-1")["number"] == 2
    assert shell("find", "--id", "sale-1")["verdict"] == "found"
    assert shell("find", "--id", "sale-2")["verdict"] == "absent"
    assert shell("last")["document"]["number"] == 2
    assert shell("x") == {"ok": True}
    assert shell("copy") == {"ok": True}
    assert shell("continue") == {"ok": True}
    assert shell("cash-out", "1000") == {"drawer_minor": 506500}
    totals = shell("totals")
    assert totals["sell"] == {"count": 1, "amount_minor": 7500, "by_payment": {"cash": 7500}}
    assert shell("z", "--operator", "Петров П.")["kind"] == "shift_close"
    assert len(shell.rig.machine.documents) == 3


def test_an_unknown_outcome_is_exit_code_3_and_is_asked_for(shell: Shell) -> None:
    shell.rig.machine.faults.append("link-after")
    shell.rig.simulator._hidden_polls = 0
    # The queue is free only when the link is back: the command would wait for its limit.
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("drivers.fiscal.atol.build.WebOptions", short_options)
        shell("sell", str(shell.sale), "--id", "sale-1", code=3)
    assert "Не пробивайте снова" in shell.err
    shell.rig.heal()
    assert shell("find", "--id", "sale-1")["verdict"] == "found"
    assert len(shell.rig.machine.receipts) == 1


def short_options(**fields: Any) -> Any:
    return WebOptions(blocked_limit_s=0.02, settle_s=0.001, **fields)


@pytest.mark.parametrize(
    ("action", "words", "said"),
    [
        ("sell", (), "needs SALE.json"),
        ("sell", ("/nowhere.json",), "No such file"),
        ("find", (), "needs --id"),
        ("cash-in", (), "needs its sum in kopecks"),
        ("cash-in", ("12.50",), "needs its sum in kopecks"),
        ("cash-out", ("0",), "amount_minor must be 1"),
        ("x", ("--operator", " "), "the operator's name"),
        ("sell", ("SALE", "--id", "a/b"), "document id"),
    ],
)
def test_wrong_use_is_one_sentence(
    shell: Shell, action: str, words: tuple[str, ...], said: str
) -> None:
    given = [str(shell.sale) if word == "SALE" else word for word in words]
    assert shell(action, *given, code=1) == {}
    assert said in shell.err
    assert shell.err.count("\n") == 1
    assert shell.rig.machine.documents == []


def test_status_fails_where_no_receipt_can_be_made(shell: Shell) -> None:
    shell.rig.machine.has_paper = False
    problem = shell("status", code=1)["problem"]
    assert problem["code"] == "printer.paper_out"
    assert "бумага" in problem["words"]["ru"]


def test_the_general_status_knows_a_register_by_its_address(
    web: "WebRig", capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["status", web.url]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert (shown["kind"], shown["model"], shown["health"]) == ("fiscal", "fiscal.atol", "online")


def config(address: str, **fields: Any) -> DeviceConfig:
    given = {"transport": "http", "options": {}, **fields}
    return DeviceConfig(
        "kkt", DeviceKind.FISCAL, "fiscal.atol", given["transport"], address, given["options"]
    )


def test_doctor_tells_a_register_in_words(web: "WebRig") -> None:
    web.machine.age_shift()
    (finding,) = examine([config(web.url)], discover=False)
    assert finding.probe.code == "fiscal.shift_expired"
    assert "24 часов" in finding.line("ru")
    web.simulator.stop()
    (finding,) = examine([config(web.url)], discover=False)
    assert finding.probe.health is Health.OFFLINE


def test_supervisor_is_told_what_will_soon_be_in_the_way(web: "WebRig", tmp_path: Path) -> None:
    watched = watch_fiscal(config(web.url), state_folder=tmp_path)
    watched.open()
    assert watched.poll().health is Health.ONLINE
    web.machine.unsent = 7
    probe = watched.poll()
    assert (probe.health, probe.code) == (Health.DEGRADED, "")
    assert "не передано в ОФД: 7" in probe.words_ru
    web.machine.unsent = 0
    web.machine.is_fn_full = True
    assert "почти заполнена" in watched.poll().words_ru
    web.machine.is_cover_open = True
    assert watched.poll().code == "printer.cover_open"
    watched.close()


@pytest.mark.parametrize(
    ("device", "said"),
    [
        (config("localhost:16732"), "http"),
        (config("http://localhost:16732", options={"api": "v9"}), "neither v1 nor v2"),
        (config("http://localhost", options={"wrapper": "x"}), "http has no option wrapper"),
        (config("usb", transport="libfptr10", options={"user": "x"}), "has no option user"),
        (config("usb", transport="tcp"), "is reached by http, libfptr10"),
        (config("http://localhost", options={"color": 5}), "has no option 'color'"),
    ],
)
def test_wrong_settings_are_refused_in_words(device: DeviceConfig, said: str) -> None:
    with pytest.raises(ConfigurationError, match=said):
        build_fiscal(device)


@pytest.mark.parametrize("fault", ["", *KINDS["fiscal"].faults])
def test_every_fault_of_the_simulator_can_be_asked_for(fault: str) -> None:
    simulated = KINDS["fiscal"].start(0, fault)
    simulated.stop()
    assert simulated.address.startswith("http://127.0.0.1:")


def test_the_list_of_faults_is_the_simulators() -> None:
    assert set(KINDS["fiscal"].faults) == set(FAULTS)
