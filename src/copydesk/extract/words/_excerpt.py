"""Find an article's excerpt, without the words that blog engines, feeds and sites add to it."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING

from copydesk.extract import json_ld
from copydesk.extract._authors import list_declared_names
from copydesk.extract.people import people
from copydesk.kit import sentences, tables, text

if TYPE_CHECKING:
    from copydesk.extract.declared import Declared
    from copydesk.news import Lead
    from copydesk.news.beat import ExcerptRule

_PACKAGE = "copydesk.extract.words"

_MAX_ENCODED = 3  # times over
_MAX_RAW = 5_000  # characters; some feeds send the whole article as its description
_ENTITY = re.compile(r"&(?:#\d{1,7}|#x[0-9a-fA-F]{1,6}|[a-zA-Z]{2,8});")

_ADDED = tables.read_pattern(_PACKAGE, "description_tails.toml")
_READ_ON = tables.read_pattern(_PACKAGE, "read_on.toml")
_CUT_MARK = r"\[\s*(?:…|\.\.\.|&hellip;)\s*\]"
_TAIL = re.compile(rf"(?i)(?:{_ADDED}|{_READ_ON}\s*[»→>….:!]*|{_CUT_MARK})\s*$")
# Two sentences, or the counts of a share button, joined where tags were.
_GLUED = re.compile(r"(?<=[^\W\d_][^\W\d_][.!?])(?=[A-ZÄÖÜÉ][^\W\d_])")
_SHARE = re.compile(
    r"(?i)^\s*(?:share|tweet|pin|like) (?:this|it)?(?: (?:article|post|story|page))?"
    r" ?(?:on|via|with|to) (?:facebook|twitter|whatsapp|telegram|linkedin|pinterest|reddit|xing"
    r"|e-?mail|x\b)\s*"
)
_COUNTS = re.compile(
    r"(?i)^(?:(?:facebook|twitter|tweet|e-?mail|print|share|pinterest|whatsapp|linkedin|xing|reddit"
    r"|telegram|copy\ link)\s*\d{0,6}\s*){2,12}"
)
_NOTICE = re.compile(rf"(?i){tables.read_pattern(_PACKAGE, 'notices.txt')}")
# Labels of players, share buttons and logins; they may be between paragraphs of a text.
_CALL = re.compile(rf"(?i)^{tables.read_pattern(_PACKAGE, 'calls.txt')}")
_NOTICE_BEGINS = 100  # characters at the start of a line in which a notice is recognised
# Symbols that attract attention in search results: such a description is an advertisement.
_SIGNS = re.compile("[✓✔☑✅➤➥➜➔➡►▶]|(?<![★☆])[★☆](?![★☆])")  # `★★★☆` is a rating
_DATED = re.compile(
    r"^(?:\d{1,2}\.\s?\d{1,2}\.\s?\d{2,4}|\d{1,2}/\d{1,2}/\d{4}|\d{4}-\d{2}-\d{2})"
    r"(?:,?\s+\d{1,2}[.:]\d{2}(?:\s?(?:Uhr|h|[AaPp]\.?[Mm]\.?))?)?\s*[:|–—,-]?\s+(?=\W?[^\W\d_])"
)
_POSTED = re.compile(
    r"(?i)^(?:posted|published|written|reported|veröffentlicht|geschrieben|publié|publicado|scritto)"
    r"\s(?:by|on|am|von|par|por|le|el|da|il)\s"
)
# `By Ada Holm The ferry …`: the end of the name cannot be seen.
_RUN_ON = re.compile(r"^(?:By|Von|Par|Por)(?:\s[A-ZÄÖÜÉ][\w.'’-]+){3,6}\s[a-zäöüé]")
# Phrases with which a site describes itself.
_SLOGAN = re.compile(rf"(?i){tables.read_pattern(_PACKAGE, 'slogans.txt')}")
_LISTED = re.compile(r"\s*[,;|•·、，]\s*")
_MIN_LISTED = 4
_MAX_LISTED_WORDS = 2.6  # a part, on average
_MAX_LISTED = 6  # characters a part, on average, in scripts without blanks
_NO_BLANKS = re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff]")


def clean_description(raw: str) -> str:
    """Return a description as plain text, without words that blog engines and feeds add."""
    found = text.plain(raw[:_MAX_RAW].replace("\\n", " "))
    for _ in range(_MAX_ENCODED):
        if not _ENTITY.search(found):
            break
        found = text.plain(found)
    found = drop_date(_GLUED.sub(" ", _COUNTS.sub("", _SHARE.sub("", found))))
    shorter = _TAIL.sub("", found).rstrip()
    while shorter != found:
        found, shorter = shorter, _TAIL.sub("", shorter).rstrip()
    return found


def decode_entities(line: str) -> str:
    """Decode the HTML entities that are left in a line that was encoded twice."""
    for _ in range(_MAX_ENCODED):
        if not _ENTITY.search(line):
            break
        line = text.fold(html.unescape(line))
    return line


def is_notice(line: str) -> bool:
    """Return whether a line is a site's notice on cookies, accounts or rights."""
    return bool(_NOTICE.search(line[:_NOTICE_BEGINS]))


