"""Error pages that answer 200, and notes in place of an article that was taken away."""

from __future__ import annotations

import re

from copydesk.extract.kinds._look import SHORT, TINY, PageLook
from copydesk.extract.page import visible_text
from copydesk.kit import tables, text

_PACKAGE = "copydesk.extract.kinds"

# What stands before the sentence proper: a code, a word of regret, "the page that you wanted".
_BEFORE = r"""
    (?:(?:error|erreur|fehler|errore|erro|fout|błąd|ошибка)?\W*(?:404|410)\W+)?
    (?:(?:oops|ups|hoppla|oups|whoops|uh[ -]?oh|ops|(?:we(?:['’]re|\ are)\ )?(?:very\ )?sorry
      |désolés?|lo\ sentimos|helaas|leider|przepraszamy|entschuldigung|scusa|siamo\ spiacenti
      |spiacenti|desculpe|lamentamos)(?:,\ but)?\W+)?
"""
_SENTENCE = re.compile(
    rf"(?xi)\A\W*{_BEFORE}{tables.read_pattern(_PACKAGE, 'missing_pages.toml')}\W*\Z"
)
_REMOVED = re.compile(rf"(?i)\b{tables.read_pattern(_PACKAGE, 'removed_words.txt')}\b|削除|删除")
# The headings of error pages in English, whole, as servers and templates have them.
_CODE = r"(?:(?:http|error|status)\W*){0,2}(?:400|401|403|404|405|410|429|500|502|503|504)"
_REASON = tables.read_pattern(_PACKAGE, "error_reasons.txt")
_ERROR = re.compile(
    rf"(?i)\A\W*(?:(?:sorry|oops)\W+)?(?:{_CODE}\W*(?:{_REASON}|error|page)?|{_REASON}\W*{_CODE}?)\W*\Z"
)
_NAMES = frozenset({"error", "forbidden", "gone", "unauthorized", "maintenance", "oops"})
# What templates of the large systems write on the page's body, and what prerenderers ask for.
_CLASSES = frozenset({"error404", "error-404", "page-404", "page-not-found", "http-error-404"})
_CODES = ("prerender-status-code", "render:status_code", "status-code")
_LONGEST = 160  # characters of a sentence that is compared


def find(look: PageLook) -> str:
    """Name a page that is an error in a 200 or a note in place of an article, "" for neither.

    A heading, or the first sentence of a page of almost no text, must be that note and nothing
    else. Beside an article by its own word only the note itself counts, and beside the headline
    that its source gave only one in the text.
    """
    if look.length >= SHORT:
        return ""
    if look.declared.first(*_CODES)[0].strip() in {"404", "410"} or look.classes & _CLASSES:
        return "an error page in a 200"
    if not look.is_as_listed:
        if not look.is_sure and _is_error(look):
            return "an error page in a 200"
        for heading in (look.title,) if look.is_sure else look.whole_headings:
            if found := _name_note(heading):
                return found
    return _find_note(look)


def _is_error(look: PageLook) -> bool:
    """Decide whether the title is an error's and nothing else.

    A word that a film may have too counts on a page of few.
    """
    title = look.title.strip()[: _LONGEST + 1]
    if text.squash(title) in _NAMES:
        return look.length < SHORT / 2
    return len(title) <= _LONGEST and bool(_ERROR.match(title))


def _find_note(look: PageLook) -> str:
    if look.length >= (TINY if look.is_sure else SHORT / 2):
        return ""
    shown = [*look.words.split("\n")[:2], *visible_text(look.document, "//h2 | //main//p", 3)]
    sentences = (re.split(r"(?<=[.!?。])\s", passage[: 2 * _LONGEST])[0] for passage in shown)
    return next(filter(None, map(_name_note, sentences)), "")


def _name_note(sentence: str) -> str:
    folded = sentence.strip()
    if not folded or len(folded) > _LONGEST or not _SENTENCE.match(folded):
        return ""
    return "a removed article" if _REMOVED.search(folded) else "an error page in a 200"
