"""Load the fixed texts of a site's pages in its language. A site's own file can replace any.

A language is a file of `strings/`, found by the site's locale (`fr-ca`, then `fr`, else English);
a word that it lacks is taken from English. A newsroom's `_templates/strings.toml` has the same
form and takes precedence over both, so that it can be a whole new language.
"""

from __future__ import annotations

import difflib
import html
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import Any

from copydesk.errors import PublishError
from copydesk.kit import tables

STRINGS_FILE = "strings.toml"
_OWN = Path(__file__).parent / "strings"
_DEFAULT = "en"
_DAYS = 4096  # cached as text: eleven years in one form
_GAP = re.compile(r"\{([a-z_]+)\}")
_DATED = frozenset({"weekday", "day", "month", "month_short", "year", "time", "zone"})
_LISTS = {"months": 12, "months_short": 12, "weekdays": 7}
_TAG = re.compile(r"[a-z0-9-]+")
_MISSPELLED = 0.8  # as similar as that; other words may be those of a theme's own templates
_OF_READER_PAGES = "readers_"  # words of the subscribers' pages, which are checked elsewhere

_Forms = Mapping[str, str]
_File = dict[str, Any]
_REMEMBERED = 1024  # tags: they come from records, so there may be any number
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")
_RIGHT_TO_LEFT = frozenset({"ar", "ckb", "dv", "fa", "he", "ks", "ps", "sd", "ug", "ur", "yi"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Strings:
    """The fixed texts of a site's pages in one language, with date patterns and text direction.

    A word is a text, or a table of its plural forms: for a count (as "0", "1") and "other".
    """

    words: Mapping[str, str | _Forms]
    dates: Mapping[str, str]
    lists: Mapping[str, tuple[str, ...]]
    direction: str
    plain: Mapping[str, str] = field(init=False)
    _of_day: Callable[[str, int], str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        plain = {key: word for key, word in self.words.items() if isinstance(word, str)}
        object.__setattr__(self, "plain", plain)
        object.__setattr__(self, "_of_day", lru_cache(_DAYS)(self._format_day))

    def say(self, key: str, /, **values: object) -> str:
        """Return the text for a key with its placeholders filled; `count` chooses the plural form.

        Raises PublishError for a word that does not exist, or a placeholder without a value.
        """
        try:
            word = self.words[key]
            if not isinstance(word, str):
                word = word.get(str(values["count"]), word["other"])
            return word.format(**values)
        except KeyError as error:
            raise PublishError(
                f"missing text or placeholder: {error.args[0]}", subject=f"{STRINGS_FILE}: {key}"
            ) from None

    def escape(self) -> Strings:
        """Return a copy of these texts, all escaped for HTML."""

        def each(word: str | _Forms) -> str | _Forms:
            if isinstance(word, str):
                return html.escape(word, quote=False)
            return {count: html.escape(form, quote=False) for count, form in word.items()}

        return replace(self, words={key: each(word) for key, word in self.words.items()})

    def format_date(self, pattern: str, at: date) -> str:
        """Format a day or time with one of the language's date patterns, chosen by name."""
        shown = self._of_day(pattern, at.toordinal())
        moment = at if isinstance(at, datetime) else None
        if "{time}" in shown:
            clock = f"{moment.hour:02}:{moment.minute:02}" if moment else ""
            shown = shown.replace("{time}", clock)
        if "{zone}" in shown:
            shown = shown.replace("{zone}", str(moment.tzname()) if moment else "")
        return shown

    def _format_day(self, pattern: str, ordinal: int) -> str:
        """Format a day by its ordinal, with placeholders for the time and its zone."""
        day = date.fromordinal(ordinal)
        return self.dates[pattern].format(
            weekday=self.lists["weekdays"][day.weekday()],
            day=day.day,
            month=self.lists["months"][day.month - 1],
            month_short=self.lists["months_short"][day.month - 1],
            year=day.year,
            time="{time}",
            zone="{zone}",
        )

    def join_names(self, names: tuple[str, ...], most: int) -> str:
        """Join names in the language of the strings: `A`, `A and B`, `A, B and 3 more`."""
        if len(names) > most:
            return self.say(
                "names_and_more", names=", ".join(names[:most]), count=len(names) - most
            )
        if len(names) == 2:
            return self.say("two_names", first=names[0], last=names[1])
        return ", ".join(names)


def load_strings(locale: str, own: str | None = None, more: Path | None = None) -> Strings:
    """Load the fixed texts of pages for a locale and, in `own`, a site's replacements (TOML).

    `more` is a folder with further words in the same languages, those of the desk. Raises
    PublishError that says what is wrong with the newsroom's file.
    """
    default = _read(_OWN, _DEFAULT)
    names = (_DEFAULT, *_locale_files(locale))
    folders = (_OWN,) if more is None else (_OWN, more)
    files = [_read(folder, name) for name in names for folder in folders]
    if own is not None:
        files.append(_check(_parse(own), default))
    words: dict[str, str | _Forms] = {}
    dates: dict[str, Any] = {}
    for file in files:
        words |= file.get("words", {})
        dates |= file.get("dates", {})
    own_direction = files[-1].get("language", {}).get("direction") if own is not None else None
    return Strings(
        words=words,
        dates={key: value for key, value in dates.items() if key not in _LISTS},
        lists={key: tuple(dates[key]) for key in _LISTS},
        direction=own_direction or text_direction(locale),
    )


def _locale_files(locale: str) -> list[str]:
    """Return the names of the string files for a locale, the general one first."""
    tag = locale.lower().replace("_", "-")
    tags = dict.fromkeys((tag.partition("-")[0], tag))
    return [name for name in tags if name != _DEFAULT and _TAG.fullmatch(name) and _exists(name)]


def _exists(name: str) -> bool:
    return (_OWN / f"{name}.toml").is_file()


@lru_cache  # the strings of a form are needed for each form that is sent
def _read(folder: Path, name: str) -> _File:
    return tomllib.loads((folder / f"{name}.toml").read_text(encoding="utf-8"))


def _parse(own: str) -> _File:
    try:
        return tomllib.loads(own)
    except tomllib.TOMLDecodeError as error:
        raise PublishError("not valid TOML", subject=STRINGS_FILE, hint=str(error)) from error


def _check(own: _File, default: _File) -> _File:
    """Return a newsroom's strings if they are valid; their words may use our placeholders only."""
    for name, section in own.items():
        if name not in default or not isinstance(section, dict):
            raise _refusal(name, f"the tables are: {', '.join(f'[{known}]' for known in default)}")
    if own.get("language", {}).get("direction", "ltr") not in {"ltr", "rtl"}:
        raise _refusal("language.direction", 'use "ltr" or "rtl"')
    for key, word in own.get("words", {}).items():
        _check_spelling(key, default["words"])
        _check_word(key, word, default["words"].get(key))
    for key, value in own.get("dates", {}).items():
        _check_dates(key, value, default["dates"])
    return own


def _check_spelling(key: str, known: Mapping[str, object]) -> None:
    near = difflib.get_close_matches(key, known, 1, _MISSPELLED)
    if near and near != [key] and not key.startswith(_OF_READER_PAGES):
        raise _refusal(f"words.{key}", f"there is no such word: use {near[0]}")


def _check_word(key: str, word: object, default: object) -> None:
    forms = word if isinstance(word, dict) else {"other": word}
    if "other" not in forms:
        raise _refusal(f"words.{key}", 'add the form "other" to the table')
    known = None if default is None else frozenset(chain.from_iterable(map(_gaps, _texts(default))))
    for form in forms.values():
        _check_gaps(f"words.{key}", form, known)


def _check_dates(key: str, value: object, default: Mapping[str, object]) -> None:
    if key not in default:
        raise _refusal(f"dates.{key}", f"the keys are: {', '.join(default)}")
    if key not in _LISTS:
        _check_gaps(f"dates.{key}", value, _DATED)
    elif not isinstance(value, list) or [str] * _LISTS[key] != list(map(type, value)):
        raise _refusal(f"dates.{key}", f"write a list of {_LISTS[key]} names")


def _check_gaps(key: str, form: object, known: frozenset[str] | None) -> None:
    """Raise PublishError for a value that is no text, a stray brace or an unknown placeholder."""
    if not isinstance(form, str):
        raise _refusal(key, "write a text in quotes")
    if {"{", "}"} & {*_GAP.sub("", form)}:
        raise _refusal(key, "write a placeholder as a name in braces")
    if known is not None and (strange := _gaps(form) - known):
        gaps = ", ".join(f"{{{gap}}}" for gap in sorted(known)) or "none"
        raise _refusal(key, f"unknown placeholder {{{min(strange)}}}; the placeholders: {gaps}")


def _texts(word: object) -> list[str]:
    return [str(form) for form in word.values()] if isinstance(word, dict) else [str(word)]


def _gaps(form: str) -> frozenset[str]:
    return frozenset(_GAP.findall(form))


def _refusal(key: str, hint: str) -> PublishError:
    return PublishError("invalid value", subject=f"{STRINGS_FILE}: {key}", hint=hint)


@lru_cache(_REMEMBERED)
def language_tag(locale: str) -> str:
    """Return a locale as an HTML language tag (`en-us` as `en-US`), "" for an invalid locale."""
    if not _LANGUAGE.fullmatch(locale):
        return ""
    first, _, rest = locale.partition("-")
    return first.lower() + (f"-{rest.upper() if len(rest) == 2 else rest}" if rest else "")


def language_name(code: str) -> str:
    """Return a language's name in that language, capitalised for a heading; its code if unknown."""
    return tables.read_rows("copydesk.rendering", "language_names.toml", str).get(code, code)


def text_direction(tag: str) -> str:
    """Return "rtl" or "ltr", the text direction of a language tag such as `ar` or `uz-Arab`."""
    language, *rest = tag.lower().split("-")
    if "latn" in rest or "cyrl" in rest:
        return "ltr"
    return "rtl" if language in _RIGHT_TO_LEFT or {"arab", "hebr"} & {*rest} else "ltr"
