"""Serve the pages of sources: editors see them, owners change them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from starlette.responses import Response

from copydesk.desk._desk import Page, Visit
from copydesk.desk._http import NEVER_KEPT, read_commit, read_form, read_upload
from copydesk.desk._pages import Pages
from copydesk.desk.sources import _pages
from copydesk.editing import source_edits
from copydesk.errors import FeedError, FetchError, UsageError
from copydesk.news import Source
from copydesk.newsroom import Newsroom, settings
from copydesk.rounds import sources

_LOOK_AGAIN = {"Refresh": "2"}  # seconds: while a round is under way, with a script or without


async def show_all(visit: Visit) -> Response:
    """Answer with the page of all sources."""
    return await _draw(visit, _pages.render_board)


async def show_one(visit: Visit) -> Response:
    """Answer with the page of one source."""
    return await _draw(visit, _pages.render_source)


async def write_source(visit: Visit) -> Response:
    """Commit changed settings of a source, and redirect to its page."""
    fields = await read_form(visit.request)
    form = dict(fields)
    url, seen, edit = form.get("url", ""), form.get("seen", ""), _pages.read_source_edit(fields)
    done = await visit.desk.thread.change(
        source_edits.edit_source, url, edit, visit.editor.name, seen
    )
    now = sources.source_address(edit.url) if edit.url else url
    return visit.show_commit("sources/one/", done.commit, url=now)


async def end_source(visit: Visit) -> Response:
    """Remove a source from beat.toml, and redirect to the page of all sources."""
    form = await visit.read_form()
    url, seen = form.get("url", ""), form.get("seen", "")
    done = await visit.desk.thread.change(source_edits.end_source, url, visit.editor.name, seen)
    return visit.show_commit("sources/", done.commit)


async def show_add(visit: Visit) -> Response:
    """Answer with the form for adding a source by URL, or a list of sources (OPML)."""
    asked = visit.request.query_params
    search = _pages.Search(url=asked.get("url", ""), instead=asked.get("instead", ""))
    return await visit.draw(_pages.render_add, search)


async def look(visit: Visit) -> Response:
    """Answer with the feeds found at a URL, or with a preview of a feed's stories."""
    form = await visit.read_form()
    url = form.get("url", "").strip()
    search = _pages.Search(url=url, instead=form.get("instead", ""))
    root = await visit.desk.thread.ask(lambda opened: opened.newsroom.root)
    try:
        async with visit.desk.looking:
            if form.get("do") == "preview":
                preview = await sources.preview_list(root, url)
                return await visit.draw(_pages.render_add, replace(search, preview=preview))
            lists = await sources.look_for_lists(root, url)
    except (FetchError, UsageError) as error:
        problem = "; ".join(filter(None, (error.what, error.hint)))
        return await visit.draw(_pages.render_add, replace(search, problem=problem))
    return await visit.draw(_pages.render_add, replace(search, lists=lists))


async def file_source(visit: Visit) -> Response:
    """Add a source to beat.toml, or replace the URL of a source."""
    owner, form = visit.editor, await visit.read_form()
    url = sources.source_address(form.get("url", ""))
    source = Source(
        url=url,
        name=form.get("name", "").strip()[:200],
        kind="listing" if form.get("kind") == "listing" else "auto",
    )
    instead = form.get("instead", "")

    def change(newsroom: Newsroom) -> settings.SettingsReport:
        if instead:
            return source_edits.move_source(newsroom, instead, source, owner.name)
        return source_edits.file_sources(newsroom, [source], owner.name)

    done = await visit.desk.thread.change(change)
    return visit.show_commit("sources/one/", done.commit, url=url)


async def take_list(visit: Visit) -> Response:
    """Show what importing a list of sources would do with each row, or import it."""
    upload = await read_upload(visit.request)
    form = dict(upload.fields)
    sent = upload.file or form.get("opml", "").encode("utf-8", "replace")
    try:
        rows = await visit.desk.thread.change(source_edits.rehearse_import, sent)
    except (FeedError, UsageError) as error:
        return await visit.draw(_pages.render_add, _pages.Search(problem=str(error)))
    fresh = [row.source for row in rows if row.becomes == "new"]
    if form.get("do") != "file":
        opml = sent.decode("utf-8", "replace")
        return await visit.draw(_pages.render_add, _pages.Search(opml=opml, rows=rows))
    done = await visit.desk.thread.change(source_edits.file_sources, fresh, visit.editor.name)
    return visit.show_commit("sources/", done.commit)


async def export(visit: Visit) -> Response:
    """Answer with the site's sources as an OPML file."""
    opml = await visit.desk.thread.ask(lambda opened: source_edits.export_opml(opened.newsroom))
    headers = {**NEVER_KEPT, "Content-Disposition": 'attachment; filename="sources.opml"'}
    return Response(opml, media_type="text/x-opml", headers=headers)


async def begin_round(visit: Visit) -> Response:
    """Start fetching one source, all due ones or all, and redirect to the progress."""
    owner, form = visit.editor, await visit.read_form()
    url = form.get("url", "")
    if visit.desk.on_demand is None:
        hint = visit.desk.why_no_rounds
        raise UsageError("the server cannot fetch sources", hint=hint)
    if url:
        found = await visit.desk.thread.ask(lambda opened: opened.newsroom.beat.source(url))
        if found is None:
            raise UsageError("no source in beat.toml has this URL", subject=url[:200])
    visit.desk.on_demand.begin(owner.name, url, all_due="all" in form)
    return visit.redirect("sources/one/", url=url) if url else visit.redirect("sources/")


async def undo_settings(visit: Visit) -> Response:
    """Undo a git commit of settings, and redirect to the form's page, or to today's actions."""
    form = await visit.read_form()
    commit = read_commit(form)
    done = await visit.desk.thread.change(settings.undo_settings, commit, visit.editor.name)
    if "return" in form:
        return visit.show_commit(visit.desk.own_page(form["return"]), done.commit)
    return visit.redirect("today/")


async def _draw(visit: Visit, make: Callable[[Pages, Visit], bytes]) -> Response:
    """Answer with a page, which reloads while a started fetching run is going on."""
    answer = await visit.draw(make, visit)
    demand = visit.desk.on_demand
    if demand is not None and demand.last is not None and demand.last.code is None:
        answer.headers.update(_LOOK_AGAIN)
    return answer


SOURCE_PAGES: tuple[Page, ...] = (
    Page("GET", "/sources/", show_all, "editor"),
    Page("GET", "/sources/one/", show_one, "editor"),
    Page("GET", "/sources/add/", show_add, "owner"),
    Page("GET", "/sources/sources.opml", export, "editor"),
    Page("POST", "/sources/one/", write_source, "owner"),
    Page("POST", "/sources/end", end_source, "owner"),
    Page("POST", "/sources/add/", look, "owner"),
    Page("POST", "/sources/file", file_source, "owner"),
    Page("POST", "/sources/import", take_list, "owner"),
    Page("POST", "/sources/round", begin_round, "owner"),
    Page("POST", "/settings/undo", undo_settings, "owner"),
)
