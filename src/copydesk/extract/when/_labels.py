"""The words beside a date, and the names of its element, that say what happened on it."""

from __future__ import annotations

import functools
import re
from typing import Literal

Kind = Literal["", "published", "updated", "other"]

MAX_CHARACTERS = 40  # before a date, or behind it, in which it is said what it is
_NEAR = 20  # characters before a date in which it is said that it is another's
_LETTERS = re.compile(r"[^\W\d_]+")
_MAX_PLACES = 5

_DATED = re.compile(
    r"(?i)date|datum|fecha|publi[sck]|posted|pubtime|time(?!line)|byline|dt-|(?:entry|post|article)"
    r"[\w-]*(?:meta|info|details)|submitted|created|\bmeta\b|issued"
)
_PUBLISHED_NAME = re.compile(
    r"(?i)publi[sck]|pubdate|pubtime|posted|created|issued|entry-date|post-date|article-?date"
    r"|dc:date|dt-published|datum\b|fecha|(?:^|\s)date(?:\s|$)"
)
_UPDATED_NAME = re.compile(r"(?i)updat|modif|revis|aktualis|lastmod|last-mod|edited")
_UPDATED_LABEL = re.compile(
    r"(?i)updat|modif|aktuali[sz]|geändert|bearbeitet|mise? à jour|actuali[sz]|aggiorna|atualiza"
    r"|bijgewerkt|gewijzigd|обновл|изменен|оновл|güncel|uppdater|oppdater|opdater|päivit|muokat"
    r"|revis|edited|changed|редакт|更新|修改|수정|ažur|frissít"
)
_PUBLISHED_LABEL = re.compile(
    r"(?i)publi[ecksz]|posted|veröffentlicht|erstellt|erschienen|geschrieben|verfasst|eingestellt"
    r"|опубл|створен|дата|yayın|geplaatst|gepubl|julkais|lagt ut|udgivet|creat|issued|written"
    r"|released|filed|\bdated?\b|datum|fecha|\bdata\b|tarih|megjelen|objavlj|vydan|zveřejn|dodan"
    r"|stand\s*:|发布|發布|发表|掲載|公開|投稿|입력|등록"
)
_PREPOSITION = re.compile(r"(?i)\b(?:on|am|le|vom|den|el|il|em|op|den|dne|от)\s*\Z")
_LABEL_BEHIND = re.compile(
    r"(?i)veröffentlicht|publiziert|erstellt|gepostet|verfasst|eingestellt|geschrieben|投稿|公開|发布"
    r"|yayın|opublik|publik|tarihinde|posted|published"
)
_OTHER_LABEL = re.compile(
    r"(?i)born|\*\s*$|†|founded|gegründet|\bseit\b|since|until|\bbis\b|\bab\s*$|gültig|valid|due\b"
    r"|deadline|schluss|abgerufen|accessed|retrieved|consult|visited|zugriff|©|copyright|\(c\)"
    r"|termin|tickets|einlass|wann|when|joined|registr|mitglied|beigetreten|member|expire|launch|version|starts?\b|beginn|event|foto"
    r"|photo|archiv|before|after|from\s*$|between|\d\.?\s?(?:[-–—/]|bis|to|au|al|und|and|y|et)\s*$"
)
_LABELS: dict[Kind, re.Pattern[str]] = {
    "updated": _UPDATED_LABEL,
    "published": _PUBLISHED_LABEL,
    "other": _OTHER_LABEL,
}


def kind(label: str) -> Kind:
    """Say what a label makes of the date behind it, "" where nothing; the last word counts."""
    label = label[-MAX_CHARACTERS:]
    last = {
        kind: max((found.end() for found in pattern.finditer(label)), default=-1)
        for kind, pattern in _LABELS.items()
    }
    if last["other"] < len(label) - _NEAR:
        del last["other"]
    best = max(last, key=lambda kind: last[kind])
    return best if last[best] >= 0 else ""


def is_bare(before: str) -> bool:
    """Say whether nothing but `on`, `am`, `le` stands before a date."""
    return _PREPOSITION.search(before) is not None


def is_dateline(before: str) -> bool:
    """Say whether nothing but names stands before a date, as in `SALTHOLM, 5 May 2018`."""
    words = _LETTERS.findall(before)
    return len(words) <= _MAX_PLACES and all(
        word[0].isupper() or word in {"den", "le", "am"} for word in words
    )


def is_published_behind(behind: str) -> bool:
    """Say whether a date is labelled behind it: `am 5. Februar erstellt`."""
    return _LABEL_BEHIND.search(behind[:MAX_CHARACTERS]) is not None


@functools.lru_cache(maxsize=4_096)
def is_date(names: str) -> bool:
    """Say whether an element's names are those of a date; a page uses few names many times."""
    return not names.isspace() and _DATED.search(names) is not None


@functools.lru_cache(maxsize=4_096)
def kind_by_name(names: str) -> Kind:
    """Say what an element's names make of the date in it."""
    if _UPDATED_NAME.search(names):
        return "updated"
    return "published" if _PUBLISHED_NAME.search(names) else ""
