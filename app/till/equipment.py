"""The devices of the till: how they are, tests, what was found, settings (T44).

    state()                   cards; from memory, asks no device
    trial(id), check_all()    ask devices; on the equipment lane
    search(), connect(found)  on the equipment lane
    save(setup), remove(id)   take the right to settings; kept first, then taken into use

Everybody sees states and runs tests; settings take a right or a senior.
"""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from app.kernel.clock import Clock
from app.till import equipment_words as texts
from app.till.customer_lines import trial_lines
from app.till.equipment_cards import card_of, virtual_cards
from app.till.equipment_ports import Book, Finder, Rig
from app.till.equipment_states import (
    DRAWER_CARD,
    WEDGE_CARD,
    Card,
    EquipmentState,
    Found,
    Options,
    Setup,
    StripLine,
    Trial,
    TrialResult,
)
from app.till.equipment_trials import check_document, weight_words
from app.till.kitchen_setup import prints_receipts
from app.till.order import Approval
from app.till.permissions import Action
from app.till.receipt_templates import ReceiptTemplates
from app.till.till import Till
from app.till.words import Words
from drivers.api.device import DeviceConfig, DeviceKind, DeviceState, Health, Probe
from drivers.api.errors import DriverError

log = logging.getLogger(__name__)

#: From so many cards on, those that need somebody stand first.
SORTED_FROM: Final = 9
_TIMED: Final = frozenset({DeviceKind.TERMINAL, DeviceKind.FISCAL})


