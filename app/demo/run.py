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
import threading
from importlib import import_module
from pathlib import Path
from typing import Any

from app.demo.killed import kill_a_till, play_until_killed
from app.demo.program import running_till
from app.demo.proof import Proof, prove
from app.demo.record import Record
from app.demo.stage import Stage
from app.demo.story import GOLD_CODE, Story
from app.kernel.log import set_up_logging
from app.ui.app import make_application

log = logging.getLogger(__name__)


def run_demo(out: Path, *, killed: bool = False) -> int:
    """Run the demonstration; 0 only if everything is right.

    Args:
        out: Folder for report, receipts and screens; what an earlier run left there is replaced.
        killed: Only play the till that the demonstration kills; it is started by it.
    """
    if not (
        os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY") or sys.platform == "win32"
    ):
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    out = out.resolve()
    if killed:
        return play_until_killed(out)
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
    _app = make_application(sys.argv[:1])  # lives as long as its windows
    with record.step("start service, network and devices"):
        stage = Stage(folder, receipts=out / "receipts", tickets=out / "tickets")
        stage.__enter__()
    try:
        stage.film(stage.printed_card(GOLD_CODE))
        return _play_on(record, stage)
    finally:
        stage.__exit__(None, None, None)


def _play_on(record: Record, stage: Stage) -> dict[str, Any]:
    """Play both shifts, each on a till started for it, and prove them together."""
    notes: list[dict[str, Any]] = []
    proof: Proof | None = None
    # What this process needs of the network is loaded while another one is killed.
    loading = threading.Thread(target=import_module, args=("app.bootstrap.link",), daemon=True)
    loading.start()
    try:
        notes.append(kill_a_till(stage, record, "dark"))
        with running_till(stage.settings("dark"), record) as program:
            story = Story(program, record, "dark", notes, stage=stage)
            story.play(story.short_shift())
        with running_till(stage.settings("light"), record) as program:
            story = Story(program, record, "light", notes, stage=stage)
            story.play(story.long_shift())
            record.rest()
            with record.step("prove: till, paper, devices, bank and service agree"):
                assert program.core.store is not None
                record.finish()
                proof = prove(stage, program.core.store, notes, record.codes)
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
