"""Render HTML and XML from templates, site texts and editors' notes, for pages and newsletters.

A newsroom's `_templates/` replaces single files of the package's templates and strings. All values
are escaped, except what another template made. A newsroom's template has the name of the one that
it replaces (`_templates/story.html`), and can keep most of it: it extends `default:story.html`,
which is always ours, and replaces single blocks. An undefined name in a template is an error.

A language is a file of `strings/`, found by the site's locale (`fr-ca`, then `fr`, else English);
a word that it lacks is taken from English. A newsroom's `_templates/strings.toml` has the same
form and takes precedence over both, so that it can be a whole new language.
"""

from __future__ import annotations

import difflib
import html
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import lru_cache, partial
from itertools import chain, groupby
from pathlib import Path
from typing import Any

import minijinja
import nh3

from copydesk.errors import PublishError
from copydesk.kit import kinds, text, urls, within

_TAGS = {"p", "ul", "ol", "li", "blockquote", "a", "em", "strong"}
_RELATION = "nofollow noopener"
_LONGEST = 20_000  # characters; a record written by hand may hold a longer note
_QUOTE = re.compile(r" {0,3}> ?")
_BULLET = re.compile(r" {0,3}[-*+] +(?=\S)")
_NUMBER = re.compile(r" {0,3}[0-9]{1,9}[.)] +(?=\S)")
_LINK = re.compile(r"\[([^\[\]\n]{1,500})\]\(\s*([^()\s]{1,2000})\s*\)")
_STRONG = re.compile(r"(\*\*|__)(?=\S)([^*_\n]{1,1000}?)(?<=\S)\1")
_EMPHASIS = re.compile(r"(?<!\w)([*_])(?=\S)([^*_\n]{1,1000}?)(?<=\S)\1(?!\w)")
SECTION_END = "<!--/section-->"
STORY_END = "<!--/story-->"
NOTE_BEGIN = "<!--note-->"
NOTE_END = "<!--/note-->"
# words hold no < or >, as `_quote` replaces them, so that a broken comment ends at the next tag
MARK = re.compile(r"<!--(?P<end>/?)(?P<kind>section|story|note)(?: (?P<words>[^<>\n]*?))?-->")
# what might end a comment, or be read as markup by a parser that is no browser
_UNSAFE = re.compile(r"[^\w .,:;?!-]|-(?=-)|-\Z")
_FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def render_note(note: str) -> str:
    """Return an editor's note (a small part of Markdown) as clean HTML, "" for an empty note."""
    blocks = re.split(r"\n\s*\n", text.tidy(note[:_LONGEST]))
    made = "".join(part for block in blocks for part in _render_block(block.split("\n")))
    return nh3.clean(made, tags=_TAGS, attributes={"a": {"href"}}, link_rel=_RELATION)


def strip_note(note: str) -> str:
    """Return an editor's note as plain text on one line, without its Markdown."""
    made = re.sub(r"</(?:p|li)>", " ", render_note(note))
    return text.fold(html.unescape(nh3.clean(made, tags=set())))


def _render_block(lines: Iterable[str]) -> Iterable[str]:
    """Yield the HTML of each paragraph, list and quotation in lines without a gap."""
    for kind, run in groupby(filter(str.strip, lines), _block_tag):
        if kind is None:
            yield f"<p>{_render_line(' '.join(map(str.strip, run)))}</p>"
        elif kind == "blockquote":
            quoted = " ".join(_QUOTE.sub("", line, count=1).strip() for line in run)
            yield f"<blockquote><p>{_render_line(quoted)}</p></blockquote>"
        else:
            mark = _BULLET if kind == "ul" else _NUMBER
            items = "".join(f"<li>{_render_line(mark.sub('', line, count=1))}</li>" for line in run)
            yield f"<{kind}>{items}</{kind}>"


def _block_tag(line: str) -> str | None:
    if _QUOTE.match(line):
        return "blockquote"
    if _BULLET.match(line):
        return "ul"
    return "ol" if _NUMBER.match(line) else None


def _render_line(words: str) -> str:
    """Return a line as HTML, with its links and emphasis."""
    made, end = [], 0
    for link in _LINK.finditer(words):
        made += [_render_emphasis(words[end : link.start()]), _render_link(link)]
        end = link.end()
    return "".join((*made, _render_emphasis(words[end:]))).strip()


def _render_link(link: re.Match[str]) -> str:
    label, target = link.groups()
    address = urls.fetchable(target)
    if address is None:
        return _render_emphasis(link.group())
    return f'<a href="{html.escape(address)}">{_render_emphasis(label)}</a>'


def _render_emphasis(words: str) -> str:
    strong = _STRONG.sub(r"<strong>\2</strong>", html.escape(words))
    return _EMPHASIS.sub(r"<em>\2</em>", strong)


def story_mark(name: str) -> str:
    """Return the HTML comment that marks where a story begins in a newsletter issue."""
    return f"<!--story {_quote(name)}-->"