class Equipment:
    """What people do with the devices.

    Args:
        till: Rights, drawer, zone of the venue.
        rig: The running devices.
        book: Keeps settings.
        find: Looks for devices that are not used yet.
        clock: The time.
    """

    def __init__(self, till: Till, rig: Rig, book: Book, find: Finder, clock: Clock) -> None:
        self._till, self._rig, self._book, self._clock = till, rig, book, clock
        self._find = find
        self._facts: dict[str, Words] = {}
        self._probes: dict[str, Probe] = {}
        self._scanned: dict[str, datetime] = {}
        #: The card of the guest's screen, told by whoever owns that window.
        self.screen_card: Callable[[], Card | None] = _no_card

    # -------------------------------------------------------------- looking
    def state(self) -> EquipmentState:
        """Return all cards; from memory."""
        session = self._till.session
        return EquipmentState(
            cards=self._cards(),
            models=tuple(self._rig.models()),
            may_change=session.person is not None and session.allowed(Action.SETTINGS),
        )

    def note_scan(self, device_id: str) -> None:
        """A code came from a scanner, '' being a typing one; any thread."""
        self._scanned[device_id or WEDGE_CARD] = self._clock.now()

    def _cards(self) -> tuple[Card, ...]:
        rig = self._rig
        states, problems, waiting = rig.states(), rig.problems(), rig.waiting()
        models = {model.model: model for model in rig.models()}
        cards: list[Card] = []
        receipts = ""
        for config in rig.configs():
            probe = self._probe_of(config, states, problems)
            if config.kind is DeviceKind.PRINTER and not receipts and prints_receipts(config):
                receipts = config.id
            is_first = config.id == receipts
            card = card_of(config, models.get(config.model), probe, is_receipt_printer=is_first)
            cards.append(
                replace(
                    card,
                    fact=self._fact(config.id),
                    needs_restart=config.id in waiting,
                )
            )
        screen = self.screen_card()
        cards += virtual_cards(cards, receipts, self._fact(WEDGE_CARD))
        cards += [screen] if screen is not None else []
        return _sorted(cards)

    def _probe_of(
        self,
        config: DeviceConfig,
        states: Mapping[str, DeviceState],
        problems: Mapping[str, DriverError],
    ) -> Probe | None:
        if config.id in problems:
            return Probe.of_error(problems[config.id])
        if config.id in states:
            return states[config.id].probe
        return self._probes.get(config.id)

    def _fact(self, device_id: str) -> Words | None:
        scanned = self._scanned.get(device_id)
        if scanned is not None:
            at = scanned.astimezone(self._till.house.zone)
            return texts.LAST_CODE.fill(time=f"{at:%H:%M}")
        return self._facts.get(device_id)

    # -------------------------------------------------------------- tests
    def trial(self, device_id: str, approval: Approval | None = None) -> TrialResult:
        """Run the test of a device that needs no eyes and no hands; on the equipment lane.

        Args:
            device_id: Which one.
            approval: For a drawer, if the cashier may not open it.

        Raises:
            InputError: There is no such device.
            ApprovalNeeded: The drawer takes a right.
        """
        card = self._card(device_id)
        tests: dict[Trial, Callable[[], TrialResult]] = {
            Trial.PRINT: lambda: self._print(card),
            Trial.DRAWER: lambda: self._open_drawer(card, approval),
            Trial.LINES: lambda: self._show_lines(card),
            Trial.WEIGH: lambda: self._weigh(card),
        }
        try:
            return tests.get(card.trial, lambda: self._ask(card))()
        except DriverError as error:
            log.info("test of %s: %s", device_id, error)
            probe = Probe.of_error(error)
            self._probes[device_id] = probe
            return TrialResult(device_id, is_ok=False, words=_told(probe), hint=_hint(probe))

    def check_all(self) -> tuple[TrialResult, ...]:
        """Ask every device how it is; one that hangs is waited for as long as its driver does."""
        results = []
        for config in self._rig.configs():
            try:
                results.append(self._ask(self._card(config.id)))
            except DriverError as error:
                probe = self._probes[config.id] = Probe.of_error(error)
                results.append(TrialResult(config.id, is_ok=False, words=_told(probe)))
        return tuple(results)

    def _ask(self, card: Card) -> TrialResult:
        begun = self._clock.monotonic()
        probe = self._probes[card.device_id] = self._rig.probe(card.device_id)
        if card.kind in _TIMED:
            tenths = round((self._clock.monotonic() - begun) * 10)
            whole, rest = divmod(max(tenths, 1), 10)
            self._facts[card.device_id] = Words(
                texts.ANSWER_TIME.ru.format(seconds=f"{whole},{rest}"),
                texts.ANSWER_TIME.en.format(seconds=f"{whole}.{rest}"),
            )
        is_ok = probe.health is Health.ONLINE
        return TrialResult(card.device_id, is_ok=is_ok, words=_told(probe), hint=_hint(probe))

    def _print(self, card: Card) -> TrialResult:
        printer = self._rig.printer(card.device_id)
        if printer is None:
            raise texts.NO_PORT.input_error("DEVICE_NOT_RUNNING")
        now = self._clock.now().astimezone(self._till.house.zone)
        printer.open()
        document = check_document(self._till.house.venue.name, card, now)
        report = printer.print(document)
        words = texts.PRINT_CONFIRMED if report.confirmed else texts.PRINTED
        return TrialResult(card.device_id, is_ok=True, words=words)

    def _open_drawer(self, card: Card, approval: Approval | None) -> TrialResult:
        person = self._till.session.require(Action.OPEN_DRAWER, approval)
        log.info("drawer opened as a test by %s", person.staff_id)
        if card.device_id == DRAWER_CARD:
            self._till.printing.open_drawer()
        else:
            self._rig.open_drawer(card.device_id)
        return TrialResult(card.device_id, is_ok=True, words=texts.DRAWER_OPENED)

    def _show_lines(self, card: Card) -> TrialResult:
        first, second = trial_lines()
        self._rig.show_lines(card.device_id, first, second)
        return TrialResult(card.device_id, is_ok=True, words=texts.LINES_SHOWN)

    def _weigh(self, card: Card) -> TrialResult:
        grams = self._rig.weigh(card.device_id)
        return TrialResult(card.device_id, is_ok=True, words=weight_words(grams))

    def _card(self, device_id: str) -> Card:
        for card in self._cards():
            if card.device_id == device_id:
                return card
        raise texts.NO_DEVICE.input_error("DEVICE_UNKNOWN")

    # -------------------------------------------------------------- finding
    def search(self, *, network: bool = False) -> tuple[Found, ...]:
        """Look for devices that are connected and not used yet; on the equipment lane.

        Args:
            network: Also ask the local network; only when a person wants it.
        """
        used = {config.address for config in self._rig.configs()}
        found = self._find(network=network)
        return tuple(each for each in found if each.setup is None or each.setup.address not in used)

    def connect(self, found: Found, approval: Approval | None = None) -> TrialResult:
        """Take something that was found into use and test it (one tap).

        Raises:
            ApprovalNeeded: Settings take a right.
            InputError: Nobody said what it is.
        """
        if found.setup is None:
            raise texts.FOUND_UNSURE.input_error("DEVICE_UNSURE")
        device_id = self.save(self._named(found, found.setup), approval)
        card = self._card(device_id)
        if card.trial in (Trial.SCAN, Trial.LOOK, Trial.SCREEN):
            return TrialResult(device_id, is_ok=True, words=texts.READY)
        return self.trial(device_id, approval)

    def _named(self, found: Found, setup: Setup) -> Setup:
        """Give the second printer and those after it a name that people can tell it by."""
        model = next((each for each in self._rig.models() if each.model == setup.model), None)
        is_named = setup.option("name") is not None or model is None
        kinds = [config.kind for config in self._rig.configs()]
        if is_named or model is None or model.kind != "printer" or DeviceKind.PRINTER not in kinds:
            return setup
        return replace(setup, options=(*setup.options, ("name", found.title)))

    # -------------------------------------------------------------- code pages
    def print_code_pages(self, device_id: str) -> TrialResult:
        """Print the strip of a printer's code pages; on the equipment lane."""
        try:
            self._rig.print_code_pages(device_id)
        except DriverError as error:
            probe = Probe.of_error(error)
            return TrialResult(device_id, is_ok=False, words=_told(probe), hint=_hint(probe))
        return TrialResult(device_id, is_ok=True, words=texts.STRIP_PRINTED)

    def strip_lines(self, device_id: str) -> Sequence[StripLine]:
        """Return the lines of a printer's strip; none for what has no strip."""
        return self._rig.strip_lines(device_id)

    def choose_line(
        self, device_id: str, index: int, approval: Approval | None = None
    ) -> TrialResult:
        """Have a printer use the line of the strip that could be read, and print its test receipt.

        Args:
            device_id: The printer.
            index: Number of the line on the strip, or `NONE_READABLE`.
            approval: Of a senior.

        Raises:
            InputError: There is no such device or line.
            ApprovalNeeded: Settings take a right.
        """
        setup = self._card(device_id).setup
        lines = {line.index: line for line in self._rig.strip_lines(device_id)}
        if setup is None or index not in lines:
            raise texts.NO_DEVICE.input_error("DEVICE_UNKNOWN")
        known = {name for line in lines.values() for name, _ in line.options}
        kept = {name: value for name, value in setup.options if name not in known}
        options = tuple(sorted((kept | dict(lines[index].options)).items()))
        self.save(replace(setup, options=options), approval)
        return self.trial(device_id, approval)

    # -------------------------------------------------------------- scanners
    def keep_calibration(
        self, device_id: str, options: Options, approval: Approval | None = None
    ) -> str:
        """Keep what was learnt of a scanner and take it into use; return the id of the device.

        Raises:
            ApprovalNeeded: Settings take a right.
            InputError: There is no such device.
        """
        if device_id == WEDGE_CARD:
            self._till.session.require(Action.SETTINGS, approval)
            self._book.put_keyboard(options)
            return device_id
        setup = self._card(device_id).setup
        if setup is None:
            raise texts.NO_DEVICE.input_error("DEVICE_UNKNOWN")
        learnt = dict(options)
        kept = {name: value for name, value in setup.options if name not in learnt}
        said = {name: value for name, value in learnt.items() if value != ""}
        return self.save(replace(setup, options=tuple(sorted((kept | said).items()))), approval)

    # -------------------------------------------------------------- settings
    def save(self, setup: Setup, approval: Approval | None = None) -> str:
        """Keep settings and take them into use; return the id of the device.

        Raises:
            ApprovalNeeded: Settings take a right.
            InputError: They make no sense; nothing was changed.
            RuleError: Money is moving.
        """
        person = self._till.session.require(Action.SETTINGS, approval)
        self._refuse_while_money_moves()
        config = self._config(setup)
        try:
            self._rig.check(config)
            self._book.put(config)
            self._rig.put(config)
        except DriverError as error:
            reason = error.detail or error.text("en")
            words = texts.SETTINGS_BAD.fill(reason=reason)
            raise words.input_error(error.code) from error
        self._probes.pop(config.id, None)
        log.info("settings of device %s changed by %s", config.id, person.staff_id)
        return config.id

    def remove(self, device_id: str, approval: Approval | None = None) -> None:
        """Forget a device.

        Raises:
            ApprovalNeeded: Settings take a right.
            RuleError: Money is moving.
        """
        person = self._till.session.require(Action.SETTINGS, approval)
        self._refuse_while_money_moves()
        self._book.remove(device_id)
        self._rig.remove(device_id)
        log.info("device %s removed by %s", device_id, person.staff_id)

    def require_right(self, approval: Approval | None = None) -> None:
        """Check the right to settings before a form is opened.

        Raises:
            ApprovalNeeded: It takes a senior.
        """
        self._till.session.require(Action.SETTINGS, approval)

    @property
    def templates(self) -> ReceiptTemplates:
        """Return the looks of receipts."""
        return self._till.printing.templates

    def save_template(self, text: str, approval: Approval | None = None) -> str:
        """Print receipts with another template from now on; return it.

        Raises:
            ApprovalNeeded: It takes a senior.
            InputError: It is no template.
        """
        self.require_right(approval)
        self.templates.save(text)
        return text

    def _refuse_while_money_moves(self) -> None:
        if self._till.card.is_busy:
            raise texts.MONEY_MOVES.rule_error("MONEY_MOVES")

    def _config(self, setup: Setup) -> DeviceConfig:
        model = next((each for each in self._rig.models() if each.model == setup.model), None)
        if model is None:
            raise texts.MODEL_UNKNOWN.fill(model=setup.model).input_error("DEVICE_MODEL_UNKNOWN")
        if not setup.address.strip():
            raise texts.ADDRESS_EMPTY.input_error("DEVICE_ADDRESS_EMPTY")
        ids = [config.id for config in self._rig.configs()]
        return DeviceConfig(
            id=setup.device_id or free_id(model.kind, ids),
            kind=DeviceKind(model.kind),
            model=setup.model,
            transport=setup.transport,
            address=setup.address.strip(),
            options=dict(setup.options),
        )


def free_id(kind: str, taken: Iterable[str]) -> str:
    """Return an id for a new device: the kind, with a number from the second one on."""
    used = set(taken)
    if kind not in used:
        return kind
    number = 2
    while f"{kind}-{number}" in used:
        number += 1
    return f"{kind}-{number}"


def _sorted(cards: Sequence[Card]) -> tuple[Card, ...]:
    """Return the cards by kind; if there are many, those that need somebody first."""
    by_kind = sorted(cards, key=lambda card: texts.place_of_kind(card.kind))
    if len(by_kind) < SORTED_FROM:
        return tuple(by_kind)
    urgency = {"silent": 0, "attention": 1}
    return tuple(sorted(by_kind, key=lambda card: urgency.get(card.light.value, 2)))


def _told(probe: Probe) -> Words:
    return Words(probe.words_ru, probe.words_en)


def _hint(probe: Probe) -> Words:
    return Words(probe.hint_ru, probe.hint_en)


def _no_card() -> Card | None:
    return None
