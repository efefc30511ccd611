"""A11: whatever is shown in whatever order, a family has one living token and old ones end it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.engine import Connection

from app.contracts.errors import ErrorCode
from app.service.auth.accounts import acting_for
from app.service.auth.sessions import RETRY_WITHIN, open_session, refresh_session
from app.service.kit.access import NOBODY
from app.service.kit.problems import ProblemError
from app.service.kit.work import Work
from tests.service.harness import START, Service

# Which of the tokens handed out so far comes next, and after how many seconds.
STEPS = st.lists(
    st.tuples(st.integers(0, 30), st.sampled_from([0, 1, 9, 10, 11, 600])), max_size=12
)


@dataclass
class Known:
    """A token as the promise sees it."""

    secret: str
    used_at: datetime | None = None
    successor: "Known | None" = None
    may_retry: bool = True


class Family:
    """The promise: what each showing of a token must bring."""

    def __init__(self, first: str) -> None:
        self.tokens = [Known(first)]
        self.is_ended = False

    def expects(self, token: Known, now: datetime) -> str:
        if self.is_ended:
            return ErrorCode.TOKEN_INVALID.value
        if token.used_at is None:
            return "new"
        is_lost = (
            token.may_retry
            and now - token.used_at <= RETRY_WITHIN
            and token.successor is not None
            and token.successor.used_at is None
        )
        return "new" if is_lost else ErrorCode.TOKEN_REUSED.value

    def took(self, token: Known, secret: str, now: datetime) -> None:
        if token.used_at is not None:
            token.may_retry = False
            assert token.successor is not None
            token.successor.used_at, token.successor.may_retry = now, False
        token.used_at = token.used_at or now
        token.successor = Known(secret)
        self.tokens.append(token.successor)

    def living(self) -> int:
        return 0 if self.is_ended else sum(token.used_at is None for token in self.tokens)


def show(service: Service, secret: str, now: datetime) -> str:
    """Show a token; return `new:` and the next one, or the code of the refusal."""

    def act(connection: Connection) -> str:
        answer = refresh_session(Work(connection, now, service.ids, NOBODY), secret)
        if isinstance(answer, ProblemError):
            return answer.error_code.value
        return f"new:{answer.refresh}"

    try:
        return service.runtime.database.write(act).result()
    except ProblemError as refusal:
        return refusal.error_code.value


def begin(service: Service) -> Family:
    def act(connection: Connection) -> str:
        work = Work(connection, START, service.ids, NOBODY)
        person = acting_for(work, "tenant-maxima", "stf-04", "cashier")
        return open_session(person, "stf-04", "cashier", "password", "").refresh

    return Family(service.runtime.database.write(act).result())


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=STEPS)
def test_family_keeps_its_promise(service: Service, steps: list[tuple[int, int]]) -> None:
    family, now = begin(service), START
    for choice, wait in steps:
        now += timedelta(seconds=wait)
        token = family.tokens[choice % len(family.tokens)]
        expected = family.expects(token, now)
        said = show(service, token.secret, now)
        assert said.split(":")[0] == expected
        if expected == "new":
            family.took(token, said.split(":")[1], now)
        family.is_ended = family.is_ended or expected != "new"
        assert family.living() <= 1
