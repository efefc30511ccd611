"""The venue's configuration, plain settings and counters."""

from typing import Any, Final

from app.domain.loyalty import BenefitType, EarnRounding, Level, LoyaltyRules
from app.store.codec import dumps, loads
from app.store.rows import Hall, TableSpot, VenueConfig
from app.store.session import Session, Topic

_CONFIG: Final = "venue_config"


class SettingsRepository:
    """What there is one of. Names of settings are lower case with underscores."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._db = session.connection

    def find(self, name: str) -> str | None:
        """Return a setting, or None."""
        row = self._db.execute("SELECT value FROM settings WHERE name = ?", (name,)).fetchone()
        return None if row is None else str(row[0])

    def put(self, name: str, value: str) -> None:
        """Write a setting."""
        self._db.execute("REPLACE INTO settings (name, value) VALUES (?, ?)", (name, value))

    def remove(self, name: str) -> None:
        """Remove a setting; a missing one is no error."""
        self._db.execute("DELETE FROM settings WHERE name = ?", (name,))

    def next_number(self, counter: str) -> int:
        """Return 1, 2, 3... for a counter, which comes into being by being asked."""
        row = self._db.execute(
            "INSERT INTO counters (name, value) VALUES (?, 1) "
            "ON CONFLICT (name) DO UPDATE SET value = value + 1 RETURNING value",
            (counter,),
        ).fetchall()
        return int(row[0][0])

    def find_config(self) -> VenueConfig | None:
        """Return the venue's configuration, or None before the first contact with the service."""
        text = self.find(_CONFIG)
        return None if text is None else config_from_json(text)

    def put_config(self, config: VenueConfig) -> None:
        """Replace the venue's configuration."""
        self.put(_CONFIG, config_to_json(config))
        self._session.touch(Topic.CONFIG)


def config_to_json(config: VenueConfig) -> str:
    """Return a configuration as text."""
    plain = {
        name: getattr(config, name)
        for name in VenueConfig.__dataclass_fields__
        if name not in {"halls", "rules"}
    }
    halls = [
        [
            hall.hall_id,
            hall.name,
            [[t.table_id, t.name, t.x, t.y, t.width, t.height, t.seats] for t in hall.tables],
            hall.width,
            hall.height,
        ]
        for hall in config.halls
    ]
    return dumps({"v": 1, **plain, "halls": halls, "rules": _rules_out(config.rules)})


def config_from_json(text: str) -> VenueConfig:
    """Read what `config_to_json` wrote."""
    fields = loads(text)
    if fields.pop("v") != 1:
        raise ValueError("unknown form of the configuration")
    halls = tuple(
        Hall(hall_id, name, tuple(TableSpot(*table) for table in tables), width, height)
        for hall_id, name, tables, width, height in fields.pop("halls")
    )
    rules = _rules_in(fields.pop("rules"))
    for name in ("receipt_header", "receipt_footer"):
        fields[name] = tuple(fields[name])
    return VenueConfig(**fields, halls=halls, rules=rules)


def _rules_out(rules: LoyaltyRules) -> dict[str, Any]:
    plain = {
        name: getattr(rules, name)
        for name in LoyaltyRules.__dataclass_fields__
        if name not in {"levels", "earn_rounding"}
    }
    levels = [
        [level.level_id, level.name, level.threshold_minor, level.percent_bp, level.benefit.value]
        for level in rules.levels
    ]
    return {**plain, "levels": levels, "earn_rounding": rules.earn_rounding.value}


def _rules_in(fields: dict[str, Any]) -> LoyaltyRules:
    levels = tuple(Level(i[0], i[1], i[2], i[3], BenefitType(i[4])) for i in fields.pop("levels"))
    rounding = EarnRounding(fields.pop("earn_rounding"))
    for name in ("no_earning_categories", "no_redeeming_categories"):
        # A configuration that was kept by an older till has none.
        fields[name] = tuple(fields.get(name, ()))
    return LoyaltyRules(levels=levels, earn_rounding=rounding, **fields)
