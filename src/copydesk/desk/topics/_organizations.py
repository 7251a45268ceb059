"""Serve the page of organizations: publishers with name, owner and logo."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from copydesk.desk._desk import Desk
from copydesk.desk._http import (
    PICTURE_BYTES,
    must_edit,
    page_answer,
    read_body,
    read_fields,
    read_form,
    with_errors,
)
from copydesk.desk._newsroom_thread import Counts, OpenNewsroom
from copydesk.desk._pages import Editor, Pages, asset_name
from copydesk.desk._story_view import View
from copydesk.desk.sign_in import require_role, visitor_of
from copydesk.errors import FetchError, UsageError
from copydesk.news import Organization
from copydesk.newsroom import settings, uploads
from copydesk.rounds import sources

_PAGE, _LOGO = "/organizations/", "/organizations/logo"
_FOR_EVER = {"Cache-Control": "private, max-age=31536000, immutable"}
_CHARACTERS = 200  # of a refusal's subject


def list_organization_routes(desk: Desk, editor_of: Callable[[Request], Editor]) -> list[Route]:
    """Return the routes of an open desk on which publishers are managed."""
    handlers = _OrganizationHandlers(desk, editor_of)
    return [
        Route(_PAGE, with_errors(handlers.show_all)),
        Route(_LOGO, with_errors(handlers.show_logo)),
        Route(_PAGE, with_errors(handlers.write), methods=["POST"]),
        Route(_LOGO, with_errors(handlers.set_logo), methods=["POST"]),
    ]


class _OrganizationHandlers:
    """Handle each route."""

    def __init__(self, desk: Desk, editor_of: Callable[[Request], Editor]) -> None:
        self._desk = desk
        self._editor_of = editor_of

    async def show_all(self, request: Request) -> Response:
        """Answer with the known publishers."""
        editor, may_write = must_edit(self._editor_of(request)), visitor_of(request).may("owner")

        def make(opened: OpenNewsroom, pages: Pages, counts: Counts) -> bytes:
            seen = SeenOrganizations(
                known=settings.list_organizations(opened.newsroom),
                logos=settings.find_logos(opened.newsroom),
            )
            return render_organizations(pages, editor, counts, seen, may_write=may_write)

        return page_answer(await self._desk.draw(make))

    async def write(self, request: Request) -> Response:
        """Commit a publisher's name and owner, and redirect to all publishers."""
        owner, form = require_role(request, "owner"), dict(await read_form(request))
        texts = (form.get("name", ""), form.get("owner", ""))
        domain, seen = form.get("domain", ""), form.get("seen", "")
        await self._desk.thread.change(
            lambda newsroom: settings.edit_organization(newsroom, domain, texts, owner.name, seen)
        )
        return self._lead()

    async def show_logo(self, request: Request) -> Response:
        """Answer with a publisher's small logo; its URL has the version."""
        must_edit(self._editor_of(request))
        domain = request.query_params.get("domain", "")
        data = await self._desk.thread.ask(
            lambda opened: settings.read_logo(opened.newsroom, domain)
        )
        if not data:
            return Response(status_code=404)
        return Response(data, media_type="image/jpeg", headers=_FOR_EVER)

    async def set_logo(self, request: Request) -> Response:
        """Commit a publisher's logo: an upload, or the picture at a URL."""
        owner = require_role(request, "owner")
        body = await read_body(request, PICTURE_BYTES)
        fields, data = read_fields(body, request.headers.get("content-type", ""))
        form = dict(fields)
        domain, seen, url = (form.get(field, "").strip() for field in ("domain", "seen", "url"))
        if not data and not url:
            raise UsageError("no picture and no address of one", subject=domain[:_CHARACTERS])
        data = data or await self._fetch(url)
        async with self._desk.decoding:
            logo = await asyncio.to_thread(uploads.make_logo, data)
        await self._desk.thread.change(
            lambda newsroom: settings.set_logo(newsroom, domain, logo, owner.name, seen)
        )
        return self._lead()

    async def _fetch(self, url: str) -> bytes:
        """Return the content at a URL; raises UsageError with what went wrong."""
        root = await self._desk.thread.ask(lambda opened: opened.newsroom.root)
        try:
            async with self._desk.looking:
                return await sources.fetch_apart(root, url)
        except FetchError as error:
            raise UsageError(error.what, subject=url[:_CHARACTERS], hint=error.hint) from error

    def _lead(self) -> Response:
        return RedirectResponse(f"{self._desk.path}{_PAGE[1:]}", 303)


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenOrganizations:
    """The known publishers, with the digests of their files and of their logos."""

    known: Sequence[tuple[Organization, str]]
    logos: Mapping[str, str]


def render_organizations(
    pages: Pages,
    editor: Editor,
    counts: Counts,
    organizations: SeenOrganizations,
    *,
    may_write: bool,
) -> bytes:
    """Return the page of all organizations."""
    known = organizations.known
    return pages.page(
        "organizations.html",
        editor,
        counts,
        title=pages.strings.say("organizations_title"),
        own_style=f"{pages.views.root}assets/{asset_name('topics.css')}",
        organizations=[
            _show_organization(pages, organization, seen, organizations.logos)
            for organization, seen in known
        ],
        owners=sorted({organization.owner for organization, _ in known if organization.owner}),
        may_write=may_write,
    )


def _show_organization(
    pages: Pages, organization: Organization, seen: str, logos: Mapping[str, str]
) -> View:
    logo = logos.get(organization.domain, "")
    query = urlencode({"domain": organization.domain, "version": logo[:12]})
    return {
        "domain": organization.domain,
        "name": organization.name,
        "owner": organization.owner,
        "seen": seen,
        "logo": f"{pages.views.root}organizations/logo?{query}" if logo else "",
    }
