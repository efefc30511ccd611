"""A menu as large as asked, with words, sizes, barcodes and modifiers as a shop's menu has them.

    menu = big_menu(50_000)
    store.replace_menu(menu)

The same size gives the same menu. 50 000 products speak some 2 500 words: dishes and goods,
adjectives, additions, and names of makers as a retailer knows hundreds of them.
"""

from collections.abc import Iterator
from datetime import date
from typing import Final

from app.domain.catalog import Category, Menu, ModifierGroup, ModifierOption, Product, Unit, Variant
from app.domain.tax import Tax, TaxPeriod, TaxTable
from app.kernel.ids import CategoryId, OptionId, ProductId, VariantId

SMALL: Final = 300
LARGE: Final = 50_000
PER_CATEGORY: Final = 25
CATEGORIES_MAX: Final = 60
FAVOURITES: Final = 48
TAXES: Final = TaxTable((Tax("vat20", "НДС 20 %", (TaxPeriod(date(2019, 1, 1), 2000),)),))

_THINGS_TEXT: Final = (
    "Капучино Латте Раф Эспрессо Американо Флэт-уайт Какао Чай Матча Лимонад Морс Сок Вода Квас "
    "Смузи Компот Круассан Сырник Блинчик Оладьи Каша Омлет Яичница Тост Сэндвич Бургер Шаурма "
    "Пицца Паста Лазанья Ризотто Борщ Солянка Окрошка Бульон Суп-пюре Рассольник Уха Салат Винегрет "
    "Котлета Шницель Стейк Гуляш Плов Пельмени Вареники Манты Хинкали Хачапури Чебурек Пирог "
    "Пирожок Кулебяка Булочка Плюшка Ватрушка Кекс Маффин Брауни Чизкейк Наполеон Медовик Эклер "
    "Пирожное Торт Мороженое Печенье Пряник Зефир Мармелад Шоколад Конфеты Халва Молоко Кефир "
    "Йогурт Творог Сметана Ряженка Масло Сыр Колбаса Сосиски Ветчина Икра Сёмга Форель Сельдь "
    "Хлеб Батон Лаваш Крупа Рис Гречка Макароны Мука Сахар Соль Кетчуп Майонез Горчица Соус "
    "Яблоки Груши Бананы Апельсины Помидоры Огурцы Картофель Морковь Лук Капуста Перец Зелень"
)
_QUALITIES_TEXT: Final = (
    "ванильный медовый домашний большой острый зелёный ягодный тёплый классический сливочный "
    "карамельный ореховый кокосовый имбирный малиновый клубничный вишнёвый лимонный мятный "
    "цитрусовый шоколадный фирменный деревенский итальянский сибирский кавказский узбекский "
    "французский постный детский диетический безлактозный фермерский копчёный солёный маринованный "
    "запечённый жареный тушёный отварной свежий сушёный молотый зерновой ржаной пшеничный "
    "овсяный гречневый кукурузный миндальный фисташковый банановый яблочный грушевый тыквенный "
    "томатный чесночный сырный грибной мясной рыбный куриный говяжий"
)
_ADDITIONS_TEXT: Final = (
    "с миндалём|с лососем|с грибами|по-милански|с корицей|на гриле|с творогом|с вишней|с яблоком|"
    "с картофелем|с капустой|со сметаной|с мёдом|с маком|с изюмом|с орехами|с шоколадом|с бананом|"
    "с ветчиной|с сыром|с курицей|с говядиной|с зеленью|с чесноком|с томатами|с базиликом|"
    "с кунжутом|на пару|в духовке|из печи|по-домашнему|по-царски|с перцем|с имбирём|с лимоном"
)
_SYLLABLES_TEXT: Final = (
    "ба во га ди жу за ки ло ма не по ра се ту фа ха цо че ша эл юн яр бри кра сло тре гра"
)
_ENDINGS: Final = ("нка", "вар", "тек", "лин", "дар", "мир")
_SIZES: Final = ("250 мл", "350 мл", "450 мл", "0,5 л", "1 л", "100 г", "180 г", "320 г", "1 кг")
_THINGS: Final = _THINGS_TEXT.split()
_QUALITIES: Final = _QUALITIES_TEXT.split()
_ADDITIONS: Final = _ADDITIONS_TEXT.split("|")
_SYLLABLES: Final = _SYLLABLES_TEXT.split()
_ICONS: Final = ("coffee", "bread", "cake", "pizza", "leaf", "egg-fried", "glass")


