"""Serve the form for those settings in beat.toml that owners change by hand."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Mapping, Sequence

from starlette.responses import Response

from copydesk.desk._desk import Page, Visit
from copydesk.desk._http import read_form
from copydesk.desk._pages import Pages
from copydesk.desk._story_view import View
from copydesk.errors import CopydeskError
from copydesk.kit import kinds
from copydesk.kit.options import FileSetting, SettingValue
from copydesk.newsroom import Newsroom, settings

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
