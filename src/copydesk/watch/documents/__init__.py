"""Make text, trees and times of a stranger's bytes, whatever they are labelled."""

from __future__ import annotations

from copydesk.watch.documents._bounds import weigh
from copydesk.watch.documents._encoding import decode, unzipped
from copydesk.watch.documents._html import base_of, parse_html, title_of, words_of
from copydesk.watch.documents._markup import plain
from copydesk.watch.documents._repair import repaired
from copydesk.watch.documents._sniff import Form, form_of
from copydesk.watch.documents._times import moment
from copydesk.watch.documents._times_in_text import moment_in
from copydesk.watch.documents._xml import local_name, parse_xml

__all__ = [
    "Form",
    "base_of",
    "decode",
    "form_of",
    "local_name",
    "moment",
    "moment_in",
    "parse_html",
    "parse_xml",
    "plain",
    "repaired",
    "title_of",
    "unzipped",
    "weigh",
    "words_of",
]
