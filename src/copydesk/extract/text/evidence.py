"""Evidence on whether a text block belongs to the article, and typical boilerplate phrases."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from copydesk.extract.text.blocks import HEADINGS, Block, Wrapper
from copydesk.extract.words import is_notice
from copydesk.kit import tables

CORE = 80  # characters that surely make a paragraph
_STYLED = 0.8  # of a paragraph's characters; with more in bold or italics it is a note or a lead
_MOST = 0.5  # of the article's words: the hints of an element with as much are ignored
_SEVERAL = 3  # blocks of the article in an element, likewise
_TITLE = 6  # letters of a headline that can be compared
_FEW_LINKS = 0.5
AGAINST = frozenset(
    {"aside", "byline", "caption", "comment", "hidden", "letter", "related", "share"}
)
_NEAR = 2  # blocks after a block
_FULL_STOPS = frozenset(".!?…。！？:;：")

_READERS = 3

Votes = Mapping[str, Sequence[float]]


@dataclass(slots=True, kw_only=True)
class VotedPage:
    """The text blocks of a page, and which of them each extraction library chose."""

    blocks: Sequence[Block]
    squashed: Sequence[str]
    votes: Votes
    titles: Sequence[str]
    words: list[int] = field(default_factory=list)
    named: dict[int, tuple[Wrapper, ...]] = field(default_factory=dict)
    count: list[int] = field(init=False)
    two: int = field(init=False)
    _hints: dict[int, frozenset[str]] = field(init=False)
    trust: dict[str, float] = field(init=False)
    total: int = field(init=False)
    first: int = field(init=False)
    last: int = field(init=False)

    def __post_init__(self) -> None:
        if not self.words:
            self.words = [block.words for block in self.blocks]
            self.named = list_named_wrappers(self.blocks)
        many = len(self.blocks)
        self.count = [0] * many
        for shares in self.votes.values():
            self.count = [
                readers + (share >= 0.5) for readers, share in zip(self.count, shares, strict=True)
            ]
        self.two = min(2, len(self.votes))
        taken = [at for at, readers in enumerate(self.count) if readers >= self.two]
        self.total = sum(map(self.words.__getitem__, taken))
        self._hints = self._gather_hints(taken)
        self.trust = {name: self._trust(name) for name in self.votes}
        core = list(filter(self._is_core, taken))
        self.first, self.last = (core[0], core[-1]) if core else (0, many - 1)

    def _is_core(self, at: int) -> bool:
        block = self.blocks[at]
        return (
            block.size >= CORE
            and block.kind == "paragraph"
            and 2 * block.linked < len(block.text)
            and block.strong <= _STYLED * len(block.text)
        )

    def _trust(self, reader: str) -> float:
        """Return how far a library agrees with what two of all chose, as an F1 of words."""
        said = self.votes[reader]
        own = shared = 0.0
        for at, word in enumerate(self.words):
            own += said[at] * word
            shared += said[at] * word if self.count[at] >= self.two else 0.0
        return 2 * shared / (own + self.total) if own + self.total else 0.0

    def agreement(self, at: int) -> float:
        """Return the share of extraction libraries, weighted by trust, that chose a block."""
        whole = sum(self.trust.values()) or 1.0
        return sum(self.trust[name] * shares[at] for name, shares in self.votes.items()) / whole

    def hints(self, at: int) -> set[str]:
        """Return hints on a block's role from the elements around it, inside of the article."""
        return set(self._hints[id(self.named[id(self.blocks[at].wrapper)])])

    def _gather_hints(self, taken: Sequence[int]) -> dict[int, frozenset[str]]:
        """Return the hints of each row of elements with hints; one around the article has none."""
        rows = {id(row): row for row in self.named.values()}
        inside = dict.fromkeys(rows, (0, 0))  # words and blocks
        for at in taken:
            key = id(self.named[id(self.blocks[at].wrapper)])
            words, blocks = inside[key]
            inside[key] = words + self.words[at], blocks + 1
        around = self._list_around(rows, inside, min(_SEVERAL, len(taken)))
        return {
            key: frozenset().union(*(named.hints for named in row if id(named) not in around))
            for key, row in rows.items()
        }

    def _list_around(
        self,
        rows: Mapping[int, tuple[Wrapper, ...]],
        inside: Mapping[int, tuple[int, int]],
        several: int,
    ) -> set[int]:
        """Return the elements that are around most of the article, by id."""
        whole: dict[int, tuple[int, int]] = {}
        for key, row in rows.items():
            for named in row:
                words, blocks = whole.get(id(named), (0, 0))
                whole[id(named)] = words + inside[key][0], blocks + inside[key][1]
        most = _MOST * self.total
        return {
            key for key, (words, blocks) in whole.items() if words >= most and blocks >= several
        }

    def is_title(self, at: int) -> bool:
        """Return whether a text block repeats the page's headline."""
        letters = self.squashed[at]
        return len(letters) > _TITLE and any(
            letters == title
            or (len(letters) > 0.6 * len(title) and title.startswith(letters))
            or (len(letters) > 0.6 * len(title) and title.endswith(letters))
            for title in self.titles
        )


