"""The sale screen sells: taps, keys, scans and their undo, seen on the real widgets."""

import pytest

from app.ui.frame.screen import ScreenId
from app.ui.sale.modifiers import VARIANTS
from app.ui.sale.products import Products
from app.ui.text import set_language
from app.ui.widgets.pressable import Pressable
from tests.till.bench import BORIS, PINS
from tests.ui.sale.conftest import SaleDriver

pytestmark = pytest.mark.gui


def test_tap_sells_and_a_second_tap_raises_the_quantity(driver: SaleDriver) -> None:
    driver.sell("Круассан с миндалём")
    driver.sell("Круассан с миндалём")

    assert driver.lines() == [("2", "Круассан с миндалём", "520,00")]
    tile = driver.tile("Круассан с миндалём")
    assert tile.state is not None
    assert tile.state.quantity == "2"
    assert driver.ui.window.panel.main.meaning.amount == "520,00\u00a0₽"


def test_number_before_a_tap_is_the_quantity(driver: SaleDriver) -> None:
    driver.key("3")
    assert driver.ui.sale.view.search.multiplier.text() == "×3"
    driver.sell("Медовик")

    assert driver.lines() == [("3", "Медовик", "990,00")]
    assert driver.ui.sale.view.search.multiplier.isHidden()


def test_drink_takes_two_taps_by_default(driver: SaleDriver) -> None:
    driver.sell("Капучино")
    dialog = driver.ui.sale.modifiers.view
    assert driver.ui.window.dialogs.dialog is dialog
    driver.tap(dialog.add)

    assert driver.lines() == [("1", "Капучино, 300 мл", "290,00")]
    assert driver.ui.window.dialogs.dialog is None


def test_double_tap_on_add_adds_once(driver: SaleDriver) -> None:
    driver.sell("Капучино")
    add = driver.ui.sale.modifiers.view.add
    add.click()
    add.click()
    driver.settle()

    assert driver.lines() == [("1", "Капучино, 300 мл", "290,00")]


def test_size_and_milk_change_the_price_before_it_is_added(driver: SaleDriver) -> None:
    driver.sell("Капучино")
    dialog = driver.ui.sale.modifiers.view
    groups = {group.title: group for group in dialog.state.groups}
    large = next(x for x in groups["Объём"].options if x.name == "400 мл")
    oat = next(x for x in groups["Молоко"].options if x.name == "Овсяное")
    driver.tap(dialog.card(VARIANTS, large.key))
    driver.tap(dialog.card(groups["Молоко"].key, oat.key))

    assert dialog.state.total == "400,00\u00a0₽"
    driver.key("Enter")
    assert driver.lines() == [("1", "Капучино, 400 мл", "400,00")]


def test_line_can_be_chosen_anew(driver: SaleDriver) -> None:
    driver.sell("Капучино")
    driver.key("Enter")
    line = driver.ui.window.panel.lines
    assert line.actions_row.modifiers.isVisible()
    driver.tap(line.actions_row.modifiers)
    dialog = driver.ui.sale.modifiers.view
    assert dialog.state.add_label == "Сохранить"
    small = next(x for x in dialog.state.groups[0].options if x.name == "200 мл")
    driver.tap(dialog.card(VARIANTS, small.key))
    driver.tap(dialog.add)

    assert driver.lines() == [("1", "Капучино, 200 мл", "250,00")]


def test_deleted_line_comes_back_from_the_toast(driver: SaleDriver) -> None:
    driver.sell("Медовик")
    driver.tap(driver.ui.window.panel.lines.actions_row.delete)
    assert driver.lines() == []
    assert driver.toasts() == ["Удалено: Медовик"]

    driver.tap(driver.ui.window.toasts.toasts[0].button)
    assert driver.lines() == [("1", "Медовик", "330,00")]


def test_plus_minus_and_delete_keys_change_the_selected_line(driver: SaleDriver) -> None:
    driver.sell("Медовик")
    driver.key("+")
    driver.key("+")
    driver.key("-")
    assert driver.lines() == [("2", "Медовик", "660,00")]
    driver.key("Del")
    assert driver.lines() == []


