"""The cut: a passage taken to its sentence's end, or short enough, with "…" only where it is cut.

docs/design/extract.md says what a cut may leave and when it leaves nothing.
"""

from __future__ import annotations

import re

from copydesk.kit import sentences, tables, text

_OPENING = 4_000  # characters of the text in which a cut description is looked up
_MIN_FOUND = 30  # characters: fewer are found in any text
_MIN_PIECE = 3  # a third of the room: sentences that fill less give way to a cut one
_MIN_CUT = 60  # characters of a sentence cut at a word; fewer tell nothing
_MIN_CLAUSE = 40  # of one cut where a clause ends
_DENSITY = 2  # times as much is said with a character in scripts that write words in one or two
_CLAUSE = 0.6  # of the room: a clause that fills it is better than a broken one
_TEMPLATE = 120  # characters from which templates cut without a mark

_CUT = re.compile(r"[\s,;:]*(?:…|\.\s?\.(?:\s?\.)?|\[\s*…\s*\])$")
_HALF_ENTITY = re.compile(r"&#?\w{0,8}$")
_LOOSE = re.compile(r"\s+…$")
_DENSE = re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff]")
_CLAUSE_END = re.compile(r"[,;:](?=\s)|\s[–—-](?=\s)")
# No sentence ends behind these.
_DANGLING_WORD = tables.read_pattern("copydesk.extract.words", "dangling_words.txt")
_DANGLING = re.compile(rf"(?i)(?:^|\s)(?:[,;:–—-]+|\d{{1,2}}\.|\(\S*|{_DANGLING_WORD})$")


def complete(description: str, prose: str) -> str:
    """Return a description to the end of the sentence in which it stops, as the text has it.

    The text goes on in the same block only: what stands below belongs to something else. Without
    such a text a description stays as it is, unless its own words show that it was cut.
    """
    begun = _CUT.sub("", description)
    is_cut = begun != description
    if not is_cut and sentences.is_ended(description):
        return description
    if in_the_text := _complete_from_text(begun, prose):
        return in_the_text
    if is_cut:
        return f"{_drop_half_word(begun, prose)}…"
    bare = _drop_half_word(begun, prose) if len(begun) >= _TEMPLATE else begun
    return f"{bare}…" if bare != begun or _DANGLING.search(bare) else description


def _complete_from_text(begun: str, prose: str) -> str:
    """Return the sentences of a text that begin like this, "" where none does or none ends."""
    if len(begun) < _MIN_FOUND:
        return ""
    for line in map(text.fold, prose[:_OPENING].split("\n")):
        at = line.find(begun)
        if at >= 0:
            told = at + len(begun)
            end = next((end for end in sentences.ends(line) if end >= told), 0)
            if end or told == len(line):
                return line[at : end or told]
    return ""


def _drop_half_word(begun: str, prose: str) -> str:
    """Cut off a last word that the text has only as the beginning of others."""
    head, _, last = begun.rpartition(" ")
    known = text.words(prose[:_OPENING])
    half = last.lower()
    if half and half not in known and any(word.startswith(half) for word in known):
        return head
    return begun


def fit(passage: str, limit: int) -> str:
    """Return a passage within a number of characters: whole, else its sentences, else words…

    Behind sentences that end with a mark, one without was cut; a single one may do without.
    "" where what is left would be a fragment of a few words.
    """
    bare = _CUT.sub("", passage)
    is_whole = bare == passage and (sentences.is_ended(bare) or not any(sentences.ends(bare)))
    if is_whole and len(bare) <= limit and _is_closed(bare):
        return bare
    if told := _whole_sentences(bare, limit):
        return told
    if len(bare) < limit:
        return bare if is_whole else f"{_drop_loose_ends(bare)}…"
    return _break_sentence(bare, limit)


def _whole_sentences(bare: str, limit: int) -> str:
    """Return the sentences that fit, as far as their quotations are closed; "" for too few."""
    enough = min(limit, len(bare)) / _MIN_PIECE
    ends = [end for end in sentences.ends(bare, limit) if end >= enough]
    if not ends:
        return ""
    end = max((end for end in ends if _is_closed(bare[:end])), default=ends[-1])
    return _LOOSE.sub("…", bare[:end])


def _break_sentence(bare: str, limit: int) -> str:
    """Cut one long sentence to the words that fit, to the end of a clause if one is near."""
    least = 1 / _DENSITY if _DENSE.search(bare[:limit]) else 1
    clauses = [end_of_clause.start() for end_of_clause in _CLAUSE_END.finditer(bare, 0, limit)]
    if clauses and clauses[-1] >= max(limit * _CLAUSE, _MIN_CLAUSE * least):
        return f"{_drop_loose_ends(bare[: clauses[-1]])}…"
    at = bare.rfind(" ", 0, limit)
    cut = _drop_loose_ends(bare[:at] if at > 0 else _HALF_ENTITY.sub("", bare[: limit - 1]))
    return f"{cut}…" if len(cut) >= _MIN_CUT * least else ""


def _drop_loose_ends(cut: str) -> str:
    """Cut off the articles, conjunctions and marks after which a reader waits for a word."""
    bare = cut.rstrip(" ,;:–—-([{“‘«\"'¿¡")
    while (shorter := _DANGLING.sub("", bare).rstrip(" ,;:–—-")) not in {bare, ""}:
        bare = shorter
    return bare


def _is_closed(passage: str) -> bool:
    """Decide whether every quotation and bracket that a passage opens ends in it."""
    quotes = ("„", "“") if "„" in passage else ("“", "”")
    pairs = (quotes, ("«", "»"), ("「", "」"), ("(", ")"))
    even = passage.count('"') % 2 == 0
    return even and all(passage.count(start) <= passage.count(end) for start, end in pairs)