def is_call(line: str) -> bool:
    """Return whether a line asks the reader for something, such as to log in, play or share."""
    return is_notice(line) or bool(_CALL.search(line[:_NOTICE_BEGINS]))


def drop_date(line: str) -> str:
    """Remove the date before a sentence: the one in `06.05.2018 The ferry …`, for example."""
    rest = _DATED.sub("", line)
    return line if rest[:1].islower() else rest


def is_run_on(line: str) -> bool:
    """Return whether a line begins with a byline that runs into the text."""
    return bool(_POSTED.match(line) or _RUN_ON.match(line))


def is_slogan(line: str) -> bool:
    """Return whether a description is not on the article but a slogan, advert or keyword list."""
    if _SLOGAN.search(line[:_NOTICE_BEGINS]) or _SIGNS.search(line):
        return True
    parts = [part for part in _LISTED.split(line) if part]
    if len(parts) < _MIN_LISTED or re.search(r"[.!?]\s|。", line):
        return False
    if _NO_BLANKS.search(line):
        return len("".join(parts)) <= _MAX_LISTED * len(parts)
    return sum(len(part.split()) for part in parts) <= _MAX_LISTED_WORDS * len(parts)


# Choose the excerpt of an article: the publisher's description, or the beginning of the text.

_MIN_CHARACTERS = 30  # a shorter description is a slogan or a label
_SHORT_BODY = 300  # characters of a text; a description of a longer one must share words with it
_OPENING = 4_000  # characters of the text in which an incomplete description is looked up
_LABEL_WORDS = 5
_FEW_WORDS = 3  # besides those of the title
_SUFFIX_WORDS = 8  # of the site's names after a title
_FAMILIAR = 0.4  # of a description's longer words must be in the text, if no full stop ends it
_STUB = 200  # characters: a text of no more is a caption
_SAID_AGAIN = 1.25  # times a description's length: a text of no more is that description
_MAX_BLOCKS = 40
_FAR_BLOCKS = 400  # if the first ones are a menu or a box of facts
_MIN_PARAGRAPH = 60  # characters
_MENU = 0.35  # of a menu's words begin with small letters at most; in a list of names none do
_NOT_PROSE = re.compile(r"^(?:#{1,6} |\||[-*+] |[0-9]{1,9}[.)] |```|>)")
_BYLINE = re.compile(r"(?i)^((?:by|von|par|por)\s[^.!?:|]{3,60}?)\s*(?:[:|•·—–]|\s-)\s*(?=\S)")
_SHOUTED = re.compile(r"^(By(?:\s[A-Z][A-Z.'’-]+){2,4})\s+(?=[A-Z“\"‘][A-Za-z])")


def excerpt(
    declared: Declared, lead: Lead, title: str, body: str, rule: ExcerptRule
) -> tuple[str, str]:
    """Return an article's excerpt as plain text within an excerpt rule, and where it was found.

    It is whole sentences if one fits, else as many words as fit and "…". ("", "") means that there
    is neither description nor text, or that the rule allows nothing. `body` is Markdown; its
    headings, lists, tables and quotes are not used.
    """
    prose = text.prose(body)
    signed = list_declared_names(declared)
    # a description in the JSON-LD of this very article need not share words with it
    own = {
        text.squash(description)
        for description in json_ld.strings(declared.article.get("description"))
    }
    for raw, origin in _descriptions(declared, lead):
        found = _drop_byline(_drop_title(clean_description(raw), title), signed)
        known = prose if text.squash(raw) not in own else ""
        if not is_real(found, title, known) or _is_tagline(found, declared, title, known):
            continue
        is_caption = len(prose) <= min(_STUB, len(found) * _SAID_AGAIN)
        limit = limit_characters("" if is_caption else prose, rule)
        shown = fit(complete(found, prose), limit) if limit > 0 else ""
        if shown:
            return shown, origin
    found = _beginning(body, limit_characters(prose, rule))
    return found, "text" if found else ""


def beginning(body: str, rule: ExcerptRule) -> str:
    """Return the beginning of an article's text, within the limits of an excerpt rule."""
    return _beginning(body, limit_characters(text.prose(body), rule))


def _beginning(body: str, limit: int) -> str:
    return fit(opening(body), limit) if limit > 0 else ""


