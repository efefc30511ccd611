"""What the settings of a printer say about the kitchen, and which printer gets the receipts.

kitchen      categories that are cooked at it: names or ids with semicolons between, or *
station      what stands on its tickets; else the printer's name
substitute   id or name of the printer that stands in for it
receipts     receipts go to it as well; without that a printer of the kitchen prints none
"""

from collections.abc import Mapping

from app.till.devices import Station
from drivers.api.device import DeviceConfig, OptionValue

KITCHEN, STATION, SUBSTITUTE, RECEIPTS = "kitchen", "station", "substitute", "receipts"


def cooks_of(options: Mapping[str, OptionValue]) -> tuple[str, ...]:
    """Return the categories that a printer cooks; none is a printer outside the kitchen."""
    text = str(options.get(KITCHEN, "")).replace(",", ";")
    return tuple(dict.fromkeys(part.strip() for part in text.split(";") if part.strip()))


def prints_receipts(config: DeviceConfig) -> bool:
    """Tell whether receipts may go to a printer; outside the kitchen they always may."""
    return not cooks_of(config.options) or bool(config.options.get(RECEIPTS))


def name_of(config: DeviceConfig) -> str:
    """Return what people call a printer."""
    return str(config.options.get("name", "")).strip() or config.id


def stations_of(
    configs: Mapping[str, DeviceConfig],
) -> tuple[Station, ...]:
    """Return the stations of printers, by their names in the print queue."""
    queues = {config.id: queue for queue, config in configs.items()}
    queues |= {name_of(config).casefold(): queue for queue, config in configs.items()}
    found = []
    for queue, config in configs.items():
        cooks = cooks_of(config.options)
        if not cooks:
            continue
        wanted = str(config.options.get(SUBSTITUTE, "")).strip()
        substitute = queues.get(wanted) or queues.get(wanted.casefold(), "")
        name = str(config.options.get(STATION, "")).strip() or name_of(config)
        found.append(Station(queue, name, cooks, substitute if substitute != queue else ""))
    return tuple(found)
