"""Modules that are loaded at the first look."""

import subprocess
import sys

from app.kernel.late import LateModule


def test_late_module_gives_what_the_module_holds() -> None:
    late = LateModule("app.contracts.operation_types")
    from app.contracts.operation_types import OperationType  # noqa: PLC0415 - after the look

    assert late.OperationType is OperationType
    assert late.OperationType is OperationType


def test_late_module_is_not_loaded_before_the_first_look() -> None:
    program = (
        "import sys; from app.kernel.late import LateModule; late = LateModule('colorsys'); "
        "assert 'colorsys' not in sys.modules; late.rgb_to_hls; assert 'colorsys' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
