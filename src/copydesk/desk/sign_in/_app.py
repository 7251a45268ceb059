"""The routes of sign-in, and the guard before them and before the desk."""

from __future__ import annotations

from starlette.middleware.exceptions import ExceptionMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import BaseRoute, Route, Router
from starlette.types import ASGIApp, Receive, Scope, Send

from copydesk.desk.sign_in._door import Door
from copydesk.desk.sign_in._guard import Guard, answer_with_error, first_part
from copydesk.desk.sign_in._own_account import OwnAccount
from copydesk.desk.sign_in._people import People
from copydesk.desk.sign_in._provider_sign_in import ProviderSignIn
from copydesk.desk.sign_in._sign_in_pages import ASSETS, SignInPages
from copydesk.desk.sign_in._ways_in import WaysIn
from copydesk.desk_store import DeskStore
from copydesk.errors import CopydeskError
from copydesk.news import Beat


def sign_in_app(
    desk: ASGIApp, store: DeskStore, beat: Beat, door: Door, api: ASGIApp | None = None
) -> ASGIApp:
    """Return the desk behind its guard, with the pages of sign-in beside its own.

    What programs ask, below `api/`, is answered by `api`, which has a guard of its own.
    """
    pages = SignInPages(beat, door.root)
    ways_in, account = WaysIn(store, door, pages), OwnAccount(store, door, pages)
    people = People(store, door, pages)
    provider = ProviderSignIn(store, door, pages, ways_in)
    routes = [*_routes_in(ways_in), *_account_routes(account), *_people_routes(people)]
    routes += _provider_routes(provider)
    app = ExceptionMiddleware(
        Router(routes, default=desk), handlers={CopydeskError: answer_with_error}
    )
    guard = Guard(app, store, door)
    if api is None:
        return guard

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        is_for_api = scope["type"] == "http" and first_part(scope) == "api"
        await (api if is_for_api else guard)(scope, receive, send)

    return answer


def _routes_in(ways: WaysIn) -> list[BaseRoute]:
    return [
        Route("/sign-in", ways.show),
        Route("/sign-in", ways.sign_in, methods=["POST"]),
        Route("/sign-in/passkey/ask", ways.ask_passkey, methods=["POST"]),
        Route("/sign-in/passkey", ways.use_passkey, methods=["POST"]),
        Route("/sign-in/assets/{name}", _show_asset),
        Route("/sign-out", ways.sign_out, methods=["POST"]),
        Route("/enter/{secret}", ways.show_link),
        Route("/enter/{secret}", ways.use_link, methods=["POST"]),
    ]


def _account_routes(account: OwnAccount) -> list[BaseRoute]:
    return [
        Route("/account/", account.show),
        Route("/account/password", account.set_password, methods=["POST"]),
        Route("/account/passkey/ask", account.ask_passkey, methods=["POST"]),
        Route("/account/passkey", account.add_passkey, methods=["POST"]),
        Route("/account/passkey/remove", account.remove_passkey, methods=["POST"]),
        Route("/account/session/end", account.end_session, methods=["POST"]),
        Route("/account/token/end", account.end_token, methods=["POST"]),
        Route("/account/sessions/end", account.end_others, methods=["POST"]),
    ]


def _people_routes(people: People) -> list[BaseRoute]:
    return [
        Route("/people/", people.show),
        Route("/people/add", people.add, methods=["POST"]),
        Route("/people/role", people.set_role, methods=["POST"]),
        Route("/people/reset", people.reset, methods=["POST"]),
        Route("/people/end", people.end, methods=["POST"]),
        Route("/people/remove", people.remove, methods=["POST"]),
    ]


def _provider_routes(provider: ProviderSignIn) -> list[BaseRoute]:
    return [
        Route("/sign-in/provider", provider.leave),
        Route("/sign-in/provider/back", provider.come_back),
    ]


async def _show_asset(request: Request) -> Response:
    """Answer with a style sheet or the script, which the browser asks about each time."""
    file, kind = ASSETS.get(request.path_params["name"], (None, ""))
    if file is None:
        return Response(status_code=404)
    return FileResponse(file, media_type=kind, headers={"Cache-Control": "no-cache"})
