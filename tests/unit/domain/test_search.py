"""Search rules: a product is found however it is typed, and nonsense finds nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.search import one_error_forms, other_layout, search_plan, words_of

VOCABULARY = sorted(
    {
        "капучино",
        "кофе",
        "латте",
        "лимонад",
        "манго",
        "маракуйя",
        "сырники",
        "со",
        "сметаной",
        "елка",
        "хачапури",
        "жюльен",
        "0",
        "5",
        "cola",
        "sku1001",
    }
)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("кап", (("кап",),)),
        ("КАПУЧИНО", (("капучино",),)),
        ("манго лим", (("манго",), ("лим",))),
        ("rjat", (("кофе",),)),
        ("rfgexbyj", (("капучино",),)),
        ("ёлка", (("елка",),)),
        ("`krf", (("елка",),)),
        ("[fxfgehb", (("хачапури",),)),
        (";.kmty", (("жюльен",),)),
        ("сщдф", (("cola",),)),
        ("sku1001", (("sku1001",),)),
        ("", ()),
        ("   ", ()),
        ("!!!", ()),
    ],
)
def test_words_are_understood(typed: str, expected: tuple[tuple[str, ...], ...]) -> None:
    assert search_plan(typed, VOCABULARY) == expected


@pytest.mark.parametrize("typed", ["капчино", "капучиино", "капуично", "каручино", "кпучино"])
def test_one_slip_is_forgiven(typed: str) -> None:
    plan = search_plan(typed, VOCABULARY)
    assert len(plan) == 1
    assert any("капучино".startswith(beginning) for beginning in plan[0])


def test_a_slip_in_the_wrong_layout_is_forgiven() -> None:
    assert search_plan("rfgxbyj", VOCABULARY)


@pytest.mark.parametrize("typed", ["щщщ", "капучино зззз", "кпучно", "кфе"])
def test_nonsense_two_slips_and_slips_in_short_words_find_nothing(typed: str) -> None:
    assert search_plan(typed, VOCABULARY) == ()


def test_no_more_words_than_the_limit_are_looked_at() -> None:
    assert len(search_plan("кофе " * 50, VOCABULARY)) == 8


@given(st.text(max_size=60))
def test_any_input_is_survived(typed: str) -> None:
    for group in search_plan(typed, VOCABULARY):
        assert group
        assert all(any(word.startswith(b) for word in VOCABULARY) for b in group)


@given(st.sampled_from(VOCABULARY), st.data())
def test_any_beginning_of_a_word_finds_it(word: str, data: st.DataObject) -> None:
    length = data.draw(st.integers(1, len(word)))
    plan = search_plan(word[:length], VOCABULARY)
    assert any(word.startswith(beginning) for beginning in plan[0])


@given(st.sampled_from([w for w in VOCABULARY if w.isalpha() and not w.isascii()]))
def test_the_other_layout_is_its_own_inverse(word: str) -> None:
    assert other_layout(other_layout(word)) == word


@given(st.sampled_from([w for w in VOCABULARY if len(w) >= 6 and w.isalpha()]), st.data())
def test_every_single_slip_is_among_the_forms(word: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(word) - 2))
    slip = data.draw(st.sampled_from(["miss", "double", "swap"]))
    wrong = {
        "miss": word[:place] + word[place + 1 :],
        "double": word[:place] + word[place] + word[place:],
        "swap": word[:place] + word[place + 1] + word[place] + word[place + 2 :],
    }[slip]
    assert word in set(one_error_forms(wrong))


def test_words_are_folded() -> None:
    assert words_of("Сырники «Ёжик», 0,5\u00a0л") == ("сырники", "ежик", "0", "5", "л")
