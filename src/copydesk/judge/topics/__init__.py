"""Find the topics of an article, with the evidence for each and the confidence in it."""

from typing import TYPE_CHECKING

from copydesk.kit import faces

if TYPE_CHECKING:
    from copydesk.judge.topics._changed_keywords import ChangedWords as ChangedWords
    from copydesk.judge.topics._changed_keywords import find_changed_words as find_changed_words
    from copydesk.judge.topics._changed_keywords import stems_of as stems_of
    from copydesk.judge.topics._changed_keywords import try_keyword as try_keyword
    from copydesk.judge.topics._changed_keywords import with_keyword as with_keyword
    from copydesk.judge.topics._evidence import find_mentions as find_mentions
    from copydesk.judge.topics._evidence import lacks_names as lacks_names
    from copydesk.judge.topics._evidence import propose_kind as propose_kind
    from copydesk.judge.topics._mentions import MentionTest as MentionTest
    from copydesk.judge.topics._topics import describe_miss as describe_miss
    from copydesk.judge.topics._topics import describe_near_miss as describe_near_miss
    from copydesk.judge.topics._topics import find_near as find_near
    from copydesk.judge.topics._topics import rank_topics as rank_topics
    from copydesk.judge.topics._topics import relevance as relevance
    from copydesk.judge.topics._topics import topics as topics
else:
    __getattr__ = faces.import_on_demand(__name__, __file__)
