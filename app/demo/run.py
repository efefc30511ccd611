"""`maxloyalty demo --out DIR`: plays a day on the real parts, proves it, writes the report.

report.json   {"ok", "steps", "sales", "audit", "queue", ...}
receipts/     a picture and the text of each paper
screens/      each screen in light and dark
"""

import logging
import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QApplication

from app.bootstrap.core import Core
from app.bootstrap.till import Relay, TillProgram
from app.demo.proof import Proof, prove
from app.demo.record import Record
from app.demo.stage import Stage
from app.demo.story import GOLD_CODE, Story
from app.kernel.log import set_up_logging
from app.ui.app import make_application

log = logging.getLogger(__name__)

_WINDOW = (1366, 768)


def run_demo(out: Path) -> int:
    """Run the demonstration; 0 only if everything is right.

    Args:
        out: Folder for report, receipts and screens; what an earlier run left there is replaced.
    """
    if not (
        os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY") or sys.platform == "win32"
    ):
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    out = out.resolve()
    for name in ("receipts", "screens", "tickets"):
        shutil.rmtree(out / name, ignore_errors=True)
    out.mkdir(parents=True, exist_ok=True)
    record = Record(out)
    with tempfile.TemporaryDirectory(
        prefix="maxloyalty-demo-", ignore_cleanup_errors=True
    ) as folder:
        report = _play(record, Path(folder), out)
    _tell(report, out)
    return 0 if report["ok"] else 1


def _play(record: Record, folder: Path, out: Path) -> dict[str, Any]:
    set_up_logging(out / "logs", "demo")
    app = make_application(sys.argv[:1])
    with record.step("start service, network and devices"):
        stage = Stage(folder, receipts=out / "receipts", tickets=out / "tickets")
        stage.__enter__()
    try:
        stage.film(stage.printed_card(GOLD_CODE))
        return _play_on(record, stage, app)
    finally:
        stage.__exit__(None, None, None)


def _play_on(record: Record, stage: Stage, app: QApplication) -> dict[str, Any]:
    """Play both shifts, each on a till started for it, and prove them together."""
    notes: list[dict[str, Any]] = []
    proof: Proof | None = None
    try:
        _shift(record, stage, app, "dark", notes)
        proof = _shift(record, stage, app, "light", notes)
    except Exception:
        log.exception("the demonstration failed")
    return record.write(
        proven=proof is not None and not proof.problems,
        problems=list(proof.problems) if proof else ["the day was not finished"],
        sales=list(proof.sales) if proof else [],
        audit=proof.audit if proof else {},
        queue=proof.queue if proof else {},
        balances=proof.balances if proof else {},
    )


def _shift(
    record: Record, stage: Stage, app: QApplication, theme: str, notes: list[dict[str, Any]]
) -> Proof | None:
    """Start the till, play a shift, close the till; the light one is the last and is proven."""
    settings, relay = stage.settings(theme), Relay()
    core = Core(settings, relay)
    core.open()
    program = TillProgram(core, relay, settings)
    program.ui.window.resize(*_WINDOW)
    story = Story(stage, program, record, theme, notes)
    is_last = theme == "light"
    program.start()
    record.watch()  # from the window on; what comes before it is the start, which has its own limit
    try:
        story.play(story.long_shift() if is_last else story.short_shift())
        record.rest()
        if not is_last:
            return None
        with record.step("prove: till, paper, terminal and service agree"):
            assert core.store is not None
            return prove(stage, core.store, notes)
    except Exception:
        record.rest()
        program.ui.window.grab().save(str(record.folder / "screens" / "failed.png"))
        raise
    finally:
        program.close()
        app.processEvents()


def _tell(report: dict[str, Any], out: Path) -> None:
    """Print a line a step and where everything is."""
    for step in report["steps"]:
        mark = "ok  " if step["ok"] else "FAIL"
        blocked = f"  (GUI at most {step['blockedMs']:.0f} ms)" if "blockedMs" in step else ""
        sys.stdout.write(f"{mark} {step['ms']:>6} ms  {step['name']}{blocked}\n")
        if "error" in step:
            sys.stdout.write(f"     {step['error']}\n")
    for problem in report["problems"]:
        sys.stdout.write(f"FAIL {problem}\n")
    sys.stdout.write(
        f"GUI thread blocked at most {report['guiBlockedMs']} ms; "
        f"{len(report['sales'])} sales; queue {report['queue']}\n"
        f"{'all is right' if report['ok'] else 'something is wrong'}: {out / 'report.json'}\n"
    )
