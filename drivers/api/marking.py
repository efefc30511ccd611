"""Marking codes ("Честный ЗНАК"): what a scanned code is, and what a check of it may answer.

A check ends in one of three verdicts a code: it may be sold, it must not be sold, or nobody could be
asked. The third is the till's to decide; it is no error, because the law lets a till sell when the
services are down.
"""

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import ClassVar, Protocol

from typing_extensions import override

from drivers.api.device import Probe
from drivers.api.errors import ConfigurationError, FinalError, Language, TemporaryError
from drivers.api.fiscal import IndustryNote, ItemMark, MarkCheck, MarkPlan

CODES_PER_CHECK_MAX = 100


class MarkFormat(enum.StrEnum):
    """Kind of code, named as the fiscal documents do (tags 1300-1309).

    GS1M is a DataMatrix with GS1 elements and a check part: water, milk, beer, clothes, blocks of
    tobacco. SHORT is the pack of tobacco: 29 characters without identifiers. FUR is the chip of a
    fur; EGAIS20 and EGAIS30 are the stamps of spirits.
    """

    GS1M = "gs1m"
    SHORT = "short"
    FUR = "fur"
    EGAIS20 = "egais20"
    EGAIS30 = "egais30"


class MarkFault(enum.Enum):
    """Why a text is no marking code; words in Russian and English."""

    EMPTY = ("код пустой", "the code is empty")
    TOO_LONG = ("код слишком длинный, это не код маркировки", "too long for a marking code")
    BARCODE = (
        "это штрихкод товара, а не код маркировки; считайте квадратный код",
        "this is the product's barcode; scan the square code",
    )
    NOT_A_MARK = ("это не код маркировки", "this is no marking code")
    CHECK_DIGIT = ("не сходится контрольная цифра товара", "the product's check digit is wrong")
    ALPHABET = (
        "в коде недопустимые буквы; проверьте раскладку сканера",
        "it holds letters that no code has; check the scanner's layout",
    )
    SEPARATOR_LOST = (
        "потеряны разделители, код читается двояко; настройте сканер",
        "its separators are lost and it reads two ways; set up the scanner",
    )
    CUT_OFF = ("код считан не полностью", "the code was not read to its end")
    TYPED_TWO_WAYS = (
        "сканер печатает как клавиатура, и код читается двояко; откалибруйте сканер",
        "the scanner types as a keyboard does and the code reads two ways; calibrate the scanner",
    )
    NO_CHECK_PART = (
        "в коде нет проверочной части, считайте его целиком",
        "it has no check part, scan the whole code",
    )

    def words(self, lang: Language = "ru") -> str:
        """What is wrong."""
        return self.value[0] if lang == "ru" else self.value[1]


class MarkUnreadable(FinalError):  # noqa: N818 - the names of this tree read as facts
    """A text that is no marking code, or not a whole one.

    Args:
        fault: what is wrong with it.
        detail: for the log.
    """

    code = "marking.unreadable"
    texts: ClassVar[dict[Language, str]] = {
        "ru": "Код маркировки не прочитан. Считайте его ещё раз.",
        "en": "The marking code was not read. Scan it again.",
    }

    def __init__(self, fault: MarkFault, detail: str = "") -> None:
        super().__init__(detail or fault.words("en"))
        self.fault = fault

    @override
    def text(self, lang: Language = "ru") -> str:
        """Say what is wrong with the code, then what to do."""
        words = self.fault.words(lang)
        return f"{words[0].upper()}{words[1:]}. {self.texts.get(lang, self.texts['en'])}"


class MarkingUnavailable(TemporaryError):  # noqa: N818 - the names of this tree read as facts
    """A service of checks did not answer, or not usably."""

    code = "marking.unavailable"
    texts: ClassVar[dict[Language, str]] = {
        "ru": "Проверка кодов маркировки недоступна. Проверьте интернет и настройки.",
        "en": "Marking codes cannot be checked now. Check the internet and the settings.",
    }


