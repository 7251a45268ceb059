"""Render HTML and XML from templates, site texts and editors' notes, for pages and newsletters.

A newsroom's `_templates/` replaces single files of the package's templates and strings.
"""

from __future__ import annotations

from copydesk.rendering._markup import MARK as MARK
from copydesk.rendering._markup import NOTE_BEGIN as NOTE_BEGIN
from copydesk.rendering._markup import NOTE_END as NOTE_END
from copydesk.rendering._markup import SECTION_END as SECTION_END
from copydesk.rendering._markup import STORY_END as STORY_END
from copydesk.rendering._markup import escape_xml as escape_xml
from copydesk.rendering._markup import list_story_names as list_story_names
from copydesk.rendering._markup import quote_xml as quote_xml
from copydesk.rendering._markup import read_mark as read_mark
from copydesk.rendering._markup import render_note as render_note
from copydesk.rendering._markup import section_mark as section_mark
from copydesk.rendering._markup import story_mark as story_mark
from copydesk.rendering._markup import strip_note as strip_note
from copydesk.rendering._renderer import Renderer as Renderer
from copydesk.rendering._renderer import accent_style as accent_style
from copydesk.rendering._renderer import join_markup as join_markup
from copydesk.rendering._renderer import load_site_strings as load_site_strings
from copydesk.rendering._renderer import mark_safe as mark_safe
from copydesk.rendering._renderer import read_template as read_template
from copydesk.rendering._strings import STRINGS_FILE as STRINGS_FILE
from copydesk.rendering._strings import Strings as Strings
from copydesk.rendering._strings import language_name as language_name
from copydesk.rendering._strings import language_tag as language_tag
from copydesk.rendering._strings import load_strings as load_strings
from copydesk.rendering._strings import text_direction as text_direction
