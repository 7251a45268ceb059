"""Compose the post about a story for a network: a template, filled and cut to the network's limits.

parts of a story ── template ──> pieces ── cut while too long ──> ComposedPost
                      └ written so that nobody is mentioned and nothing is markup
"""

from __future__ import annotations

import bisect
import html
import itertools
import string
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import regex

from copydesk.kit import text, urls

ELLIPSIS = "…"
URL_START = regex.compile(r"https?://", regex.IGNORECASE)
URL = regex.compile(r"https?://\S+", regex.IGNORECASE)
_CLUSTER = regex.compile(r"\X")
# Servers whose Unicode data is older than 15.1 lack rule GB9c of UAX 29: they begin a new grapheme
# after the sign that joins two Indic consonants.
_JOINED = regex.compile(r"\p{InCB=Linker}[\p{InCB=Extend}\p{InCB=Linker}]*(?=\p{InCB=Consonant})")
_UNSPACED = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}ー、。」』）]")
_KATAKANA = regex.compile(r"[\p{Katakana}ー]")
_RUN = regex.compile(r"\S+")
_LONGEST_WORD = 60  # graphemes; a longer run is no word, or its script has no spaces (Thai)
_LOOSE_END = regex.compile(r"[\s\p{Ps}\p{Pi},;:.!?…–—、。，।\-]+$")
_MOST_TAGS = 8
_LONGEST_TAG = 64  # characters: a tag of Bluesky has at most 64 graphemes and 640 bytes
_SHORTEST_LINE = 20  # graphemes that are left of a line which is cut, or it is dropped
_WORD_JOINER = "\u2060"  # not visible; between `@` and a name, it prevents a mention
_MENTION_SIGN = regex.compile(r"[@＠](?=\S)")
# Behind a URL without a space; in its path (`/@name`) nobody is mentioned.
_MENTION_SIGN_AT_URL = regex.compile(rf"(?<![/=\w])[@＠](?=[^\s{_WORD_JOINER}])")
# Without a domain, Telegram takes it for no URL, and `/@name` in it for a mention.
_ASCII_URL = regex.compile(
    r"https?://(?>(?:[a-z0-9_-]+\.)+[a-z0-9-]{2,})(?![\w.-]*@)[!-;=?-~]*", regex.IGNORECASE
)
_SHORTEST_URL = "http://a.co"
# A mention of somebody at another server; Mastodon counts the name only (Account::MENTION_RE).
_FAR_MENTION = regex.compile(r"(?<![=/\w])(@[a-zA-Z0-9_]+(?:[.-]+[a-zA-Z0-9_]+)*)@\w+(?:[.-]+\w+)*")
_TAG_PART = regex.compile(r"[\p{L}\p{M}\p{Nd}\p{Pc}]+")  # of a hashtag, by Tag::HASHTAG_NAME_RE
_LINK_OR_TAG = regex.compile(
    r"(?P<link>https?://[!-;=?-~]*[A-Za-z0-9/=&#%_-])"
    rf"|(?<!\S)#(?P<tag>(?=\S*\p{{L}}){_TAG_PART.pattern})"
)
_MARKDOWN = regex.compile(r"[\\*_~`|\[\]<]|(?<=^\s*)[#>-]")
_DISCORD_TAG = regex.compile(r"<(?=[#:/a-z])")  # a channel, time or emoji, or a link
_MENTION_OR_MASK = regex.compile(r"[@＠](?=\S)|\](?=[(\[:])")


# Count a text as networks do; cut it between words, never in a link, an emoji or a grapheme.


def count_graphemes(text: str) -> int:
    """Return the number of user-perceived characters (UAX 29), at least as many as any server."""
    return sum(1 for _ in _CLUSTER.finditer(text)) + len(_JOINED.findall(text))


def count_utf16(text: str) -> int:
    """Return the length of a text in UTF-16 code units."""
    return len(text.encode("utf-16-le")) // 2


def count_bytes(text: str) -> int:
    """Return the length of a text in bytes of UTF-8."""
    return len(text.encode())


