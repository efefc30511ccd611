"""Frames of codes before a camera, spoilt in sixteen ways, each from mild to severe. Deterministic.

A code is drawn with its quiet zone, held into a desk's picture by a homography, and then the light, the
lens, the sensor and the compression are played. `strength` runs from 0 (hardly spoilt) to 1 (mostly
beyond any reader), so that the share of frames read tells readers apart.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt
import segno
import zxingcpp

Picture = npt.NDArray[np.uint8]
Plane = npt.NDArray[np.float32]

SIZES = ((640, 480), (1280, 720))
FORMATS = ("qr", "ean13", "code128", "datamatrix")
GS = "\x1d"
_SCALE = 8
_QUIET = {"qr": 4, "ean13": 11, "code128": 10, "datamatrix": 2}
_BARS_HIGH = 45
_DESK = 95.0
_PAPER, _INK = 205.0, 35.0


@dataclass(frozen=True, slots=True)
class Sample:
    """One frame and what it says."""

    distortion: str
    format: str
    size: tuple[int, int]
    strength: float
    text: str
    frame: Picture


@dataclass(frozen=True, slots=True)
class Pose:
    """How the code is held.

    Attributes:
        share: longest side of the code as a part of the frame's height.
        angle: degrees.
        tilt: how far the corners move, as a part of the side.
        bend: of the paper around a cup: part of the side that bulges.
    """

    share: float = 0.6
    angle: float = 0.0
    tilt: float = 0.0
    bend: float = 0.0


@dataclass(slots=True)
class Scene:
    """What a distortion may change before and after the picture is taken."""

    pose: Pose
    strength: float
    generator: np.random.Generator
    code: Plane


Light = Callable[[Plane, Scene], Plane]
Prepare = Callable[[Scene], None]


@dataclass(frozen=True, slots=True)
class Distortion:
    """One way to spoil a frame: `prepare` changes the paper or its pose, `light` the whole picture."""

    prepare: Prepare | None = None
    light: Light | None = None


def make_text(kind: str, number: int) -> str:
    """What a code of a format says; every number gives another text."""
    if kind == "qr":
        return f"LC:{number:05d}-{(number * 7919) % 65536:04x}"
    if kind == "code128":
        return f"COFFEE-{number:04d}"
    body = f"460{number * 104729 % 10**9:09d}"
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(body))
    ean = body + str(-total % 10)
    serial = f"{number * 65537 % 10**6:06d}"
    return ean if kind == "ean13" else f"010{ean}215{serial}{GS}93dG{number % 100:02d}"


def draw(kind: str, text: str) -> Plane:
    """Draw a code with its quiet zone: 0 ink, 1 paper, eight pixels a module."""
    if kind == "qr":
        rows = [list(row) for row in segno.make(text, micro=False, error="m").matrix]
        dark = np.array(rows, dtype=np.float32)
    else:
        name = {"ean13": "EAN13", "code128": "Code128", "datamatrix": "DataMatrix"}[kind]
        dark = _drawn_by_zxing(name, text)
    quiet = _QUIET[kind]
    dark = np.pad(dark, ((quiet if kind in ("qr", "datamatrix") else 3,) * 2, (quiet, quiet)))
    return np.kron(1 - dark, np.ones((_SCALE, _SCALE))).astype(np.float32)


def _drawn_by_zxing(name: str, text: str) -> Plane:
    kind = getattr(zxingcpp.BarcodeFormat, name)
    if GS in text:  # the encoder wants identifiers in brackets and puts FNC1 and GS itself
        head, check = text.split(GS)
        text = f"(01){head[2:16]}(21){head[18:]}(93){check[2:]}"
        barcode = zxingcpp.create_barcode(text, kind, gs1=True)
    else:
        barcode = zxingcpp.create_barcode(text, kind)
    image = np.array(zxingcpp.write_barcode_to_image(barcode, scale=1, add_quiet_zones=False))
    dark = (image < 128).astype(np.float32)
    if name == "DataMatrix":
        return dark
    return np.repeat(dark[:1], _BARS_HIGH, axis=0)


def make_frame(
    kind: str, text: str, name: str, strength: float, size: tuple[int, int], seed: int
) -> Picture:
    """Make one BGR frame."""
    generator = np.random.default_rng(seed)
    scene = Scene(_usual_pose(generator, kind), strength, generator, draw(kind, text))
    distortion = DISTORTIONS[name]
    if distortion.prepare is not None:
        distortion.prepare(scene)
    plane = _hold(scene, size)
    if distortion.light is not None:
        plane = distortion.light(plane, scene)
    plane = plane + generator.normal(0, 3.0, plane.shape).astype(np.float32)
    grey = np.clip(plane, 0, 255).astype(np.uint8)
    tint = np.array([0.94, 1.0, 1.03], dtype=np.float32)  # lamps of a cafe are warm
    return np.clip(grey[:, :, None] * tint, 0, 255).astype(np.uint8)


def make_samples(
    count: int = 25, sizes: tuple[tuple[int, int], ...] = SIZES, formats: tuple[str, ...] = FORMATS
) -> Iterator[Sample]:
    """Every distortion at every size, `count` frames each, the formats in turn."""
    for size in sizes:
        for place, name in enumerate(DISTORTIONS):
            for number in range(count):
                kind = formats[number % len(formats)]
                strength = number / max(count - 1, 1)
                text = make_text(kind, 1000 * place + number + size[0])
                seed = 10_000 * place + 10 * number + size[0]
                frame = make_frame(kind, text, name, strength, size, seed)
                yield Sample(name, kind, size, strength, text, frame)


def _usual_pose(generator: np.random.Generator, kind: str) -> Pose:
    share = 0.62 if kind in ("qr", "datamatrix") else 0.85
    return Pose(
        share + float(generator.uniform(-0.05, 0.05)), float(generator.uniform(-4, 4)), 0.02
    )


def _hold(scene: Scene, size: tuple[int, int]) -> Plane:
    """Put the paper into the picture of a desk."""
    width, height = size
    code = _bent(scene.code, scene.pose.bend)
    tall, wide = code.shape
    longest = height * scene.pose.share
    half = np.array([wide, tall], dtype=np.float64) / max(wide, tall) * longest / 2
    square = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]], dtype=np.float64)
    shifts = scene.generator.uniform(-scene.pose.tilt, scene.pose.tilt, (4, 2)) * 2 * half
    turn = np.deg2rad(scene.pose.angle)
    turned = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    corners = (square * half + shifts) @ turned.T + np.array([width / 2, height / 2])
    source = (square + 1) / 2 * np.array([wide, tall])
    warp = cv2.getPerspectiveTransform(source.astype(np.float32), corners.astype(np.float32))
    # Twice the size and then halved: thin bars must not alias, which no lens does.
    double = np.diag([2.0, 2.0, 1.0]) @ warp
    shrink = max(wide, tall) / (2 * longest)
    soft = cv2.GaussianBlur(code, (0, 0), shrink / 2) if shrink > 1 else code
    seen = cv2.warpPerspective(soft, double, (2 * width, 2 * height), flags=cv2.INTER_LINEAR)
    mask = cv2.warpPerspective(np.ones_like(code), double, (2 * width, 2 * height))
    seen = cv2.resize(seen, size, interpolation=cv2.INTER_AREA)
    mask = cv2.resize(mask, size, interpolation=cv2.INTER_AREA)
    desk = np.linspace(0.8, 1.0, width, dtype=np.float32)[None, :] * np.full(
        (height, 1), _DESK, dtype=np.float32
    )
    return np.asarray(desk * (1 - mask) + seen * (_PAPER - _INK) + mask * _INK, dtype=np.float32)


def _bent(code: Plane, bend: float) -> Plane:
    """Lay the paper around a cup: lines across it become arcs and the sides shrink."""
    if not bend:
        return code
    tall, wide = code.shape
    room = int(tall * bend) + 1
    rows, columns = np.mgrid[0 : tall + room, 0:wide].astype(np.float32)
    across = columns / wide * 2 - 1
    reach = 0.6 + bend
    angle = np.arcsin(np.clip(across * np.sin(reach), -1, 1)) / reach
    source_x = ((angle + 1) / 2 * wide).astype(np.float32)
    source_y = (rows - room * (1 - across**2)).astype(np.float32)
    bent = cv2.remap(code, source_x, source_y, cv2.INTER_LINEAR, borderValue=1.0)
    return np.asarray(bent, dtype=np.float32)


def _turn(scene: Scene) -> None:
    scene.pose = Pose(scene.pose.share * 0.9, float(scene.generator.uniform(0, 360)), 0.02)


def _slant(scene: Scene) -> None:
    scene.pose = Pose(scene.pose.share, scene.pose.angle, 0.05 + 0.17 * scene.strength)


def _shrink(scene: Scene) -> None:
    pose = scene.pose
    scene.pose = Pose(pose.share * (0.62 - 0.42 * scene.strength), pose.angle, pose.tilt)


def _curve(scene: Scene) -> None:
    pose = scene.pose
    scene.pose = Pose(pose.share, pose.angle, 0.03, 0.05 + 0.3 * scene.strength)


def _invert(scene: Scene) -> None:
    scene.code = 1 - scene.code
    scene.pose = Pose(scene.pose.share * (1 - 0.4 * scene.strength), scene.pose.angle, 0.04)


def _soil(scene: Scene) -> None:
    """Drops and scratches, some lighter and some darker than the ink."""
    tall, wide = scene.code.shape
    code = scene.code.copy()
    for _ in range(int(3 + 22 * scene.strength)):
        centre = (int(scene.generator.integers(wide)), int(scene.generator.integers(tall)))
        shade = float(scene.generator.choice([0.05, 0.5, 0.95]))
        radius = int(_SCALE * scene.generator.uniform(0.4, 1.3))
        cv2.circle(code, centre, radius, shade, -1)
    for _ in range(int(1 + 4 * scene.strength)):
        ends = [
            (int(scene.generator.integers(wide)), int(scene.generator.integers(tall)))
            for _ in range(2)
        ]
        cv2.line(code, ends[0], ends[1], float(scene.generator.choice([0.1, 0.9])), _SCALE // 3)
    scene.code = code


def _blur(plane: Plane, scene: Scene) -> Plane:
    sigma = (0.6 + 4.0 * scene.strength) * plane.shape[0] / 720
    return np.asarray(cv2.GaussianBlur(plane, (0, 0), sigma), dtype=np.float32)


def _move(plane: Plane, scene: Scene) -> Plane:
    length = int((3 + 17 * scene.strength) * plane.shape[0] / 720) | 1
    kernel = np.zeros((length, length), dtype=np.float32)
    kernel[length // 2, :] = 1 / length
    angle = float(scene.generator.uniform(0, 180))
    turn = cv2.getRotationMatrix2D((length // 2, length // 2), angle, 1.0)
    kernel = np.asarray(cv2.warpAffine(kernel, turn, (length, length)), dtype=np.float32)
    kernel /= max(float(kernel.sum()), 1e-6)
    return np.asarray(cv2.filter2D(plane, -1, kernel), dtype=np.float32)


def _grain(plane: Plane, scene: Scene) -> Plane:
    sigma = 10 + 65 * scene.strength
    return plane + scene.generator.normal(0, sigma, plane.shape).astype(np.float32)


def _fade(plane: Plane, scene: Scene) -> Plane:
    contrast = 0.4 - 0.36 * scene.strength
    return np.asarray(130 + (plane - 130) * contrast, dtype=np.float32)


def _darken(plane: Plane, scene: Scene) -> Plane:
    dark = plane * (0.3 - 0.25 * scene.strength)
    return np.asarray(
        dark + scene.generator.normal(0, 1 + 3 * scene.strength, plane.shape), dtype=np.float32
    )


def _spot(plane: Plane, scene: Scene, reach: float) -> Plane:
    """A round hill of light, 0 to 1, near the middle."""
    height, width = plane.shape
    rows, columns = np.mgrid[0:height, 0:width].astype(np.float32)
    x, y = (float(side * scene.generator.uniform(0.38, 0.62)) for side in (width, height))
    distance = ((columns - x) ** 2 + (rows - y) ** 2) / (reach * height) ** 2
    return np.asarray(np.exp(-distance), dtype=np.float32)


def _glare(plane: Plane, scene: Scene) -> Plane:
    spot = _spot(plane, scene, 0.08 + 0.22 * scene.strength)
    return np.minimum(plane + 330 * spot, 255).astype(np.float32)


def _shadow(plane: Plane, scene: Scene) -> Plane:
    """A hand's edge across the code: one side much darker, the edge soft."""
    height, width = plane.shape
    rows, columns = np.mgrid[0:height, 0:width].astype(np.float32)
    turn = float(scene.generator.uniform(0, 2 * np.pi))
    side = (columns - width / 2) * np.cos(turn) + (rows - height / 2) * np.sin(turn)
    edge = 1 / (1 + np.exp(-side / (height * 0.02)))
    deep = 0.4 - 0.36 * scene.strength
    return np.asarray(plane * (deep + (1 - deep) * edge), dtype=np.float32)


