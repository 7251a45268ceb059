"""A company that speaks for itself: press releases, and what was paid for."""

from __future__ import annotations

import re

from copydesk.judge.quality.wording._cues import ENDING, first

_OPENING = 300  # characters: a page that was paid for says so at once
_SERVICES = (
    "pr ?newswire|business ?wire|globe ?newswire|access ?wire|ein ?presswire|prweb|newsfile|cision"
    "|market ?wired?|newsdirect|openpr|presseportal|pressebox|news aktuell"
)
_SERVICES_SPACED = _SERVICES.replace(" ", r"\ ")  # for patterns that are written with blanks
_PAID = (
    "sponsored|advertorial|paid (?:post|content)|partner content|branded content|publireportage"
    "|anzeige|(?:contenu|article) sponsorisé|publi-?rédactionnel|contenido patrocinado"
    "|publirreportaje"
)
_RELEASE = (
    "press release|news release|pressemitteilung|presseinformation|communiqué de presse"
    "|(?:nota|comunicado) de prensa"
)
_CREDIT = re.compile(rf"\b(?:{_SERVICES}|{_RELEASE}|{_PAID})\b", re.IGNORECASE)
_DOMAIN = re.compile(rf"^(?:{_SERVICES})\.(?:com|net|org|de)$".replace(" ?", "").replace(" ", "-"))
# a dateline like VELMORA, March 2, 2026 /AnyWire/ -- or VELMORA--(ANY WIRE)--; no agency's own
_DATELINE = re.compile(
    rf"""(?x)
      \s/\s?(?!(?i:reuters|xinhua|tass|afp|dpa|kyodo))\w[\w\ -]{{2,30}}/\s*(?:--|[\u2013\u2014]|-\ )
    | \([A-Z\ ]{{0,24}}(?:WIRE|NEWSWIRE)\)\s*(?:--|[\u2013\u2014])
    | /\s?(?i:{_SERVICES_SPACED})\s?/
    | \((?:ots|openPR|PresseBox)\)\s*(?:--?|[\u2013\u2014])
    | \b(?i:for\ immediate\ release)\b
    """
)
# what stands before everything else: a title "Sponsored: …", a first line "Pressemitteilung"
_LABEL = re.compile(
    rf"\A\W*(?:{_RELEASE}|{_PAID}|paid program|presented by [A-Z]|in partnership with [A-Z])"
    r"(?=\s*(?:[:|\]\)\u2013\u2014\n]|-\ |\Z))",
    re.IGNORECASE,
)
_SIGNED = re.compile(
    r"""(?xm)
      ^SOURCE:?\ \S.{0,60}$
    | ^\W*(?i:media|press)\ (?i:contacts?|enquiries|inquiries|office)\b
    | ^\W*(?i:presse(?:kontakt|stelle)|contacts?\ presse|contacto\ (?:de|para\ la)\ prensa)\b
    | ^\W*(?i:original-content\ von)\b
    | ^\W*(?i:notes?\ (?:to|for)\ editors)\b
    | \b(?i:this\ (?:press\ |news\ )?release\ contains\ forward-looking)
    """
)


def press_release(credit: str, domain: str, opening: str, text: str) -> str:
    """Give what shows that a company speaks for itself, "" where nothing does.

    A press service's name in the credit or as the site, its dateline in the opening, or a sender's
    lines at the end of the text.
    """
    return (
        first(_CREDIT, credit)
        or first(_DOMAIN, domain)
        or first(_DATELINE, opening)
        or first(_SIGNED, text[-ENDING:])
    )


def paid(title: str, section: str, text: str) -> str:
    """Give the label of what was paid for or sent in, "" where there is none."""
    return first(_LABEL, title) or first(_LABEL, section) or first(_LABEL, text[:_OPENING])
