"""What every scale promises, each protocol against its simulator, on TCP and on a serial line."""

import contextlib
import threading
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.api.errors import (
    ConnectionLost,
    DeviceRefused,
    DriverError,
    NotConnected,
    NotSupported,
    Timeout,
    TransportError,
)
from drivers.api.scale import (
    NothingOnScale,
    Overloaded,
    Scale,
    ScaleNeedsService,
    Weight,
    WeightUnstable,
    weigh,
)
from drivers.sim.scale import ScaleFault


def test_weight_is_told_in_whole_grams_with_its_state(bench: Any) -> None:
    scale: Scale = bench.scale
    for grams in (0, 1, 350, 14_999):
        bench.simulator.load(grams)
        reading = scale.read()
        assert (reading.grams, reading.stable, reading.overload) == (grams, True, False)
    bench.simulator.load(350, stable=False)
    assert not scale.read().stable


def test_vessel_is_tared_and_taken_away(bench: Any) -> None:
    bench.simulator.load(120)
    bench.scale.tare()
    bench.simulator.load(470)
    reading = bench.scale.read()
    assert reading.grams == 350
    if bench.scale.capabilities.tells_tare:
        assert (reading.tare_g, reading.has_tare) == (120, True)
    bench.simulator.load(0)
    assert bench.scale.read().grams == -120


def test_zero_is_set_near_zero_only(bench: Any) -> None:
    bench.simulator.load(7)
    bench.scale.zero()
    assert bench.scale.read().grams == 0
    bench.simulator.load(5_000)
    if bench.model in ("massak2", "cas"):
        bench.scale.zero()  # these have no answer to it: the weight stays, that is all one can see
    else:
        with pytest.raises(DeviceRefused):
            bench.scale.zero()
    assert bench.scale.read().grams == 4_993


def test_known_tare_is_set_where_the_protocol_can(bench: Any) -> None:
    bench.simulator.load(500)
    if not bench.scale.capabilities.sets_tare:
        with pytest.raises(NotSupported):
            bench.scale.set_tare(80)
        return
    bench.scale.set_tare(80)
    assert bench.scale.read().grams == 420
    bench.scale.set_tare(0)
    assert bench.scale.read().grams == 500


def test_too_much_is_overload_and_no_weight(bench: Any) -> None:
    bench.simulator.load(16_000)
    if bench.model == "massak2":  # five bytes have no room for it: it is never stable
        assert not bench.scale.read().stable
        return
    assert bench.scale.read().overload
    with pytest.raises(Overloaded):
        weigh(bench.scale, limit_s=0.0)


def comes_back(scale: Scale, grams: int) -> bool:
    """Read until the noise that was still under way is over."""
    for _ in range(50):
        with contextlib.suppress(DriverError):
            if scale.read().grams == grams:
                return True
    return False


@pytest.mark.parametrize(
    "fault",
    [ScaleFault.SILENT, ScaleFault.WRONG_CHECKSUM, ScaleFault.NOISE_ONLY, ScaleFault.FLOOD],
)
def test_weight_comes_back_after_one_spoilt_answer(bench: Any, fault: ScaleFault) -> None:
    bench.hurry()
    bench.simulator.load(350)
    bench.simulator.next(fault)
    assert comes_back(bench.scale, 350)


@pytest.mark.parametrize("fault", [ScaleFault.NOISE_BEFORE, ScaleFault.SPLIT])
def test_noise_in_front_and_split_frames_change_nothing(bench: Any, fault: ScaleFault) -> None:
    if bench.model == "massak2" and fault is ScaleFault.NOISE_BEFORE:
        bench.hurry()  # without frames noise is seen by its length; asked again it is well
        bench.simulator.load(350)
        bench.simulator.next(fault)
        assert comes_back(bench.scale, 350)
        return
    bench.simulator.load(350)
    bench.simulator.always(fault)
    assert bench.scale.read().grams == 350


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (ScaleFault.SILENT, Timeout),
        (ScaleFault.WRONG_CHECKSUM, DriverError),  # a lost ACK of CAS is silence
        (ScaleFault.NOISE_ONLY, DriverError),  # noise that comes late is silence
        (ScaleFault.FLOOD, DriverError),
    ],
)
def test_scale_that_never_answers_right_is_given_up_in_words(
    bench: Any, fault: ScaleFault, error: type[DriverError]
) -> None:
    bench.hurry()
    bench.simulator.always(fault)
    with pytest.raises(error) as caught:
        bench.scale.read()
    assert caught.value.text("ru")
    bench.simulator.always(None)
    bench.simulator.load(10)
    assert comes_back(bench.scale, 10)


