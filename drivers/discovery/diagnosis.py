"""From what happened to a verdict: the first rule that fits picks a row of `VERDICTS`. Pure but for `Facts`."""

import errno
import socket
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from drivers.api import errors
from drivers.api.device import DeviceConfig, DeviceKind, Health, Probe
from drivers.api.errors import DriverError
from drivers.api.scale import Overloaded, ScaleNeedsService
from drivers.discovery.facts import Facts
from drivers.discovery.verdicts import VERDICTS

_GENERAL = ("device.refused", "device.not_ready", "device.absent", "program.fault")
_NO_WAY = (errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN)
_LINES = ("serial", "bluetooth")
_FILES = ("serial", "file")
_NETWORK = ("tcp", "http")
_BY_CLASS: Mapping[type[DriverError], str] = {
    errors.PaperOut: "printer.paper_out",
    errors.CoverOpen: "printer.cover_open",
    errors.DeviceOffline: "printer.offline",
    errors.DeviceFault: "printer.fault",
    Overloaded: "scale.overload",
    ScaleNeedsService: "scale.service",
    errors.DeviceBusy: "device.busy",
    errors.ConnectionLost: "device.lost",
    errors.ConfigurationError: "settings.wrong",
    errors.DeviceRefused: "device.refused",
    errors.NotSupported: "device.refused",
    errors.FinalError: "device.refused",
    errors.NotConnected: "device.absent",
    errors.DeviceNotReady: "device.not_ready",
    errors.TransportError: "device.absent",
    errors.OutcomeUnknown: "device.not_ready",
    errors.ProtocolError: "device.garbled",
    errors.DriverBug: "program.fault",
}
"""Rules that the class of the error alone decides; the first class that it is an instance of."""


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """A verdict and the device's state by it."""

    verdict: str
    probe: Probe


def diagnose(config: DeviceConfig, error: DriverError, facts: Facts | None = None) -> Diagnosis:
    """Say what an error means for this device on this computer."""
    look = facts or Facts()
    values = _values(config, error)
    verdict = "device.not_ready"
    for rule in _RULES:
        found = rule(config, error, look)
        if found is not None:
            verdict, more = found
            values |= more
            break
    row = VERDICTS[verdict]
    if verdict in _GENERAL and "texts" in type(error).__dict__ and type(error) not in _BY_CLASS:
        # An error with words of its own (a shift over 24 hours) says more than the general row.
        return Diagnosis(verdict, replace(Probe.of_error(error), health=row.health))
    return Diagnosis(verdict, row.probe(values, error.code))


def judge(config: DeviceConfig, probe: Probe) -> Diagnosis:
    """Say what a device's own answer means: fine, or a trouble that it tells of itself."""
    if probe.health is Health.ONLINE:
        verdict = _fine(config)
        words = (probe.words_ru, probe.words_en) if verdict == "ok.device" else ("", "")
        return Diagnosis(verdict, _worded(verdict, *words))
    if probe.code in _BY_CODE:
        return Diagnosis(_BY_CODE[probe.code], VERDICTS[_BY_CODE[probe.code]].probe({}, probe.code))
    if config.kind is DeviceKind.PRINTER and probe.health is Health.DEGRADED and not probe.code:
        if config.transport == "spooler":
            words = probe.words_ru, probe.words_en
            return Diagnosis("printer.queue_says", _worded("printer.queue_says", *words))
        return Diagnosis("printer.paper_low", VERDICTS["printer.paper_low"].probe())
    if config.kind is DeviceKind.PRINTER and probe.health is Health.OFFLINE and not probe.code:
        values = _values(config, errors.Timeout())
        verdict = "line.silent" if config.transport in _LINES else "device.silent"
        return Diagnosis(verdict, VERDICTS[verdict].probe(values))
    # The device speaks for itself (a terminal's own words): they are better than any of ours.
    return Diagnosis("device.not_ready", probe)


def _fine(config: DeviceConfig) -> str:
    if config.kind is DeviceKind.PRINTER:
        return "ok.silent_road" if config.transport == "spooler" else "ok.printer"
    kinds = {DeviceKind.SCANNER: "ok.scanner", DeviceKind.DISPLAY: "ok.display"}
    return kinds.get(config.kind, "ok.device")


def _worded(verdict: str, words_ru: str, words_en: str) -> Probe:
    row = VERDICTS[verdict]
    return Probe(
        row.health, words_ru or row.words_ru, words_en or row.words_en, row.hint_ru, row.hint_en
    )