def section_mark(kind: str, title: str) -> str:
    """Return the HTML comment that marks where a section begins in a newsletter issue."""
    return f"<!--section {kind} {_quote(title)}-->"


def read_mark(words: str) -> str:
    """Return the story name or section title in an HTML comment from `story_mark` or
    `section_mark`.
    """
    return html.unescape(words)


def list_story_names(body: str) -> Iterator[str]:
    """Yield the record names of the stories that a newsletter issue's HTML contains."""
    for mark in MARK.finditer(body):
        if mark["kind"] == "story" and not mark["end"]:
            yield read_mark(mark["words"] or "")


def _quote(words: str) -> str:
    return _UNSAFE.sub(lambda match: f"&#{ord(match.group())};", words)


def escape_xml(value: str) -> str:
    """Return a text escaped for use between XML tags, with white space folded."""
    return html.escape(text.fold(_FORBIDDEN.sub("", value)), quote=False)


def quote_xml(value: str) -> str:
    """Return a text escaped and quoted as an XML attribute value, with white space folded."""
    return f'"{html.escape(text.fold(_FORBIDDEN.sub("", value)))}"'


STRINGS_FILE = "strings.toml"
_STRINGS = Path(__file__).with_suffix("") / "strings"
_ENGLISH = "en"
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
    default = _read(_STRINGS, _ENGLISH)
    names = (_ENGLISH, *_locale_files(locale))
    folders = (_STRINGS,) if more is None else (_STRINGS, more)
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
    return [name for name in tags if name != _ENGLISH and _TAG.fullmatch(name) and _exists(name)]


def _exists(name: str) -> bool:
    return (_STRINGS / f"{name}.toml").is_file()


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


def text_direction(tag: str) -> str:
    """Return "rtl" or "ltr", the text direction of a language tag such as `ar` or `uz-Arab`."""
    language, *rest = tag.lower().split("-")
    if "latn" in rest or "cyrl" in rest:
        return "ltr"
    return "rtl" if language in _RIGHT_TO_LEFT or {"arab", "hebr"} & {*rest} else "ltr"


_TEMPLATES = Path(__file__).with_suffix("") / "templates"
_MAX_BYTES = 16_000_000
_FUEL = 50_000_000  # steps; a page takes some thousand, an endless loop is stopped
_NAME_HYPHEN = re.compile(r"(?<=\w)-(?=\d)")
_LINE_END = "\n"
_PACKAGED = "default:"  # before the name of a template: ours, also where the site has its own
_EXTENDS = re.compile(r"""\{%[-+]?\s*extends\s+["']([^"']+)["']""")
_BLOCK = re.compile(r"\{#.*?#\}|\{%[-+]?\s*(?:block\s+(\w+)|(endblock))\b", re.DOTALL)


class Renderer:
    """Renders HTML from templates. A site's own templates, in `overrides`, take precedence.

    `folder` has the templates, by default those of the site.
    """

    def __init__(self, overrides: Path | None = None, folder: Path = _TEMPLATES) -> None:
        self._read = partial(read_template, overrides=overrides, folder=folder)
        load = partial(_load_template, self._read)
        # A loader that is bound to this object would be a cycle through Rust, which the garbage
        # collector does not see: each renderer would stay in memory for good, 7 to 29 kB of it.
        self._environment = minijinja.Environment(
            loader=load,
            auto_escape_callback=lambda _name: "html",
            undefined_behavior="strict",
            trim_blocks=True,
            lstrip_blocks=True,
            fuel=_FUEL,
        )
        self._environment.add_filter("unbroken", _join_hyphens)

    def read_source(self, name: str) -> str | None:
        """Return the text of a template or of the style sheet, None if no such file exists."""
        return self._read(name)

    def is_reordered(self, name: str, blocks: Iterable[str]) -> bool:
        """Return whether a template of the site extends ours and names any of the blocks."""
        own = self._read(name) or ""
        parent = _EXTENDS.search(own)
        return (
            parent is not None
            and parent[1] == f"{_PACKAGED}{name}"
            and any(b in own for b in blocks)
        )

    def set_strings(self, strings: Strings) -> None:
        """Make the site's texts available in templates, as `words.x` or `say("x", gap=...)`.

        A value is escaped unless another template made it.
        """
        escaped = strings.escape()

        def say(key: str, /, **values: object) -> str:
            safe = {name: _escape_text(value) for name, value in values.items()}
            return minijinja.safe(escaped.say(key, **safe))

        self._environment.add_global("words", dict(strings.plain))
        self._environment.add_global("say", say)

    def render(self, name: str, **context: object) -> str:
        """Render a template to HTML that is marked as safe to insert in another template.

        Raises PublishError with the template's name and line.
        """
        # the engine escapes each slash, which HTML does not need: a third of a page's bytes
        return minijinja.safe(self._render(name, context).replace("&#x2f;", "/"))

    def render_page(self, name: str, **context: object) -> bytes:
        """Render a template to the UTF-8 bytes of a whole page; raises as `render` does."""
        return self._render(name, context).encode().replace(b"&#x2f;", b"/").rstrip() + b"\n"

    def _render(self, name: str, context: Mapping[str, object]) -> str:
        try:
            return self._environment.render_template(name, **context)
        except minijinja.TemplateError as error:
            line = f" in line {error.line}" if error.line else ""
            raise PublishError(
                f"a template has an error{line}",
                subject=str(error.name or name),
                hint=f"{error.kind}: {error.detail or error.message}",
            ) from error


