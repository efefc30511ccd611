"""What atheris runs holds for its seeds and for what hypothesis thinks of; so no harness rots."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fuzz import fuzz_printer_bytes, fuzz_printer_status


@pytest.mark.parametrize("seed", fuzz_printer_status.SEEDS)
def test_seed_of_answers_holds(seed: bytes) -> None:
    fuzz_printer_status.read_answers(seed)


@pytest.mark.parametrize("seed", fuzz_printer_bytes.SEEDS)
def test_seed_of_bytes_holds(seed: bytes) -> None:
    fuzz_printer_bytes.print_bytes(seed)


@given(st.binary(max_size=120))
def test_any_answers_hold(data: bytes) -> None:
    fuzz_printer_status.read_answers(data)


@given(
    st.integers(0, 255),
    st.lists(
        st.one_of(
            st.sampled_from(
                [
                    *(
                        b"\x1b",
                        b"\x1d",
                        b"\x1c",
                        b"\x10",
                        b"\x1bX",
                        b"\x1b\x1dy",
                        b"\x1cq\x01",
                        b"\x1cp\x01\x00",
                    ),
                    *(
                        b"\x1dv0\x00\x01\x00",
                        b"\x1b*\x00",
                        b"\x1bD",
                        b"\x1dk\x04",
                        b"\x1bb",
                        b"\x1d(k",
                    ),
                ]
            ),
            st.binary(max_size=12),
        ),
        max_size=20,
    ),
)
def test_any_bytes_hold(choice: int, parts: list[bytes]) -> None:
    fuzz_printer_bytes.print_bytes(bytes((choice,)) + b"".join(parts))
