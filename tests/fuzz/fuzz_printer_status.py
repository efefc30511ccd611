"""atheris over what a printer answers: real-time bytes, automatic status, Star blocks, and their words."""

from drivers.printers.dialogue import Dialogue, make_dialogue
from drivers.printers.profiles import get_profile
from drivers.printers.star_status import StarSplitter, parse_star
from drivers.printers.status import AnswerSplitter, parse_asb, parse_ordered_paper, parse_realtime
from drivers.printers.status_words import explain_automatic, explain_realtime, explain_star
from tests.fuzz.common import run

SEEDS = (
    bytes.fromhex("00 1a 32 12 7e"),
    bytes.fromhex("01 10 00 0c 00 12 00"),
    bytes.fromhex("02 23 86 08 00 00 08 00 02 00"),
    bytes.fromhex("03 12 16 10 04 00 00 93 ff 23 86"),
)
_PROFILES = (
    get_profile("TM-T88V"),
    get_profile("TM-T88V").adjusted(asks="automatic"),
    get_profile("TSP650"),
)


def read_answers(data: bytes) -> None:
    """The first byte picks the model and where the stream is cut in two."""
    if not data:
        return
    profile = _PROFILES[data[0] % len(_PROFILES)]
    cut, stream = data[0] // len(_PROFILES), data[1:]
    _talk(make_dialogue(profile), stream[:cut], stream[cut:])
    answers = AnswerSplitter()
    for piece in (stream[:cut], stream[cut:]):
        got = answers.feed(piece)
        assert all(parse_asb(block) is not None for block in got.automatic)
        assert all(explain_automatic(block) for block in got.automatic)
        for byte in got.ordered:
            parse_ordered_paper(byte)
    star = StarSplitter()
    for block in star.feed(stream[:cut]) + star.feed(stream[cut:]):
        assert parse_star(block) is not None
        assert explain_star(block)
    numbered = dict(enumerate(stream[:4], 1))
    assert parse_realtime(numbered).words("en").isascii()
    assert explain_realtime(numbered)


def _talk(dialogue: Dialogue, first: bytes, second: bytes) -> None:
    dialogue.restart()
    dialogue.arm()
    for number in range(len(dialogue.questions)):
        dialogue.asking(number)
        dialogue.hear(first)
    dialogue.hear(second)
    assert dialogue.status().words("ru")
    dialogue.explain("en")
    dialogue.take_end()
    assert dialogue.take_end() is None


if __name__ == "__main__":
    run(
        read_answers,
        SEEDS,
        instrument=[
            "drivers.printers.status",
            "drivers.printers.star_status",
            "drivers.printers.status_words",
            "drivers.printers.dialogue",
        ],
    )
