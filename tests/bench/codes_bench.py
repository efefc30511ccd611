"""Our pair of readers beside pyzbar, zxing-cpp and OpenCV alone, on the same spoilt frames.

Run: python -m tests.bench.codes_bench [--frames 25] [--sizes 640x480,1280x720] [--json FILE]

Each of the distortions of `codes_set` makes so many frames at each size, QR, EAN-13, Code 128 and
DataMatrix with GS in turn, from mild to severe. Every reader gets the same BGR frame and the same
formats. Time is the thread's processor time, OpenCV on one thread, so other programs do not count; an
easy frame is read three times by each reader in turn and the best is taken. OpenCV reads neither Code
128 nor DataMatrix; its share is out of all frames as for the others.
"""

import argparse
import json
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import zxingcpp
from pyzbar import pyzbar

from drivers.scanners.decoder import Decoder
from drivers.scanners.readers import FORMATS
from tests.bench.codes_set import DISTORTIONS, SIZES, Picture, Sample, make_samples
from tests.bench.sandbox import load_average

EASY = "easy"
SLOWER_MAX = 1.2
Reader = Callable[[Picture], list[str]]


@dataclass(slots=True)
class Tally:
    """What one reader did with one distortion at one size."""

    frames: int = 0
    read: int = 0
    wrong: int = 0
    times_ms: list[float] = field(default_factory=list)


def pair() -> Reader:
    """The driver's own decoder, as `python -m drivers read` uses it."""
    decoder = Decoder(FORMATS, single=True)
    return lambda frame: [code.text for code in decoder.decode(frame)]


def zxing_alone() -> Reader:
    """Read by zxing-cpp with its own defaults and our formats."""
    kinds = zxingcpp.BarcodeFormat
    wanted = zxingcpp.BarcodeFormats(
        [kinds.QRCode, kinds.EAN13, kinds.EAN8, kinds.UPCA, kinds.Code128, kinds.DataMatrix]
    )
    return lambda frame: [
        bytes(code.bytes).decode(errors="replace")
        for code in zxingcpp.read_barcodes(frame, formats=wanted)
    ]


def pyzbar_alone() -> Reader:
    """Read by pyzbar with our formats; it wants a grey picture."""
    kinds = [pyzbar.ZBarSymbol[name] for name in ("QRCODE", "EAN13", "EAN8", "UPCA", "CODE128")]
    return lambda frame: [
        code.data.decode(errors="replace")
        for code in pyzbar.decode(cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY), symbols=kinds)
    ]


def opencv_alone() -> Reader:
    """Read by both detectors of OpenCV, QR codes and retail barcodes."""
    squares, bars = cv2.QRCodeDetector(), cv2.barcode.BarcodeDetector()

    def read(frame: Picture) -> list[str]:
        texts: list[str] = []
        for detector in (squares, bars):
            try:
                done, found, *_ = detector.detectAndDecodeMulti(frame)
            except cv2.error:
                continue  # it stumbles over some pictures: nothing was read
            if done:
                texts += [text for text in found if text]
        return texts

    return read


READERS: dict[str, Callable[[], Reader]] = {
    "pair": pair,
    "zxing-cpp": zxing_alone,
    "pyzbar": pyzbar_alone,
    "OpenCV": opencv_alone,
}
ALONE = tuple(name for name in READERS if name != "pair")
Tallies = dict[tuple[str, tuple[int, int], str], Tally]


def measure(samples: Iterable[Sample]) -> Tallies:
    """Let every reader read every frame; frames are made one by one, they are megabytes each."""
    readers = {name: make() for name, make in READERS.items()}
    tallies: Tallies = defaultdict(Tally)
    for sample in samples:
        times: dict[str, list[float]] = defaultdict(list)
        for turn in range(3 if sample.distortion == EASY else 1):
            for name, read in readers.items():
                begun_s = time.thread_time()
                texts = read(sample.frame)
                times[name].append((time.thread_time() - begun_s) * 1000)
                if turn == 0:
                    _count(tallies[sample.distortion, sample.size, name], sample.text, texts)
        for name, taken in times.items():
            tallies[sample.distortion, sample.size, name].times_ms.append(min(taken))
    return tallies


