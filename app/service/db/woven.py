"""Functions made for one statement: its values in their order and form, its rows with their names.

A statement of a sale is run a thousand times a second with the same names and types. A loop over them that
asks each time what is to be converted costs more than the database; so the loop is gone through once and
leaves an expression, as the standard library does for named tuples and data classes. Names that stand in
an expression are those of our own statements.
"""

from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

Convert = Callable[[Any], Any]
Take = Callable[[Mapping[str, Any]], tuple[Any, ...]]
Read = Callable[[Sequence[Any]], Any]


def weave_take(
    names: Sequence[str], converts: Mapping[str, Convert], fixed: Mapping[str, Any]
) -> Take:
    """Return what takes named values in the order of a statement.

    Args:
        names: In the order of the statement; a name may stand there several times.
        converts: What turns a value into what the driver takes, by name.
        fixed: Values that stand in the statement itself, unless others are given.
    """
    known: dict[str, Any] = {}
    parts = []
    for place, name in enumerate(names):
        part = f"given[{name!r}]"
        if name in fixed:
            known[f"fixed_{place}"] = fixed[name]
            part = f"given.get({name!r}, fixed_{place})"
        if name in converts:
            known[f"convert_{place}"] = converts[name]
            part = f"convert_{place}({part})"
        parts.append(part)
    return _woven(f"lambda given: {_tuple(parts)}", known)


def weave_read(names: Sequence[str], converts: Mapping[int, Convert]) -> Read:
    """Return what makes a row of the driver's: a tuple whose columns are attributes too.

    Args:
        names: Of the columns, in their order.
        converts: What turns a value of the driver into ours, by place.
    """
    row = namedtuple("Row", names, rename=True)  # type: ignore[misc] # noqa: PYI024 - known at run time
    make: Read = partial(tuple.__new__, row)
    if not converts:
        return make
    known: dict[str, Any] = {f"convert_{place}": one for place, one in converts.items()}
    places = range(len(names))
    parts = [f"convert_{at}(row[{at}])" if at in converts else f"row[{at}]" for at in places]
    return _woven(f"lambda row: make({_tuple(parts)})", known | {"make": make})


def _tuple(parts: Sequence[str]) -> str:
    return "(" + "".join(f"{part}, " for part in parts) + ")"


def _woven(text: str, known: dict[str, Any]) -> Callable[[Any], Any]:
    made: Callable[[Any], Any] = eval(text, known)  # noqa: S307 - of our own names, see above
    return made
