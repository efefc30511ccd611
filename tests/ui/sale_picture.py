"""The order and the products of the design's picture of the sale screen, for tests and renders."""

from app.ui.frame.order_panel import OrderPanelState
from app.ui.frame.top_bar import ChipState, TopBarState
from app.ui.sale.state import ActionKey, ActionState, SaleState, ScannerHealth
from app.ui.widgets.guest_strip import GuestStripState
from app.ui.widgets.main_button import MainMeaning
from app.ui.widgets.order_lines import LineState
from app.ui.widgets.rail import CategoryState
from app.ui.widgets.tile import TileState
from app.ui.widgets.totals import TotalRow
from app.ui.widgets.traffic_light import Dot, LightState

CATEGORIES = (
    CategoryState("favourites", "Избранное", "star-filled", "surface"),
    CategoryState("1", "Кофе", "coffee", "cat-1"),
    CategoryState("2", "Чай", "leaf", "cat-2"),
    CategoryState("3", "Холодные напитки", "glass", "cat-3"),
    CategoryState("4", "Завтраки", "egg-fried", "cat-4"),
    CategoryState("5", "Выпечка", "bread", "cat-5"),
    CategoryState("6", "Десерты", "cake", "cat-6"),
    CategoryState("7", "Сэндвичи и тосты", "pizza", "cat-7"),
    CategoryState("8", "Супы", "soup", "cat-8"),
    CategoryState("9", "Салаты", "salad", "cat-9"),
    CategoryState("10", "Прочее", "paper-bag", "cat-10"),
    CategoryState("11", "Соусы", "paper-bag", "cat-10"),
    CategoryState("12", "Сувениры", "paper-bag", "cat-10"),
)
TILES = (
    TileState("1", "Капучино", "от 290 ₽", 1, quantity="2"),
    TileState("2", "Латте", "от 310 ₽", 1),
    TileState("3", "Американо", "от 190 ₽", 1),
    TileState("4", "Флэт уайт", "320 ₽", 1),
    TileState("5", "Раф ванильный", "350 ₽", 1),
    TileState("6", "Чай облепиховый с имбирём", "420 ₽", 2, quantity="1"),
    TileState("7", "Чай чёрный с чабрецом", "260 ₽", 2),
    TileState("8", "Вода «Сенежская» 0,5\u00a0л", "120 ₽", 3, is_marked=True),
    TileState("9", "Лимонад «Манго-маракуйя»", "340 ₽", 3),
    TileState("10", "Апельсиновый фреш", "380 ₽", 3, badge="ещё 3"),
    TileState("11", "Сырники со сметаной", "390 ₽", 4, quantity="1"),
    TileState("12", "Каша овсяная с ягодами", "320 ₽", 4),
    TileState("13", "Яичница с беконом", "410 ₽", 4),
    TileState("14", "Круассан с миндалём", "260 ₽", 5, quantity="1"),
    TileState("15", "Булочка с корицей", "210 ₽", 5, is_stopped=True),
    TileState("16", "Медовик", "330 ₽", 6),
    TileState("17", "Чизкейк «Сан-Себастьян»", "390 ₽", 6, badge="ещё 2"),
    TileState("18", "Тост с лососем и авокадо", "520 ₽", 7),
    TileState("19", "Крем-суп из тыквы", "350 ₽", 8),
    TileState("20", "Цезарь с курицей", "490 ₽", 9),
)
SALE = SaleState(
    categories=CATEGORIES,
    tiles=TILES,
    scanner=ScannerHealth.READY,
    actions=(ActionState(ActionKey.HOLD, badge="2"),),
)
LINES = (
    LineState(
        "a", "1", "Круассан с миндалём", "234,00", "скидка 10 %", right="260,00", is_struck=True
    ),
    LineState(
        "b",
        "1",
        "Сырники со сметаной",
        "390,00",
        "без изюма",
        detail_icon="message",
        right="14:20",
        right_icon="chef-hat",
        right_tone="ok-text",
    ),
    LineState("c", "1", "Чай облепиховый, 600\u00a0мл", "420,00"),
    LineState(
        "d",
        "2",
        "Капучино, 300\u00a0мл",
        "700,00",
        "+ овсяное молоко 60,00",
        right="2 × 350,00",
    ),
)
GUEST = GuestStripState(
    "Мария К.", "МК", "Золото", "Доступно 690 баллов", "−300\u00a0баллов", is_loud=True
)
PANEL = OrderPanelState(
    title="Заказ 128",
    light=LightState((Dot.DONE, Dot.NOT_YET, Dot.NOT_YET), "Создан", Dot.DONE),
    guest=GUEST,
    lines=LINES,
    selected="d",
    can_modify=True,
    totals=(
        TotalRow("Сумма", "1\u202f770,00"),
        TotalRow("Скидка", "−26,00"),
        TotalRow("Баллы, 300", "−300,00", "loyal-text"),
    ),
    main=MainMeaning("pay", "Оплатить", "1\u202f444,00\u00a0₽"),
)
EMPTY_PANEL = OrderPanelState(
    title="Заказ 129",
    light=LightState((), "Новый"),
    guest=GuestStripState(detail="Поднесите карту или QR", action="Найти", icon="user-plus"),
    main=MainMeaning("pay", "Оплатить", "0,00\u00a0₽", is_enabled=False),
    held=2,
)
TOP = TopBarState(
    place=ChipState("bolt", "text", "Быстрая", "продажа"),
    held=2,
    sync=ChipState("cloud-check", "ok", "В сети", "обмен 14:32", "2"),
    unread=2,
    cashier="Анна",
    cashier_detail="кассир · касса 2",
    clock="14:32",
)
