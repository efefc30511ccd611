"""What a queue of Windows says of its printer, in words.

Only troubles that somebody has to look at; that a queue prints, waits or saves power is none. Pausing and working off line
stop a job before it begins (``drivers.transport.spooler``) and are not listed here.

Source: PRINTER_STATUS_* of winspool.h; [MS-RPRN] 2.2.3.12.1 "PRINTER_STATUS".
"""

from collections.abc import Mapping
from typing import Final

from drivers.api.errors import Language

QUEUE_TROUBLES: Final[Mapping[int, tuple[str, str]]] = {
    0x000010: ("нет бумаги", "no paper"),
    0x000008: ("бумага замялась", "paper jam"),
    0x000040: ("неполадка с бумагой", "paper problem"),
    0x400000: ("открыта крышка", "door open"),
    0x000002: ("ошибка принтера", "printer error"),
    0x100000: ("нужна помощь человека", "needs a person"),
    0x000020: ("ждёт бумаги, поданной вручную", "waits for paper fed by hand"),
    0x000800: ("лоток для бумаги полон", "output bin full"),
    0x001000: ("принтер недоступен", "printer not available"),
    0x000004: ("очередь удаляется", "the queue is being deleted"),
    0x800000: ("состояние сервера печати неизвестно", "print server unknown"),
    0x200000: ("у принтера кончилась память", "printer out of memory"),
    0x080000: ("страница не печатается", "page cannot be printed"),
    0x040000: ("нет тонера", "no toner"),
    0x020000: ("тонер заканчивается", "toner low"),
}
"""Bit: Russian, English; what a cashier can put right comes first."""


def queue_troubles(status: int, lang: Language = "ru") -> tuple[str, ...]:
    """The troubles among the bits of PRINTER_INFO_2.Status, in words; () if there is none."""
    index = 0 if lang == "ru" else 1
    return tuple(words[index] for bit, words in QUEUE_TROUBLES.items() if status & bit)
