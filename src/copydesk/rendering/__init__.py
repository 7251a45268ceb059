"""The rendering room: takes templates, strings and a theme's files, gives escaped HTML and XML.

What pages, letters and the desk share. A newsroom's `_templates/` replaces single files of it.
"""

from __future__ import annotations

from copydesk.rendering._languages import language_name, language_tag, text_direction
from copydesk.rendering._note import render_note
from copydesk.rendering._renderer import Renderer, join_markup, mark_safe
from copydesk.rendering._strings import STRINGS_FILE, Strings, load_strings
from copydesk.rendering._xml import escape_xml, quote_xml

__all__ = [
    "STRINGS_FILE",
    "Renderer",
    "Strings",
    "escape_xml",
    "join_markup",
    "language_name",
    "language_tag",
    "load_strings",
    "mark_safe",
    "quote_xml",
    "render_note",
    "text_direction",
]