def _vignette(plane: Plane, scene: Scene) -> Plane:
    """A lamp over one corner: brightness falls steeply across the picture."""
    height, width = plane.shape
    rows, columns = np.mgrid[0:height, 0:width].astype(np.float32)
    fall = (columns / width + rows / height) / 2
    return np.asarray(plane * np.exp(-(1 + 4 * scene.strength) * fall) * 1.6, dtype=np.float32)


def _compress(plane: Plane, scene: Scene) -> Plane:
    grey = np.clip(plane, 0, 255).astype(np.uint8)
    quality = int(30 - 28 * scene.strength)
    done, data = cv2.imencode(".jpg", grey, [cv2.IMWRITE_JPEG_QUALITY, quality])
    assert done
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_GRAYSCALE), dtype=np.float32)


def _coarse(plane: Plane, scene: Scene) -> Plane:
    """A cheap sensor: the picture is made of few pixels and blown up."""
    height, width = plane.shape
    part = 1 / (1.3 + 2.4 * scene.strength)
    small = cv2.resize(plane, None, fx=part, fy=part, interpolation=cv2.INTER_AREA)
    return np.asarray(
        cv2.resize(small, (width, height), interpolation=cv2.INTER_NEAREST), dtype=np.float32
    )


DISTORTIONS: Mapping[str, Distortion] = {
    "easy": Distortion(),
    "rotation": Distortion(_turn),
    "perspective": Distortion(_slant),
    "small": Distortion(_shrink),
    "curved": Distortion(_curve),
    "dirty": Distortion(_soil),
    "inverted": Distortion(_invert),
    "blur": Distortion(light=_blur),
    "motion": Distortion(light=_move),
    "noise": Distortion(light=_grain),
    "low contrast": Distortion(light=_fade),
    "dark": Distortion(light=_darken),
    "glare": Distortion(light=_glare),
    "shadow": Distortion(light=_shadow),
    "slope of light": Distortion(light=_vignette),
    "jpeg": Distortion(light=_compress),
    "coarse": Distortion(light=_coarse),
}
