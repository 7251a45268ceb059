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
    from copydesk.engine.topics._edit_topic import TopicEdit as TopicEdit
    from copydesk.engine.topics._edit_topic import compare_keywords as compare_keywords
    from copydesk.engine.topics._edit_topic import edit_topic as edit_topic
    from copydesk.engine.topics._edit_topic import end_topic as end_topic
    from copydesk.engine.topics._edit_topic import file_topic as file_topic
    from copydesk.engine.topics._edit_topic import move_topic as move_topic
    from copydesk.engine.topics._edit_topic import see_topic as see_topic
    from copydesk.engine.topics._match_words import MatchedStory as MatchedStory
    from copydesk.engine.topics._match_words import WordMatches as WordMatches
    from copydesk.engine.topics._match_words import match_words as match_words
    from copydesk.engine.topics._suggest import AffectedStory as AffectedStory
    from copydesk.engine.topics._suggest import SuggestedWord as SuggestedWord
    from copydesk.engine.topics._suggest import SuggestQuestion as SuggestQuestion
    from copydesk.engine.topics._suggest import SuggestReport as SuggestReport
    from copydesk.engine.topics._suggest import TopicSuggestions as TopicSuggestions
    from copydesk.engine.topics._suggest import suggest_keywords as suggest_keywords
    from copydesk.engine.topics._topic_board import TopicRow as TopicRow
    from copydesk.engine.topics._topic_board import list_topic_rows as list_topic_rows
else:
    __getattr__ = faces.import_on_demand(__name__, __file__)