def read_template(
    name: str, overrides: Path | None = None, folder: Path = _TEMPLATES
) -> str | None:
    """Return the text of a template or of the style sheet, None if no folder has that file.

    `default:` before a name reads the package's own. Raises PublishError if a newsroom's file
    cannot be read.
    """
    if name.startswith(_PACKAGED):
        name, overrides = name.removeprefix(_PACKAGED), None
    if "/" in name or "\\" in name or name.startswith("."):
        return None
    own = None if overrides is None else _read_override(overrides, name)
    return _read_package(folder, name) if own is None else own


def accent_style(accent: str, read: Callable[[str], str | None] = read_template) -> str:
    """Return the style rules that give a site's pages its accent colour, "" without one.

    Where `read` has a style sheet of the site's own, its rules take precedence.
    """
    if not accent:
        return ""
    day, night = f"{{ --accent: {accent}; }}", f"{{ --accent: {kinds.find_dark_accent(accent)}; }}"
    dark = f"@media (prefers-color-scheme: dark) {{ :root {night} }}"
    rules = f"\n:root {day}\n{dark}\n@media print {{ :root {{ --accent: #000; }} }}\n"
    is_own = read("style.css") != read_template("style.css")
    return f"\n@layer accent {{{rules}}}\n" if is_own else rules


def _load_template(read: Callable[[str], str | None], name: str) -> str | None:
    """Return the text of a template, None if there is none.

    Raises PublishError for a block that replaces no block of ours: it would never be shown.
    """
    source = read(name)
    parent = _EXTENDS.search(source or "")
    if source is None or parent is None or not parent[1].startswith(_PACKAGED):
        return source
    known = _list_blocks(read, parent[1])
    depth = 0
    for tag in _BLOCK.finditer(source):
        if tag[1] and not depth and tag[1] not in known:
            near = text.find_nearest(tag[1], known)
            hint = f'did you mean "{near}"?' if near else f"the blocks are: {', '.join(known)}"
            what = f"a template has an error in line {1 + source.count(_LINE_END, 0, tag.start())}"
            raise PublishError(what, subject=name, hint=f"unknown block: {tag[1]}; {hint}")
        depth += bool(tag[1]) - bool(tag[2])
    return source


def _list_blocks(read: Callable[[str], str | None], name: str) -> list[str]:
    """Return the names of the blocks of a template and of all that it extends."""
    sources: dict[str, str] = {}
    while name not in sources and (source := read(name)):
        sources[name] = source
        parent = _EXTENDS.search(source)
        name = parent[1] if parent else name
    return [tag[1] for source in sources.values() for tag in _BLOCK.finditer(source) if tag[1]]


def load_site_strings(locale: str, overrides: Path, more: Path | None = None) -> Strings:
    """Load the texts of a site's interface; the site's own `_templates/` take precedence."""
    return load_strings(locale, read_template(STRINGS_FILE, overrides), more)


def join_markup(parts: list[str]) -> str:
    """Join pieces of HTML that templates made; the result is marked as safe to insert."""
    return minijinja.safe("".join(parts))


def mark_safe(markup: str) -> str:
    """Mark HTML as safe to insert without escaping. It must be our own or cleaned."""
    return minijinja.safe(markup)


def _join_hyphens(words: str) -> str:
    """Return text in which no line ends within a name such as "GPT-4"."""
    return _NAME_HYPHEN.sub("-\u2060", words) if "-" in words else words


def _escape_text(value: object) -> object:
    """Escape a text for insertion into one of our strings, unless another template made it."""
    if isinstance(value, str) and not hasattr(value, "__html__"):
        return html.escape(value)
    return value


def _read_package(folder: Path, name: str) -> str | None:
    file = folder / name
    return file.read_text(encoding="utf-8") if file.is_file() else None


def _read_override(folder: Path, name: str) -> str | None:
    """Return the text of a file of `_templates/`, None for none; refuse symbolic links."""
    path = f"{folder.name}/{name}"
    try:
        return within.read(folder.parent, path, _MAX_BYTES).decode()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except UnicodeDecodeError as error:
        hint = "save the file as UTF-8"
        raise PublishError("a template cannot be read", subject=path, hint=hint) from error
    except OSError as error:
        what, hint = f"a template cannot be read ({error.strerror})", within.hint(error)
        raise PublishError(what, subject=path, hint=hint) from error
