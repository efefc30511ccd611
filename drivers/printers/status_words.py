"""Every bit of a printer's answers in words, for the Devices screen and for support.

Sources: Epson ESC/POS command reference, ``DLE EOT`` and ``GS a``; for Star ``drivers.printers.star_status``.
`PrinterStatus.words` says what a cashier must know; this says everything.
"""

from collections.abc import Mapping
from typing import Final

from drivers.api.errors import Language
from drivers.printers.star_status import counter_of, parse_star
from drivers.printers.status import ASB_SIZE, is_realtime_answer, parse_asb

Words = tuple[str, str]
"""Russian, English."""
_Bits = Mapping[int, tuple[Words, Words | None]]
"""Mask: words when a bit of it is set, words when none is (None says nothing)."""

_NOT_ANSWERED: Final = ("не отвечает на вопрос {number}", "does not answer question {number}")
_NO_ANSWER: Final = ("непонятный ответ {byte:#04x}", "answer {byte:#04x} is none")
_DRAWER: Final = (
    ("датчик ящика: высокий уровень", "drawer sensor: high"),
    ("датчик ящика: низкий уровень", "drawer sensor: low"),
)
_ONLINE: Final = (("не в сети", "off line"), ("в сети", "on line"))
_COVER: Final = (("крышка открыта", "cover open"), ("крышка закрыта", "cover closed"))
_RECOVERABLE: Final = ("ошибка, которую можно снять", "error that can be recovered from")
_CUTTER: Final = (("ошибка ножа", "cutter error"), None)
_UNRECOVERABLE: Final = (
    ("неустранимая ошибка, нужен ремонт", "unrecoverable error, needs repair"),
    None,
)
_HOT: Final = (
    (
        "ошибка, которая пройдёт сама (перегрев головки)",
        "error that passes by itself (head too hot)",
    ),
    None,
)
_NEAR: Final = (
    ("бумага заканчивается", "paper near its end"),
    ("бумаги достаточно", "enough paper"),
)
_END: Final = (("бумаги нет", "no paper"), ("бумага есть", "paper present"))
_BUTTON: Final = (("нажата кнопка подачи", "feed button pressed"), None)

_REALTIME: Final[Mapping[int, _Bits]] = {
    1: {
        0x04: _DRAWER,
        0x08: _ONLINE,
        0x20: (("ждёт возврата в сеть", "waits for recovery"), None),
        0x40: _BUTTON,
    },
    2: {
        0x04: _COVER,
        0x08: (("бумага подаётся кнопкой", "paper is fed by the button"), None),
        0x20: (("печать остановлена: нет бумаги", "stopped: paper end"), None),
        0x40: (("есть ошибка", "an error has occurred"), ("ошибок нет", "no error")),
    },
    3: {0x04: (_RECOVERABLE, None), 0x08: _CUTTER, 0x20: _UNRECOVERABLE, 0x40: _HOT},
    4: {0x0C: _NEAR, 0x60: _END},
}
_AUTOMATIC: Final[tuple[_Bits, ...]] = (
    {0x04: _DRAWER, 0x08: _ONLINE, 0x20: _COVER, 0x40: _BUTTON},
    {0x04: (_RECOVERABLE, None), 0x08: _CUTTER, 0x20: _UNRECOVERABLE, 0x40: _HOT},
    {0x03: _NEAR, 0x0C: _END},
    {},
)
_STAR: Final[tuple[_Bits, ...]] = (
    {
        0x02: (("счётчик ETB изменился", "ETB was counted"), None),
        0x04: _DRAWER,
        0x08: _ONLINE,
        0x20: _COVER,
        0x40: (("остановлен кнопкой", "stopped by its switch"), None),
    },
    {
        0x04: (("ошибка механики", "mechanical error"), None),
        0x08: _CUTTER,
        0x20: _UNRECOVERABLE,
        0x40: _HOT,
    },
    {
        0x02: (("головка поднята", "head up"), None),
        0x04: (("замятие бумаги на выходе", "paper jam in the presenter"), None),
        0x08: (("ошибка чёрной метки", "black mark error"), None),
        0x20: (("ошибка команды", "command error"), None),
        0x40: (("переполнен буфер", "receive buffer overflow"), None),
    },
    {0x06: _NEAR, 0x08: _END},
)


def explain_realtime(answers: Mapping[int, int | None], lang: Language = "ru") -> tuple[str, ...]:
    """Every bit of the answers to ``DLE EOT`` 1-4; silence and nonsense are told too."""
    told: list[Words] = []
    for number, bits in _REALTIME.items():
        byte = answers.get(number)
        if byte is None:
            told.append(_filled(_NOT_ANSWERED, number=number))
        elif not is_realtime_answer(byte):
            told.append(_filled(_NO_ANSWER, byte=byte))
        else:
            told += _of_byte(byte, bits)
    return _in(told, lang)


def explain_automatic(block: bytes, lang: Language = "ru") -> tuple[str, ...]:
    """Every bit of the four bytes of ``GS a``; () if they are no such block."""
    if len(block) != ASB_SIZE or parse_asb(block) is None:
        return ()
    pairs = zip(block, _AUTOMATIC, strict=True)
    return _in([words for byte, bits in pairs for words in _of_byte(byte, bits)], lang)


def explain_star(block: bytes, lang: Language = "ru") -> tuple[str, ...]:
    """Every bit of a Star status block; () if it is none."""
    if parse_star(block) is None:
        return ()
    told = [
        words
        for byte, bits in zip(block[2:6], _STAR, strict=True)
        for words in _of_byte(byte, bits)
    ]
    if (counter := counter_of(block)) is not None:
        told.append((f"счётчик ETB {counter}", f"ETB counter {counter}"))
    return _in(told, lang)


def _of_byte(byte: int, bits: _Bits) -> list[Words]:
    chosen = (is_set if byte & mask else is_clear for mask, (is_set, is_clear) in bits.items())
    return [words for words in chosen if words is not None]


def _filled(words: Words, **values: int) -> Words:
    return words[0].format(**values), words[1].format(**values)


def _in(told: list[Words], lang: Language) -> tuple[str, ...]:
    return tuple(words[0 if lang == "ru" else 1] for words in told)
