"""Tax rates that change on dates, and the tax that is contained in a price."""

from dataclasses import dataclass
from datetime import date

from app.kernel.money import BASIS_POINTS, multiply_half_up


@dataclass(frozen=True, slots=True)
class TaxPeriod:
    """A rate in basis points, valid from a day on; None means free of tax."""

    valid_from: date
    percent_bp: int | None


@dataclass(frozen=True, slots=True)
class Tax:
    """A named tax with its rates, the earliest first."""

    tax_id: str
    name: str
    periods: tuple[TaxPeriod, ...]

    def percent_bp_on(self, day: date) -> int | None:
        """Return the rate on a business day; None before the first rate or when free of tax."""
        rate: int | None = None
        for period in self.periods:
            if period.valid_from > day:
                break
            rate = period.percent_bp
        return rate


@dataclass(frozen=True, slots=True)
class TaxTable:
    """All taxes of a menu."""

    taxes: tuple[Tax, ...] = ()

    def rates_on(self, day: date) -> dict[str, int | None]:
        """Return the rate of each tax on a business day, by the tax's id."""
        return {tax.tax_id: tax.percent_bp_on(day) for tax in self.taxes}


def tax_included(total_minor: int, percent_bp: int | None) -> int:
    """Return the tax contained in a total, a half kopeck rounded up; zero when free of tax."""
    if not percent_bp:
        return 0
    return multiply_half_up(total_minor, percent_bp, BASIS_POINTS + percent_bp)
