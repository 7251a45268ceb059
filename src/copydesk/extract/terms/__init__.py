"""Find the terms on which a page may be read and quoted, and the news agency of its text."""

from typing import TYPE_CHECKING

from copydesk.kit import faces

if TYPE_CHECKING:
    from copydesk.extract.terms._access import access as access
    from copydesk.extract.terms._credit import credit as credit
    from copydesk.extract.terms._credit import find_agency as find_agency
    from copydesk.extract.terms._imprint import origins as origins
    from copydesk.extract.terms._quoting import deciding as deciding
    from copydesk.extract.terms._quoting import limit_excerpt as limit_excerpt
    from copydesk.extract.terms._quoting import list_refused_uses as list_refused_uses
    from copydesk.extract.terms._quoting import quotable as quotable
    from copydesk.extract.terms._quoting import snippet_characters as snippet_characters
    from copydesk.extract.terms._signals import count_quotable as count_quotable
    from copydesk.extract.terms._signals import is_quotable_anywhere as is_quotable_anywhere
    from copydesk.extract.terms._signals import signals as signals
else:
    __getattr__ = faces.import_on_demand(__name__, __file__)
