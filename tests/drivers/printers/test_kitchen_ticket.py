"""Kitchen tickets: new, changed and void dishes in 32, 42 and 48 columns, and the marks on them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.api.kitchen import KitchenTicket, TicketLine, kitchen_document, quantity_text
from drivers.printers.build import network_printer
from drivers.printers.escpos import EscposEncoder
from drivers.printers.layout import LaidLine, lay_out
from drivers.printers.page import text_lines
from drivers.printers.profiles import get_profile
from drivers.sim.printer import PrinterSimulator
from drivers.sim.rendering import render

PROFILES = [
    get_profile("XP-58"),
    get_profile("TM-T88V"),
    get_profile("XP-80"),
    get_profile("TSP650"),
]
TICKET = KitchenTicket(
    "Горячий цех",
    "А-17",
    "14:32",
    [
        TicketLine("Борщ", 2000, modifiers=("без сметаны",), seat=1),
        TicketLine("Рис отварной", 500),
        TicketLine("Стейк рибай", 3000, "changed", was_milli=2000, comment="medium"),
        TicketLine("Сырники", 1000, "void"),
    ],
    ticket_id="K-0412",
    table="7",
    course=2,
    waiter="Анна",
    guests=4,
    comment="аллергия на орехи",
)


def shown(ticket: KitchenTicket, columns: int, lang: str = "ru") -> list[str]:
    """The ticket's lines without blanks around."""
    document = kitchen_document(ticket, "ru" if lang == "ru" else "en")
    return [item.text.strip() for item in lay_out(document, columns) if isinstance(item, LaidLine)]


@pytest.mark.parametrize("columns", [32, 42, 48])
def test_ticket_says_everything_at_any_width(columns: int) -> None:
    lines = shown(TICKET, columns)
    assert lines[0] == "Горячий цех"
    assert "Стол 7" in lines
    for words in (
        "ОТМЕНА 1 x Сырники",
        "ИЗМЕНЕНИЕ",
        "было 2, стало 3",
        "3 x Стейк рибай",
        "! medium",
        "2 x Борщ (гость 1)",
        "+ без сметаны",
        "0,5 x Рис отварной",
        "! аллергия на орехи",
    ):
        assert words in lines, words
    assert any(line.startswith("Подача 2") and line.endswith("Гостей 4") for line in lines)
    assert any(line.startswith("Заказ А-17") and line.endswith("14:32") for line in lines)
    assert any(line.startswith("Анна") and line.endswith("K-0412") for line in lines)


def test_what_must_not_be_cooked_stands_first() -> None:
    lines = shown(TICKET, 48)
    order = [
        lines.index(f"{words}")
        for words in ("ОТМЕНА 1 x Сырники", "ИЗМЕНЕНИЕ", "2 x Борщ (гость 1)")
    ]
    assert order == sorted(order)


def test_voids_are_inverted_and_dishes_are_large() -> None:
    items = [item for item in lay_out(kitchen_document(TICKET), 48) if isinstance(item, LaidLine)]
    void = next(item for item in items if "Сырники" in item.text)
    assert (void.invert, void.height_mult) == (True, 2)
    dish = next(item for item in items if "Борщ" in item.text)
    assert (dish.invert, dish.height_mult, dish.bold) == (False, 2, True)


def test_substitute_and_repeat_are_marked_at_the_top() -> None:
    ticket = KitchenTicket(
        "Бар", "18", "15:00", [TicketLine("Мохито")], instead_of="бар", is_repeat=True
    )
    lines = shown(ticket, 32)
    assert lines[:2] == ["ПОВТОР", "ВМЕСТО: БАР"]
    assert "Заказ 18" in lines
    assert shown(ticket, 32, "en")[:2] == ["REPEAT", "INSTEAD OF: БАР"]


@pytest.mark.parametrize("profile", PROFILES, ids=lambda profile: profile.id)
def test_every_kind_of_printer_prints_it(profile: object) -> None:
    assert isinstance(profile, type(PROFILES[0]))
    data = EscposEncoder(profile).encode(kitchen_document(TICKET))
    assert any("2 x Борщ" in line for line in text_lines(data, profile))
    kinds = [event["type"] for event in render(data, profile).events]
    assert kinds[-1] == ("cut" if profile.cutter else kinds[-1])
    assert ("beep" in kinds) is profile.beeper


def test_ticket_reaches_the_kitchen_printer() -> None:
    with PrinterSimulator(get_profile("XP-80")) as simulator:
        printer = network_printer("Кухня", simulator.profile, "127.0.0.1", simulator.port)
        assert printer.print(kitchen_document(TICKET)).confirmed
        (paper,) = simulator.wait_for_receipts(1)
    assert any("ОТМЕНА 1 x Сырники" in line for line in paper.lines)


@pytest.mark.parametrize(
    ("milli", "text"), [(1000, "1"), (500, "0,5"), (1250, "1,25"), (12000, "12"), (5, "0,005")]
)
def test_quantity_is_written_as_people_write_it(milli: int, text: str) -> None:
    assert quantity_text(milli) == text


def test_senseless_tickets_are_refused_when_they_are_made() -> None:
    for wrong in (
        lambda: TicketLine(" "),
        lambda: TicketLine("Борщ", 0),
        lambda: TicketLine("Борщ", was_milli=-1),
        lambda: KitchenTicket("Бар", "1", "12:00", []),
        lambda: KitchenTicket("Бар", "1", "12:00", [TicketLine("Чай")], beeps=10),
    ):
        with pytest.raises(ValueError, match=r"\w"):
            wrong()


@given(
    st.text(min_size=1, max_size=60).filter(str.strip),
    st.integers(1, 10**7),
    st.sampled_from(["new", "changed", "void"]),
    st.text(max_size=40),
    st.sampled_from([32, 42, 48]),
)
def test_no_line_is_wider_than_the_paper(
    name: str, milli: int, change: str, comment: str, columns: int
) -> None:
    line = TicketLine(name, milli, change, comment=comment)  # type: ignore[arg-type]  # from a table of texts
    ticket = KitchenTicket("Цех", "1", "10:00", [line], comment=comment)
    for item in lay_out(kitchen_document(ticket), columns):
        if isinstance(item, LaidLine):
            assert len(item.text) * item.width_mult <= columns
