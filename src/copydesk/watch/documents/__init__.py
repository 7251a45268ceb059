"""Make text, trees and times of a stranger's bytes, whatever they are labelled."""

from __future__ import annotations

from copydesk.watch.documents._bounds import weigh as weigh
from copydesk.watch.documents._encoding import decode as decode
from copydesk.watch.documents._encoding import unzip as unzip
from copydesk.watch.documents._html import base_of as base_of
from copydesk.watch.documents._html import parse_html as parse_html
from copydesk.watch.documents._html import title_of as title_of
from copydesk.watch.documents._html import words_of as words_of
from copydesk.watch.documents._markup import plain as plain
from copydesk.watch.documents._repair import repair as repair
from copydesk.watch.documents._sniff import Form as Form
from copydesk.watch.documents._sniff import sniff as sniff
from copydesk.watch.documents._times import parse_moment as parse_moment
from copydesk.watch.documents._times_in_text import find_moment as find_moment
from copydesk.watch.documents._xml import local_name as local_name
from copydesk.watch.documents._xml import parse_xml as parse_xml