def limit_characters(prose: str, rule: ExcerptRule) -> int:
    """Return how many characters an excerpt of this text may have by the excerpt rule.

    With a share of 1, or without a text, the full length is unknown: the rule's number of
    characters alone is the limit.
    """
    if rule.max_share >= 1 or not prose:
        return rule.max_characters if rule.max_share > 0 else 0
    return min(rule.max_characters, int(len(prose) * rule.max_share))


def _descriptions(declared: Declared, lead: Lead) -> Iterator[tuple[str, str]]:
    for name in ("og:description", "description", "twitter:description"):
        yield from ((description, name) for description in declared.meta.get(name, ()))
    yield json_ld.string(declared.article.get("description")), "json-ld"
    yield json_ld.string(declared.video.get("description")), "json-ld"
    yield lead.excerpt, "lead"


def _drop_byline(found: str, names: Iterable[str] = ()) -> str:
    """Cut a byline off the beginning: `By ADA HOLM The ferry …`, `By Ada Holm | The ferry …`.

    If the name is not separated from the words after it, only one of `names` is cut off.
    """
    for name in names:
        if found[: len(name) + 3].lower() == f"by {name} "[: len(name) + 3].lower():
            return found[len(name) + 4 :].lstrip(" :|–—-,")
    signed = _SHOUTED.match(found) or _BYLINE.match(found)
    return found[signed.end() :] if signed and people([signed[1]]) else found


def _drop_title(found: str, title: str) -> str:
    """Cut the headline off the beginning of a description that continues after it."""
    if len(title) < _MIN_CHARACTERS or not found.startswith(title):
        return found
    rest = found[len(title) :].lstrip(" .,;:|–—-…")
    return rest if rest and not rest[0].islower() else found


def is_real(description: str, title: str, prose: str) -> bool:
    """Return whether a description is about the article, and not a label, notice or slogan."""
    if len(description) < _MIN_CHARACTERS or is_call(description):
        return False
    if is_slogan(description) or is_run_on(description):
        return False
    if text.words(description) == text.words(title) or _is_label(description):
        return False
    told = _content_words(f"{title} {prose[:_OPENING]}")
    return len(prose) < _SHORT_BODY or bool(told & _content_words(description))


def _is_tagline(description: str, declared: Declared, title: str, prose: str) -> bool:
    """Return whether a description is the site's own, or the headline with what surrounds it.

    If it ends as a sentence, only a description that the site declares as its own is one. Otherwise
    it must also share words with the text, and say more than the headline.
    """
    key = text.squash(description)
    if any(text.squash(words) == key for words in _of_the_site(declared)):
        return True
    if len(prose) < _SHORT_BODY or any(sentences.ends(description)):
        return False
    if _share_of_small(description) == 0.0:
        return True
    words = set(text.words(description))
    for head in (
        title,
        *declared.meta.get("og:title", ()),
        *declared.meta.get("twitter:title", ()),
    ):
        more = words - set(text.words(head))
        is_around = bool(head) and text.squash(head) in key
        if len(more) < (_SUFFIX_WORDS if is_around else _FEW_WORDS):
            return True
    told = _content_words(description)
    known = _content_words(f"{title} {prose[:_OPENING]}")
    return len(told & known) < len(told) * _FAMILIAR


def _of_the_site(declared: Declared) -> Iterator[str]:
    for node in declared.nodes:
        if json_ld.kinds(node) & {"website", "organization", "newsmediaorganization"}:
            yield from json_ld.strings(node.get("description"))


def _is_label(description: str) -> bool:
    """Return whether a few words are not a sentence, in a script with blanks."""
    few = len(description.split()) <= _LABEL_WORDS
    return few and description.isascii() and not sentences.is_ended(description)


def _content_words(passage: str) -> set[str]:
    """Return the longer words; in a script without blanks, every pair of characters."""
    found = {word for word in text.words(passage) if len(word) >= 4}
    if passage.isascii():
        return found
    return found | {
        word[at : at + 2]
        for word in text.words(passage)
        if not word.isascii()
        for at in range(len(word) - 1)
    }


def opening(body: str) -> str:
    """Return the first paragraphs of a text in Markdown; if it has only lists, those."""
    parts = body.split("\n\n" if "\n\n" in body else "\n")
    told = list(_paragraphs(parts[:_MAX_BLOCKS], 0))
    if not told:
        told = list(_paragraphs(parts[_MAX_BLOCKS:_FAR_BLOCKS], _MIN_PARAGRAPH))
    if told:
        return " ".join(told)
    blocks = (block.strip() for block in islice(parts, _MAX_BLOCKS))
    rest = (
        decode_entities(text.fold(text.prose(block)))
        for block in blocks
        if not block.startswith("#")
    )
    return " ".join(
        line for line in rest if line and not is_call(line) and _share_of_small(line) > _MENU
    )


