"""What a till reads from `/api/v1/pos`: ping, menu, config, guests for its cache, card codes."""

from datetime import date
from typing import Annotated, Self

from pydantic import Field

from app.contracts.amounts import Amount, Points, SignedAmount
from app.contracts.base import (
    BasisPoints,
    CardCode,
    Count,
    Flag,
    Id,
    Line,
    Moment,
    Name,
    Whole,
    WireModel,
)
from app.domain.catalog import Marking, Unit
from app.domain.loyalty import BenefitType, EarnRounding, Level, LoyaltyRules

GUESTS_LIMIT_MAX = 1000
CARD_CODES_MAX = 50
EXCLUDED_CATEGORIES_MAX = 500


class PingResponse(WireModel):
    """The service is there; the versions tell whether something must be fetched."""

    server_time: Moment
    version: str
    menu_version: str
    config_version: str


class CategoryView(WireModel):
    """A category; `tint` is 1..10, `icon` a name of the icon set."""

    id: Id
    parent_id: Id | None = None
    name: Name
    icon: Line
    tint: Whole
    position: Whole


class TaxRateView(WireModel):
    """A rate from a day on, in basis points; none means free of tax."""

    valid_from: Annotated[date, Field(alias="from")]
    percent: BasisPoints | None = None


class TaxView(WireModel):
    """A tax and its rates, the earliest first."""

    id: Id
    name: Name
    rates: tuple[TaxRateView, ...]


class ModifierOptionView(WireModel):
    """A choice in a group."""

    id: Id
    name: Name
    price_delta: SignedAmount = 0
    is_default: Flag = False
    is_stopped: Flag = False


class ModifierGroupView(WireModel):
    """Options of which a number between the limits is chosen."""

    id: Id
    name: Name
    min_choices: Count
    max_choices: Count
    options: tuple[ModifierOptionView, ...]


class VariantView(WireModel):
    """A size of a product with its own whole price."""

    id: Id
    name: Name
    price: Amount
    sku: Line | None = None
    barcodes: tuple[Line, ...] = ()
    is_default: Flag = False


class ProductView(WireModel):
    """Something that is sold; prices with tax, for one piece or one kilogram."""

    id: Id
    category_id: Id
    name: Name
    short_name: Line | None = None
    sku: Line
    unit: Unit = Unit.PIECE
    tax_id: Id
    price: Amount
    barcodes: tuple[Line, ...] = ()
    variants: tuple[VariantView, ...] = ()
    modifier_group_ids: tuple[Id, ...] = ()
    is_favourite: Flag = False
    position: Whole = 0
    popularity: Whole = 0
    stopped: Flag = False
    stock_left: Count | None = None
    excluded_from_earning: Flag = False
    excluded_from_redeeming: Flag = False
    marking: Marking = Marking.NONE
    recommended_ids: tuple[Id, ...] = ()


class MenuResponse(WireModel):
    """A whole menu; `version` changes with any change of it."""

    version: str
    categories: tuple[CategoryView, ...]
    taxes: tuple[TaxView, ...]
    modifier_groups: tuple[ModifierGroupView, ...]
    products: tuple[ProductView, ...]


class TillLocationView(WireModel):
    """The place of business as it stands on receipts."""

    id: Id
    name: Name
    address: Line
    legal_name: Line
    taxpayer_id: Line
    receipt_header: tuple[Line, ...] = ()
    receipt_footer: tuple[Line, ...] = ()
    timezone: Line


class TillRegisterView(WireModel):
    """The register that this till is."""

    id: Id
    name: Name
    number: Count


class TillStaffView(WireModel):
    """A person who signs in with a PIN; the hash is argon2id."""

    id: Id
    name: Name
    role: Line
    pin_hash: str
    permissions: tuple[Line, ...] = ()


class TableView(WireModel):
    """A table of a hall; place and size in the units of the hall's plan."""

    id: Id
    name: Name
    seats: Count = 2
    x: Whole = 0
    y: Whole = 0
    width: Whole = 0
    height: Whole = 0


class HallView(WireModel):
    """A hall, the size of its plan, and its tables."""

    id: Id
    name: Name
    width: Whole = 0
    height: Whole = 0
    tables: tuple[TableView, ...] = ()


class LevelView(WireModel):
    """A level: from a lifetime sum on, this much is earned or taken off, in basis points."""

    id: Id
    name: Name
    threshold: Amount
    percent_bp: BasisPoints
    benefit: BenefitType = BenefitType.POINTS


ExcludedCategories = Annotated[tuple[Id, ...], Field(max_length=EXCLUDED_CATEGORIES_MAX)]