def test_quantity_is_typed_on_the_pad(driver: SaleDriver) -> None:
    driver.sell("Медовик")
    driver.key("*")
    driver.key("1")
    driver.key("2")
    driver.key("Enter")
    assert driver.lines() == [("12", "Медовик", "3\u202f960,00")]


def test_held_order_is_recalled_from_the_list(driver: SaleDriver) -> None:
    driver.sell("Медовик")
    driver.key("F7")
    assert driver.lines() == []
    assert driver.ui.window.top_bar.chips["held"].state.badge == "1"

    driver.tap(driver.ui.window.panel.held_button)
    driver.tap(driver.ui.actions.held.cards[0])
    assert driver.lines() == [("1", "Медовик", "330,00")]


def test_note_stands_under_the_line(driver: SaleDriver) -> None:
    driver.sell("Медовик")
    driver.tap(driver.ui.window.panel.lines.actions_row.note)
    driver.ui.actions.text.field.setText("без сахара")
    driver.key("Enter")
    assert driver.ui.window.panel.lines.lines[0].detail == "без сахара"


@pytest.mark.parametrize("typed", ["капуч", "rfgex", "капучинно"])
def test_search_finds_in_spite_of_layout_and_typing_errors(driver: SaleDriver, typed: str) -> None:
    driver.ui.sale.view.search.query_changed.emit(typed)
    driver.settle()
    assert "Капучино" in [tile.name for tile in driver.ui.sale.products.tiles]

    driver.key("Esc")
    assert driver.ui.sale.view.search.field.text() == ""


def test_search_that_finds_nothing_says_so(driver: SaleDriver) -> None:
    driver.ui.sale.view.search.query_changed.emit("щщщщщщ")
    driver.settle()
    state = driver.ui.sale.view.state
    assert state is not None
    assert state.note.startswith("Ничего не найдено")


def test_grid_that_asks_before_the_first_answer_keeps_no_category_away(
    driver: SaleDriver,
) -> None:
    """A till that starts with its menu lays the grid out before anybody has read the products."""
    shown = driver.ui.sale
    shown.products = Products(driver.bench.till, driver.ui.ops, lambda: None)
    shown.view.grid.paged.emit(0, 1)
    driver.settle()
    shown.on_enter()
    driver.settle()
    assert [item.name for item in shown.products.categories()][:2] == ["Избранное", "Кофе"]


def test_fast_double_scan_counts_as_two(driver: SaleDriver) -> None:
    code = _barcode(driver)
    driver.ui.window.deliver_scan(code)
    driver.ui.window.deliver_scan(code)
    driver.settle()
    [(quantity, _name, _total)] = driver.lines()
    assert quantity == "2"


def test_scan_works_on_another_screen_too(driver: SaleDriver) -> None:
    driver.sell("Медовик")
    driver.ui.go(ScreenId.DISCOUNT)
    driver.ui.scanned_outside.emit(_barcode(driver))
    driver.settle()
    driver.settle()
    assert len(driver.lines()) == 2


def test_unknown_code_is_named_with_a_way_on(driver: SaleDriver) -> None:
    driver.ui.window.deliver_scan("4600000999999")
    driver.settle()
    [toast] = driver.ui.window.toasts.toasts
    assert "4600000999999" in toast.message.text
    assert toast.button.text() == "Найти гостя"


def test_stopped_product_is_not_sold_and_a_senior_releases_it(driver: SaleDriver) -> None:
    row = driver.simple_rows()[0]
    driver.bench.till.session.sign_in(BORIS, PINS[BORIS])
    driver.bench.till.catalog.set_stopped(row.product_id, stopped=True)
    driver.bench.sign_in()
    driver.ui.sale.menu_changed()
    driver.settle()

    driver.sell(row.name)
    assert driver.lines() == []
    driver.tap(driver.ui.window.toasts.toasts[0].button)
    panel = driver.ui.approvals.panel
    assert driver.ui.window.dialogs.dialog is panel
    for digit in PINS[BORIS]:
        driver.key(digit)
    driver.key("Enter")
    driver.settle()
    driver.sell(row.name)
    assert [line[1] for line in driver.lines()] == [row.name]


