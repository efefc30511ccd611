"""Messages of API keys: `/api/v1/api-keys`."""

from enum import StrEnum
from typing import Annotated, ClassVar

from pydantic import Field

from app.contracts.base import Moment, Name, ShownOnce, WireModel
from app.contracts.permissions import Scope


class KeyState(StrEnum):
    """What becomes of a key: in use, in its last day, over by its date, or ended."""

    ACTIVE = "active"
    ROTATED = "rotated"
    EXPIRED = "expired"
    REVOKED = "revoked"


class ApiKeyView(WireModel):
    """A key as everybody may see it: its hint, never the key."""

    id: str
    kind: str
    name: str
    hint: str
    scopes: tuple[str, ...]
    state: KeyState
    installation_id: str
    created_at: Moment
    created_by: str | None = None
    last_used_at: Moment | None = None
    expires_at: Moment | None = None
    revoked_at: Moment | None = None
    replaced_by: str | None = None


class CreateKeyRequest(WireModel):
    """A key for a program: what it is called and may do."""

    name: Name
    scopes: Annotated[tuple[Scope, ...], Field(min_length=1, max_length=20)]
    expires_at: Moment | None = None


class ApiKeyCreated(ShownOnce):
    """A new key; `secret` is shown here and nowhere else."""

    SECRETS: ClassVar[tuple[str, ...]] = ("secret",)

    key: ApiKeyView
    secret: str | None = None
    already_processed: bool = False
