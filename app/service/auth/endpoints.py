"""Signing in under `/api/v1/auth`: register, login, refresh, logout, sessions, password, Telegram."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Final, TypeVar

from fastapi import APIRouter, Request, Response

from app.contracts.auth import (
    ChangePasswordRequest,
    DoneResponse,
    LinkTelegramRequest,
    LoginRequest,
    PersonView,
    RefreshRequest,
    RegisterRequest,
    RegisterResponse,
    SessionResponse,
    SessionsResponse,
    TelegramLoginRequest,
)
from app.contracts.base import WireModel
from app.contracts.errors import ErrorCode
from app.service.auth import registration, sign_in, telegram
from app.service.auth.accounts import person_view
from app.service.auth.once import Asked, answer_once, asked_for, find_answer
from app.service.auth.passwords import check_aside, check_strength, hash_aside, run_aside
from app.service.http.answering import body_description, json_answer
from app.service.http.runtime import Runtime
from app.service.kit.access import Access, anyone, by_any_staff
from app.service.kit.problems import ProblemError
from app.service.kit.reading import read_body, read_key, read_model
from app.service.kit.work import Work
from app.service.seed import hash_pins, load_cafe

ANYONE: Final = anyone()
PEOPLE: Final = by_any_staff().after_plan()
NO_STORE: Final = {"Cache-Control": "no-store"}

Message = TypeVar("Message", bound=WireModel)
Answered = TypeVar("Answered", bound=WireModel)


def auth_router(runtime: Runtime) -> APIRouter:
    """Return the routes of signing in, bound to a running service."""
    router = APIRouter(prefix="/api/v1/auth", tags=["auth"])
    _add_beginning(router, runtime)
    _add_going_on(router, runtime)
    _add_sessions(router, runtime)
    return router


def agent_of(request: Request) -> str:
    """Return what the request says it was sent by."""
    return "".join(c for c in request.headers.get("user-agent", "") if c.isprintable())


async def read_message(
    runtime: Runtime, request: Request, access: Access, model: type[Message]
) -> tuple[Message, Asked]:
    """Return the message of a call of signing in, and what it asks under which key.

    A stranger is refused before his body is judged.
    """
    try:
        message = read_model(model, await read_body(request))
        return message, asked_for(request, read_key(request), message)
    except ProblemError:
        await runtime.read(request, access, lambda _work: None)
        raise


async def settle(
    runtime: Runtime,
    request: Request,
    access: Access,
    asked: Asked,
    model: type[Answered],
    act: Callable[[Work], Answered | ProblemError],
) -> Answered:
    """Run writing work once for its key; refusals that leave a trace are values, raised after it.

    Whoever is calling is told apart by who he is, strangers by whom they ask about.
    """

    def run(work: Work) -> Answered | ProblemError:
        own = asked if access.is_open else asked.about(work.caller.staff_id or "")
        return answer_once(work, own, model, lambda: act(work))

    result = await runtime.write(request, access, run)
    if isinstance(result, ProblemError):
        raise result
    return result


async def prove_password(runtime: Runtime, request: Request, password: str) -> None:
    """Let a signed-in person go on only with his password; guesses are counted.

    Raises:
        ProblemError: LOGIN_FAILED or LOGIN_LOCKED.
    """
    account = await runtime.write(request, PEOPLE, sign_in.book_own_password)
    if not await check_aside(account.password_hash, password):
        raise ProblemError(ErrorCode.LOGIN_FAILED)
    await runtime.write(request, PEOPLE, sign_in.forget_own_password_attempts)


def bearer_of(request: Request) -> str:
    """Return whom a request is about before anybody has looked at its token: the token itself."""
    return request.headers.get("authorization", "")


@cache
def _sandbox_cafe(_: None) -> Mapping[str, Any]:
    # Its PINs are known to everybody, so their digests may be the same in every sandbox.
    return hash_pins(load_cafe())


def _add_beginning(router: APIRouter, runtime: Runtime) -> None:
    @router.post(
        "/register",
        status_code=201,
        responses={201: {"model": RegisterResponse}},
        openapi_extra=body_description(RegisterRequest),
    )
    async def register(request: Request) -> Response:
        """Make a company with its owner, and a sandbox with ready data; keys are shown once."""
        asked, once = await read_message(runtime, request, ANYONE, RegisterRequest)
        check_strength(asked.password, asked.email)
        address = request.client.host if request.client else ""
        await runtime.write(
            request, ANYONE, lambda work: registration.book_registration(work, address)
        )
        password_hash = await hash_aside(asked.password)
        cafe = await run_aside(_sandbox_cafe, None)
        agent = agent_of(request)
        made = await settle(
            runtime,
            request,
            ANYONE,
            once.about(asked.email),
            RegisterResponse,
            lambda work: registration.register(work, asked, password_hash, cafe, agent),
        )
        return json_answer(made, NO_STORE, 201)

    @router.post(
        "/login",
        responses={200: {"model": SessionResponse}},
        openapi_extra=body_description(LoginRequest),
    )
    async def login(request: Request) -> Response:
        """Sign in with e-mail and password, and a code where one-time codes are set up."""
        asked, once = await read_message(runtime, request, ANYONE, LoginRequest)
        agent = agent_of(request)
        account = await runtime.write(
            request, ANYONE, lambda work: sign_in.book_login(work, asked.email)
        )
        known = account.password_hash if account is not None else None
        is_right = await check_aside(known, asked.password)
        # Only who knows the password of now is told what was answered before.
        answer = await settle(
            runtime,
            request,
            ANYONE,
            once.about(asked.email) if is_right else once._replace(key=None),
            SessionResponse,
            lambda work: sign_in.finish_login(work, asked, account, is_right=is_right, agent=agent),
        )
        if answer.already_processed:
            await runtime.write(
                request, ANYONE, lambda work: sign_in.forget_login_attempts(work, asked.email)
            )
        return json_answer(answer, NO_STORE)

    @router.post(
        "/telegram",
        responses={200: {"model": SessionResponse}},
        openapi_extra=body_description(TelegramLoginRequest),
    )
    async def telegram_login(request: Request) -> Response:
        """Sign in with what Telegram gave the mini app."""
        asked, once = await read_message(runtime, request, ANYONE, TelegramLoginRequest)
        agent = agent_of(request)
        answer = await settle(
            runtime,
            request,
            ANYONE,
            once.about(asked.init_data),
            SessionResponse,
            lambda work: telegram.log_in(work, asked.init_data, agent),
        )
        return json_answer(answer, NO_STORE)


def _add_going_on(router: APIRouter, runtime: Runtime) -> None:
    @router.post(
        "/refresh",
        responses={200: {"model": SessionResponse}},
        openapi_extra=body_description(RefreshRequest),
    )
    async def refresh(request: Request) -> Response:
        """Turn a refresh token into new tokens; it works once, a second use ends the session."""
        asked, once = await read_message(runtime, request, ANYONE, RefreshRequest)
        answer = await settle(
            runtime,
            request,
            ANYONE,
            once.about(asked.refresh_token),
            SessionResponse,
            lambda work: sign_in.refresh(work, asked.refresh_token),
        )
        return json_answer(answer, NO_STORE)

    @router.post("/logout", responses={200: {"model": DoneResponse}})
    async def logout(request: Request) -> Response:
        """End the session: its tokens are refused at once."""
        # The session that could be told from others is over when the call is repeated.
        once = asked_for(request, read_key(request)).about(bearer_of(request))
        known = await runtime.read(
            request, ANYONE, lambda work: find_answer(work, once, DoneResponse)
        )
        if known is not None:
            return json_answer(known)
        done = await runtime.write(
            request,
            PEOPLE,
            lambda work: answer_once(work, once, DoneResponse, lambda: sign_in.log_out(work)),
        )
        assert isinstance(done, DoneResponse), "signing out is not refused"
        return json_answer(done)

    @router.get("/me", responses={200: {"model": PersonView}})
    async def me(request: Request) -> Response:
        """Tell who is signed in and what he may do."""
        view = await runtime.read(request, PEOPLE, lambda work: person_view(work, work.caller))
        return json_answer(view, NO_STORE)

    @router.post(
        "/password",
        responses={200: {"model": DoneResponse}},
        openapi_extra=body_description(ChangePasswordRequest),
    )
    async def change_password(request: Request) -> Response:
        """Change one's password; all other sessions end."""
        asked, once = await read_message(runtime, request, PEOPLE, ChangePasswordRequest)
        # The old password of a change that was made proves nothing any more.
        known = await runtime.read(
            request,
            PEOPLE,
            lambda work: find_answer(work, once.about(work.caller.staff_id or ""), DoneResponse),
        )
        if known is not None:
            return json_answer(known)
        person = await runtime.read(request, PEOPLE, lambda work: person_view(work, work.caller))
        check_strength(asked.new_password, person.email or "")
        await prove_password(runtime, request, asked.current_password)
        password_hash = await hash_aside(asked.new_password)
        done = await settle(
            runtime,
            request,
            PEOPLE,
            once,
            DoneResponse,
            lambda work: sign_in.set_password(work, password_hash),
        )
        return json_answer(done)