@dataclass(frozen=True, slots=True)
class MarkCode:
    """A marking code that was read whole.

    Attributes:
        format: see `MarkFormat`.
        text: the full code with GS (character 29) where it belongs.
        gtin: 14 digits, '' for furs and stamps.
        serial: of the single thing.
        check_part: key and signature, '' for furs and stamps.
        price_minor: maximum retail price on blocks of tobacco (identifier 8005), None if none.
        weight_g: of goods sold by weight (identifier 3103), None if none.
        was_repaired: layout, case or separators had to be put right.
        is_doubtful: it was typed, and another layout or Caps Lock would make another code of it.
    """

    format: MarkFormat
    text: str
    gtin: str = ""
    serial: str = ""
    check_part: str = ""
    price_minor: int | None = None
    weight_g: int | None = None
    was_repaired: bool = False
    is_doubtful: bool = False

    @property
    def identity(self) -> str:
        """The code without its check part: what the marking system calls cis."""
        if self.format is MarkFormat.GS1M:
            return f"01{self.gtin}21{self.serial}"
        if self.format is MarkFormat.SHORT:
            return f"{self.gtin}{self.serial}"
        return self.text

    def item_mark(self, plan: MarkPlan = MarkPlan.PIECE_SOLD) -> ItemMark:
        """Return what goes into the receipt.

        Raises:
            MarkUnreadable: nobody can tell which of two codes it is.
        """
        if self.is_doubtful:
            raise MarkUnreadable(MarkFault.TYPED_TWO_WAYS)
        return ItemMark(self.text.encode("ascii"), plan)


class MarkVerdict(enum.StrEnum):
    """What a check allows."""

    ALLOWED = "allowed"
    REFUSED = "refused"
    UNCHECKED = "unchecked"


class MarkReason(enum.Enum):
    """Why a thing must not be sold, or needs a look; words in Russian and English."""

    NOT_FOUND = ("код не найден в системе маркировки", "the code is unknown to the marking system")
    NOT_APPLIED = ("код не введён в оборот", "the code was never put into circulation")
    NOT_VERIFIED = ("подпись кода не сходится", "the code's signature does not fit")
    SOLD = ("товар с этим кодом уже продан", "the thing with this code is sold already")
    BLOCKED = ("продажа запрещена решением органа", "its sale is forbidden by an authority")
    NOT_REALIZABLE = ("код не готов к продаже", "the code is not free for sale")
    EXPIRED = ("истёк срок годности", "its shelf life has ended")
    PRICE_TOO_LOW = ("цена ниже минимальной", "the price is below the minimum")
    WRONG_OWNER = ("товар числится за другим владельцем", "it belongs to another owner")
    REGISTER_REFUSED = ("касса не приняла код", "the register did not accept the code")

    def words(self, lang: Language = "ru") -> str:
        """What is the matter."""
        return self.value[0] if lang == "ru" else self.value[1]


@dataclass(frozen=True, slots=True)
class MarkResult:
    """Answer of a check of one code.

    Attributes:
        code: that was checked.
        verdict: what it allows.
        reasons: of a refusal.
        warnings: worth a look, no refusal.
        evidence: goes into the item of the receipt (tags 1262-1265), None if nobody was asked.
        source: who answered, for the log: 'cdn 1.2.3.4:443', 'local module', 'register', ''.
        price_min_minor: the lowest price allowed, None if not told.
        register_check: result of the register's own check, None without one.
        unchecked_ru: why nobody could be asked, Russian.
        unchecked_en: the same in English.
    """

    code: MarkCode
    verdict: MarkVerdict
    reasons: tuple[MarkReason, ...] = ()
    warnings: tuple[MarkReason, ...] = ()
    evidence: IndustryNote | None = None
    source: str = ""
    price_min_minor: int | None = None
    register_check: MarkCheck | None = None
    unchecked_ru: str = ""
    unchecked_en: str = ""

    def at_price(self, price_minor: int) -> "MarkResult":
        """Refuse if one thing is sold below the minimum price (tobacco, beer)."""
        if self.price_min_minor is None or price_minor >= self.price_min_minor:
            return self
        reasons = (*self.reasons, MarkReason.PRICE_TOO_LOW)
        return replace(self, verdict=MarkVerdict.REFUSED, reasons=reasons)

    def words(self, lang: Language = "ru") -> str:
        """One sentence for the cashier."""
        if self.verdict is MarkVerdict.REFUSED:
            listed = ", ".join(reason.words(lang) for reason in self.reasons)
            return (
                f"Продажа запрещена: {listed}." if lang == "ru" else f"Must not be sold: {listed}."
            )
        if self.verdict is MarkVerdict.UNCHECKED:
            why = self.unchecked_ru if lang == "ru" else self.unchecked_en
            return (
                f"Код не проверен: {why}." if lang == "ru" else f"The code is not checked: {why}."
            )
        listed = "; ".join(reason.words(lang) for reason in self.warnings)
        said = "Код проверен, продажа разрешена" if lang == "ru" else "Checked, may be sold"
        return f"{said} ({listed})." if listed else f"{said}."


