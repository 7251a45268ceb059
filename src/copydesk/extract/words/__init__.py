"""Find the headline, excerpt, language, section and keywords of a parsed page."""

from typing import TYPE_CHECKING

from copydesk.kit import faces

if TYPE_CHECKING:
    from copydesk.extract.words._excerpt import beginning as beginning
    from copydesk.extract.words._excerpt import clean_description as clean_description
    from copydesk.extract.words._excerpt import excerpt as excerpt
    from copydesk.extract.words._excerpt import is_notice as is_notice
    from copydesk.extract.words._excerpt import is_slogan as is_slogan
    from copydesk.extract.words._excerpt import opening as opening
    from copydesk.extract.words._language import language as language
    from copydesk.extract.words._title import clean_title as clean_title
    from copydesk.extract.words._title import is_title as is_title
    from copydesk.extract.words._title import keywords as keywords
    from copydesk.extract.words._title import section as section
    from copydesk.extract.words._title import strip_site as strip_site
    from copydesk.extract.words._title import title as title
else:
    __getattr__ = faces.import_on_demand(__name__, __file__)
