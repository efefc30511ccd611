"""The till that is killed between the approval of a card and the receipt.

    parent: `kill_a_till`                       child: `play_until_killed`, a till of its own
    starts it, gives it its settings      ->    opens the shift, puts something in an order
    has the register keep its answer      <-    asks whether it may pay
    says yes                              ->    takes the card
    kills it as the receipt is made       <-    tells what was paid

The next till finds the sale and asks the register: one receipt, never two.
"""

import json
import sys
import threading
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from app.bootstrap.processes import Child
from app.demo.opening import Opening, Scene
from app.demo.program import running_till
from app.demo.record import Record
from app.demo.stage import Stage
from app.kernel.log import set_up_logging
from app.settings import Settings
from app.ui.app import make_application

_ASKS: Final = "may pay"
_LOOKS: Final = 200
_LOOK_S: Final = 0.05
_WHOLE_S: Final = 300.0


def kill_a_till(stage: Stage, record: Record, theme: str) -> dict[str, Any]:
    """Let another process open the shift and take a card, and kill it before its receipt is told.

    Returns:
        What was seen of the sale, as `Cashier.notes`.
    """
    arguments = ("demo", "--out", str(record.folder), "--killed")
    child = Child("killed till", arguments)
    try:
        child.tell(json.dumps(_to_json(stage.settings(theme))))
        while (told := child.read_json(_WHOLE_S)) != {"asks": _ASKS}:
            _take(record, told)
        stage.ask(stage.register, "next silence")
        child.tell("yes")
        before = _documents(stage)
        while "paid" not in (told := child.read_json(_WHOLE_S)):
            _take(record, told)
        for _ in range(_LOOKS):
            if _documents(stage) > before:
                break
            threading.Event().wait(_LOOK_S)
        with record.step(f"{theme}: the till is killed while the receipt is made"):
            child.kill()
    finally:
        child.stop()
    return {"how": "card", "dueMinor": told["paid"], "prints": False}


def _documents(stage: Stage) -> int:
    """Return how many documents the register has made."""
    return len(stage.ask(stage.register, "journal")["documents"])


def _take(record: Record, told: dict[str, Any]) -> None:
    """Take a step of the child into the record.

    Raises:
        AssertionError: It failed.
    """
    record.take(told["step"])
    assert told["step"]["ok"], f"the till that was to be killed: {told['step']['error']}"


# ---------------------------------------------------------------- the child


@dataclass
class ShortLife(Opening):
    """Plays the day of a till that is killed."""

    def scenes(self) -> tuple[Scene, ...]:
        """Return what it lives to see."""
        return (
            ("start: menu, staff and guests are there", self.wait_for_menu),
            ("sign in with a PIN", self.sign_in),
            ("open the shift with a counted float, on the register too", self.open_shift),
            ("take a card for the last receipt of this till", self.sell_by_card),
        )

    def sell_by_card(self) -> None:
        """Take a card; the register makes the receipt and says nothing any more."""
        self.order("Медовик…")
        due = self.due()
        _say({"asks": _ASKS})
        sys.stdin.readline()
        self.hand.tap_main("Оплатить…")
        self.hand.tap("Карта…")
        self.done("card", due)


def play_until_killed(out: Path) -> int:
    """Play a till whose settings come as the first line of the input, until it is killed.

    Returns:
        The exit status of a child whose parent died before.
    """
    settings = _from_json(json.loads(sys.stdin.readline()))
    set_up_logging(out / "logs", "demo-killed")
    app = make_application(sys.argv[:1])
    record = Record(out, on_step=lambda step: _say({"step": step}))
    with running_till(settings, record) as program:
        life = ShortLife(program, record, settings.theme, [])
        life.play(life.scenes())
        record.finish()
        _say({"paid": life.notes[-1]["dueMinor"]})
        while sys.stdin.readline():  # nobody writes: it ends with the parent, or by a kill before
            pass
    app.processEvents()
    return 1


def _say(told: dict[str, Any]) -> None:
    sys.stdout.write(f"{json.dumps(told, ensure_ascii=False)}\n")
    sys.stdout.flush()


def _to_json(settings: Settings) -> dict[str, Any]:
    return {**asdict(settings), "home": str(settings.home)}


def _from_json(told: dict[str, Any]) -> Settings:
    return Settings(**{**told, "home": Path(told["home"]), "devices": tuple(told["devices"])})
