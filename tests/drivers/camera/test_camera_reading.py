"""The camera reads a code held before it within a second, tells it once, and stops cleanly.

Pictures are made: a QR seen from the side, blurred and noisy. No timed assertion is made; how long a
frame takes is counted in frames.
"""

import queue
import struct
import threading
import zlib
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from drivers.api.camera import Frame
from drivers.api.errors import NotConnected, TemporaryError
from drivers.api.scanner import Scan, Source, Symbology
from drivers.scanners import vision
from drivers.scanners.camera import CameraOptions, OpencvCamera
from drivers.scanners.decoder import Decoder
from drivers.scanners.readers import Picture
from drivers.sim.camera import Scene, frame, qr_picture, write_pictures, write_video

TEXT = "LC:12345678901234567890"
WAIT_S = 30.0
FAST = CameraOptions(fps_max=100)


@pytest.fixture(scope="module")
def video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("camera") / "guest.avi"
    return write_video(path, TEXT, empty_frames=3, code_frames=6)


def test_code_is_read_within_the_frames_of_one_second(video: Path) -> None:
    """At 15 frames a second the code must be read in one of the first 15 frames that show it."""
    frames = vision.open_frames(str(video), width=0, height=0)
    decoder = Decoder()
    found = []
    for number in range(9):
        picture = frames.read()
        assert picture is not None
        found.append((number, decoder.decode(picture)))
    frames.release()
    assert all(codes == [] for number, codes in found if number < 3)
    assert [(code.text, code.symbology) for code in found[3][1]] == [(TEXT, Symbology.QR)]


@pytest.mark.parametrize("seed", range(8))
def test_tilted_and_blurred_codes_are_read(seed: int) -> None:
    picture = frame(TEXT, Scene(tilt=0.14, blur=1.3, noise=8), seed=seed)
    assert [code.text for code in Decoder().decode(picture)] == [TEXT]


def test_camera_delivers_scan_and_preview_and_stops(video: Path) -> None:
    events: queue.Queue[Scan | Exception] = queue.Queue()
    frames: queue.Queue[Frame] = queue.Queue()
    camera = OpencvCamera(str(video), FAST, device_id="front")
    camera.start(events.put, frames.put, events.put)
    scan = events.get(timeout=WAIT_S)
    picture = frames.get(timeout=WAIT_S)
    was_running = camera.running
    camera.stop(WAIT_S)

    assert was_running
    assert isinstance(scan, Scan)
    assert (scan.text, scan.source, scan.symbology) == (TEXT, Source.CAMERA, Symbology.QR)
    assert scan.device_id == "front"
    assert (picture.width, picture.height) == (640, 480)
    assert len(picture.rgb) == 640 * 480 * 3
    assert not camera.running
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("camera-")]


def test_code_in_sight_is_told_once_and_again_after_it_was_away(tmp_path: Path) -> None:
    """Clock of our own: 0.4 s a frame; the code is away for three frames, then back."""
    folder = write_pictures(tmp_path / "a", TEXT, 4)
    for number in range(4, 8):
        (folder / f"frame-{number:03d}.png").write_bytes(_png(frame(None, seed=number)))
    now = [0.0]
    scans: list[float] = []
    seen = threading.Semaphore(0)

    def clock() -> float:
        return now[0]

    def on_frame(_: Frame) -> None:
        now[0] += 0.4
        seen.release()

    camera = OpencvCamera(str(folder), CameraOptions(fps_max=120), clock=clock)
    camera.start(lambda scan: scans.append(scan.at_s), on_frame)
    for _ in range(13):
        assert seen.acquire(timeout=WAIT_S)
    camera.stop(WAIT_S)
    # Frames 1 to 4 show it (told at the first), 5 to 8 do not, 9 shows it again.
    assert [round(at_s / 0.4) for at_s in scans] == [1, 9]


def _png(picture: Picture) -> bytes:
    done, data = cv2.imencode(".png", picture)
    assert done
    return bytes(data.tobytes())


@pytest.mark.parametrize("address", ["93", "no/such/file.avi"])
def test_missing_camera_is_told_in_words(address: str) -> None:
    events: queue.Queue[Exception] = queue.Queue()
    camera = OpencvCamera(address, CameraOptions(reconnect_s=0))
    camera.start(lambda _: None, None, events.put)
    error = events.get(timeout=WAIT_S)
    camera.stop(WAIT_S)
    assert isinstance(error, NotConnected)
    assert error.text("ru")
    assert not camera.running


def test_folder_without_pictures_and_broken_pictures_are_told(tmp_path: Path) -> None:
    with pytest.raises(NotConnected):
        vision.open_frames(str(tmp_path), width=0, height=0)
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"no picture")
    assert vision.load_picture(broken) is None
    broken.write_bytes(b"")
    assert vision.load_picture(broken) is None


def test_camera_that_gives_no_pictures_is_lost(tmp_path: Path) -> None:
    (tmp_path / "broken.png").write_bytes(b"no picture")
    events: queue.Queue[Exception] = queue.Queue()
    camera = OpencvCamera(str(tmp_path), CameraOptions(fps_max=120, reconnect_s=0))
    camera.start(lambda _: None, None, events.put)
    error = events.get(timeout=WAIT_S)
    camera.stop(WAIT_S)
    assert "gives no pictures" in str(error)


