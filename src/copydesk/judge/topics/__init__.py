"""Topics: an article and the beat in, the topics that it is about out, with evidence."""

from __future__ import annotations

from copydesk.judge.topics._changed_words import ChangedWords as ChangedWords
from copydesk.judge.topics._changed_words import find_changed_words as find_changed_words
from copydesk.judge.topics._changed_words import stems_of as stems_of
from copydesk.judge.topics._mentions import find_mentions as find_mentions
from copydesk.judge.topics._topics import describe_miss as describe_miss
from copydesk.judge.topics._topics import describe_near_miss as describe_near_miss
from copydesk.judge.topics._topics import relevance as relevance
from copydesk.judge.topics._topics import topics as topics
