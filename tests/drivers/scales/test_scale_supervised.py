"""A scale under the supervisor: pulled and plugged, stalled, live weights, and the command."""

import json
import queue
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from drivers.__main__ import main
from drivers.api.device import DeviceConfig, DeviceKind, DeviceState, Health
from drivers.api.scale import Weight
from drivers.registry import MODELS, build_scale, get_model, watch_scale
from drivers.sim.escpos_links import TcpLink
from drivers.sim.scale import ScaleFault, ScaleSimulator, obey
from drivers.sim.scale import main as run_simulator
from drivers.supervisor import Supervisor, Worker

WAIT_S = 30.0
posix = pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are POSIX")


@pytest.fixture
def simulator() -> Iterator[ScaleSimulator]:
    made = ScaleSimulator("massak100", TcpLink())
    made.start()
    yield made
    made.stop()


def config_of(simulator: ScaleSimulator, **options: str | float) -> DeviceConfig:
    road = "tcp" if ":" in simulator.address else "serial"
    return DeviceConfig(
        "scale", DeviceKind.SCALE, "scale.massak100", road, simulator.address, options
    )


def wait_for(states: "queue.Queue[DeviceState]", health: Health, code: str = "") -> DeviceState:
    while True:
        state = states.get(timeout=WAIT_S)
        if state.health is health and code in state.probe.code:
            return state


@posix
def test_scale_is_weighed_again_after_it_was_unplugged(tmp_path: Path) -> None:
    simulator = ScaleSimulator("massak100", path=tmp_path / "scale")
    simulator.start()
    states: queue.Queue[DeviceState] = queue.Queue()
    weights: queue.Queue[Weight] = queue.Queue()
    worker = Worker(
        "scale",
        DeviceKind.SCALE,
        "scale.massak100",
        watch_scale(config_of(simulator, answer_s=0.5), weights.put),
        on_state=states.put,
        backoff_s=(0.02,),
    )
    worker.start()
    for grams in (100, 200):
        wait_for(states, Health.ONLINE)
        simulator.load(grams)
        while weights.get(timeout=WAIT_S).grams != grams:
            pass
        simulator.unplug()
        wait_for(states, Health.OFFLINE)
        simulator.plug()
    wait_for(states, Health.ONLINE)
    assert worker.stop()
    simulator.stop()


def test_trouble_on_the_plate_is_told_and_the_scale_stays_there(simulator: ScaleSimulator) -> None:
    states: queue.Queue[DeviceState] = queue.Queue()
    watched = watch_scale(config_of(simulator, answer_s=20.0), lambda _: None)
    worker = Worker("s", DeviceKind.SCALE, "scale.massak100", watched, on_state=states.put)
    worker.start()
    wait_for(states, Health.ONLINE)
    simulator.load(99_000)
    told = wait_for(states, Health.DEGRADED, "scale.overload")
    assert told.words("ru") == "Весы перегружены"
    assert told.hint("ru") == "Снимите груз с платформы."
    simulator.load(10)
    wait_for(states, Health.ONLINE)
    simulator.plate.broken = True
    wait_for(states, Health.DEGRADED, "scale.service")
    assert worker.stop()


def test_device_that_never_answers_blocks_its_own_thread_alone(simulator: ScaleSimulator) -> None:
    """The till's thread pays nothing for a stall: handing over jobs and asking states returns at once.

    The silent scale is given an hour to answer; every call here comes back while it is waited for.
    """
    good = ScaleSimulator("massak100", TcpLink())
    good.start()
    good.load(42)
    simulator.always(ScaleFault.SILENT)
    supervisor = Supervisor()
    stalled = supervisor.add(
        "stalled",
        DeviceKind.SCALE,
        "scale.massak100",
        watch_scale(config_of(simulator, answer_s=3600.0)),
    )
    healthy = supervisor.add(
        "healthy",
        DeviceKind.SCALE,
        "scale.massak100",
        watch_scale(config_of(good, answer_s=20.0)),
    )
    supervisor.start()
    waiting = stalled.submit(lambda scale: scale.read())
    while not simulator.journal:
        threading.Event().wait(0.01)
    for _ in range(50):
        stalled.submit(lambda scale: scale.read())
        stalled.look_now()
        assert len(supervisor.states()) == 2
        assert healthy.submit(lambda scale: scale.read().grams).result(WAIT_S) == 42
    assert not waiting.done()
    stalled.stop(0.0)
    stalled.device.close()
    assert supervisor.stop() == ()
    good.stop()


