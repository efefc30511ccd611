"""Pictures and videos of a QR code held before a camera: tilted, blurred, in poor light.

`write_video` makes a file that the camera driver reads like a camera; as a program:
`python -m drivers.sim.camera --text LC:123 --out guest.avi`. Deterministic: the same seed gives the
same frames.
"""

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import segno

Picture = npt.NDArray[np.uint8]
QUIET_MODULES = 4


@dataclass(frozen=True, slots=True)
class Scene:
    """How the code is held.

    Attributes:
        width: of the frame.
        height: of the frame.
        share: side of the code as a part of the frame's height.
        tilt: how far the corners move, as a part of the code's side; 0 is straight on.
        blur: radius of the lens' blur in pixels.
        noise: grey levels of the sensor's noise.
        light: brightness of white paper, 0 to 255.
    """

    width: int = 640
    height: int = 480
    share: float = 0.55
    tilt: float = 0.12
    blur: float = 1.0
    noise: float = 6.0
    light: int = 190


def qr_picture(text: str, side: int) -> Picture:
    """Draw a QR code with its quiet zone, about `side` pixels wide, black on white."""
    matrix = [list(row) for row in segno.make(text, micro=False, error="m").matrix]
    dark = np.array(matrix, dtype=np.uint8)
    dark = np.pad(dark, QUIET_MODULES)
    scale = max(side // dark.shape[0], 1)
    return np.kron(255 * (1 - dark), np.ones((scale, scale))).astype(np.uint8)


def frame(text: str | None, scene: Scene | None = None, *, seed: int = 0) -> Picture:
    """Make one BGR frame; None as text is an empty desk."""
    scene = scene or Scene()
    generator = np.random.default_rng(seed)
    shade = np.linspace(0.75, 1.0, scene.width)[None, :] * np.full((scene.height, 1), 95.0)
    canvas = shade.astype(np.float32)
    if text is not None:
        _hold(canvas, text, scene, generator)
    if scene.blur > 0:
        canvas = np.asarray(cv2.GaussianBlur(canvas, (0, 0), scene.blur), dtype=np.float32)
    canvas = canvas + generator.normal(0, scene.noise, canvas.shape).astype(np.float32)
    grey = np.clip(canvas, 0, 255).astype(np.uint8)
    return np.stack((grey, grey, grey), axis=-1)


def _hold(
    canvas: npt.NDArray[np.float32], text: str, scene: Scene, generator: np.random.Generator
) -> None:
    """Put the code into the picture, seen from the side."""
    side = scene.height * scene.share
    code = qr_picture(text, int(side))
    size = float(code.shape[0])
    left, top = (scene.width - side) / 2, (scene.height - side) / 2
    square = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], dtype=np.float32)
    shifts = generator.uniform(-scene.tilt, scene.tilt, (4, 2)).astype(np.float32)
    corners = ((square + shifts) * side + np.array([left, top])).astype(np.float32)
    warp = cv2.getPerspectiveTransform((square * size).astype(np.float32), corners)
    target = (scene.width, scene.height)
    seen = cv2.warpPerspective(code, warp, target, flags=cv2.INTER_AREA)
    mask = cv2.warpPerspective(np.full_like(code, 255), warp, target)
    paper = np.asarray(seen, dtype=np.float32) / 255 * scene.light
    inside = np.asarray(mask) > 127
    canvas[inside] = np.maximum(paper, 20)[inside]


def write_video(
    path: Path,
    text: str,
    *,
    empty_frames: int = 5,
    code_frames: int = 30,
    fps: float = 15.0,
    scene: Scene | None = None,
    seed: int = 0,
) -> Path:
    """Write a video: an empty desk first, then the code held by a hand that trembles.

    Args:
        path: an .avi file (Motion JPEG, which OpenCV writes everywhere without extra codecs).
        text: what the code says.
        empty_frames: frames before the code comes.
        code_frames: frames with the code.
        fps: frames a second.
        scene: how the code is held.
        seed: of the trembling and the noise.

    Raises:
        OSError: the file cannot be written.
    """
    scene = scene or Scene()
    fourcc = cv2.VideoWriter.fourcc(*"MJPG")
    writer = cv2.VideoWriter(str(path), fourcc, fps, (scene.width, scene.height))
    if not writer.isOpened():
        raise OSError(f"cannot write a video to {path}")
    try:
        for number in range(empty_frames + code_frames):
            shown = None if number < empty_frames else text
            writer.write(frame(shown, scene, seed=seed + number))
    finally:
        writer.release()
    return path


def write_faulty_video(path: Path, text: str, fault: str) -> Path:
    """Write a video that is hard or impossible to read.

    Args:
        path: an .avi file.
        text: what the code says.
        fault: '' none, 'no-code', 'dark', 'blurred', or 'broken': a file that is no video.

    Raises:
        ValueError: there is no such fault.
    """
    if fault == "broken":
        path.write_bytes(b"RIFF" + bytes(64))
        return path
    if fault == "no-code":
        return write_video(path, text, empty_frames=12, code_frames=0)
    scenes = {"": Scene(), "dark": Scene(light=115, noise=14.0), "blurred": Scene(blur=9.0)}
    scene = scenes.get(fault)
    if scene is None:
        raise ValueError(f"no fault {fault!r} of a camera")
    return write_video(path, text, empty_frames=3, code_frames=12, scene=scene)


def write_pictures(folder: Path, text: str, count: int = 5, *, scene: Scene | None = None) -> Path:
    """Write PNG frames of the code into a folder, which the camera driver takes as well."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(count):
        done, data = cv2.imencode(".png", frame(text, scene, seed=number))
        assert done
        (folder / f"frame-{number:03d}.png").write_bytes(data.tobytes())
    return folder


def main(arguments: list[str] | None = None) -> int:
    """Write a video of a code."""
    parser = argparse.ArgumentParser(prog="python -m drivers.sim.camera", description=__doc__)
    parser.add_argument("--text", required=True)
    parser.add_argument("--out", type=Path, required=True, help="an .avi file")
    chosen = parser.parse_args(arguments)
    write_video(chosen.out, chosen.text)
    sys.stdout.write(f"{chosen.out}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