def makers() -> list[str]:
    """Return some 3 400 names of makers; each is made of two syllables and an ending."""
    stems = [first + second for first in _SYLLABLES for second in _SYLLABLES if first != second]
    return [stem.capitalize() + ending for ending in _ENDINGS for stem in stems[:560]]


def big_menu(size: int, version: str = "") -> Menu:
    """Return a menu of so many products."""
    count = min(CATEGORIES_MAX, max(1, size // PER_CATEGORY))
    categories = tuple(
        Category(
            CategoryId(f"c{number}"),
            f"{_THINGS[number * 2 % len(_THINGS)]} и другое",
            _ICONS[number % len(_ICONS)],
            1 + number % 10,
            number,
        )
        for number in range(count)
    )
    return Menu(version or f"big-{size}", categories, tuple(_products(size, count)), TAXES)


def barcode(number: int) -> str:
    """Return the EAN-13 of a product."""
    digits = f"46{number:010d}"
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(digits))
    return f"{digits}{-total % 10}"


def is_plain(number: int) -> bool:
    """Tell whether a product is sold by one tap: no sizes, no choice that must be made."""
    return number % 9 != 4 and number % 8 != 5 and number % 37 != 11


def _products(size: int, categories: int) -> Iterator[Product]:
    names = makers()
    for number in range(size):
        price = 40_00 + number * 7919 % 900 * 100
        is_sized, has_choice = number % 9 == 4, number % 8 == 5
        yield Product(
            ProductId(f"p{number}"),
            CategoryId(f"c{number % categories}"),
            product_name(number, names),
            f"SKU-{number:05d}",
            price,
            "vat20",
            unit=Unit.WEIGHT if number % 37 == 11 else Unit.PIECE,
            barcodes=(barcode(number),),
            variants=_variants(number, price) if is_sized else (),
            modifier_groups=(_milk(), _syrups()) if has_choice else (),
            is_favourite=number % max(1, size // FAVOURITES) == 0,
            stock_left=number % 40 if number % 50 == 7 else None,
            position=number,
            popularity=number * 7919 % 10_007,
        )


def product_name(number: int, names: list[str]) -> str:
    """Return the name of a product; two products may share most of their words."""
    thing = _THINGS[number * 31 % len(_THINGS)]
    quality = _QUALITIES[number * 17 % len(_QUALITIES)]
    if number % 3 == 0:
        return f"{thing} {quality} {_ADDITIONS[number // 3 % len(_ADDITIONS)]}"
    maker = names[number * 101 % len(names)]
    return f"{thing} {quality} «{maker}» {_SIZES[number % len(_SIZES)]}"


def _variants(number: int, price: int) -> tuple[Variant, ...]:
    return tuple(
        Variant(
            VariantId(f"v{number}-{place}"),
            words,
            price + place * 60_00,
            sku=f"SKU-{number:05d}-{place}",
            is_default=place == 1,
        )
        for place, words in enumerate(("S", "M", "L"))
    )


def _milk() -> ModifierGroup:
    options = ("Обычное", "Овсяное", "Кокосовое", "Миндальное")
    return ModifierGroup(
        "milk",
        "Молоко",
        1,
        1,
        tuple(
            ModifierOption(OptionId(f"milk-{n}"), name, n * 30_00, is_default=n == 0)
            for n, name in enumerate(options)
        ),
    )


def _syrups() -> ModifierGroup:
    options = ("Ваниль", "Карамель", "Лесной орех", "Кокос", "Мята", "Имбирь")
    return ModifierGroup(
        "syrup",
        "Сироп",
        0,
        3,
        tuple(
            ModifierOption(OptionId(f"syrup-{n}"), name, 40_00) for n, name in enumerate(options)
        ),
    )
