"""Serve the pages of publishers (name, owner, logo) and of the settings that owners change."""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from starlette.responses import Response

from copydesk.desk._desk import Page, Visit
from copydesk.desk._http import PICTURE_BYTES, read_form, read_upload
from copydesk.desk._pages import Pages
from copydesk.desk._story_view import View
from copydesk.errors import CopydeskError, FetchError, UsageError
from copydesk.kit import kinds
from copydesk.kit.options import FileSetting, SettingValue
from copydesk.news.beat import Organization
from copydesk.newsroom import Newsroom, settings, uploads
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
    sent = await read_upload(visit.request, PICTURE_BYTES)
    form, data = dict(sent.fields), sent.file
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


_WAS = "was:"  # begins the name of a hidden field with the value that the form showed
Fields = Mapping[str, Sequence[str]]


async def show_settings(visit: Visit) -> Response:
    """Answer with the form of settings, as beat.toml has them now."""
    return await _show(visit, {})


async def write_settings(visit: Visit) -> Response:
    """Write the changed settings of a form into beat.toml; if refused, show the form again."""
    form: dict[str, list[str]] = {}
    for name, words in await read_form(visit.request):
        form.setdefault(name, []).append(words)
    seen, typed = "".join(form.pop("seen", [])), _list_changes(form)
    values: dict[str, SettingValue] = {}

    def change(newsroom: Newsroom) -> settings.SettingsReport:
        known, _ = settings.read_beat_values(newsroom)
        values.update((one.path, _read(one, typed[one.path])) for one in known if one.path in typed)
        return settings.edit_settings(newsroom, values, visit.editor.name, seen)

    try:
        done = await visit.desk.thread.change(change)
    except CopydeskError as error:
        return await _show(visit, typed, error)
    tables = dict.fromkeys(re.split(r"\W", path)[0] for path in values)
    return visit.redirect("settings/", changed=done.commit or "", saved=" ".join(tables))


def _list_changes(form: Fields) -> Fields:
    """Return the fields of a form that its sender changed, by the paths of the settings."""
    now = {name.removeprefix(_WAS): form.get(name.removeprefix(_WAS), ()) for name in form}
    return {path: words for path, words in now.items() if words != form.get(_WAS + path, ())}


def _read(setting: FileSetting, words: Sequence[str]) -> SettingValue:
    """Return the words of a field as a value for beat.toml, which may be invalid."""
    default, text = setting.option.default, "".join(words).strip()
    if isinstance(default, tuple):
        return list(words)
    if isinstance(default, bool):
        return bool(words)
    if isinstance(default, int | float):
        with contextlib.suppress(ValueError):
            return float(text) if "." in text else int(text)
    return text


async def _show(visit: Visit, typed: Fields, error: CopydeskError | None = None) -> Response:
    """Answer with the form of settings; with the fields of a form that was refused."""

    def make(pages: Pages) -> bytes:
        asked, problem = visit.request.query_params, error
        try:
            known, seen = settings.read_beat_values(pages.opened.newsroom)
        except CopydeskError as broken:
            known, seen, problem = [], "", broken
        return pages.page(
            "settings.html",
            title=pages.strings.say("settings_title"),
            own_style=pages.asset("settings.css"),
            problem=problem,
            wrong=problem.subject.rpartition(" ")[2] if problem else "",
            seen=seen,
            saved=asked.get("saved", "").split(),
            is_left="saved" in asked and not asked.get("changed"),
            settings={setting.path: _show_setting(setting, typed) for setting in known},
            swatches=_list_swatches(known),
            letters=[
                letter.title or letter.id for letter in pages.opened.newsroom.settings.letters
            ],
            typed=typed,
        )

    answer = await visit.draw(make)
    answer.status_code = 409 if error else 200
    return answer


def _list_swatches(known: Sequence[FileSetting]) -> list[View]:
    """Return the site's colour as beat.toml has it, on the light and the dark background."""
    accent = next((str(one.value) for one in known if one.key == "site.accent" and one.value), "")
    grounds = ((kinds.LIGHT, accent), (kinds.DARK, accent and kinds.find_dark_accent(accent)))
    return [{"ground": ground, "colour": colour} for ground, colour in grounds if accent]


def _show_setting(setting: FileSetting, typed: Fields) -> View:
    was = _write(setting, setting.value)
    return {
        "own": setting,
        "word": f"setting_{setting.key.replace('.', '_')}",
        "type": type(setting.option.default).__name__,
        "values": typed.get(setting.path, was),
        "was": was,
        "default": _write(setting, setting.option.default),
    }


def _write(setting: FileSetting, value: object) -> list[str]:
    """Return a value as the values of its form field."""
    if isinstance(value, tuple):
        return [name for name in setting.option.kind.choices if name in value]
    if isinstance(value, bool):
        return ["yes"] if value else []
    return ["" if value is None else str(value).removesuffix(".0")]


SETTINGS_PAGES: tuple[Page, ...] = (
    Page("GET", "/settings/", show_settings, "owner"),
    Page("POST", "/settings/", write_settings, "owner"),
)
