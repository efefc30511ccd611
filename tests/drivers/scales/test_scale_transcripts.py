"""Talks of the sources played to the driver byte by byte; where they come from stands in the files."""

from collections.abc import Callable
from pathlib import Path

import pytest

from drivers.api.errors import ConnectionLost, ProtocolError
from drivers.api.scale import Weight, weigh
from drivers.scales.cas import Cas
from drivers.scales.driver import Dialect, LineScale
from drivers.scales.massak2 import Massak2
from drivers.scales.massak100 import Massak100
from drivers.scales.pos2m import Pos2m
from drivers.transport.transcript import Entry, ReplayTransport, load_transcript

FOLDER = Path(__file__).parents[2] / "transcripts" / "scales"


def replay(name: str, dialect: Dialect) -> tuple[LineScale, ReplayTransport]:
    transport = ReplayTransport(load_transcript(FOLDER / name))
    scale = LineScale(transport, dialect, answer_s=0.05)
    scale.open()
    return scale, transport


def test_every_transcript_names_its_source() -> None:
    papers = sorted(FOLDER.glob("*.txt"))
    assert papers
    for paper in papers:
        assert "# Source" in paper.read_text(encoding="utf-8"), paper.name


def test_massak_100_tells_an_empty_plate() -> None:
    scale, transport = replay("massak100-zero.txt", Massak100())
    empty = Weight(0, stable=True, tare_g=0, zero=True)
    assert weigh(scale, least_g=0, wait=lambda _: None) == empty
    assert transport.is_finished


@pytest.mark.parametrize(
    ("name", "dialect", "grams"),
    [("massak2-two-kilograms.txt", Massak2(), 2000), ("cas-weight.txt", Cas(), 845)],
)
def test_recorded_weight_is_read(name: str, dialect: Dialect, grams: int) -> None:
    scale, transport = replay(name, dialect)
    assert scale.read() == Weight(grams, stable=True, tare_g=None)
    assert transport.is_finished


@pytest.mark.parametrize(
    ("name", "make", "true_g"),
    [
        ("massak100-zero.txt", Massak100, {0}),
        ("massak2-two-kilograms.txt", Massak2, set()),
        ("cas-weight.txt", Cas, set()),
        ("pos2m-dialogue.txt", Pos2m, {120}),
    ],
)
def test_cable_pulled_at_any_byte_is_never_a_weight(
    name: str, make: Callable[[], Dialect], true_g: set[int]
) -> None:
    """Each byte of each answer in turn is the last that came; only whole answers before it weigh."""
    entries = load_transcript(FOLDER / name)
    weighed: set[int] = set()

    def read_on(scale: LineScale) -> None:
        for _ in range(5):
            weighed.add(scale.read().grams)

    for place, entry in enumerate(entries):
        for kept in range(len(entry.data) if entry.direction == "<" else 0):
            rest = [Entry("<", entry.data[:kept]), Entry("!")] if kept else [Entry("!")]
            scale = LineScale(ReplayTransport([*entries[:place], *rest]), make(), answer_s=0.02)
            scale.open()
            with pytest.raises((ConnectionLost, ProtocolError)):
                read_on(scale)
    assert weighed == true_g


def test_pos2m_goes_on_after_a_damaged_reply() -> None:
    scale, transport = replay("pos2m-dialogue.txt", Pos2m())
    assert scale.read().grams == 120
    scale.tare()
    assert scale.read() == Weight(350, stable=True, tare_g=120, has_tare=True)
    assert transport.is_finished
