"""Any bytes on a simulated printer: commands, paper, picture and the list of events.

`python -m tests.fuzz.fuzz_render -runs=20000`
"""

import json

from drivers.printers import commands, page, star_commands
from drivers.printers.escpos import EscposEncoder
from drivers.printers.picture import draw_items
from drivers.printers.profiles import get_profile
from drivers.receipts.compose import compose
from drivers.receipts.template import load_template
from drivers.sim import rendering
from tests.fakes.receipts import FULL
from tests.fuzz.common import run

PROFILES = (get_profile("generic-80"), get_profile("star-line-80"), get_profile("generic-58"))
SEEDS = [
    bytes((number,)) + EscposEncoder(profile).encode(compose(FULL, load_template("compact")))
    for number, profile in enumerate(PROFILES)
] + [
    b"\0\x1d(k\x03\x001C\x08\x1d(k\x05\x001P0hi\x1d(k\x03\x001Q0",
    b"\0\x1dv0\x00\x01\x00\x01\x00\xff\x1bp\x00\x19\xfa\x10\x04\x01",
    b"\0\x1dkI\x04{Bab\x1dk\x04AB\x00\x1b*\x21\x02\x00abcdef",
]


def one(data: bytes) -> object:
    """Work the bytes off; the first one chooses the model."""
    profile = PROFILES[data[0] % len(PROFILES)] if data else PROFILES[0]
    rendered = rendering.render(data[1:], profile)
    json.dumps(rendered.events)
    return draw_items(rendered.items, profile)


if __name__ == "__main__":
    run(one, SEEDS, instrument=(commands.__name__, page.__name__, star_commands.__name__))
