"""Remove boilerplate: words that blog engines, feeds and sites add to a description."""

from __future__ import annotations

import html
import re

from copydesk.kit import tables, text

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
    """Reduce a description to plain text without what blog engines and feeds add."""
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
    """Decode remaining HTML entities in a line that was encoded twice."""
    for _ in range(_MAX_ENCODED):
        if not _ENTITY.search(line):
            break
        line = text.fold(html.unescape(line))
    return line


def is_notice(line: str) -> bool:
    """Return whether a line is a site's notice on cookies, accounts or rights."""
    return bool(_NOTICE.search(line[:_NOTICE_BEGINS]))


def is_call(line: str) -> bool:
    """Return whether a line asks for something: a notice, a player, a login, a social network."""
    return is_notice(line) or bool(_CALL.search(line[:_NOTICE_BEGINS]))


def drop_date(line: str) -> str:
    """Cut the date off a sentence: `06.05.2018 The ferry …`, but not `06.05.2018 was …`."""
    rest = _DATED.sub("", line)
    return line if rest[:1].islower() else rest


def is_run_on(line: str) -> bool:
    """Return whether a line begins with a byline that is not separated from what follows."""
    return bool(_POSTED.match(line) or _RUN_ON.match(line))


def is_slogan(line: str) -> bool:
    """Return whether a description is about the site, an advertisement, or a list of keywords."""
    if _SLOGAN.search(line[:_NOTICE_BEGINS]) or _SIGNS.search(line):
        return True
    parts = [part for part in _LISTED.split(line) if part]
    if len(parts) < _MIN_LISTED or re.search(r"[.!?]\s|。", line):
        return False
    if _NO_BLANKS.search(line):
        return len("".join(parts)) <= _MAX_LISTED * len(parts)
    return sum(len(part.split()) for part in parts) <= _MAX_LISTED_WORDS * len(parts)
