"""The contract with external terminal programs: what is asked, what counts as an answer."""

import contextlib
import json
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.api.errors import (
    ConfigurationError,
    DeviceBusy,
    DriverError,
    NotSupported,
    OutcomeUnknown,
    ProtocolError,
)
from drivers.api.terminal import Capability, Outcome, Verdict
from drivers.sim.sberbank import Plan
from drivers.sim.terminal_program import ProgramFolder
from drivers.terminals.external import contract
from drivers.terminals.external.contract import Request
from drivers.terminals.external.driver import ExternalOptions, ExternalTerminal

posix = pytest.mark.skipif(sys.platform == "win32", reason="program scripts are POSIX")


def script(tmp_path: Path, text: str) -> str:
    """A program in one line of shell."""
    program = tmp_path / "program"
    program.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
    program.chmod(0o755)
    return str(program)


def terminal(program: str, **options: Any) -> ExternalTerminal:
    settings = {"operation_limit_s": 60.0, "ask_limit_s": 60.0, **options}
    return ExternalTerminal(program, ExternalOptions(**settings))


@posix
def test_program_gets_its_arguments_and_one_object(tmp_path: Path) -> None:
    program = script(
        tmp_path,
        f"cat > '{tmp_path}/input'; printf '%s\\n' \"$@\" > '{tmp_path}/arguments'; "
        'echo \'{"outcome": "approved"}\'',
    )
    line = "--do {operation} --sum {amount_minor} 'two words' \"{operation_id}\""
    paid = terminal(program, arguments=line).pay(12345, "RUB", "till 7; rm -rf")
    assert paid.approved
    assert paid.operation_id == "till 7; rm -rf"
    arguments = (tmp_path / "arguments").read_text(encoding="utf-8").splitlines()
    assert arguments == ["--do", "pay", "--sum", "12345", "two words", "till 7; rm -rf"]
    assert json.loads((tmp_path / "input").read_text(encoding="utf-8")) == {
        "version": 1,
        "operation": "pay",
        "operation_id": "till 7; rm -rf",
        "amount_minor": 12345,
        "currency": "RUB",
        "receipt_no": "",
        "rrn": "",
        "auth_code": "",
    }


@posix
@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("exit 10", DeviceBusy),
        ('echo \'{"text": "нет связи"}\'; exit 10', DeviceBusy),
        ("exit 11", NotSupported),
        ("exit 12", OutcomeUnknown),
        ("exit 1", OutcomeUnknown),
        ("kill -9 $$", OutcomeUnknown),
        ("true", OutcomeUnknown),
        ("echo '[]'", OutcomeUnknown),
        ('echo \'{"outcome": "maybe"}\'', OutcomeUnknown),
        ('echo \'{"outcome": "approved", "amount_minor": "5"}\'', OutcomeUnknown),
        ('echo \'{"outcome": "approved"}\'; exit 3', OutcomeUnknown),
        ('echo \'{"outcome": "appro\'', OutcomeUnknown),
    ],
)
def test_everything_that_is_no_answer_is_unknown_or_said_to_be_nothing(
    tmp_path: Path, text: str, error: type[DriverError]
) -> None:
    with pytest.raises(error) as caught:
        terminal(script(tmp_path, text)).pay(100, "RUB", "op-1")
    assert caught.value.text("ru")


@posix
def test_time_out_is_unknown_and_the_program_is_left_running(tmp_path: Path) -> None:
    stalled = terminal(script(tmp_path, "exec sleep 60"), operation_limit_s=0.3)
    with pytest.raises(OutcomeUnknown):
        stalled.pay(100, "RUB", "op-1")
    with pytest.raises(DeviceBusy):
        stalled.find_operation("op-1", 100)
    stalled.abort()


