"""Furniture: short lines that are the site's and not the article's."""

from __future__ import annotations

import re
from collections.abc import Sequence

from copydesk.extract.words import is_notice
from copydesk.kit import tables

_PACKAGE = "copydesk.extract.text"

_LINE = 200  # characters; the longest line that can be no part of the article
_NOTE = 300  # characters of a caption with its credit, a path, or what a page says of itself
_ASKED = 350  # characters of what asks the reader for something, at the end
_SHELL = 600  # characters; a text of less that begins like this is all there is

_FURNITURE = re.compile(rf"(?i){tables.read_pattern(_PACKAGE, 'furniture.txt')}$")
# "Read also" in the languages of the web's news, before a colon, an arrow or the end.
_ALSO = re.compile(rf"(?i){tables.read_pattern(_PACKAGE, 'read_also.txt')}(?:\s*[:：.»>→–|-].*|)$")
# What a page's machinery writes below an article, and in place of what it does not show.
_META = re.compile(rf"(?i){tables.read_pattern(_PACKAGE, 'page_notes.txt')}")
# Words before a credit, and who is credited.
_SHOWS = r"(?:photo|photograph|foto|fotografie|bild|image|picture|grafik|symbolbild|titelbild)s?"
_CREDITS = r"(?:credits?|copyright|quelle|nachweis|source|courtesy|by|rechte)"
_AGENCY = (
    r"(?:getty(?:\ images)?|reuters|afp|dpa|epa|istock(?:photo)?(?:\.com)?|adobe\ ?stock"
    r"|shutterstock|unsplash|pixabay|pexels|imago|picture[ -]alliance|alamy|wireimage|keystone"
    r"|apa|ansa|efe|fotolia|wikimedia(?:\ commons)?)"
)
_CREDIT = re.compile(
    rf"""(?xi)
      ^©[^.!?]{{2,120}}\.?$
    | (?:^|[.!?…|,)”"]\ |\ [|–-]\ )©\s?[^.!?©]{{2,80}}\.?$
    | \((?:{_SHOWS}|credits?|{_SHOWS}[\ -]?{_CREDITS})\s?[:/]\ [^()]{{1,80}}\)\.?$
    | \([^()]{{2,60}}\ ?/\ ?{_AGENCY}\)\.?$
    | \b{_SHOWS}\ (?:by|courtesy(?:\ of)?)\ [^.!?]{{2,60}}$
    """
)
_CREDIT_ALONE = re.compile(
    rf"(?i)^\(?(?:all )?{_SHOWS}(?:[ -]?{_CREDITS}){{0,2}}(?: ?[:©]|(?<=by)|(?<=courtesy))"
    r"(?:[^.!?]|\.(?=\S)){0,80}\.?$"
)
_CREDIT_SIGN = re.compile(r"(?i)©|\(|photo|foto|bild|image|picture|grafik")
_HOME = re.compile(
    r"(?i)(?:home(?:page)?|front page|start(?:seite)?|accueil|inicio|início|etusivu|hem|hjem"
    r"|forside|sie sind hier:?|you are here:?|vous êtes ici ?:?)\b"
)
_STEP = re.compile(r"\s[»›>→/]\s")
_ASKS = re.compile(rf"(?i){tables.read_pattern(_PACKAGE, 'asking_lines.txt')}")
_LIKED = re.compile(r"(?i)if you (?:enjoyed|liked) th(?:is|e) (?:article|story|post)\b")
_COMMENTS = re.compile(
    rf"(?i)\W*(?:[0-9]{{1,5}}\s)?{tables.read_pattern(_PACKAGE, 'comment_headings.txt')}"
    r"\W*(?:\(?[0-9]{1,5}\)?)?\W*"
)
_APP = re.compile(rf"(?i){tables.read_pattern(_PACKAGE, 'browser_pleas.txt')}")


def is_furniture(line: str) -> bool:
    """Decide whether a whole line is the site's and not the article's.

    A long line is always the article's: there are stories about cookies.
    """
    if len(line) > _NOTE:
        return False
    if is_credit(line) or _META.match(line):
        return True
    return len(line) <= _LINE and bool(
        is_notice(line) or _FURNITURE.match(line) or _ALSO.match(line)
    )


def is_credit(line: str) -> bool:
    """Decide whether a line is a picture's caption that ends with its credit, or that alone."""
    if len(line) > _NOTE or not _CREDIT_SIGN.search(line):
        return False
    return bool(_CREDIT.search(line) or _CREDIT_ALONE.match(line))


def is_path(line: str, squashed: str, titles: Sequence[str]) -> bool:
    """Decide whether a line leads from the site's front page to the article: "Home » Ports » …"."""
    if len(line) > _NOTE or not _STEP.search(line):
        return False
    if _HOME.match(line):
        return True
    return len(_STEP.findall(line)) > 1 and any(
        title and squashed.endswith(title) for title in titles
    )


def asks(line: str) -> bool:
    """Decide whether a line at the end of a text asks the reader to subscribe, follow or give."""
    return bool(_LIKED.match(line)) or (len(line) <= _ASKED and bool(_ASKS.search(line)))


def begins_comments(heading: str) -> bool:
    """Decide whether what is below a heading are the readers' comments."""
    return bool(_COMMENTS.fullmatch(heading))


def is_shell(found: str) -> bool:
    """Decide whether a text is but a page's word on the browser that it wants."""
    return len(found) < _SHELL and bool(_APP.search(found[:_LINE]))
