"""Any bytes as the output of an external terminal program.

`python -m tests.fuzz.fuzz_external -runs=100000`
"""

import contextlib

from drivers.api.errors import DriverError
from drivers.terminals.external import contract
from tests.fuzz.common import run

SEEDS = [
    b'{"outcome":"approved","amount_minor":12345,"receipt_no":"1","slip_lines":["a","b"]}',
    b'talk\n{"verdict":"found","result":{"outcome":"declined","code":5}}\n',
    b'{"result":null}',
    b'{"ready":true,"text":""}',
    b'{"total_minor":1,"count":2,"slip_lines":[]}',
]


def one(data: bytes) -> None:
    """Read the same bytes as the answer to every question."""
    answer = contract.last_object(data)
    for read in (
        contract.read_result,
        contract.read_last,
        contract.read_lookup,
        contract.read_status,
        contract.read_batch,
    ):
        with contextlib.suppress(DriverError):
            read(answer)


if __name__ == "__main__":
    run(one, SEEDS, instrument=("drivers.terminals.external.contract",))
