"""Render HTML from the package's templates, or from a site's own templates of the same names.

All values are escaped, except what another template made. A newsroom's template has the name of
the one that it replaces (`_templates/story.html`), and can keep most of it: it extends
`default:story.html`, which is always ours, and replaces single blocks. An undefined name in a
template is an error.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path

import minijinja

from copydesk.errors import PublishError
from copydesk.kit import kinds, text, within
from copydesk.rendering._strings import STRINGS_FILE, Strings, load_strings

_OWN = Path(__file__).parent / "templates"
_MAX_BYTES = 16_000_000
_FUEL = 50_000_000  # steps; a page takes some thousand, an endless loop is stopped
_NAME_HYPHEN = re.compile(r"(?<=\w)-(?=\d)")
_LINE_END = "\n"
_DEFAULT = "default:"  # before the name of a template: ours, also where the site has its own
_EXTENDS = re.compile(r"""\{%[-+]?\s*extends\s+["']([^"']+)["']""")
_BLOCK = re.compile(r"\{#.*?#\}|\{%[-+]?\s*(?:block\s+(\w+)|(endblock))\b", re.DOTALL)


class Renderer:
    """Renders HTML from templates. A site's own templates, in `overrides`, take precedence.

    `folder` has the templates, by default those of the site.
    """

    def __init__(self, overrides: Path | None = None, folder: Path = _OWN) -> None:
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
            and parent[1] == f"{_DEFAULT}{name}"
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


def read_template(name: str, overrides: Path | None = None, folder: Path = _OWN) -> str | None:
    """Return the text of a template or of the style sheet, None if no folder has that file.

    `default:` before a name reads the package's own. Raises PublishError if a newsroom's file
    cannot be read.
    """
    if name.startswith(_DEFAULT):
        name, overrides = name.removeprefix(_DEFAULT), None
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
    if source is None or parent is None or not parent[1].startswith(_DEFAULT):
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