@posix
def test_questions_go_to_the_ask_command(tmp_path: Path) -> None:
    (tmp_path / "pay").mkdir()
    paying = script(tmp_path / "pay", "exit 1")
    asking = script(tmp_path, 'echo "{\\"verdict\\": \\"$1\\"}"')
    able = terminal(paying, ask_command=f"'{asking}' absent {{operation_id}}")
    with pytest.raises(OutcomeUnknown):
        able.pay(100, "RUB", "op-1")
    assert able.find_operation("op-1", 100).verdict is Verdict.ABSENT
    dumb = terminal(paying, ask_command="-")
    assert Capability.FIND not in dumb.capabilities
    assert dumb.find_operation("op-1", 100).verdict is Verdict.UNCERTAIN
    with pytest.raises(NotSupported):
        dumb.last_operation()


@posix
@pytest.mark.parametrize(
    "found",
    [
        {"outcome": "approved", "amount_minor": 999},
        {"outcome": "approved", "operation_id": "another", "amount_minor": 100},
        None,
    ],
)
def test_found_operation_that_does_not_fit_is_left_to_a_human(
    tmp_path: Path, found: dict[str, object] | None
) -> None:
    answer = json.dumps({"verdict": "found", "result": found})
    lookup = terminal(script(tmp_path, f"echo '{answer}'")).find_operation("op-1", 100)
    assert lookup.verdict is Verdict.UNCERTAIN
    assert lookup.reason


@posix
def test_what_the_settings_do_not_name_is_not_run(tmp_path: Path) -> None:
    folder = ProgramFolder(tmp_path)
    folder.install()
    poor = terminal(str(folder.program), operations="")
    for call in (
        lambda: poor.cancel("1", 100, "op"),
        lambda: poor.refund(100, "RUB", "op"),
        lambda: poor.hold(100, "RUB", "op"),
        lambda: poor.capture("1", 100, "op"),
        lambda: poor.release("1", 100, "op"),
        poor.close_batch,
    ):
        with pytest.raises(NotSupported):
            call()
    assert folder.journal.all() == ()


@posix
def test_talkative_program_neither_blocks_nor_hides_its_answer(tmp_path: Path) -> None:
    folder = ProgramFolder(tmp_path)
    folder.install()
    folder.next(Plan("talkative"))
    assert terminal(str(folder.program)).pay(100, "RUB", "op-1").approved


def test_settings_that_make_no_sense_are_refused() -> None:
    settings: tuple[dict[str, Any], ...] = (
        {"arguments": "{sum}"},
        {"arguments": "{}"},
        {"ask_command": "'open"},
        {"operations": "pay fly"},
    )
    for wrong in settings:
        with pytest.raises(ConfigurationError):
            ExternalOptions(**wrong)


@given(st.binary(max_size=300))
def test_any_output_ends_in_an_object_or_a_documented_error(output: bytes) -> None:
    with contextlib.suppress(ProtocolError):
        contract.last_object(output)


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3)
    ),
    max_leaves=6,
)
_NAMES = st.sampled_from(
    ["outcome", "amount_minor", "verdict", "result", "slip_lines", "text", "ready", "total_minor"]
)


@given(st.dictionaries(_NAMES, _VALUES | st.sampled_from(["approved", "found", "absent"])))
def test_any_object_is_an_answer_or_a_documented_error(answer: dict[str, object]) -> None:
    for read in (
        contract.read_result,
        contract.read_lookup,
        contract.read_last,
        contract.read_status,
        contract.read_batch,
    ):
        with contextlib.suppress(ProtocolError):
            read(answer)


@given(st.integers(1, 10**11), st.text(max_size=20), st.sampled_from(list(Outcome)))
def test_request_and_result_go_there_and_back(amount: int, name: str, outcome: Outcome) -> None:
    request = json.loads(Request("pay", name, amount, "RUB").encode())
    assert (request["operation_id"], request["amount_minor"]) == (name, amount)
    told = contract.read_result({"outcome": outcome.value, "amount_minor": amount, "text": name})
    assert (told.outcome, told.amount_minor, told.text) == (outcome, amount, name)