def test_answer_lost_after_the_tare_was_set_sets_it_once(bench: Any) -> None:
    """The question is asked again; a tare that is set twice is the same tare."""
    bench.hurry()
    bench.simulator.load(120)
    if bench.model != "massak2":
        bench.simulator.next(ScaleFault.SILENT)
    for _ in range(50):
        with contextlib.suppress(Timeout):
            bench.scale.tare()
            break
    bench.simulator.load(470)
    assert comes_back(bench.scale, 350)


def test_line_that_drops_in_mid_answer_is_lost_and_opens_again(bench: Any) -> None:
    bench.simulator.next(ScaleFault.DROP_MIDWAY)
    with pytest.raises(TransportError) as caught:
        bench.scale.read()
    assert isinstance(caught.value, ConnectionLost)
    with pytest.raises(NotConnected):
        bench.scale.read()
    if bench.road == "tcp":
        bench.scale.open()
        assert bench.scale.read().grams == 0


def test_close_from_another_thread_ends_a_waiting_read(bench: Any) -> None:
    bench.simulator.always(ScaleFault.SILENT)
    caught: list[BaseException] = []

    def read() -> None:
        try:
            bench.scale.read()
        except TransportError as error:
            caught.append(error)

    reader = threading.Thread(target=read)
    reader.start()
    while not bench.simulator.journal:
        threading.Event().wait(0.01)
    bench.scale.close()
    reader.join(60)
    assert not reader.is_alive()
    assert caught


def test_broken_scale_says_so(bench: Any) -> None:
    bench.simulator.plate.broken = True
    if bench.model in ("massak2", "cas"):
        assert not bench.scale.read().stable
        return
    with pytest.raises(ScaleNeedsService, match=r"scale\.service"):
        bench.scale.read()


def test_weighing_waits_for_rest_and_two_equal_readings(bench: Any) -> None:
    bench.simulator.load(300, stable=False)
    pauses: list[float] = []

    def settle(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 2:
            bench.simulator.load(350)

    assert weigh(bench.scale, limit_s=60, wait=settle).grams == 350
    assert len(pauses) == 3


class Readings:
    """A scale that reads what it is told, the last one again and again."""

    name = "test"

    def __init__(self, *readings: Weight) -> None:
        self._readings = list(readings)

    def read(self) -> Weight:
        return self._readings.pop(0) if len(self._readings) > 1 else self._readings[0]


@pytest.mark.parametrize(
    ("readings", "error"),
    [
        ([Weight(300, stable=False)], WeightUnstable),
        ([Weight(0, stable=True, zero=True)], NothingOnScale),
        ([Weight(19, stable=True)], NothingOnScale),
        ([Weight(-120, stable=True)], NothingOnScale),
        ([Weight(0, stable=False, overload=True)], Overloaded),
    ],
)
def test_what_may_not_be_sold_is_refused_in_words(
    readings: list[Weight], error: type[Exception]
) -> None:
    now = [0.0]

    def wait(seconds: float) -> None:
        now[0] += seconds

    scale: Scale = Readings(*readings)  # type: ignore[assignment]  # a part of a scale
    with pytest.raises(error):
        weigh(scale, least_g=20, clock=lambda: now[0], wait=wait)
    assert 5.0 <= now[0] < 6.0


@given(
    readings=st.lists(
        st.builds(
            Weight,
            grams=st.integers(min_value=-50, max_value=50),
            stable=st.booleans(),
            overload=st.booleans(),
        ),
        min_size=1,
        max_size=30,
    ),
    least_g=st.integers(min_value=1, max_value=30),
)
def test_weight_for_sale_was_read_twice_at_rest_whatever_the_plate_does(
    readings: list[Weight], least_g: int
) -> None:
    now, seen = [0.0], []

    class Noting(Readings):
        def read(self) -> Weight:
            seen.append(super().read())
            return seen[-1]

    def wait(seconds: float) -> None:
        now[0] += seconds

    scale: Scale = Noting(*readings)  # type: ignore[assignment]  # a part of a scale
    try:
        weight = weigh(scale, least_g=least_g, clock=lambda: now[0], wait=wait)
    except (WeightUnstable, NothingOnScale, Overloaded):
        return
    assert seen[-2:] == [weight, weight]
    assert weight.stable
    assert not weight.overload
    assert weight.grams >= least_g


def test_weight_that_jumps_between_two_readings_is_not_taken() -> None:
    scale: Scale = Readings(  # type: ignore[assignment]  # a part of a scale
        Weight(300, stable=True), Weight(310, stable=True), Weight(320, stable=True)
    )
    assert weigh(scale, clock=lambda: 0.0, wait=lambda _: None).grams == 320
