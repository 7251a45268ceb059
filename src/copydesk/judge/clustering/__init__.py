"""Clustering: documents in, one after the other; the group of reports on one happening of each out.

Knows nothing of stories, beats or rulings: `coverage` says what a group changes in them.
"""

from __future__ import annotations

from copydesk.judge.clustering._document import Assignment as Assignment
from copydesk.judge.clustering._document import GroupLikeness as GroupLikeness
from copydesk.judge.clustering._document import NewsDocument as NewsDocument
from copydesk.judge.clustering._document import Veto as Veto
from copydesk.judge.clustering._frequencies import shares as shares
from copydesk.judge.clustering._inverted_index import NEIGHBOURS_WITHIN as NEIGHBOURS_WITHIN
from copydesk.judge.clustering._layered_corpus import LayeredCorpus as LayeredCorpus
from copydesk.judge.clustering._memory_corpus import MemoryCorpus as MemoryCorpus
from copydesk.judge.clustering._similarity import similarities as similarities
from copydesk.judge.clustering._stream import Stream as Stream
from copydesk.judge.clustering._stream import unlike_group as unlike_group
from copydesk.judge.clustering._weighing import OF_THE_BEAT as OF_THE_BEAT
from copydesk.judge.clustering._weighing import CorpusWeighing as CorpusWeighing
from copydesk.judge.clustering._weighing import index_terms as index_terms
