"""Keywords: stories with the topics that they have in, the words that a topic lacks out.

What a word would change is tried on whole articles, by the judge's own rules.
"""

from __future__ import annotations

from copydesk.judge.keywords._known_words import can_be_found as can_be_found
from copydesk.judge.keywords._samples import TopicSample as TopicSample
from copydesk.judge.keywords._samples import up_front as up_front
from copydesk.judge.keywords._suggest import TopicWord as TopicWord
from copydesk.judge.keywords._suggest import find_words as find_words
from copydesk.judge.keywords._suggest import least_events as least_events
from copydesk.judge.keywords._try_keyword import TopicEffect as TopicEffect
from copydesk.judge.keywords._try_keyword import try_keyword as try_keyword
from copydesk.judge.keywords._try_keyword import with_keyword as with_keyword
