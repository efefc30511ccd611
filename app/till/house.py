"""The house as the till works in it: place, taxes of the day, loyalty rules; kept at hand in memory.

Read from the store at start and after each update from the service, so that a tap needs no query
for it. Any thread; the values are replaced whole, never changed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from app.domain.catalog import Product, above
from app.domain.loyalty import LoyaltyRules
from app.domain.tax import TaxTable
from app.kernel.clock import Clock
from app.store.engine import Store
from app.store.rows import VenueConfig
from drivers.api.receipt import Seller

_FALLBACK_ZONE = "Europe/Moscow"


@dataclass(frozen=True, slots=True)
class TillSettings:
    """What may be set at this till.

    Attributes:
        cash_rounding_minor: Step that cash is rounded down to; 1 means no rounding.
        prints_receipts: A receipt goes to the printer with each sale.
        is_blind_count: The expected cash is hidden until the drawer has been counted.
        shift_hours: After so many hours a shift should be closed; 0 is only near the fiscal limit.
        currency: ISO 4217 letters, for the terminal.
        sells_without_marks: A senior may let a marked piece be sold whose code cannot be read.
    """

    cash_rounding_minor: int = 1
    prints_receipts: bool = True
    is_blind_count: bool = False
    shift_hours: int = 0
    currency: str = "RUB"
    sells_without_marks: bool = False


@dataclass(frozen=True, slots=True)
class _Known:
    config: VenueConfig | None
    taxes: TaxTable
    zone: tzinfo
    parents: Mapping[str, str | None]
    categories: Mapping[str, str]
    rates: dict[date, dict[str, int | None]] = field(default_factory=dict)


class House:
    """The venue, its taxes and rules.

    Args:
        store: Where they are kept.
        clock: Tells the business day.
        settings: Of this till.
    """

    def __init__(self, store: Store, clock: Clock, settings: TillSettings | None = None) -> None:
        self._store = store
        self._clock = clock
        self.settings = settings or TillSettings()
        self._known = self._read()

    def reload(self) -> None:
        """Read again what the service may have changed."""
        self._known = self._read()

    def _read(self) -> _Known:
        with self._store.reader() as db:
            config = db.settings.find_config()
            taxes = db.catalog.tax_table()
            categories = db.catalog.list_categories()
        parents = {str(one.category_id): one.parent_id for one in categories}
        names = {str(one.category_id): one.name for one in categories}
        return _Known(config, taxes, _zone(config), parents, names)

    @property
    def config(self) -> VenueConfig | None:
        """Return the configuration, or None before the first one came."""
        return self._known.config

    @property
    def rules(self) -> LoyaltyRules:
        """Return the loyalty rules; the usual ones before the first configuration."""
        config = self._known.config
        return config.rules if config else LoyaltyRules()

    def under_rules(self, product: Product) -> Product:
        """Return a product that earns and takes points as its categories may, too (L3)."""
        rules = self.rules
        if not rules.excludes_categories:
            return product
        groups = above(product.category_id, self._known.parents)
        return replace(
            product,
            earns_points=product.earns_points and rules.earns_in(groups),
            redeems_points=product.redeems_points and rules.redeems_in(groups),
        )

    @property
    def menu_mark(self) -> object:
        """Return what is another object after every change of the menu."""
        return self._known

    def groups_of(self, product: Product) -> frozenset[str]:
        """Return a product's category and those above it, by id and by name in small letters."""
        known = self._known
        ids = above(product.category_id, known.parents)
        return ids | {known.categories[key].casefold() for key in ids if key in known.categories}

    @property
    def restaurant_id(self) -> str:
        """Return the id of the place, '' before the first configuration."""
        config = self._known.config
        return config.location_id if config else ""

    @property
    def zone(self) -> tzinfo:
        """Return the venue's time zone."""
        return self._known.zone

    @property
    def venue(self) -> Seller:
        """Return what stands on receipts."""
        config = self._known.config
        if config is None:
            return Seller(name="")
        return Seller(
            name=config.location_name or config.tenant_name,
            address=config.address,
            legal_name=config.legal_name,
            taxpayer_id=config.taxpayer_id,
            header=config.receipt_header,
            footer=config.receipt_footer,
            register_name=config.register_name,
        )

    def business_day(self, moment: datetime | None = None) -> date:
        """Return the day in the venue's zone, now or at a moment."""
        return (moment or self._clock.now()).astimezone(self.zone).date()

    def tax_rates(self) -> dict[str, int | None]:
        """Return the rate of each tax today."""
        known = self._known
        day = self.business_day()
        rates = known.rates.get(day)
        if rates is None:
            known.rates.clear()
            rates = known.rates[day] = known.taxes.rates_on(day)
        return rates

    def tax_names(self) -> dict[str, str]:
        """Return the names of taxes by their ids."""
        return {tax.tax_id: tax.name for tax in self._known.taxes.taxes}


def _zone(config: VenueConfig | None) -> tzinfo:
    try:
        return ZoneInfo(config.timezone if config else _FALLBACK_ZONE)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo(_FALLBACK_ZONE)
