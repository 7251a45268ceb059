"""Sphinx's settings: `./run.sh docs` makes a site of this folder, which a forge shows as it is."""

from __future__ import annotations

import re
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util import logging

project = html_title = "copydesk"
language = "en"
extensions = ["myst_parser"]
exclude_patterns = ["README.md"]  # the front page includes it
myst_enable_extensions = ["attrs_inline"]
myst_heading_anchors = 4
html_theme = "furo"
html_copy_source = html_use_index = html_show_sphinx = html_show_copyright = False
html_show_search_summary = False  # it needs a server

SECTION = re.compile(r"^## (.+)\n((?:(?!## ).*\n?)*)", re.MULTILINE)
LOADED = re.compile(
    r"<(?:img|script|source|iframe|link)\b[^>]*?\b(?:src|href)=\"?(?:https?:)?//[^>]+>"
)


def setup(app: Sphinx) -> None:
    app.connect("source-read", adapt_page)
    app.connect("env-updated", hide_notes_from_search)
    app.connect("build-finished", refuse_requests)


def adapt_page(app: Sphinx, name: str, source: list[str]) -> None:
    """Write a page in Sphinx's terms: pictures for light and dark, no links out of this folder."""
    page = re.sub(
        r"!\[([^]]*)\]\((\S+)-light\.webp\)",
        r"![\1](\2-light.webp){.only-light}![\1](\2-dark.webp){.only-dark}",
        source[0],
    )
    outside = r"\.\./" * (name.count("/") + 1)
    page = re.sub(rf"(?<!!)\[([^]]+)\]\({outside}([^)#\s]+)[^)]*\)", r"\1 (`\2`)", page)
    if name == "index":
        for caption, links in SECTION.findall((Path(app.srcdir) / "README.md").read_text("utf-8")):
            page += contents(re.findall(r"\]\((\w\S+)\.md\)", links), caption)
    if name == "design/README":
        page += contents(["*"])
    source[0] = page


def contents(pages: list[str], caption: str = "") -> str:
    """Return these pages as a part of the menu."""
    options = [":hidden:", ":glob:", *([f":caption: {caption}"] if caption else [])]
    return "\n".join(["\n", "```{toctree}", *options, "", *pages, "```", ""])


def hide_notes_from_search(app: Sphinx, env: BuildEnvironment) -> None:
    """Leave the design notes out of the search, where they would hide what users look for."""
    for name in env.found_docs:
        if name.startswith("design/"):
            env.metadata[name]["no-search"] = "true"


def refuse_requests(app: Sphinx, exception: Exception | None) -> None:
    """Warn, which fails the build, if a page makes the browser load anything from another host."""
    for page in Path(app.outdir).rglob("*.html"):
        if found := LOADED.search(page.read_text("utf-8")):
            logging.getLogger(__name__).warning("%s loads from elsewhere: %s", page, found[0])