def list_named_wrappers(blocks: Sequence[Block]) -> dict[int, tuple[Wrapper, ...]]:
    """Return for each element around blocks, by id, those with hints among it and its parents."""
    named: dict[int, tuple[Wrapper, ...]] = {id(None): ()}
    for block in blocks:
        inner: list[Wrapper] = []
        wrapper: Wrapper | None = block.wrapper
        while id(wrapper) not in named and wrapper:
            inner.append(wrapper)
            wrapper = wrapper.outer
        for wrapper in reversed(inner):
            above = named[id(wrapper.outer)]
            named[id(wrapper)] = (*above, wrapper) if wrapper.hints else above
    return named


def ends_a_sentence(line: str) -> bool:
    """Return whether a line ends with the end of a sentence, ignoring quotes and brackets."""
    return line.rstrip("\"'”’»)]」』")[-1:] in _FULL_STOPS


def evidence(page: VotedPage, at: int) -> dict[str, float]:
    """Return the evidence on whether a block is article text: by name, numbers from 0 to 1."""
    block, count = page.blocks[at], page.count
    length = len(block.text)
    hints = page.hints(at)
    if block.tag in HEADINGS:  # the headings of a gallery are not captions
        hints.discard("caption")
    behind = count[at + 1 : at + 1 + _NEAR]
    links = block.linked / length
    inside = page.first < at < page.last
    found = {
        "agreed": page.agreement(at),
        "two": count[at] >= page.two,
        "three": count[at] >= len(page.votes),
        "linked": links,
        "styled": block.strong > _STYLED * length and (at > page.last or links > _FEW_LINKS),
        "row": block.kind == "row",
        "paragraph tag": block.tag == "p",
        "quoted": block.quoted,
        "ahead": at < page.first,
        "behind": at > page.last,
        "near behind": sum(behind) / (_NEAR * _READERS),
        "sentence": ends_a_sentence(block.text),
        "embed inside": inside and "embed" in hints,
        "clean inside": inside and links < _FEW_LINKS and not hints & AGAINST,
    }
    found |= {f"in {hint}": 1.0 for hint in hints}
    return {name: float(value) for name, value in found.items() if value}


# Furniture: short lines that belong to the site and not to the article.

_PACKAGE = "copydesk.extract.text"

_LINE = 200  # characters; a longer line may be part of the article
_NOTE = 300  # characters of a caption with its credit, a breadcrumb path, or a note of the page
_ASKED = 350  # characters of a request to the reader at the end
_CORNER = 60  # characters of a box's title
_SHELL = 600  # characters; a shorter text that begins like this is all there is

_FURNITURE = re.compile(rf"(?i){tables.read_pattern(_PACKAGE, 'furniture.txt')}$")
# "Read also" in many languages, before a colon, an arrow or the end.
_ALSO = re.compile(rf"(?i){tables.read_pattern(_PACKAGE, 'read_also.txt')}(?:\s*[:：.»>→–|-].*|)$")
# Notes of a page's software below an article, and in place of what it does not show.
_META = re.compile(rf"(?i){tables.read_pattern(_PACKAGE, 'page_notes.txt')}")
# Words before a credit, and holders of credits.
_SHOWS = (
    r"(?:(?:photo|photograph|foto|fotografie|bild|image|picture|grafik|symbolbild|titelbild)s?"
    r"|fot\.|fotoğraf|zdjęcie|imagen|imagem|beeld|фото|写真|图片|사진)"
)
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
    rf"(?i)^\(?(?:all )?{_SHOWS}(?:[ -]?{_CREDITS}){{0,2}}"
    r"(?: ?[:：©]|(?<=by)|(?<=courtesy)|(?<=fot\.))"
    r"(?:[^.!?]|\.(?=\S)){0,80}\.?$"
)
_CREDIT_SIGN = re.compile(
    r"(?i)©|\(|photo|fot|bild|image|picture|grafik|zdjęcie|beeld|фото|写真|图片|사진"
)
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
_POINTS = re.compile(rf"(?i)\W*{tables.read_pattern(_PACKAGE, 'summary_headings.txt')}\W*")
_APP = re.compile(rf"(?i){tables.read_pattern(_PACKAGE, 'browser_pleas.txt')}")


