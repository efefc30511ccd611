"""Pages of lists: by offset under `/api/v1`, by cursor under `/api/v2`.

With `fields` an item holds the named fields alone, so items are either the whole message or a part.
"""

from typing import Any, Generic, TypeVar

from typing_extensions import override

from app.contracts.base import WireModel

LIMIT_MAX = 100
LIMIT_DEFAULT = 50

Item = TypeVar("Item", bound=WireModel)


class Pagination(WireModel):
    """Where a page lies in the whole list; the offsets are null where there is no such page.

    `total` is how many rows there are if `totalIsExact`; otherwise there are at least so many.
    """

    total: int
    total_is_exact: bool = True
    limit: int
    offset: int
    has_next: bool
    has_prev: bool
    next_offset: int | None
    prev_offset: int | None


class CursorPagination(WireModel):
    """How to go on: `nextCursor` is null on the last page."""

    limit: int
    has_next: bool
    next_cursor: str | None


class ListMeta(WireModel):
    """The id of the request, and how many milliseconds the answer took."""

    request_id: str
    response_time: float


class ListAnswer(WireModel, Generic[Item]):
    """One page of a list."""

    data: tuple[Item | dict[str, Any], ...]
    pagination: Pagination
    meta: ListMeta

    @classmethod
    @override
    def model_parametrized_name(cls, params: tuple[Any, ...]) -> str:
        """Return the name in the description: `GuestViewList`."""
        return f"{params[0].__name__}List"


class CursorAnswer(WireModel, Generic[Item]):
    """One page of a large list."""

    data: tuple[Item | dict[str, Any], ...]
    pagination: CursorPagination
    meta: ListMeta

    @classmethod
    @override
    def model_parametrized_name(cls, params: tuple[Any, ...]) -> str:
        """Return the name in the description: `GuestViewPage`."""
        return f"{params[0].__name__}Page"