def _count(tally: Tally, text: str, texts: list[str]) -> None:
    tally.frames += 1
    tally.read += text in texts
    tally.wrong += any(found != text for found in texts)


def rows(tallies: Tallies) -> list[dict[str, object]]:
    """One row for each distortion and size, for the table and the JSON."""
    found = []
    for name, size in dict.fromkeys((name, size) for name, size, _ in tallies):
        row: dict[str, object] = {"distortion": name, "size": f"{size[0]}x{size[1]}"}
        for reader in READERS:
            tally = tallies[name, size, reader]
            row[reader] = {
                "read": tally.read,
                "of": tally.frames,
                "wrong": tally.wrong,
                "ms": round(statistics.median(tally.times_ms), 2),
            }
        found.append(row)
    return found


def verdict(tallies: Tallies) -> dict[str, object]:
    """Where the pair reads less than the best alone, and how slow it is on easy frames."""
    behind = []
    slower = {}
    for name, size in dict.fromkeys((name, size) for name, size, _ in tallies):
        best = max(tallies[name, size, reader].read for reader in ALONE)
        if tallies[name, size, "pair"].read < best:
            behind.append(f"{name} {size[0]}x{size[1]}")
        if name == EASY:
            fastest = min(
                statistics.median(tallies[name, size, reader].times_ms) for reader in ALONE
            )
            mine = statistics.median(tallies[name, size, "pair"].times_ms)
            slower[f"{size[0]}x{size[1]}"] = round(mine / fastest, 3)
    good = not behind and all(value <= SLOWER_MAX for value in slower.values())
    return {"behind": behind, "times_the_fastest_on_easy_frames": slower, "good": good}


def show(table: list[dict[str, object]], judged: dict[str, object]) -> None:
    """Print the table: frames read, and how many were read wrongly, with ms for each."""
    print(f"{'':<26}" + "".join(f"{name:>24}" for name in READERS))
    totals: dict[str, list[int]] = {name: [0, 0, 0] for name in READERS}
    for row in table:
        line = f"{row['distortion']:<16}{row['size']:>10}"
        for reader in READERS:
            cell = row[reader]
            assert isinstance(cell, dict)
            for place, key in enumerate(("read", "of", "wrong")):
                totals[reader][place] += cell[key]
            wrong = f" !{cell['wrong']}" if cell["wrong"] else ""
            line += f"{cell['read']:>5}/{cell['of']}{wrong:<4}{cell['ms']:>9.2f} ms"
        print(line)
    for reader, (read, count, misread) in totals.items():
        print(f"{reader:<10} {read}/{count} = {100 * read / count:.1f} %, wrong {misread}")
    print(f"behind the best alone: {judged['behind'] or 'nowhere'}")
    print(f"times the fastest on easy frames: {judged['times_the_fastest_on_easy_frames']}")


def main(arguments: Sequence[str]) -> int:
    """Measure, print the table and a line of JSON."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.codes_bench")
    parser.add_argument("--frames", type=int, default=25, help="of each distortion at each size")
    parser.add_argument("--sizes", default=",".join(f"{w}x{h}" for w, h in SIZES))
    parser.add_argument("--only", choices=tuple(DISTORTIONS), help="one distortion")
    parser.add_argument("--json", type=Path, help="also write the JSON to this file")
    options = parser.parse_args(arguments)
    sizes = tuple((int(w), int(h)) for w, h in (s.split("x") for s in options.sizes.split(",")))
    cv2.setNumThreads(1)
    samples = (
        sample
        for sample in make_samples(options.frames, sizes)
        if options.only in (None, sample.distortion)
    )
    tallies = measure(samples)
    table, judged = rows(tallies), verdict(tallies)
    show(table, judged)
    result = {"bench": "codes", "load": load_average(), "rows": table, "verdict": judged}
    print(json.dumps(result))
    if options.json:
        options.json.write_text(json.dumps(result, indent=1), encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
