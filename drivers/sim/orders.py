"""Orders to a simulator that runs as a program: one a line in, one JSON line out for each."""

import argparse
import json
import sys
from collections.abc import Callable, Iterable, Mapping
from typing import Protocol, TextIO

Answer = Mapping[str, object]
Act = Callable[[list[str]], Answer | None]


class Program(Protocol):
    """A simulator that can be run."""

    def start(self) -> object:
        """Begin to listen."""
        ...

    def stop(self) -> object:
        """End; repeatable."""
        ...


def read_port(arguments: list[str] | None, program: str, words: str | None, default: int) -> int:
    """Return the port on 127.0.0.1 of a command line that asks for nothing else; 0 takes a free one.

    Args:
        arguments: Of the command line; None for those of the process.
        program: Its name in the help.
        words: What the help says.
        default: Without `--port`.
    """
    parser = argparse.ArgumentParser(
        prog=program, description=words, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--port", type=int, default=default, help="on 127.0.0.1; 0 takes a free one"
    )
    return int(parser.parse_args(arguments).port)


def run_program(simulator: Program, told: Callable[[], Answer], work: Callable[[], object]) -> int:
    """Run a simulator: say where it is in one JSON line, work, let go of it whatever happens.

    Args:
        simulator: Not started yet.
        told: What to say once it runs.
        work: Ends with the orders.

    Returns:
        The status of the process: 0, or 130 if it was interrupted.
    """
    simulator.start()
    try:
        sys.stdout.write(json.dumps(told()) + "\n")
        sys.stdout.flush()
        work()
    except KeyboardInterrupt:
        return 130
    finally:
        simulator.stop()
    return 0


def take_orders(
    acts: Mapping[str, Act],
    lines: Iterable[str],
    answers: TextIO,
    dump: Callable[[Answer], str] = json.dumps,
) -> None:
    """Carry out orders until `quit` or the end of the input.

    Args:
        acts: By the first word of an order; gets the other words, returns what to answer beside
            ``"ok": true``. It raises ValueError for words that it does not know, and OSError for
            what the machine refused.
        lines: The orders; an empty line is none.
        answers: Where the answers go.
        dump: Writes an answer.
    """
    for line in lines:
        verb, *words = line.split() or [""]
        if verb == "quit":
            return
        if not verb:
            continue
        try:
            answer = _act(acts, verb, words)
        except (ValueError, OSError) as error:
            answer = {"ok": False, "error": str(error)}
        answers.write(f"{dump(answer)}\n")
        answers.flush()


def _act(acts: Mapping[str, Act], verb: str, words: list[str]) -> Answer:
    act = acts.get(verb)
    if act is None:
        raise ValueError(f"no such order: {verb}; there are: {', '.join(acts)}, quit")
    return {"ok": True, **(act(words) or {})}
