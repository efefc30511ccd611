"""`display ADDRESS`: show a page, an item, a total or change on a customer display."""

import argparse
from collections.abc import Callable, Mapping

from drivers.api.device import DeviceConfig, DeviceKind, OptionValue
from drivers.api.display import Page, change_page, item_page, total_page, welcome_page
from drivers.api.errors import ConfigurationError, Language
from drivers.commands.common import Commands, guess_transport, language, say_json, with_baud
from drivers.registry import build_display

_TEST = Page("АБВГДЕЁЖЗИЙКЛМНОПРСТ", "абвгдеёжз 1234567890")


def add_parser(commands: Commands) -> None:
    """Name the arguments."""
    display = commands.add_parser("display", help="show text on a customer display; JSON")
    display.add_argument("address", help="/dev/ttyUSB0 or COM3")
    display.add_argument("action", nargs="?", default="test", choices=tuple(_PAGES))
    display.add_argument("words", nargs="*", help="lines of text, or a name and sums in kopecks")
    display.add_argument("--model", default="cd5220", metavar="PROFILE")
    display.add_argument("--baud", type=int, default=9600)
    display.add_argument("--code-page", choices=("cp866", "cp1251", "latin"))
    display.add_argument("--code-page-number", type=int, metavar="N")
    display.add_argument("--brightness", type=int, choices=(1, 2, 3, 4))
    display.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Show one page and print what stands on the display as one line of JSON."""
    page = _PAGES[options.action](options.words, language(options))
    display = build_display(_config(options))
    try:
        display.open()
        if options.action == "clear":
            display.clear()
        elif options.action == "scroll":
            display.scroll(page.upper, page.lower)
        else:
            display.show(page)
        say_json({"model": options.model, "lines": [display.page.upper, display.page.lower]})
    finally:
        display.close()
    return 0


def _text(words: list[str], _lang: Language) -> Page:
    upper, lower = [*words, "", ""][:2]
    return Page(upper, lower)


def _item(words: list[str], _lang: Language) -> Page:
    if len(words) < 2:
        raise ConfigurationError("item needs a name and a sum in kopecks")
    return item_page(words[0], _minor(words[1]))


def _total(words: list[str], lang: Language) -> Page:
    return total_page(_minor(words[0] if words else ""), lang)


def _change(words: list[str], lang: Language) -> Page:
    if len(words) < 2:
        raise ConfigurationError("change needs what was given and what comes back, in kopecks")
    return change_page(_minor(words[0]), _minor(words[1]), lang)


def _welcome(words: list[str], lang: Language) -> Page:
    title, greeting = [*words, "", ""][:2]
    return welcome_page(title, greeting, lang)


def _minor(text: str) -> int:
    try:
        return int(text)
    except ValueError as error:
        raise ConfigurationError(f"{text!r} is no sum in kopecks") from error


_PAGES: Mapping[str, Callable[[list[str], Language], Page]] = {
    "test": lambda _words, _lang: _TEST,
    "text": _text,
    "item": _item,
    "total": _total,
    "change": _change,
    "welcome": _welcome,
    "scroll": _text,
    "clear": lambda _words, _lang: Page(),
}


def _config(options: argparse.Namespace) -> DeviceConfig:
    transport, address = guess_transport(options.address)
    chosen = {
        "code_page": options.code_page,
        "code_page_number": options.code_page_number,
        "brightness": options.brightness,
    }
    extra: dict[str, OptionValue] = {"profile": options.model}
    extra |= {name: value for name, value in chosen.items() if value is not None}
    return DeviceConfig(
        "display",
        DeviceKind.DISPLAY,
        "display.line",
        transport,
        address,
        with_baud(extra, transport, options),
    )
