"""Asking one service after the other, the register itself, and binding the answer to the receipt."""

import logging
from collections.abc import Sequence
from dataclasses import replace

from drivers.api.device import Health, Probe
from drivers.api.errors import DriverError
from drivers.api.fiscal import FiscalItem, MarkCheck, MarkPlan, Subject
from drivers.api.fiscal_errors import MarkRefused
from drivers.api.marking import (
    MarkChecker,
    MarkCode,
    MarkingProvider,
    MarkReason,
    MarkResult,
    MarkVerdict,
)
from drivers.fiscal.marking.answers import unchecked

_log = logging.getLogger(__name__)
NO_SERVICE = ("служба проверки не настроена", "no service of checks is set up")
NO_ANSWER = ("служба проверки не отвечает", "the service of checks does not answer")


class ChainProvider:
    """`MarkingProvider` that asks others in order, the next where one fails or does not know a code.

    It never raises for a service: a code that nobody answered about is UNCHECKED.

    Args:
        providers: in order; none means that nothing is checked.
    """

    def __init__(self, providers: Sequence[MarkingProvider]) -> None:
        self._providers = tuple(providers)

    def check(
        self, codes: Sequence[MarkCode], *, fn_number: str = "", returning: bool = False
    ) -> tuple[MarkResult, ...]:
        """Ask until every code has a verdict or nobody is left."""
        why = NO_ANSWER if self._providers else NO_SERVICE
        results = [unchecked(code, why) for code in codes]
        for provider in self._providers:
            # An answer "sell unchecked" of the system itself has a source and is final.
            open_at = [
                place
                for place, result in enumerate(results)
                if result.verdict is MarkVerdict.UNCHECKED and not result.source
            ]
            if not open_at:
                break
            asked = [codes[place] for place in open_at]
            try:
                answered = provider.check(asked, fn_number=fn_number, returning=returning)
            except DriverError as error:
                _log.info("marking codes: %s", error)
                continue
            for place, result in zip(open_at, answered, strict=True):
                results[place] = result
        return tuple(results)

    def probe(self) -> Probe:
        """Tell the first that works; degraded where it is not the first of all."""
        probes = [provider.probe() for provider in self._providers]
        working = [probe for probe in probes if probe.health is Health.ONLINE]
        if not working:
            return probes[0] if probes else Probe(Health.OFFLINE, *NO_SERVICE)
        if working[0] is probes[0]:
            return working[0]
        return replace(
            working[0],
            health=Health.DEGRADED,
            hint_ru="Основная служба не отвечает, работает запасная.",
            hint_en="The first service does not answer, a spare one works.",
            code="marking.spare",
        )

    def close(self) -> None:
        """Close all."""
        for provider in self._providers:
            provider.close()


class RegisterProvider:
    """`MarkingProvider`: the fiscal register's own check (FFD 1.2), the last before the receipt.

    Args:
        register: can check a code.
    """

    def __init__(self, register: MarkChecker) -> None:
        self._register = register

    def check(
        self, codes: Sequence[MarkCode], *, fn_number: str = "", returning: bool = False
    ) -> tuple[MarkResult, ...]:
        """Check each code in the fiscal storage and, where it is on line, at the server."""
        del fn_number  # the register knows its own
        plan = MarkPlan.PIECE_RETURNED if returning else MarkPlan.PIECE_SOLD
        return tuple(
            judge_register(code, self._register.check_mark(code.item_mark(plan))) for code in codes
        )

    def probe(self) -> Probe:
        """Leave it to the register's own state."""
        return Probe(Health.ONLINE, "проверка в кассе", "checked in the register")

    def close(self) -> None:
        """Hold nothing."""


def check_of_bits(bits: int) -> MarkCheck:
    """Read the bit mask of tag 2106 (public documents of the marking system: checked, positive, asked, correct, alone)."""
    return MarkCheck(*(bool(bits >> place & 1) for place in range(5)))


def bits_of_check(check: MarkCheck) -> int:
    """Return the bit mask of tag 2106."""
    flags = (
        check.checked,
        check.positive,
        check.status_known,
        check.status_correct,
        check.stand_alone,
    )
    return sum(flag << place for place, flag in enumerate(flags))


def judge_register(code: MarkCode, check: MarkCheck) -> MarkResult:
    """Say what the register's check allows: a signature or a status that is wrong refuses."""
    wrong = (check.checked and not check.positive) or (
        check.status_known and not check.status_correct
    )
    if wrong:
        result = MarkResult(code, MarkVerdict.REFUSED, (MarkReason.REGISTER_REFUSED,))
    elif check.checked:
        result = MarkResult(code, MarkVerdict.ALLOWED)
    else:
        result = unchecked(code, ("касса не смогла проверить код", "the register could not check"))
    return replace(result, source="register", register_check=check)


def bind(item: FiscalItem, result: MarkResult, *, returning: bool = False) -> FiscalItem:
    """Put a checked code into its item: the code, its kind of goods and the evidence of the check.

    The price is compared with the minimum here, where it is known.

    Raises:
        MarkRefused: the thing must not be sold.
    """
    judged = result if returning else result.at_price(item.price_minor - item.discount_minor)
    if judged.verdict is MarkVerdict.REFUSED:
        words = {"ru": judged.words("ru").rstrip("."), "en": judged.words("en").rstrip(".")}
        raise MarkRefused(
            f"{result.code.identity}: {judged.words('en')}",
            words={"ru": words["ru"], "en": words["en"]},
        )
    plan = MarkPlan.PIECE_RETURNED if returning else MarkPlan.PIECE_SOLD
    mark = replace(result.code.item_mark(plan), check=result.register_check)
    excise = item.subject in (Subject.EXCISE, Subject.EXCISE_WITH_MARK)
    return replace(
        item,
        mark=mark,
        subject=Subject.EXCISE_WITH_MARK if excise else Subject.COMMODITY_WITH_MARK,
        industry=(*item.industry, *((judged.evidence,) if judged.evidence else ())),
    )
