"""Topics: filed stories in, keywords that topics lack out; words in, a topic's file out.

What a suggestion would win and lose is tried on the stored articles; nothing is filed by that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from copydesk.kit import faces

if TYPE_CHECKING:
    from copydesk.engine.topics._add import KeywordReport as KeywordReport
    from copydesk.engine.topics._add import add_keywords as add_keywords
    from copydesk.engine.topics._dismiss import DismissReport as DismissReport
    from copydesk.engine.topics._dismiss import dismiss_words as dismiss_words
    from copydesk.engine.topics._suggest import SuggestedWord as SuggestedWord
    from copydesk.engine.topics._suggest import SuggestQuestion as SuggestQuestion
    from copydesk.engine.topics._suggest import SuggestReport as SuggestReport
    from copydesk.engine.topics._suggest import TopicSuggestions as TopicSuggestions
    from copydesk.engine.topics._suggest import suggest_keywords as suggest_keywords
else:
    __getattr__ = faces.import_on_demand(__name__, __file__)
