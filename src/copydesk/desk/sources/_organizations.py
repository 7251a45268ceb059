"""Serve the page of publishers, each with name, owner and logo."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from urllib.parse import urlencode

from starlette.responses import Response

from copydesk.desk._desk import Page, Visit
from copydesk.desk._http import PICTURE_BYTES, read_body, read_fields
from copydesk.desk._pages import Pages
from copydesk.desk._story_view import View
from copydesk.errors import FetchError, UsageError
from copydesk.news.beat import Organization
from copydesk.newsroom import settings, uploads
from copydesk.rounds import sources

_PAGE, _LOGO = "/organizations/", "/organizations/logo"
_FOR_EVER = {"Cache-Control": "private, max-age=31536000, immutable"}
_CHARACTERS = 200  # of a refusal's subject


async def show_all(visit: Visit) -> Response:
    """Answer with the page of all known publishers."""
    return await visit.draw(render_organizations)


async def write_organization(visit: Visit) -> Response:
    """Commit a publisher's name and owner, and redirect to the page of all publishers."""
    owner, form = visit.editor, await visit.read_form()
    texts = (form.get("name", ""), form.get("owner", ""))
    domain, seen = form.get("domain", ""), form.get("seen", "")
    done = await visit.desk.thread.change(
        settings.edit_organization, domain, texts, owner.name, seen
    )
    return visit.show_commit(_PAGE[1:], done.commit)


async def show_logo(visit: Visit) -> Response:
    """Answer with a publisher's small logo, whose URL changes with the picture."""
    domain = visit.request.query_params.get("domain", "")
    data = await visit.desk.thread.ask(lambda opened: settings.read_logo(opened.newsroom, domain))
    if not data:
        return Response(status_code=404)
    return Response(data, media_type="image/jpeg", headers=_FOR_EVER)


async def set_logo(visit: Visit) -> Response:
    """Commit a publisher's logo: an uploaded picture, or the picture at a URL."""
    body = await read_body(visit.request, PICTURE_BYTES)
    fields, data = read_fields(body, visit.request.headers.get("content-type", ""))
    form = dict(fields)
    domain, seen, url = (form.get(field, "").strip() for field in ("domain", "seen", "url"))
    if not data and not url:
        raise UsageError("choose a picture, or enter its URL", subject=domain[:_CHARACTERS])
    data = data or await _fetch(visit, url)
    async with visit.desk.decoding:
        logo = await asyncio.to_thread(uploads.make_logo, data)
    done = await visit.desk.thread.change(settings.set_logo, domain, logo, visit.editor.name, seen)
    return visit.show_commit(_PAGE[1:], done.commit)


async def _fetch(visit: Visit, url: str) -> bytes:
    """Return the bytes at a URL; raises UsageError with what went wrong."""
    root = await visit.desk.thread.ask(lambda opened: opened.newsroom.root)
    try:
        async with visit.desk.looking:
            return await sources.fetch_apart(root, url)
    except FetchError as error:
        raise UsageError(error.what, subject=url[:_CHARACTERS], hint=error.hint) from error


def render_organizations(pages: Pages) -> bytes:
    """Return the page of all publishers that the site knows."""
    known = settings.list_organizations(pages.opened.newsroom)
    logos = settings.find_logos(pages.opened.newsroom)
    return pages.page(
        "organizations.html",
        title=pages.strings.say("organizations_title"),
        own_style=pages.asset("topics.css"),
        organizations=[
            _show_organization(pages, organization, seen, logos) for organization, seen in known
        ],
        owners=sorted({organization.owner for organization, _ in known if organization.owner}),
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


ORGANIZATION_PAGES: tuple[Page, ...] = (
    Page("GET", "/organizations/", show_all, "editor"),
    Page("GET", "/organizations/logo", show_logo, "editor"),
    Page("POST", "/organizations/", write_organization, "owner"),
    Page("POST", "/organizations/logo", set_logo, "owner"),
)
