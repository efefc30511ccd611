"""Try every call of the description with made-up requests: `python -m tests.chaos.fuzz_api`.

    python -m tests.chaos.fuzz_api --examples 50 --seed 7 --database postgresql+psycopg://.../empty

The database must be empty; without one it is an SQLite file that is thrown away. Prints what is not as
described and the seed that shows it again; exits 1 if there is anything.
"""

import argparse
import sys
import tempfile
from pathlib import Path

from tests.chaos.fuzzing import Fuzz, fuzzed_service


def main() -> int:
    """Run with the arguments of the command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--examples", type=int, default=20, help="for each call and each way")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--database", help="URL of an empty database")
    parser.add_argument("--only", default="", help="a part of `METHOD /path`")
    given = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as folder,
        fuzzed_service(Path(folder), given.database) as service,
    ):
        findings = Fuzz(service, given.examples, given.seed).run(lambda name: given.only in name)
    told = (
        f"{findings.requests} requests to {len(findings.operations())} operations, "
        f"{len(findings.operations(successful=True))} of them answered with success, "
        f"{len(findings.faults)} faults; seed {given.seed}"
    )
    sys.stdout.write("\n\n".join(filter(None, [findings.text(), told])) + "\n")
    return 1 if findings.faults else 0


if __name__ == "__main__":
    sys.exit(main())