@pytest.mark.parametrize("model", [id_ for id_, m in MODELS.items() if m.kind is DeviceKind.SCALE])
def test_every_model_of_the_table_is_built(model: str) -> None:
    config = DeviceConfig("s", DeviceKind.SCALE, model, "serial", "/dev/ttyNONE9")
    assert build_scale(config).name == "s"


def test_command_weighs_tares_and_speaks_json(
    simulator: ScaleSimulator, capsys: pytest.CaptureFixture[str]
) -> None:
    def run(*words: str) -> tuple[int, dict[str, object]]:
        code = main(["scale", simulator.address, *words])
        printed = capsys.readouterr()
        return code, json.loads(printed.out) if printed.out else {"error": printed.err}

    simulator.load(350)
    assert run()[1] == {
        "model": "scale.massak100", "grams": 350, "stable": True, "tare_g": 0, "zero": False,
        "has_tare": False, "overload": False,
    }  # fmt: skip
    assert run("set-tare", "--grams", "50")[1]["grams"] == 300
    assert run("weigh", "--least", "20")[1]["grams"] == 300
    code, answer = run("zero")
    assert (code, "отказало" in str(answer["error"])) == (1, True)
    assert run("set-tare")[0] == 1
    simulator.load(30)
    simulator.plate.tare_g = 0
    assert run("zero")[1]["grams"] == 0
    simulator.load(80)
    assert run("tare")[1]["grams"] == 0


@posix
@pytest.mark.parametrize("model", ["massak100", "massak2", "pos2m", "cas"])
def test_scale_on_a_chosen_port_is_detected(
    model: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tried again while the machine was too busy to answer: a slow scale is not found, never mistaken."""
    monkeypatch.setattr("drivers.commands.scale.DETECT_S", 0.08)
    simulator = ScaleSimulator(model)
    simulator.start()
    code = 1
    for _ in range(5):
        capsys.readouterr()
        code = code and main(["scale", simulator.address, "detect"])
        if not code:
            break
    asked = b"".join(data for way, data in simulator.journal if way == ">")
    simulator.stop()
    config = json.loads(capsys.readouterr().out)["config"]
    assert code == 0
    assert config["model"] == f"scale.{model}"
    assert get_model(DeviceConfig.from_json(config)).id == config["model"]
    # Neither zero nor tare of any protocol was among the questions.
    for order in (b"\x72", b"\xa3", b"<ZK>", b"<TK>", b"\x0e", b"\x0d", b"\x05\x300030"):
        assert order not in asked


@posix
def test_silent_port_has_no_scale_and_a_missing_port_is_an_error(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("drivers.commands.scale.DETECT_S", 0.02)
    simulator = ScaleSimulator("cas")
    simulator.start()
    simulator.always(ScaleFault.SILENT)
    assert main(["scale", simulator.address, "detect"]) == 1
    assert json.loads(capsys.readouterr().out) == {"config": None}
    simulator.stop()
    assert main(["scale", simulator.address, "detect"]) == 1
    assert "не найдено" in capsys.readouterr().err
    assert main(["scale", "127.0.0.1:9", "detect"]) == 1
    assert "serial port" in capsys.readouterr().err


def test_simulator_takes_orders(
    simulator: ScaleSimulator,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    orders = ["load 350", "tare 20", "shaky on", "fault silent 2", "always slow", "always well"]
    obey(simulator, [*orders, "unplug", "plug", "dance", "fault", "quit", "load 1"], sys.stdout)
    answers = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [answer["ok"] for answer in answers] == [True] * 8 + [False] * 2
    assert answers[1]["shown_g"] == 330
    monkeypatch.setattr("sys.stdin", iter(["load 5\n", "quit\n"]))
    assert run_simulator(["cas", "--port", "0"]) == 0
    assert json.loads(capsys.readouterr().out.splitlines()[1]) == {"ok": True, "shown_g": 5}
