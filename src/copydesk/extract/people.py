"""Find the names in a byline ("By Jane Doe, Reuters"): of people, agencies and newsrooms."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import islice

from copydesk.kit import tables, text
from copydesk.news.article import Author

_PACKAGE = "copydesk.extract"

_MAX_AUTHORS = 12
_MAX_PIECES, _MAX_PARTS = 100, 5  # of bylines that are read for agencies
_MAX_BYLINE = 500  # characters that are read
_MAX_NAME = 60
_SHORT = 3  # letters of a name that begins many others
_MAX_WORDS = 5  # of a name, without particles
_EDGES = " .,:;'\"’–—-"
_LONGEST_ABBREVIATION = 4  # letters before a full stop that does not end a sentence: `Wm.`, `Theo.`

_BY = r"by|von|par|por|di|da|av|af|door|oleh|od|от|автор|autor(?:[ea]?s|in)?|auteur|текст"
# Kinds of work before a name: `Eine Kolumne von`, `An essay by`, `Une chronique de`.
_WORK = rf"(?-x:{tables.read_pattern(_PACKAGE, 'signed_works.toml')})"
_LEADING = re.compile(
    rf"""(?xi)^(?:
      (?:(?:written|posted|reported|recueilli|reviewed|story|texte?|testo|words|analysis|review
         |propos\ recueillis|a\ cura|ein\ (?:artikel|beitrag)|un\ art[íi]culo)\s+)?
        (?:{_BY})\b(?:\s*[:：]\s*|\s+) | {_WORK}\b\s*:?\s+
      | (?:by|text|texte|texto|testo|words|penulis)\s*[:：]\s*
      | (?:by|von|par|por)$ | ^[–—\-~|:•·]\s*
      | (?:本报|本報|新华社|特约)?(?:记者|記者|作者|撰文|文|编译|編譯|取材)
        \s*(?:[:：/／=＝|]\s*|\s+)
    )"""
)
_ADDRESS = re.compile(r"\S*://\S+|\bwww\.\S+|\S+@\S+|(?<!\w)@\w+")
# `Ada Holm and Per Lund` are two persons, `Ortega y Gasset` is one.
_SPLIT = re.compile(
    r"(?i)\s*[;|/•·、；／]\s*|(?:^|,?\s+)(?:and|und|et|with|og|och|и|&)\s+|\s+[yei]\s+(?=\S+\s+\S)"
)
_COMMA = re.compile(r"\s*[,，]\s*")
_BETWEEN = re.compile(r"(?i)^(?:and|und|et|with|og|och|и|y|e|i|[\W_]*)$")
_OPENS = re.compile(
    rf"""(?xi)^(?:(?:(?:written|posted|reported|story|words|text)\s+)?(?:by|von|par|por|di|av|af
      |door|oleh|от)\b\s*:? | {_WORK}\b\s*:?
      | (?:text|texte|texto|testo|words|autor|author|автор)\s*:)\s*"""
)
_JUNIOR = re.compile(r"(?i),\s*([js]r)\b\.?")
_JUNIOR_END = re.compile(r"\b([JS]r)$")
_MONTH = (
    r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|mai|okt|dez|janv|févr|avr|juil|ago|dic)"
    r"[a-zäéû]{0,7}\.?"
)
_AFTER = re.compile(
    rf"""(?xi)
    \s+(?:for|in|at|of|from|für|pour|para)\s+(?:the\s+)?[^\W\d_].*$
    | \s*[(（\[@].*$ | \s+[-–—]\s.*$ | \s*\b(?:updated|published|posted|last)\b.*$
    | \s+(?:on\s+)?(?:{_MONTH}\s+\d | \d).*$"""
)
_AROUND = re.compile(  # nicknames and pictures
    r"""\s["“][^"”]{1,30}["”](?=\s)|(?<=[a-z])_(?=[A-Z])|[\u2600-\u27bf\ufe0f\U0001f000-\U0001faff]"""
)
_TITLES = re.compile(
    r"(?i)^(?:(?:dr|prof|professor|mr|mrs|ms|rev|hon|ing|mag|univ|pd|med|dipl|phil|habil|hc)\b"
    r"[.-]*\s*)+(?=\S+\s+\S)"
)
_DEGREES = re.compile(
    r"(?:\s+(?:M\.?D|Ph\.?\s?D|D\.?Phil|M\.?A|M\.?Sc|B\.?A|R\.?N|R\.?D|M\.?P\.?H|MBA|Esq|DO|DVM)"
    r"\b\.?)+$"
)
_EMPLOYED = re.compile(
    r"(?i)\s+(?:(?:the\s+)?associated press|reuters|agence france-presse|bloomberg(?: news)?"
    r"|(?:staff|senior|special|freelance|contributing|lead|chief)\s.*)$|\s+(?:AP|AFP|PA|dpa)$"
)
_ASIAN = r"\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
_ELIDED = re.compile(r"(?:[a-z]{1,2}['’]|(?:a[dlnrstz]|el|ul)-)[^\W\d_]")  # `d’Arc`, `al-Din`
_ASIAN_NAME = re.compile(rf"^[{_ASIAN}]{{2,5}}(?:[・· ][{_ASIAN}]{{1,6}})*$")
_ASIAN_ROLE = re.compile(
    r"\s*(?:기자|특파원|논설위원|記者|记者|氏|さん|報道|报道|编辑|編集委員|特派員)$"
)
_ASIAN_OFFICE = re.compile(r"(?:社|部|網|网|報|报|新聞|新闻|新聞社|编辑|編集|編集部|뉴스|편집부)$")
_NAME = re.compile(r"^(?:[^\W\d_]|[.'’`´ʻ\-‐·\s\u0300-\u036f])+$")
_PARTICLES = frozenset(tables.read_lines(_PACKAGE, "particles.txt"))
_SHORT_NAMES = frozenset({"AL", "ED", "AN"})
_WRITTEN_SMALL = _PARTICLES - {name.lower() for name in _SHORT_NAMES}
_NEWSROOM = re.compile(rf"(?i)\b{tables.read_pattern(_PACKAGE, 'newsrooms.txt')}\b")
_AGENCIES = re.compile(r"(?i)\b(?:news\s)?(?:agencies|agenturen|agences|agencias|agenzie)$")
_THE = re.compile(r"(?i)\b(?:the|der|die|our|la|le|de|of)\b")
# Roles, newsrooms, agencies, offices and machines: not persons.
_NO_PERSON = re.compile(
    rf"{_NEWSROOM.pattern}|\b{tables.read_pattern(_PACKAGE, 'no_persons.txt')}\b"
    r"|^(?:guest|top|special|exclusive|local|world|science|home)\b|\b(?:am|pm)$"
)
# Legal forms of companies and societies, after their names.
_COMPANY = re.compile(
    r"""(?x)(?:^|\s)(?:(?i:g?gmbh|mbh|d\.?\ ?o\.?\ ?o|s\.?\ ?r\.?\ ?[lo]|s\.p\.a|z\.?\ ?o\.?\ ?o
      |ltda?|limited|llc|llp|plc|pty|pvt|oyj?|aps|zrt|kft|ohg|e\.?\ ?v|b\.v|n\.v|s\.a\.s
      |s\.a\.?r\.?l|o\.ü)
      |SpA|AG|SE|KG|KGaA|UG|AB|A/S|ASA|BV|NV|SAS|SARL|S\.\ ?A|S\.\ ?L|OÜ|ООО|ЗАО)\.?$"""
)
# Given and family names that are also one of those words.
_REALLY_NAMES = frozenset({"april", "june", "press", "march", "august", "wil", "will", "friday"})


def people(
    values: Iterable[str], sites: frozenset[str] = frozenset(), *, is_declared: bool = False
) -> tuple[str, ...]:
    """Return the names of people in bylines, in order, without duplicates.

    `sites` are the squashed names of the site. A declared author may be in lower case; a name in a
    shown byline may not.
    """
    found: dict[str, str] = {}
    for value in values:
        for name in _parts(value, sites):
            fits = is_person(name) and (is_declared or _is_capitalized(name))
            if fits and text.squash(name) not in sites:
                found.setdefault(_key(name), name)
    return tuple(found.values())[:_MAX_AUTHORS]


def _parts(value: str, sites: frozenset[str]) -> Iterator[str]:
    """Yield the parts of a byline, tidied; most may not be persons.

    After `By`, the first line without a name ends the byline, but a role or an `and` does not.
    After a name and its bearer's employer (`Ada Holm, North Post, Oslo`) the rest of the line is
    about that person.
    """
    for parts in _pieces(_cut_to_byline(_lines(value))):
        names = [_tidy(part, sites) for part in parts]
        is_works_for = [bool(_NO_PERSON.search(name)) for name in names]
        end = next((at for at in range(1, len(names)) if is_works_for[at]), len(names))
        yield from names[:end]


def _pieces(lines: Iterable[str]) -> Iterator[list[str]]:
    """Yield each author in a byline with what follows the name (`["Ada Holm", "Reuters"]`)."""
    for line in lines:
        yield from map(_COMMA.split, _SPLIT.split(_LEADING.sub("", line)))


def organizations(
    values: Iterable[str], sites: frozenset[str], find_agency: Callable[[str], str]
) -> tuple[Author, ...]:
    """Return the news agencies and the site's own newsroom among the authors in bylines.

    `sites` are the squashed names of the site, and `find_agency` returns the agency that a byline
    is or ends with. An agency may follow a person (`Ada Holm, Reuters`);
    a newsroom that does is the person's employer and no author.
    """
    found: dict[str, Author] = {}
    pieces = (parts for value in values for parts in _pieces(_lines(value)))
    for parts in islice(pieces, _MAX_PIECES):
        for at, name in enumerate(map(_bare, parts[:_MAX_PARTS])):
            agency = find_agency(f"{parts[0]}, {name}" if at else name)
            if agency := agency or (name if _AGENCIES.fullmatch(name) else ""):
                found.setdefault(text.squash(agency), Author(name=agency, kind="agency"))
            elif not at and _is_newsroom(name, sites):
                found.setdefault(text.squash(name), Author(name=name, kind="newsroom"))
    return tuple(found.values())[:_MAX_AUTHORS]


def _is_newsroom(name: str, sites: frozenset[str]) -> bool:
    """Return whether a name is the site's (`Gull Times`), its desk's or none (`Gull Staff`)."""
    is_desk = bool(_NEWSROOM.search(name))
    may_be = len(name) <= _MAX_NAME and (is_desk or not is_person(name))
    return may_be and _fits(name, sites, is_desk)


def _fits(name: str, sites: frozenset[str], is_desk: bool) -> bool:
    rest = text.squash(_THE.sub(" ", _NO_PERSON.sub(" ", name)))
    whole = text.squash(name).removeprefix("the")
    names = {site.removeprefix("the") for site in sites} - {""}
    begun = [site for site in names if site.startswith(rest) and len(site) > _SHORT]
    is_paper = bool({whole, rest} & names) or any(map(whole.startswith, begun))
    return is_paper or (is_desk and (not rest or (len(rest) > _SHORT and bool(begun))))


def _lines(value: str) -> list[str]:
    """Return the lines of a byline as plain text without mail addresses and handles."""
    lines = (text.plain(line) for line in value[:_MAX_BYLINE].split("\n"))
    bare = (_JUNIOR.sub(r" \1.", _ADDRESS.sub(" ", line)).strip() for line in lines)
    return [line for line in bare if line]


def _cut_to_byline(lines: list[str]) -> Iterator[str]:
    """Yield the lines from `By` to the first without a name; all of them if there is no `By`."""
    start = next((at for at, line in enumerate(lines) if _OPENS.match(line)), None)
    yield from lines if start is None else ()
    for line in lines[start:] if start is not None else ():
        bare = _OPENS.sub("", line)
        parts = (part for piece in _SPLIT.split(bare) for part in _COMMA.split(piece))
        if not any(is_person(_tidy(part, frozenset())) for part in parts) and _is_telling_more(
            bare
        ):
            return
        yield line


def _is_telling_more(line: str) -> bool:
    """Return whether a line without a name is more than a role or an `and` between two names."""
    is_between = _NO_PERSON.search(line) or _BETWEEN.match(line)
    return not is_between or bool(re.search(r"\d", line))


def opens(line: str) -> bool:
    """Return whether a line begins like a byline: `By`, `Von`, `Text:` …."""
    return bool(_OPENS.match(line))


def _bare(part: str) -> str:
    """Return a name in a byline without `By`, pictures, and a place or date after it."""
    return _AFTER.sub("", _LEADING.sub("", text.fold(_AROUND.sub(" ", part)))).strip(_EDGES)


def _tidy(part: str, sites: frozenset[str]) -> str:
    name = _EMPLOYED.sub("", _bare(part)).strip(_EDGES)
    name = _ASIAN_ROLE.sub("", _DEGREES.sub("", _TITLES.sub("", name)))
    return _JUNIOR_END.sub(r"\1.", _calm(_cut_site(name, sites)))


def _cut_site(name: str, sites: frozenset[str]) -> str:
    """Cut the site's name off: `Ada Holm` from `Ada Holm Harbour Times`."""
    words = name.split()
    for at in range(2, len(words)):
        if text.squash(" ".join(words[at:])) in sites:
            return " ".join(words[:at])
    return name


def _calm(name: str) -> str:
    """Spell a name in capitals normally: `HOLM` as `Holm`; initials keep their capitals."""
    is_shouted = name.isupper()
    return " ".join(_spell(word, is_shouted) for word in name.split())


def _spell(word: str, is_shouted: bool) -> str:
    """Spell a word of a name normally: `HOLM` as `Holm`; initials keep their capitals."""
    if not word.isupper() or "." in word or len(word) < 2:
        return word
    if is_shouted and word.lower() in _WRITTEN_SMALL:
        return word.lower()
    if len(word) > 3 or (is_shouted and _is_a_name(word)):
        return re.sub(r"[^\W\d_]+", lambda piece: piece[0].capitalize(), word)
    return word


def _is_a_name(capitals: str) -> bool:
    """Return whether two or three capitals are a name, not initials: they can be pronounced."""
    return len(capitals) > 2 or capitals in _SHORT_NAMES or capitals[1] in "AEIOUY"


def _key(name: str) -> str:
    """Return a key of a name that its spellings share: no accents, no middle initials."""
    words = text.drop_accents(name).replace(".", " ").split()
    full = [words[0], *(word for word in words[1:-1] if len(word) > 1), *words[1:][-1:]]
    return text.squash("".join(full))


def is_more(names: Iterable[str], fewer: Iterable[str]) -> bool:
    """Return whether `names` contain all of `fewer` and more, even if spelled differently."""
    return {_key(name) for name in fewer} < {_key(name) for name in names}


def is_person(name: str) -> bool:
    """Return whether a text looks like a person's name: two to five words of letters."""
    if len(name) > _MAX_NAME:
        return False
    if _ASIAN_NAME.match(name):
        return not _ASIAN_OFFICE.search(name)
    words = [word for word in name.split() if word not in _PARTICLES]
    if not 2 <= len(words) <= _MAX_WORDS or not _NAME.match(name) or not _is_spelled(words):
        return False
    return not _is_organization(name, words)


def _is_organization(name: str, words: list[str]) -> bool:
    """Return whether a word of a name is that of a company or an office, and not a surname."""
    plain = " ".join(word for word in words if word.lower() not in _REALLY_NAMES)
    return bool(_COMPANY.search(name) or _NO_PERSON.search(plain))


def _is_spelled(words: list[str]) -> bool:
    """Return whether words are a name, not a sentence: full stops come after initials only."""
    stops = [word for word in words[:-1] if word.endswith(".")]
    bare = [word[:-1] for word in stops]
    if any(len(word) > _LONGEST_ABBREVIATION and "." not in word for word in bare):
        return False
    return any(len(word.strip(".")) > 1 for word in words)


def _is_capitalized(name: str) -> bool:
    """Return whether all words of a name but particles are capitalized."""
    words = (word for word in name.split() if word.lower() not in _PARTICLES)
    return not any(word[0].islower() and not _ELIDED.match(word) for word in words)