def test_wrong_pin_of_a_senior_is_said_in_place(driver: SaleDriver) -> None:
    driver.sell("Медовик")
    driver.ui.go(ScreenId.DISCOUNT)
    view = driver.discount_view()
    for key in ("5", "0"):
        driver.key(key)
    driver.tap(view.reasons[0])
    driver.key("Enter")
    for digit in "9999":
        driver.key(digit)
    driver.key("Enter")
    assert driver.ui.window.dialogs.dialog is driver.ui.approvals.panel
    assert "не подошёл" in driver.ui.approvals.panel._error.text()


def test_discount_on_the_order_is_shown_before_it_is_given(driver: SaleDriver) -> None:
    driver.sell("Медовик")
    driver.key("F6")
    view = driver.discount_view()
    assert view.state is not None
    assert view.state.result == "297,00\u00a0₽"
    driver.key("Enter")
    assert view.state.error == "Выберите причину"
    driver.tap(view.reasons[0])
    driver.tap(view.apply_button)

    assert driver.ui.window.panel.main.meaning.amount == "297,00\u00a0₽"
    assert [row.label for row in driver.ui.window.panel.totals.rows] == ["Сумма", "Скидка"]


def test_undo_takes_back_the_last_change(driver: SaleDriver) -> None:
    driver.sell("Медовик")
    driver.sell("Круассан с миндалём")
    driver.key("Ctrl+Z")
    assert driver.lines() == [("1", "Медовик", "330,00")]


def test_language_changes_every_part_without_restart(driver: SaleDriver) -> None:
    driver.sell("Медовик")
    set_language("en")
    driver.settle()

    window = driver.ui.window
    assert window.top_bar.places["sale"].text() == "Sale"
    assert window.panel.main.meaning.label == "Pay"
    assert window.panel.main.meaning.amount == "330.00\u00a0₽"
    assert window.panel.state is not None
    assert window.panel.state.title.startswith("Order ")
    assert driver.ui.sale.view.search.field.placeholderText() == "Name, SKU or barcode"
    assert driver.ui.sale.products.categories()[0].name == "Favourites"


def test_cashier_chooses_theme_and_size_in_the_more_panel(driver: SaleDriver) -> None:
    driver.key("F10")
    cards = {card.key: card for card in driver.ui.actions.more.cards}
    driver.tap(cards["theme"])
    driver.tap(cards["scale"])
    assert driver.ui.look.now.theme.value == "dark"
    assert driver.ui.look.now.scale_percent == 115


@pytest.mark.parametrize(
    ("size", "kind", "columns"),
    [
        ((1920, 1080), "wide", 6),
        ((1366, 768), "reference", 4),
        ((1024, 768), "narrow", 3),
        ((800, 600), "one-pane", 3),
    ],
)
def test_layout_follows_the_width(
    driver: SaleDriver, size: tuple[int, int], kind: str, columns: int
) -> None:
    window = driver.ui.window
    window.resize(*size)
    driver.settle()
    assert window.layout_now.kind.value == kind
    assert driver.ui.sale.view.grid.capacity % columns == 0
    assert window.panel.isVisible() == (kind != "one-pane")
    assert window.width() == size[0]


def test_every_icon_button_has_a_name(driver: SaleDriver) -> None:
    driver.sell("Медовик")
    nameless = [
        button
        for button in driver.ui.window.findChildren(Pressable)
        if button.isVisible() and not (button.accessibleName() or button.text())
    ]
    assert nameless == []


def _barcode(driver: SaleDriver) -> str:
    catalog = driver.bench.till.catalog
    for row in driver.simple_rows():
        product = catalog.product(row.product_id)
        if product.barcodes:
            return product.barcodes[0]
    for tile in catalog.tiles(limit=300):
        product = catalog.product(tile.product_id)
        if product.barcodes and not product.needs_choice and product.unit == "piece":
            return product.barcodes[0]
    raise AssertionError("the demo cafe has no simple product with a barcode")


def test_closing_leaves_the_screen_while_its_lanes_still_work(
    driver: SaleDriver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A screen that went on refreshing would start work on lanes that are gone."""
    left: list[str] = []
    monkeypatch.setattr(
        driver.ui.sale, "on_leave", lambda: driver.ui.ops.run(lambda: left.append("sale"))
    )
    assert driver.ui.close(10)
    assert left == ["sale"]
    monkeypatch.undo()