def test_camera_starts_again_with_new_handlers(video: Path) -> None:
    camera = OpencvCamera(str(video), FAST)
    for _ in range(3):
        events: queue.Queue[Scan] = queue.Queue()
        camera.start(events.put)
        assert events.get(timeout=WAIT_S).text == TEXT
    camera.stop(WAIT_S)


def test_handler_may_stop_its_own_camera(video: Path) -> None:
    camera = OpencvCamera(str(video), FAST)
    done = threading.Event()

    def on_scan(_: Scan) -> None:
        camera.stop()
        done.set()

    camera.start(on_scan)
    assert done.wait(WAIT_S)
    camera.stop(WAIT_S)
    assert not camera.running


def test_failing_handler_does_not_end_the_camera(
    video: Path, caplog: pytest.LogCaptureFixture
) -> None:
    camera = OpencvCamera(str(video), FAST)
    frames: queue.Queue[int] = queue.Queue()

    def on_frame(_: Frame) -> None:
        frames.put(1)
        raise RuntimeError("handler")

    camera.start(lambda _: None, on_frame)
    for _ in range(3):
        frames.get(timeout=WAIT_S)
    camera.stop(WAIT_S)
    assert "camera handler failed" in caplog.text
    caplog.clear()


def test_wide_pictures_are_made_small_for_the_preview() -> None:
    picture = np.zeros((720, 1280, 3), dtype=np.uint8)
    picture[:, :, 0] = 200  # blue in BGR
    small = vision.preview(picture, 640)
    assert (small.width, small.height) == (640, 360)
    assert small.rgb[:3] == b"\x00\x00\xc8"


def test_camera_that_was_pulled_out_comes_back(tmp_path: Path) -> None:
    """Its failure is told once, however often it is looked for; then frames and codes come again."""
    folder = tmp_path / "camera"
    failures: queue.Queue[Exception] = queue.Queue()
    scans: queue.Queue[Scan] = queue.Queue()
    camera = OpencvCamera(
        str(folder), CameraOptions(fps_max=120, reconnect_s=0.01, duplicate_s=0.0)
    )
    camera.start(scans.put, None, failures.put)
    assert isinstance(failures.get(timeout=WAIT_S), NotConnected)
    assert camera.running
    parts = write_pictures(tmp_path / "parts", TEXT, 1)
    parts.rename(folder)
    assert scans.get(timeout=WAIT_S).text == TEXT
    (folder / "frame-000.png").write_bytes(b"pulled out")
    assert isinstance(failures.get(timeout=WAIT_S), TemporaryError)
    write_pictures(folder, TEXT, 1)
    while not scans.empty():
        scans.get_nowait()
    assert scans.get(timeout=WAIT_S).text == TEXT
    camera.stop(WAIT_S)
    assert not camera.running
    assert failures.empty()


def test_camera_is_found_by_a_lasting_name(tmp_path: Path) -> None:
    for number, name in ((0, "Integrated Camera"), (2, "HD Webcam C270"), (3, "HD Webcam C270")):
        (tmp_path / f"video{number}").mkdir()
        (tmp_path / f"video{number}" / "name").write_text(f"{name}\n", encoding="utf-8")
    assert vision.find_index("7", tmp_path) == 7
    assert vision.find_index("name:webcam c270", tmp_path) == 2
    assert vision.find_index("/dev/video5", tmp_path) == 5
    assert vision.find_index("/dev/null", tmp_path) is None
    assert vision.find_index("pictures/", tmp_path) is None
    for absent in ("name:Logitech", "name:"):
        with pytest.raises(NotConnected):
            vision.find_index(absent, tmp_path)


def test_pictures_of_every_kind_are_read(tmp_path: Path) -> None:
    """Transparent paper is white, sixteen bits are eight, one channel is grey."""
    grey = np.pad(qr_picture(TEXT, 200), 40, constant_values=255)
    colour = np.stack((grey,) * 3, axis=-1)
    clear = np.zeros((*grey.shape, 4), dtype=np.uint8)
    clear[:, :, 3] = 255 - grey  # black ink on nothing
    pictures: dict[str, npt.NDArray[Any]] = {
        "grey.png": grey,
        "colour.jpg": colour,
        "clear.png": clear,
        "deep.png": colour.astype(np.uint16) * 257,
        "page.tif": grey,
        "web.webp": colour,
    }
    for name, picture in pictures.items():
        path = tmp_path / name
        done, data = cv2.imencode(path.suffix, picture)
        assert done
        path.write_bytes(data.tobytes())
        loaded = vision.load_picture(path)
        assert loaded is not None
        assert (loaded.ndim, loaded.itemsize) == (3, 1)
        assert [code.text for code in Decoder(single=True).decode(loaded)] == [TEXT], name


def test_picture_that_claims_too_many_pixels_is_none(tmp_path: Path) -> None:
    header = struct.pack(">IIBBBBB", 60000, 60000, 8, 2, 0, 0, 0)
    chunk = struct.pack(">I", len(header)) + b"IHDR" + header
    chunk += struct.pack(">I", zlib.crc32(b"IHDR" + header))
    (tmp_path / "bomb.png").write_bytes(b"\x89PNG\r\n\x1a\n" + chunk)
    assert vision.load_picture(tmp_path / "bomb.png") is None
