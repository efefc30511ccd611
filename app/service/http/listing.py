"""From a request for a list to its answer, and what the description says of a list's parameters."""

from typing import Any, Final

from fastapi import Request, Response

from app.contracts.lists import (
    LIMIT_DEFAULT,
    LIMIT_MAX,
    CursorAnswer,
    CursorPagination,
    ListAnswer,
    ListMeta,
    Pagination,
)
from app.service.http.answering import JSON, request_id, response_time_ms
from app.service.http.runtime import Runtime
from app.service.kit.access import Access
from app.service.kit.cursors import CursorPage, read_cursor_page
from app.service.kit.list_values import EXACT_TOTAL, Kind
from app.service.kit.lists import (
    TOTAL_MAX,
    Listing,
    ListPage,
    ListQuery,
    read_page,
    read_query,
)
from app.service.kit.work import Work

_SCHEMAS: Final[dict[Kind, dict[str, object]]] = {
    Kind.TEXT: {"type": "string", "minLength": 1, "maxLength": 200},
    Kind.AMOUNT: {"type": "number", "multipleOf": 0.01},
    Kind.COUNT: {"type": "integer"},
    Kind.MOMENT: {"type": "string", "description": "A date, or a time with its zone"},
    Kind.FLAG: {"type": "boolean"},
}


async def list_answer(
    runtime: Runtime, request: Request, access: Access | str, listing: Listing[Any]
) -> Response:
    """Answer `GET` of a list with a page by offset."""
    asked: ListQuery | None = None

    def act(work: Work) -> ListPage:
        # Read here, so that a stranger is refused before his parameters are judged.
        nonlocal asked
        asked = read_query(listing, request.query_params.multi_items())
        return read_page(work, listing, asked)

    page = await runtime.read(request, access, act)
    assert asked is not None, "the work ran"
    message = ListAnswer[Any](
        data=page.data, pagination=_pagination(asked, page), meta=_meta(runtime, request)
    )
    return Response(message.model_dump_json(by_alias=True), media_type=JSON)


async def cursor_answer(
    runtime: Runtime, request: Request, access: Access | str, listing: Listing[Any]
) -> Response:
    """Answer `GET` of a large list with a page by cursor."""
    asked: ListQuery | None = None

    def act(work: Work) -> CursorPage:
        nonlocal asked
        asked = read_query(listing, request.query_params.multi_items(), by_cursor=True)
        return read_cursor_page(work, listing, asked)

    page = await runtime.read(request, access, act)
    assert asked is not None, "the work ran"
    following = page.next_cursor
    pagination = CursorPagination(
        limit=asked.limit, has_next=following is not None, next_cursor=following
    )
    message = CursorAnswer[Any](data=page.data, pagination=pagination, meta=_meta(runtime, request))
    return Response(message.model_dump_json(by_alias=True), media_type=JSON)


def list_description(listing: Listing[Any], *, by_cursor: bool = False) -> dict[str, Any]:
    """Return `openapi_extra` of a list: all its parameters."""
    limit = {"type": "integer", "minimum": 1, "maximum": LIMIT_MAX, "default": LIMIT_DEFAULT}
    names = [c.name for c in listing.columns if (c.walks if by_cursor else c.sorts)]
    parameters = [_parameter("limit", limit)]
    if by_cursor:
        parameters.append(_parameter("cursor", {"type": "string", "maxLength": 2000}))
    else:
        parameters.append(_parameter("offset", {"type": "integer", "minimum": 0, "default": 0}))
        exact = {"type": "boolean", "default": False}
        said = f"Count all rows; otherwise `total` ends at {TOTAL_MAX}"
        parameters.append(_parameter(EXACT_TOTAL, exact, said))
    parameters += [
        _parameter("sortBy", {"type": "string", "enum": names, "default": listing.sort}),
        _parameter("sortOrder", {"type": "string", "enum": ["asc", "desc"]}),
        _parameter("fields", {"type": "string"}, "Wanted fields with commas: `id,card.code6Digit`"),
    ]
    if listing.search is not None:
        parameters.append(_parameter("search", _SCHEMAS[Kind.TEXT]))
    for column in listing.columns:
        schema = _SCHEMAS[column.kind]
        if column.filters:
            said = "One of, or several with commas: " + ", ".join(column.choices)
            parameters.append(_parameter(column.name, schema, said if column.choices else ""))
        ends = [name for name in (column.least, column.most) if name is not None]
        parameters += [_parameter(name, schema) for name in ends]
    return {"parameters": parameters}


def _parameter(name: str, schema: dict[str, object], said: str = "") -> dict[str, Any]:
    described = {"description": said} if said else {}
    return {"name": name, "in": "query", "required": False, "schema": schema, **described}


def _pagination(query: ListQuery, page: ListPage) -> Pagination:
    following = query.offset + query.limit
    has_next = page.has_next
    return Pagination(
        total=page.total,
        total_is_exact=page.is_exact,
        limit=query.limit,
        offset=query.offset,
        has_next=has_next,
        has_prev=query.offset > 0,
        next_offset=following if has_next else None,
        prev_offset=max(query.offset - query.limit, 0) if query.offset else None,
    )


def _meta(runtime: Runtime, request: Request) -> ListMeta:
    spent = response_time_ms(request, runtime.clock)
    return ListMeta(request_id=request_id(request), response_time=spent)