class LoyaltyRulesView(WireModel):
    """The loyalty rules that the till computes with when it is offline (see `app.domain.loyalty`).

    Categories are excluded with everything below them.
    """

    version: str
    is_enabled: Flag = True
    levels: Annotated[tuple[LevelView, ...], Field(min_length=1)]
    max_redeem_percent_bp: BasisPoints
    redeem_step: Points
    min_check: Amount
    earn_rounding: EarnRounding = EarnRounding.FLOOR_WHOLE
    reservation_ttl_s: Count = 1800
    reservation_grace_s: Count = 3600
    points_lapse_days: Count = 365
    points_warn_days: Count = 14
    returned_points_days: Count = 30
    transfers_per_day: Count = 3
    transfer_per_day: Points = 1_000_00
    offline_redeem_limit: Points = 0
    categories_excluded_from_earning: ExcludedCategories = ()
    categories_excluded_from_redeeming: ExcludedCategories = ()

    @classmethod
    def from_domain(cls, rules: LoyaltyRules, version: str) -> Self:
        """Make the wire form of the domain's rules."""
        return cls(
            version=version,
            is_enabled=rules.is_enabled,
            levels=tuple(
                LevelView(
                    id=level.level_id,
                    name=level.name,
                    threshold=level.threshold_minor,
                    percent_bp=level.percent_bp,
                    benefit=level.benefit,
                )
                for level in rules.levels
            ),
            max_redeem_percent_bp=rules.max_redeem_percent_bp,
            redeem_step=rules.redeem_step_minor,
            min_check=rules.min_check_minor,
            earn_rounding=rules.earn_rounding,
            reservation_ttl_s=rules.reservation_ttl_s,
            reservation_grace_s=rules.reservation_grace_s,
            points_lapse_days=rules.points_lapse_days,
            points_warn_days=rules.points_warn_days,
            returned_points_days=rules.returned_points_days,
            transfers_per_day=rules.transfers_per_day,
            transfer_per_day=rules.transfer_per_day_minor,
            offline_redeem_limit=rules.offline_redeem_limit_minor,
            categories_excluded_from_earning=rules.no_earning_categories,
            categories_excluded_from_redeeming=rules.no_redeeming_categories,
        )

    def to_domain(self) -> LoyaltyRules:
        """Return the rules as the domain computes with them."""
        return LoyaltyRules(
            levels=tuple(
                Level(level.id, level.name, level.threshold, level.percent_bp, level.benefit)
                for level in self.levels
            ),
            is_enabled=self.is_enabled,
            max_redeem_percent_bp=self.max_redeem_percent_bp,
            redeem_step_minor=self.redeem_step,
            min_check_minor=self.min_check,
            earn_rounding=self.earn_rounding,
            reservation_ttl_s=self.reservation_ttl_s,
            reservation_grace_s=self.reservation_grace_s,
            points_lapse_days=self.points_lapse_days,
            points_warn_days=self.points_warn_days,
            returned_points_days=self.returned_points_days,
            transfers_per_day=self.transfers_per_day,
            transfer_per_day_minor=self.transfer_per_day,
            offline_redeem_limit_minor=self.offline_redeem_limit,
            no_earning_categories=self.categories_excluded_from_earning,
            no_redeeming_categories=self.categories_excluded_from_redeeming,
        )


class TillTenantView(WireModel):
    """The company."""

    id: Id
    name: Name
    currency: Line = "RUB"


class ConfigResponse(WireModel):
    """Everything a till needs beside the menu; `version` changes with any change of it.

    With `guest_qr_public_key` a till proves the codes of guests' phones offline.
    """

    version: str
    tenant: TillTenantView
    location: TillLocationView
    register_: Annotated[TillRegisterView, Field(alias="register")]
    staff: tuple[TillStaffView, ...]
    halls: tuple[HallView, ...]
    loyalty_rules: LoyaltyRulesView
    offline_redeem_limit: Points = 0
    guest_qr_public_key: Line = ""


class GuestCardView(WireModel):
    """A guest's card as the till keeps it for offline use."""

    card_id: Id
    guest_id: Id
    first_name: Line = ""
    phone: Line
    code6_digit: CardCode
    level_id: Line = ""
    level_name: Line
    regular_balance: Points
    promo_balance: Points
    total_balance: Points
    reserved_balance: Points
    lifetime_spent: Amount
    visit_count: Count
    last_visit_at: Moment | None = None
    favourite_product_ids: tuple[Id, ...] = ()
    updated_at: Moment


class GuestsResponse(WireModel):
    """The most frequent guests."""

    guests: tuple[GuestCardView, ...]


class CardCodesRequest(WireModel):
    """Ask for unused six-digit codes for guests registered offline."""

    count: Annotated[int, Field(strict=True, ge=1, le=CARD_CODES_MAX)]


class CardCodesResponse(WireModel):
    """Codes that nobody else will get."""

    codes: tuple[CardCode, ...]
    already_processed: bool = False