def _paragraphs(blocks: Iterable[str], least: int) -> Iterator[str]:
    """Yield the blocks that are sentences, without a byline or a date before them."""
    for block in blocks:
        if _NOT_PROSE.match(block.strip()):
            continue
        line = decode_entities(text.fold(text.prose(block.strip())))
        if len(line) < least or not sentences.is_ended(line) or is_call(line):
            continue
        if line[0].islower() and len(line) < _MIN_PARAGRAPH:  # the end of an incomplete sentence
            continue
        yield _drop_byline(drop_date(line))


def _share_of_small(line: str) -> float:
    """Return the share of words that begin small; 1 for a few words and scripts without case."""
    cased = [word for word in line.split() if word[0].islower() or word[0].isupper()]
    return sum(word[0].islower() for word in cased) / len(cased) if len(cased) > 2 else 1.0


# Cutting: docs/design/extract.md says where a passage may be cut and when it is dropped.

_MIN_FOUND = 30  # characters: fewer may be in any text
_MIN_PIECE = 3  # a third of the limit: if sentences fill less, one is cut instead
_MIN_CUT = 60  # characters of a sentence cut at a word; fewer say nothing
_MIN_CLAUSE = 40  # of a sentence cut at the end of a clause
_DENSITY = 2  # times as much in a character of scripts that write words in one or two
_CLAUSE = 0.6  # of the limit: a clause that fills it is better than a broken one
_TEMPLATE = 120  # characters at which templates may cut without a mark

_CUT = re.compile(r"[\s,;:]*(?:…|\.\s?\.(?:\s?\.)?|\[\s*…\s*\])$")
_HALF_ENTITY = re.compile(r"&#?\w{0,8}$")
_LOOSE = re.compile(r"\s+…$")
_DENSE = re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff]")
_CLAUSE_END = re.compile(r"[,;:](?=\s)|\s[–—-](?=\s)")
# Words that no sentence ends with.
_DANGLING_WORD = tables.read_pattern("copydesk.extract.words", "dangling_words.txt")
_DANGLING = re.compile(rf"(?i)(?:^|\s)(?:[,;:–—-]+|\d{{1,2}}\.|\(\S*|{_DANGLING_WORD})$")


def complete(description: str, prose: str) -> str:
    """Complete the last sentence of a description that was cut off, from the article's text.

    Only the same block of the text is used: the next one is about something else. If the text does
    not continue it, a description stays as it is, unless its own words show that it was cut.
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
    """Return the sentences of a text that begin like this, "" if none does or none ends."""
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
    """Cut off a last word that is in the text only as the beginning of others."""
    head, _, last = begun.rpartition(" ")
    known = text.words(prose[:_OPENING])
    half = last.lower()
    if half and half not in known and any(word.startswith(half) for word in known):
        return head
    return begun


def fit(passage: str, limit: int) -> str:
    """Shorten a text to a number of characters: after a sentence, else after a word with "…".

    After sentences with a full stop, one without was cut; a single sentence may have none. "" if
    only a few words would be left.
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
    """Cut a long sentence to the words that fit, to the end of a clause if one is near."""
    least = 1 / _DENSITY if _DENSE.search(bare[:limit]) else 1
    clauses = [end_of_clause.start() for end_of_clause in _CLAUSE_END.finditer(bare, 0, limit)]
    if clauses and clauses[-1] >= max(limit * _CLAUSE, _MIN_CLAUSE * least):
        return f"{_drop_loose_ends(bare[: clauses[-1]])}…"
    at = bare.rfind(" ", 0, limit)
    cut = _drop_loose_ends(bare[:at] if at > 0 else _HALF_ENTITY.sub("", bare[: limit - 1]))
    return f"{cut}…" if len(cut) >= _MIN_CUT * least else ""


def _drop_loose_ends(cut: str) -> str:
    """Cut off final articles, conjunctions and marks after which a reader expects a word."""
    bare = cut.rstrip(" ,;:–—-([{“‘«\"'¿¡")
    while (shorter := _DANGLING.sub("", bare).rstrip(" ,;:–—-")) not in {bare, ""}:
        bare = shorter
    return bare


def _is_closed(passage: str) -> bool:
    """Return whether every quotation and bracket in a passage is closed."""
    quotes = ("„", "“") if "„" in passage else ("“", "”")
    pairs = (quotes, ("«", "»"), ("「", "」"), ("(", ")"))
    even = passage.count('"') % 2 == 0
    return even and all(passage.count(start) <= passage.count(end) for start, end in pairs)
