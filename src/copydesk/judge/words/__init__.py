"""Words: keywords, names, numbers, stems and scripts in a text, one word or many at once."""

from __future__ import annotations

from copydesk.judge.words._keywords import contains as contains
from copydesk.judge.words._keywords import contains_letters as contains_letters
from copydesk.judge.words._keywords import count as count
from copydesk.judge.words._latin import transliterate as transliterate
from copydesk.judge.words._normalize import normalize as normalize
from copydesk.judge.words._numbers import ORDINALS as ORDINALS
from copydesk.judge.words._numbers import figures as figures
from copydesk.judge.words._numbers import headlines_differ as headlines_differ
from copydesk.judge.words._numbers import ordinals as ordinals
from copydesk.judge.words._numbers import texts_differ as texts_differ
from copydesk.judge.words._phrases import COMPOUNDING as COMPOUNDING
from copydesk.judge.words._phrases import PhraseMatch as PhraseMatch
from copydesk.judge.words._phrases import Phrases as Phrases
from copydesk.judge.words._phrases import list_stems as list_stems
from copydesk.judge.words._scripts import is_unspaced as is_unspaced
from copydesk.judge.words._scripts import words_in_order as words_in_order
from copydesk.judge.words._stems import stemmer as stemmer
from copydesk.judge.words._tokens import Tokens as Tokens
from copydesk.judge.words._tokens import fold as fold
from copydesk.judge.words._tokens import locate_words as locate_words
from copydesk.judge.words._tokens import tokenize as tokenize
