"""Messages of personal data: consents, and everything that is held of a guest."""

from typing import Annotated, Any

from pydantic import Field

from app.contracts.base import Flag, Moment, Name, WireModel

Purpose = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{1,39}$")]
"""What is agreed to: personal_data, marketing, ..."""

Channel = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{1,39}$")]
"""Where it was said: till, web, telegram, paper, ..."""


class GiveConsentRequest(WireModel):
    """A guest's yes or no, and the text that he was shown."""

    purpose: Purpose
    is_granted: Flag
    text_version: Annotated[Name, Field(max_length=60)]
    channel: Channel
    given_at: Moment | None = None


class ConsentView(WireModel):
    """A yes or a no; none is ever changed."""

    id: str
    purpose: str
    is_granted: bool
    text_version: str
    channel: str
    actor_kind: str
    actor_id: str
    given_at: Moment
    created_at: Moment


class ConsentsResponse(WireModel):
    """What holds now, by purpose, and everything that was ever said, the newest first."""

    guest_id: str
    current: dict[str, bool]
    history: tuple[ConsentView, ...]


class PersonalDataResponse(WireModel):
    """Everything that is held of a guest, by table; amounts are in kopecks, points in hundredths."""

    guest_id: str
    made_at: Moment
    data: dict[str, list[dict[str, Any]]]
