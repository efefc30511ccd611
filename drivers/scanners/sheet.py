"""The sheet of calibration: both known codes as one picture, to print or to scan off a screen."""

import cv2
import numpy as np
import zxingcpp

from drivers.scanners.calibration import FIRST_CODE, SECOND_HEAD, SECOND_TAIL
from drivers.scanners.readers import Picture, as_picture

_SIDE = 320
_GAP = 80
_TITLE = 60


def draw_sheet() -> Picture:
    """Draw the first code (QR) above the second (GS1 DataMatrix), each with its number."""
    head = SECOND_HEAD
    gs1 = f"(01){head[2:16]}(21){head[18:]}(93){SECOND_TAIL[2:]}"
    kinds = zxingcpp.BarcodeFormat
    codes = (
        zxingcpp.create_barcode(FIRST_CODE, kinds.QRCode),
        zxingcpp.create_barcode(gs1, kinds.DataMatrix, gs1=True),
    )
    parts = [_numbered(code, number) for number, code in enumerate(codes, 1)]
    return as_picture(np.vstack(parts))


def _numbered(code: zxingcpp.Barcode, number: int) -> Picture:
    image = np.array(zxingcpp.write_barcode_to_image(code, scale=1, add_quiet_zones=True))
    scale = max(_SIDE // image.shape[0], 1)
    image = np.kron(image, np.ones((scale, scale))).astype(np.uint8)
    page = np.full((_SIDE + _GAP + _TITLE, _SIDE + 2 * _GAP), 255, dtype=np.uint8)
    left = (page.shape[1] - image.shape[1]) // 2
    page[_TITLE : _TITLE + image.shape[0], left : left + image.shape[1]] = image
    cv2.putText(page, str(number), (20, 45), cv2.FONT_HERSHEY_SIMPLEX, 1.4, 0, 3)
    return page


def encode_png(picture: Picture) -> bytes:
    """Pack a picture as a PNG file."""
    done, data = cv2.imencode(".png", picture)
    assert done
    return data.tobytes()