@dataclass(frozen=True, slots=True)
class MarkingSettings:
    """Who is asked about codes, in this order: ТС ПИоТ, the network, the local module; '' leaves one out.

    Attributes:
        piot_url: of ТС ПИоТ on this computer, ``https://localhost:51401``.
        cdn_url: of the network's list of hosts, ``https://cdn.crpt.ru``.
        api_key: X-API-KEY of the company for the network; a secret.
        module_url: of the local module, ``http://127.0.0.1:5995``.
        module_login: of the local module.
        module_password: of the local module; a secret.
        ca_file: certificates to trust instead of the system's, for modules with one of their own.
        timeout_s: for one question.
        limit_s: for all hosts of the network together.
        refuse_other_owner: refuse things of another owner instead of warning.
    """

    piot_url: str = ""
    cdn_url: str = ""
    api_key: str = field(default="", repr=False)
    module_url: str = ""
    module_login: str = ""
    module_password: str = field(default="", repr=False)
    ca_file: str = ""
    timeout_s: float = 1.5
    limit_s: float = 3.0
    refuse_other_owner: bool = False

    @classmethod
    def from_json(cls, data: object) -> "MarkingSettings":
        """Read the settings.

        Raises:
            ConfigurationError: says which field is wrong; a secret is not repeated.
        """
        if not isinstance(data, Mapping):
            raise ConfigurationError("settings of marking must be an object")
        known = {item.name: type(item.default) for item in fields(cls)}
        for name, value in data.items():
            wanted = known.get(name)
            if wanted is None:
                raise ConfigurationError(f"marking has no setting {name!r}")
            fits = isinstance(value, int | float) if wanted is float else isinstance(value, wanted)
            if not fits or (wanted is float and (isinstance(value, bool) or value <= 0)):
                raise ConfigurationError(f"marking: setting {name} must be {wanted.__name__}")
        return cls(**data)


class MarkingProvider(Protocol):
    """Somebody who can be asked about codes: the marking system, its local module, the register.

    Order of calls: ``(check | probe)* -> close``. One thread; every call ends within the limit that the
    provider was made with.
    """

    def check(
        self, codes: Sequence[MarkCode], *, fn_number: str = "", returning: bool = False
    ) -> tuple[MarkResult, ...]:
        """Ask about codes, at most `CODES_PER_CHECK_MAX`; one result a code, in their order.

        Args:
            codes: to ask about.
            fn_number: of the register's fiscal storage.
            returning: the guest brings it back: that it is sold is no reason then.

        Raises:
            MarkingUnavailable: nobody answered usably; a chain of providers never raises it.
            ConfigurationError: the key or the password is not accepted.
        """
        ...

    def probe(self) -> Probe:
        """Say how the provider is, for the list of devices. Never raises."""
        ...

    def close(self) -> None:
        """Let go of what is held. Repeatable, never raises."""
        ...


class MarkChecker(Protocol):
    """A fiscal register that can check a code before the receipt (FFD 1.2)."""

    def check_mark(self, mark: ItemMark) -> MarkCheck:
        """Check a code in the fiscal storage and at the marking server. Raises driver errors."""
        ...
