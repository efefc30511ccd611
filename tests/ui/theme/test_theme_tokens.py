"""The look: every token resolves, sizes scale, contrast holds, fonts are the bundled ones."""

import pytest
from PySide6.QtGui import QColor, QFontInfo, QFontMetrics, QRawFont

from app.kernel.resources import resource_path
from app.ui import icons
from app.ui.theme import SCALES_PERCENT, Theme, ThemeName
from app.ui.widgets.button import FACES
from app.ui.widgets.face import BOXES, box_margins

pytestmark = pytest.mark.usefixtures("look")


def luminance(color: QColor) -> float:
    def linear(channel: float) -> float:
        return channel / 12.92 if channel <= 0.03928 else ((channel + 0.055) / 1.055) ** 2.4

    red, green, blue = map(linear, (color.redF(), color.greenF(), color.blueF()))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: QColor, two: QColor) -> float:
    light, dark = sorted((luminance(one), luminance(two)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("name", list(ThemeName))
@pytest.mark.parametrize("scale", SCALES_PERCENT)
def test_faces_of_containers_have_colours_and_scale(
    look: Theme, name: ThemeName, scale: int
) -> None:
    look.apply(name=name, scale_percent=scale)
    for box in BOXES.values():
        assert all(look.color(token).isValid() for token in (box.fill, box.border) if token)
        lines = {"left": 0, "top": 0, "right": 0, "bottom": 0}
        margins = box_margins(box)
        for side in lines:
            lines[side] = getattr(margins, side)()
        if box.edge:
            assert lines.pop(box.edge) == look.px(1)
        assert set(lines.values()) == {look.px(box.border_px)}


@pytest.mark.parametrize("name", list(ThemeName))
def test_button_labels_can_be_read(look: Theme, name: ThemeName) -> None:
    look.apply(name=name)
    for kind, face in FACES.items():
        ratio = contrast(look.color(face.text), look.color(face.fill or "surface"))
        assert ratio >= 4.5, (kind, ratio)


def test_fonts_are_the_bundled_inter_with_digits_of_one_width(look: Theme) -> None:
    for weight in (400, 500, 600, 700):
        font = look.font_px(17, weight)
        assert QFontInfo(font).family().startswith("Inter")
        metrics = QFontMetrics(font)
        assert metrics.horizontalAdvance("111") == metrics.horizontalAdvance("000")
    wide = QFontMetrics(look.font("amount"))
    assert wide.horizontalAdvance("111") < wide.horizontalAdvance("000")


def test_font_knows_the_rouble_and_the_narrow_space(look: Theme) -> None:
    raw = QRawFont.fromFont(look.font("body"))
    assert all(raw.supportsCharacter(ord(sign)) for sign in "₽\u202f\u2212«»№ё×")


def test_every_icon_file_draws_in_its_colour() -> None:
    for path in resource_path("icons").glob("*.svg"):
        image = icons.pixmap(path.stem, "danger", 24).toImage()
        alphas = [image.pixelColor(x, y).alpha() for x in range(24) for y in range(24)]
        assert max(alphas) == 255, path.name


def test_icon_is_drawn_once_a_colour_and_look(look: Theme) -> None:
    first = icons.pixmap("star", "text", 24)
    assert icons.pixmap("star", "text", 24).cacheKey() == first.cacheKey()
    look.apply(name=ThemeName.DARK)
    assert icons.pixmap("star", "text", 24).cacheKey() != first.cacheKey()


def test_missing_icon_is_named() -> None:
    with pytest.raises(FileNotFoundError, match="no-such-icon"):
        icons.pixmap("no-such-icon")


@pytest.mark.parametrize("name", ["no-such-icon", "../tokens", "", "a/b"])
def test_unknown_icon_of_a_menu_is_noticed_before_it_is_drawn(name: str) -> None:
    assert not icons.has(name)
    assert icons.has("coffee")