def cut(words: str, fits: Callable[[str], bool]) -> str:
    """Return the longest beginning of a text that fits, with an ellipsis; "" if none does.

    The text is cut at the end of a word: before white space, between characters of Chinese and
    Japanese, and inside a run of more than 60 graphemes. A link is kept or dropped as a whole.
    """
    if fits(words):
        return words
    ends = list(_find_ends(words))
    most = bisect.bisect_left(ends, True, key=lambda end: not fits(_end(words[:end])))
    return _end(words[: ends[most - 1]]) if most else ""


def _end(words: str) -> str:
    bare = _LOOSE_END.sub("", words)
    return bare + ELLIPSIS if bare else ""


def _find_ends(words: str) -> Iterator[int]:
    """Yield the positions at which a text may be cut, in order."""
    for run in _RUN.finditer(words):
        url = URL.search(run[0])
        yield from _find_ends_within(run[0][: url.start()] if url else run[0], run.start())
        yield run.end()


def _find_ends_within(run: str, start: int) -> Iterator[int]:
    """Yield the positions inside a run without white space at which it may be cut."""
    clusters = list(_CLUSTER.finditer(run))
    is_long = len(clusters) > _LONGEST_WORD
    for cluster, after in itertools.pairwise(clusters):
        left, right = cluster[0], after[0]
        is_unspaced = _UNSPACED.match(left) and _UNSPACED.match(right)
        if is_long or (is_unspaced and not (_KATAKANA.match(left) and _KATAKANA.match(right))):
            yield start + after.start()


# Posts, in pieces.


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A part of a post as it is sent; `target` is a link's URL, or a tag's name without `#`."""

    kind: Literal["words", "link", "tag"] = "words"
    words: str
    target: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ComposedPost:
    """The text of a post, in pieces."""

    pieces: tuple[Piece, ...]

    @property
    def text(self) -> str:
        """The text as it is sent."""
        return "".join(piece.words for piece in self.pieces)

    @property
    def markup(self) -> str:
        """The text as HTML, with links and line breaks."""
        return "".join(map(_mark_up, self.pieces))


def _mark_up(piece: Piece) -> str:
    words = html.escape(piece.words).replace("\n", "<br>")
    return f'<a href="{html.escape(piece.target)}">{words}</a>' if piece.kind == "link" else words


@dataclass(frozen=True, slots=True, kw_only=True)
class PostTooLong:
    """The answer for a story whose post cannot be cut to the limits, such as with a huge link."""

    network: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PostLimit:
    """The most that a post may have of something that a network counts."""

    most: int
    count: Callable[[Sequence[Piece]], int]


def _of_text(count: Callable[[str], int]) -> Callable[[Sequence[Piece]], int]:
    return lambda pieces: count("".join(piece.words for piece in pieces))


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """How posts are written for a network: its limits, and its spelling of words and links."""

    name: str
    limits: tuple[PostLimit, ...]
    write: Callable[[str], str]
    write_link: Callable[[str], str] = str

    def allows(self, pieces: Sequence[Piece]) -> bool:
        """Return whether a post is within the network's limits."""
        return all(limit.count(pieces) <= limit.most for limit in self.limits)


def disarm(words: str) -> str:
    """Return a text in which no name after `@` is a mention; names in a URL's path stay."""
    joined = rf"\g<0>{_WORD_JOINER}"
    words = _outside_urls(words, lambda part: _MENTION_SIGN.sub(joined, part))
    return str(_MENTION_SIGN_AT_URL.sub(joined, words))


def _outside_urls(words: str, change: Callable[[str], str]) -> str:
    """Return a text with everything changed but its URLs."""
    changed, at = "", 0
    for url in _ASCII_URL.finditer(words):
        changed += change(words[at : url.start()]) + url[0]
        at = url.end()
    return changed + change(words[at:])


def _escape_markdown(words: str) -> str:
    """Escape what Discord reads as Markdown or as a mention (`<@1>`), but not in URLs.

    A backslash behind a URL is a part of it there, so that it escapes nothing.
    """
    words = disarm(_outside_urls(words, lambda part: _MARKDOWN.sub(r"\\\g<0>", part)))
    return str(_DISCORD_TAG.sub(rf"\g<0>{_WORD_JOINER}", words))


