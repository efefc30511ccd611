"""The register's own check of a marking code, over both roads to it."""

from typing import TYPE_CHECKING

import pytest

from drivers.api.errors import DriverError
from drivers.api.fiscal import FiscalItem, MarkCheck
from drivers.api.fiscal_errors import MarkRefused
from drivers.api.marking import MarkingUnavailable, MarkVerdict
from drivers.fiscal.atol.driver import AtolRegister
from drivers.fiscal.marking.chain import ChainProvider, RegisterProvider, bind, bits_of_check
from drivers.fiscal.marking.codes import parse_mark
from drivers.fiscal.marking.register import RoadMarkChecker
from tests.drivers.fiscal.samples import receipt

if TYPE_CHECKING:
    from tests.drivers.fiscal.conftest import Rig

WATER = parse_mark("010460043993125621JgXJ5.T1234ab\x1d93Mdk5")


def connect(rig: "Rig") -> AtolRegister:
    register = rig.connect()
    assert isinstance(register, AtolRegister)
    return register


def checker(rig: "Rig", limit_s: float = 60.0) -> RoadMarkChecker:
    return RoadMarkChecker(connect(rig)._road, limit_s=limit_s, pause=lambda _: None)


def test_good_code_is_accepted_and_told(rig: "Rig") -> None:
    check = checker(rig).check_mark(WATER.item_mark())
    assert bits_of_check(check) == 15
    assert rig.machine.marks.accepted == [WATER.text.encode()]


@pytest.mark.parametrize("bits", [1, 5, 7, 13])
def test_code_that_must_not_be_sold_is_declined(rig: "Rig", bits: int) -> None:
    rig.machine.marks.bits = bits
    [result] = RegisterProvider(checker(rig)).check([WATER])
    assert result.verdict is MarkVerdict.REFUSED
    assert rig.machine.marks.accepted == []
    assert not rig.machine.marks.is_checking


@pytest.mark.parametrize("bits", [0, 16])
def test_code_that_could_not_be_checked_is_left_to_the_till(rig: "Rig", bits: int) -> None:
    rig.machine.marks.bits = bits
    [result] = RegisterProvider(checker(rig)).check([WATER])
    assert result.verdict is MarkVerdict.UNCHECKED
    assert result.register_check == MarkCheck(False, False, stand_alone=bits == 16)


def test_register_that_never_gets_ready_is_given_up(rig: "Rig") -> None:
    rig.machine.marks.polls = -1
    with pytest.raises(MarkingUnavailable):
        checker(rig, limit_s=0.0).check_mark(WATER.item_mark())
    assert not rig.machine.marks.is_checking
    [result] = ChainProvider([RegisterProvider(checker(rig, limit_s=0.0))]).check([WATER])
    assert result.verdict is MarkVerdict.UNCHECKED


def test_refusal_of_the_register_is_told_in_words(rig: "Rig") -> None:
    rig.machine.marks.refusal = 409
    with pytest.raises(MarkRefused) as caught:
        checker(rig).check_mark(WATER.item_mark())
    assert caught.value.register_code == 409


def test_lost_link_leaves_no_check_open(rig: "Rig") -> None:
    """The next check begins anew whatever happened to the last one."""
    register = connect(rig)
    rig.machine.is_linked = False
    with pytest.raises(DriverError):
        register.check_mark(WATER.item_mark())
    rig.heal()
    assert checker(rig).check_mark(WATER.item_mark()).positive


def test_checked_code_goes_into_the_receipt(rig: "Rig") -> None:
    [result] = RegisterProvider(checker(rig)).check([WATER])
    item = bind(FiscalItem("Вода", 10000), result)
    assert item.mark is not None
    assert item.mark.check == result.register_check
    connect(rig).register(receipt(items=(item,)), "sale-1")
    assert len(rig.machine.receipts) == 1
