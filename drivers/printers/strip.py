"""The strip by which an installer finds the code page number of an unknown printer.

Each line sets one number by ``ESC t`` and prints the same Russian words in one encoding. The line that can be
read names number and code page for the settings. Numbers: all that printer families use for Russian
(resources/devices/printers.json and python-escpos' list).
"""

from drivers.printers.library import INITIALISE, SINGLE_BYTE_MODE

NUMBERS = (6, 7, 10, 12, 13, 17, 23, 28, 34, 46, 51, 59, 73)
WORDS = "Привет АБВ Ёё №"
_ENCODINGS = ("cp866", "cp1251")


def code_page_strip() -> bytes:
    """ESC/POS bytes of the strip, with a cut (printers without a knife ignore it)."""
    out = bytearray(INITIALISE + SINGLE_BYTE_MODE)
    for number in NUMBERS:
        for encoding in _ENCODINGS:
            out += bytes((0x1B, 0x74, number))
            out += f"n={number:<3}{encoding:<7}".encode("ascii") + WORDS.encode(encoding) + b"\n"
    return bytes(out + b"\x1d\x56\x42\x00")