_Found = tuple[str, dict[str, str]]
_Rule = Callable[[DeviceConfig, DriverError, Facts], _Found | None]


def _usb(config: DeviceConfig, error: DriverError, _: Facts) -> _Found | None:
    if isinstance(error, errors.UsbLibraryMissing):
        return "usb.no_library", {}
    if isinstance(error, errors.UsbAccessDenied):
        return "usb.no_permission", {"rule": error.detail.partition("rule: ")[2] or config.address}
    return None


def _rights(config: DeviceConfig, error: DriverError, look: Facts) -> _Found | None:
    if not isinstance(error, errors.AccessDenied):
        return None
    group = look.group(config.address) if config.transport in _FILES else ""
    if not group:
        return "access.denied", {}
    return "port.no_permission", {"group": group, "user": look.user()}


def _busy(config: DeviceConfig, error: DriverError, look: Facts) -> _Found | None:
    if not isinstance(error, errors.PortBusy):
        return None
    who = look.holders(config.address) if config.transport in _FILES else ()
    return ("port.held", {"who": ", ".join(who)}) if who else ("port.busy", {})


def _missing(config: DeviceConfig, error: DriverError, look: Facts) -> _Found | None:
    if not isinstance(error, errors.NotConnected) or config.transport not in _FILES:
        return None
    if look.exists(config.address):
        return None
    others = [port for port in look.ports() if port != config.address]
    if config.transport == "serial" and others:
        return "port.moved", {"ports": ", ".join(others)}
    return "port.missing", {}


def _vendor(config: DeviceConfig, error: DriverError, look: Facts) -> _Found | None:
    """Programs that stand between the till and a device, and servers far away."""
    if not isinstance(error, errors.NotConnected | errors.Timeout):
        return None
    if config.transport == "program" and not look.exists(config.address):
        return "vendor.no_program", {}
    if config.transport == "https":
        return "net.no_internet", {}
    refused = any(isinstance(cause, ConnectionRefusedError) for cause in _causes(error))
    if config.transport == "http" and config.kind is DeviceKind.FISCAL and refused:
        return "vendor.no_server", {}
    return None


def _network(config: DeviceConfig, error: DriverError, look: Facts) -> _Found | None:
    if config.transport not in _NETWORK or not isinstance(error, errors.NotConnected):
        return None
    for cause in _causes(error):
        if isinstance(cause, ConnectionRefusedError):
            return "net.refused", {}
        if isinstance(cause, socket.gaierror):
            return "net.no_name", {}
        if isinstance(cause, OSError) and cause.errno in _NO_WAY:
            return "net.unreachable", {}
        if isinstance(cause, TimeoutError):
            near = look.near(_host(config.address))
            return ("net.silent" if near else "net.other_network"), {}
    return None


def _host(address: str) -> str:
    """The host in 'host:port', 'host' or a URL."""
    place = address.partition("://")[2].partition("/")[0] or address
    return place.rpartition(":")[0] or place


def _talk(config: DeviceConfig, error: DriverError, _: Facts) -> _Found | None:
    on_a_line = config.transport in _LINES
    if isinstance(error, errors.Timeout):
        if config.kind is DeviceKind.CAMERA:
            return "camera.silent", {}
        return ("line.silent" if on_a_line else "device.silent"), {}
    if isinstance(error, errors.ProtocolError):
        return ("line.garbled" if on_a_line else "device.garbled"), {}
    return None


def _by_class(_config: DeviceConfig, error: DriverError, _look: Facts) -> _Found | None:
    for kind, verdict in _BY_CLASS.items():
        if isinstance(error, kind):
            return verdict, {}
    return None


_RULES: tuple[_Rule, ...] = (
    _usb,
    _rights,
    _busy,
    _missing,
    _vendor,
    _network,
    _talk,
    _by_class,
)
_BY_CODE: Mapping[str, str] = {kind.code: verdict for kind, verdict in _BY_CLASS.items()}


def _values(config: DeviceConfig, error: DriverError) -> dict[str, str]:
    baud = str(config.options.get("baud", ""))
    return {
        "address": config.address,
        "detail": error.detail or error.code,
        "words": error.detail or error.code,
        "baud": baud or "по умолчанию / default",
    }


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error and everything that it was raised from."""
    seen: list[BaseException] = []
    waiting: list[BaseException | None] = [error]
    while waiting:
        item = waiting.pop(0)
        if item is None or any(item is known for known in seen):
            continue
        seen.append(item)
        waiting += [item.__cause__, item.__context__, getattr(item, "reason", None)]
        yield item