def _add_sessions(router: APIRouter, runtime: Runtime) -> None:
    @router.get("/sessions", responses={200: {"model": SessionsResponse}})
    async def sessions(request: Request) -> Response:
        """List one's own sign-ins that go on."""
        return json_answer(await runtime.read(request, PEOPLE, sign_in.list_sessions), NO_STORE)

    @router.delete("/sessions/{session_id}", responses={200: {"model": DoneResponse}})
    async def end_session(request: Request, session_id: str) -> Response:
        """End one of one's own sign-ins."""
        done = await settle(
            runtime,
            request,
            PEOPLE,
            asked_for(request, read_key(request)),
            DoneResponse,
            lambda work: sign_in.end_own_session(work, session_id),
        )
        return json_answer(done)

    @router.post(
        "/telegram/link",
        responses={200: {"model": DoneResponse}},
        openapi_extra=body_description(LinkTelegramRequest),
    )
    async def link_telegram(request: Request) -> Response:
        """Link oneself to the Telegram user who opened the company's mini app."""
        asked, once = await read_message(runtime, request, PEOPLE, LinkTelegramRequest)
        done = await settle(
            runtime,
            request,
            PEOPLE,
            once,
            DoneResponse,
            lambda work: telegram.link_own(work, asked.init_data),
        )
        return json_answer(done)
