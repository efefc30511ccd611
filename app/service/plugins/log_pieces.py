"""Logs of installations: read within limits, masked before they are kept, kept for a week (M8)."""

import zlib
from typing import Any, Final, NamedTuple

import sqlalchemy as sa

from app.contracts.base import MalformedJsonError, parse_json
from app.contracts.errors import ErrorCode
from app.contracts.plugin_life import LOG_LINES_MAX, UploadLogsResponse
from app.kernel.log import mask
from app.service.kit.problems import ProblemError
from app.service.kit.work import Work
from app.service.plugins.models import plugin_commands, plugin_logs

PLAIN_MAX: Final = 4_000_000
_LINE_MAX: Final = 2_000
_KEPT_EACH: Final = 20
_GZIP_WINDOW: Final = 31  # zlib's own number for "the gzip format, any window"


class LogPiece(NamedTuple):
    """A masked piece of a log."""

    text: str
    lines: int
    is_truncated: bool


def unpack(body: bytes, encoding: str) -> bytes:
    """Return a body as it was before compression, however much a small one would unfold to.

    Raises:
        ProblemError: BODY_TOO_LARGE, MALFORMED_JSON for broken compression, UNSUPPORTED_ENCODING.
    """
    named = encoding.strip().lower()
    if named in {"", "identity"}:
        return body
    if named not in {"gzip", "x-gzip"}:
        raise ProblemError(ErrorCode.UNSUPPORTED_ENCODING)
    reader = zlib.decompressobj(_GZIP_WINDOW)
    try:
        plain = reader.decompress(body, PLAIN_MAX + 1)
    except zlib.error as error:
        raise ProblemError(
            ErrorCode.UNSUPPORTED_ENCODING,
            "The body is not valid gzip",
            "Тело не читается как gzip",
        ) from error
    if len(plain) > PLAIN_MAX:
        raise ProblemError(ErrorCode.BODY_TOO_LARGE)
    if not reader.eof:
        raise ProblemError(
            ErrorCode.UNSUPPORTED_ENCODING, "The gzip body ends too early", "Тело gzip оборвано"
        )
    return plain


def read_piece(body: bytes, encoding: str, media_type: str) -> LogPiece:
    """Return the masked end of an uploaded log: at most a thousand lines.

    JSON is `{"lines": ["…"]}`, anything else is text. What is no UTF-8 is shown as such.

    Raises:
        ProblemError: BODY_TOO_LARGE, UNSUPPORTED_ENCODING, MALFORMED_JSON, VALIDATION_ERROR.
    """
    plain = unpack(body, encoding)
    if media_type.partition(";")[0].strip().lower() == "application/json":
        lines = _json_lines(plain)
    else:
        lines = plain.decode("utf-8", "replace").splitlines()
    kept = [mask(_clean(line)) for line in lines[-LOG_LINES_MAX:]]
    is_truncated = len(lines) > LOG_LINES_MAX or any(len(line) > _LINE_MAX for line in lines)
    return LogPiece("\n".join(kept), len(kept), is_truncated)


def _json_lines(plain: bytes) -> list[str]:
    try:
        data = parse_json(plain)
    except MalformedJsonError as error:
        raise ProblemError(
            ErrorCode.MALFORMED_JSON, f"The body is not valid JSON: {error}"
        ) from error
    lines: Any = data.get("lines") if isinstance(data, dict) else None
    if not isinstance(lines, list) or not all(isinstance(line, str) for line in lines):
        raise ProblemError(ErrorCode.VALIDATION_ERROR, "/lines: must be a list of texts")
    return [part for line in lines for part in line.splitlines()]


def _clean(line: str) -> str:
    cut = line[:_LINE_MAX]
    return "".join(c if c.isprintable() or c == "\t" else "\N{REPLACEMENT CHARACTER}" for c in cut)


def keep_piece(work: Work, piece: LogPiece, command_id: str | None) -> UploadLogsResponse:
    """Keep a piece of the calling installation's log; the oldest ones give way.

    Raises:
        ProblemError: COMMAND_NOT_FOUND if it answers a command that the installation never got.
    """
    installation_id = work.caller.installation_id
    if command_id is not None:
        _check_command(work, command_id)
    log_id = f"log_{work.ids.new()}"
    work.connection.execute(
        sa.insert(plugin_logs).values(
            id=log_id,
            tenant_id=work.tenant_id,
            installation_id=installation_id,
            command_id=command_id,
            lines=piece.lines,
            is_truncated=piece.is_truncated,
            body=zlib.compress(piece.text.encode()),
            created_at=work.now,
        )
    )
    _make_room(work, installation_id)
    return UploadLogsResponse(
        success=True, log_id=log_id, lines=piece.lines, is_truncated=piece.is_truncated
    )


def _check_command(work: Work, command_id: str) -> None:
    known = work.connection.execute(
        sa.select(plugin_commands.c.id).where(
            plugin_commands.c.id == command_id,
            plugin_commands.c.tenant_id == work.tenant_id,
            plugin_commands.c.installation_id == work.caller.installation_id,
        )
    ).first()
    if known is None:
        raise ProblemError(ErrorCode.COMMAND_NOT_FOUND)


def _make_room(work: Work, installation_id: str) -> None:
    newest = (
        sa.select(plugin_logs.c.id)
        .where(plugin_logs.c.installation_id == installation_id)
        .order_by(plugin_logs.c.created_at.desc(), plugin_logs.c.id.desc())
        .limit(_KEPT_EACH)
    )
    work.connection.execute(
        sa.delete(plugin_logs).where(
            plugin_logs.c.installation_id == installation_id,
            plugin_logs.c.tenant_id == work.tenant_id,
            plugin_logs.c.id.not_in(newest),
        )
    )


def read_log(work: Work, installation_id: str, log_id: str) -> str:
    """Return the text of a kept piece.

    Raises:
        ProblemError: NOT_FOUND.
    """
    body: bytes | None = work.connection.execute(
        sa.select(plugin_logs.c.body).where(
            plugin_logs.c.id == log_id,
            plugin_logs.c.installation_id == installation_id,
            plugin_logs.c.tenant_id == work.tenant_id,
        )
    ).scalar()
    if body is None:
        raise ProblemError(ErrorCode.NOT_FOUND)
    return zlib.decompress(body).decode()