@functools.lru_cache(maxsize=4_096)  # a page's lines are asked about twice, a site's repeat
def is_furniture(line: str) -> bool:
    """Return whether a line is boilerplate of the site and not part of the article.

    A long line always belongs to the article: there are stories about cookies.
    """
    if len(line) > _NOTE:
        return False
    if is_credit(line) or _META.match(line):
        return True
    return len(line) <= _LINE and bool(
        is_notice(line) or _FURNITURE.match(line) or _ALSO.match(line)
    )


def is_credit(line: str) -> bool:
    """Return whether a line is a picture's credit, alone or at the end of a caption."""
    if len(line) > _NOTE or not _CREDIT_SIGN.search(line):
        return False
    return bool(_CREDIT.search(line) or _CREDIT_ALONE.match(line))


def is_path(line: str, squashed: str, titles: Sequence[str]) -> bool:
    """Return whether a line is the page's breadcrumbs: "Home » Ports » …"."""
    if len(line) > _NOTE or not _STEP.search(line):
        return False
    if _HOME.match(line):
        return True
    return len(_STEP.findall(line)) > 1 and any(
        title and squashed.endswith(title) for title in titles
    )


def asks(line: str) -> bool:
    """Return whether a line asks the reader to subscribe, follow or donate."""
    return bool(_LIKED.match(line)) or (len(line) <= _ASKED and bool(_ASKS.search(line)))


def begins_comments(heading: str) -> bool:
    """Return whether a heading is the title of the readers' comments."""
    return bool(_COMMENTS.fullmatch(heading))


def is_points(line: str) -> bool:
    """Return whether a line is the title of a box that sums up the article."""
    return len(line) <= _CORNER and bool(_POINTS.fullmatch(line))


def is_shell(found: str) -> bool:
    """Return whether a text is only a notice that JavaScript or cookies are turned off."""
    return len(found) < _SHELL and bool(_APP.search(found[:_LINE]))


# Kinds of lines, by their form alone.

_STANDFIRST = 120  # characters; a longer heading above the first paragraph introduces the article
_CAPTION = 150  # characters; a longer line after a picture is a paragraph
_LABEL = 100  # characters of a line that ends with a colon but introduces nothing
_NAME = 30  # letters; a shorter line above the text that is no sentence is a date, a name, a kicker
_LINK = 0.9  # of the characters of a line that is a link to something else
_SPACES = 3  # in a headline; a name has fewer


def is_linked_heading(block: Block) -> bool:
    """Return whether a heading is a link as a whole."""
    return block.kind == "heading" and block.linked >= _LINK * len(block.text)


def is_loose(block: Block) -> bool:
    """Return whether a line at the end introduces nothing, or asks the reader for something."""
    if block.kind == "heading":
        return True
    if block.kind != "paragraph":
        return False
    if len(block.text) <= _LABEL and block.text[-1] in ":：":
        return True
    return asks(block.text)


def is_headline_elsewhere(block: Block) -> bool:
    """Return whether a line is a link as a whole, and no sentence."""
    if block.kind != "paragraph" or block.quoted or block.linked < _LINK * len(block.text):
        return False
    is_said = ends_a_sentence(block.text) or "://" in block.text
    return block.text.count(" ") >= _SPACES and not is_said


def is_caption(block: Block) -> bool:
    """Return whether a line is right after its picture and is not a sentence."""
    is_line = block.kind == "paragraph" and len(block.text) <= _CAPTION
    return block.pictured and is_line and not ends_a_sentence(block.text)


def is_short(block: Block) -> bool:
    """Return whether a line is no paragraph and no sentence."""
    return block.kind == "paragraph" and block.size < CORE and not ends_a_sentence(block.text)


def is_of_text(block: Block) -> bool:
    """Return whether a block above the text is part of it: sentences or a list, no links."""
    if block.kind in {"row", "code"}:
        return True
    if block.kind == "paragraph" and block.size >= CORE and ends_a_sentence(block.text):
        return True
    if 2 * block.linked >= len(block.text):
        return False
    if block.kind == "heading":
        return len(block.text) > _STANDFIRST or block.text[-1] in ".。"
    return block.kind != "paragraph" or _is_sentence(block)


def _is_sentence(block: Block) -> bool:
    """Return whether a short paragraph is a greeting or a sentence, not only a name or a date."""
    is_line = block.size >= _NAME or ends_a_sentence(block.text)
    return block.text[-1] in ",，" or (is_line and block.text[-1] not in ":：")