def _disarm_for_any(words: str) -> str:
    """Return a text in which no service of apprise finds a mention or a link under other words.

    Many read Markdown (`[words](URL)`). For Slack, apprise makes marks of `!here>`, `URL|words>`.
    """
    return str(_MENTION_OR_MASK.sub(rf"\g<0>{_WORD_JOINER}", words)).replace(">", "›")


def make_mastodon(most: int = 500, link_characters: int = 23) -> Network:
    """Return how posts are written for a Mastodon server with these limits (`/api/v2/instance`).

    It counts graphemes, a link as 23 of them and a mention without its server
    (StatusLengthValidator). A URL in a headline counts as at least as much as it may count there.
    """

    def count(pieces: Sequence[Piece]) -> int:
        return sum(_count_piece(piece, link_characters) for piece in pieces)

    return Network(name="mastodon", limits=(PostLimit(most=most, count=count),), write=disarm)


def _count_piece(piece: Piece, link_characters: int) -> int:
    if piece.kind == "link" and _is_link_to_mastodon(piece.target):
        return link_characters
    more = max(0, link_characters - len(_SHORTEST_URL)) * len(URL_START.findall(piece.words))
    return more + count_graphemes(_FAR_MENTION.sub(r"\1", piece.words))


def _is_link_to_mastodon(url: str) -> bool:
    """Return whether a URL is surely a link to Mastodon: its top-level domain exists."""
    host = urls.host(url)
    return not urls.is_machine(host) and urls.site_name(host) != ""


