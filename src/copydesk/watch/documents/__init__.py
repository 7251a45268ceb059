"""Make text, trees and times of a stranger's bytes, whatever they are labelled."""

from __future__ import annotations

from copydesk.watch.documents._bounds import weigh
from copydesk.watch.documents._encoding import decode, unzip
from copydesk.watch.documents._html import base_of, parse_html, title_of, words_of
from copydesk.watch.documents._markup import plain
from copydesk.watch.documents._repair import repair
from copydesk.watch.documents._sniff import Form, sniff
from copydesk.watch.documents._times import parse_moment
from copydesk.watch.documents._times_in_text import find_moment
from copydesk.watch.documents._xml import local_name, parse_xml

__all__ = [
    "Form",
    "base_of",
    "decode",
    "find_moment",
    "local_name",
    "parse_html",
    "parse_moment",
    "parse_xml",
    "plain",
    "repair",
    "sniff",
    "title_of",
    "unzip",
    "weigh",
    "words_of",
]