BLUESKY = Network(
    name="bluesky",
    limits=(  # app.bsky.feed.post: maxGraphemes, maxLength
        PostLimit(most=300, count=_of_text(count_graphemes)),
        PostLimit(most=3_000, count=_of_text(count_bytes)),
    ),
    write=str,  # mentions are facets, which we do not make
)
DISCORD = Network(
    name="discord",
    limits=(PostLimit(most=2_000, count=_of_text(count_utf16)),),
    write=_escape_markdown,
)
SLACK = Network(  # longer texts are split or cut (chat.postMessage)
    name="slack",
    limits=(PostLimit(most=4_000, count=_of_text(count_utf16)),),
    write=lambda words: html.escape(disarm(words), quote=False),
    write_link=lambda url: f"<{html.escape(url, quote=False).replace('|', '%7C')}>",
)
TELEGRAM = Network(
    name="telegram", limits=(PostLimit(most=4_096, count=_of_text(count_utf16)),), write=disarm
)
APPRISE = replace(TELEGRAM, name="apprise", write=_disarm_for_any)
MATRIX = Network(  # an event has at most 65,536 bytes, and holds the text twice
    name="matrix", limits=(PostLimit(most=8_000, count=_of_text(count_bytes)),), write=disarm
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PostParts:
    """The parts of a story for a post: its headline, one sentence, the URL of its page, topics."""

    headline: str
    line: str = ""
    link: str
    topics: tuple[str, ...] = ()


TemplateLine = tuple[tuple[str, str], ...]  # (literal text, field after it or "")


def read_post_template(template: str) -> tuple[TemplateLine, ...]:
    """Return the lines of a post's template, which the settings have checked."""
    parse = string.Formatter().parse
    return tuple(
        tuple((literal, name or "") for literal, name, _, _ in parse(line))
        for line in template.split("\n")
    )


def compose_post(
    parts: PostParts, template: Sequence[TemplateLine], network: Network
) -> ComposedPost | PostTooLong:
    """Return the post about a story within the network's limits.

    If it is too long, first the line is cut or dropped, then tags are, then the headline is cut.
    A line of the template whose parts are all empty is left out.
    """
    headline, line = text.fold(parts.headline), text.fold(parts.line)
    parts = replace(parts, headline=headline, line="" if line == headline else line)
    tags = make_tags(parts.topics)

    def lay(headline: str, line: str, count: int) -> tuple[Piece, ...]:
        story = replace(parts, headline=headline, line=line)
        return _fill(story, tags[:count], template, network)

    all_tags = len(tags)
    line = cut(parts.line, lambda words: network.allows(lay(headline, words, all_tags)))
    if line != parts.line and count_graphemes(line) < _SHORTEST_LINE:
        line = ""
    for count in range(all_tags, -1, -1):
        if network.allows(pieces := lay(headline, line, count)):
            return ComposedPost(pieces=pieces)
    headline = cut(headline, lambda words: network.allows(lay(words, "", 0)))
    if not headline:
        return PostTooLong(network=network.name)
    return ComposedPost(pieces=lay(headline, "", 0))


def compose_words(words: str, network: Network) -> ComposedPost | PostTooLong:
    """Return a post of somebody's own words, which are never cut; URLs and hashtags are found."""
    words, at = text.tidy(words), 0
    pieces: list[Piece] = []
    for mark in _LINK_OR_TAG.finditer(words):
        pieces.append(Piece(words=network.write(words[at : mark.start()])))
        if mark["link"]:
            link = mark["link"]
            pieces.append(Piece(kind="link", words=network.write_link(link), target=link))
        else:
            pieces.append(_write_tag(mark["tag"], network))
        at = mark.end()
    pieces.append(Piece(words=network.write(words[at:])))
    if not network.allows(pieces):
        return PostTooLong(network=network.name)
    return ComposedPost(pieces=tuple(piece for piece in pieces if piece.words))


def allow_mentions(post: ComposedPost, names: Sequence[str]) -> ComposedPost:
    """Return a post in which these accounts are mentioned, such as `@us@example.social`."""
    pieces = post.pieces
    for name in names:
        pieces = tuple(replace(one, words=one.words.replace(disarm(name), name)) for one in pieces)
    return ComposedPost(pieces=pieces)


def make_tags(topics: Sequence[str]) -> tuple[str, ...]:
    """Return the hashtags of topics without `#`, at most 8: "climate change" → ClimateChange."""
    tags = (
        "".join(words if len(parts) == 1 else words[:1].upper() + words[1:] for words in parts)
        for topic in topics
        if (parts := _TAG_PART.findall(text.fold(topic)))
    )
    fitting = (tag for tag in tags if len(tag) <= _LONGEST_TAG)
    unique: dict[str, str] = {}
    for tag in fitting:
        if regex.search(r"\p{L}", tag):
            unique.setdefault(tag.casefold(), tag)
    return tuple(unique.values())[:_MOST_TAGS]


def _fill(
    parts: PostParts, tags: Sequence[str], template: Sequence[TemplateLine], network: Network
) -> tuple[Piece, ...]:
    """Return the pieces of a filled template, at most one empty line between two lines."""
    lines: list[tuple[Piece, ...]] = []
    for line in template:
        filled = _fill_line(line, parts, tags, network)
        if filled or (not line and lines and lines[-1]):
            lines.append(filled)
    if lines and not lines[-1]:
        lines.pop()
    return tuple(piece for line in lines for piece in (Piece(words="\n"), *line))[1:]


def _fill_line(
    line: TemplateLine, parts: PostParts, tags: Sequence[str], network: Network
) -> tuple[Piece, ...]:
    """Return the pieces of a line, () if it is empty or the story has no part that it names."""
    fields = [_fill_field(name, parts, tags, network) for _, name in line]
    if any(name for _, name in line) and not any(fields):
        return ()
    return tuple(
        piece
        for (literal, _), pieces in zip(line, fields, strict=True)
        for piece in (Piece(words=network.write(literal)), *pieces)
        if piece.words
    )


def _fill_field(
    name: str, parts: PostParts, tags: Sequence[str], network: Network
) -> tuple[Piece, ...]:
    """Return the pieces of one part of a story, () if the story has no such part."""
    if name == "link":
        return (Piece(kind="link", words=network.write_link(parts.link), target=parts.link),)
    if name == "tags":
        spaced = [(Piece(words=" "), _write_tag(tag, network)) for tag in tags]
        return tuple(piece for pair in spaced for piece in pair)[1:]
    words = {"headline": parts.headline, "line": parts.line}.get(name, "")
    return (Piece(words=network.write(words)),) if words else ()


def _write_tag(tag: str, network: Network) -> Piece:
    return Piece(kind="tag", words=network.write(f"#{tag}"), target=tag)
