"""Plain text: collapse white space, decode entities, drop Markdown, shorten, split into words."""

from __future__ import annotations

import functools
import html
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator

_TAG_START = re.compile(r"<!--|</?[a-zA-Z!?]")
# Unicode noncharacters: the last two of each plane, and U+FDD0 to U+FDEF
_NOBODYS = "".join(
    chr(plane | last) for plane in range(0, 1 << 20 | 1, 1 << 16) for last in (65534, 65535)
)
_CONTROL = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u200b\u202a-\u202e\u2060\u2066-\u2069"
    rf"\ufeff\ud800-\udfff\ufdd0-\ufdef{_NOBODYS}]"
)
_MAILBOX = re.compile(r" <[^<>@\s]+@[^<>@\s]+>")  # after a name, as git writes people
_WORD = re.compile(r"\w+")
_BETWEEN = re.compile(r"[\W_]+")

# The Markdown of an article (docs/design/extract.md) has marks only at the start of a line.
_MARKS = re.compile(r"\A(?:> ?)?(?:#{1,6} |[-*+] |[0-9]{1,9}[.)] )?")
_ESCAPED = re.compile(r"\A([0-9]{1,9}|)\\([#>|`~*+.)\\-])")
_RULE = re.compile(r"\|(?: -+ \|)+")
_CELL = re.compile(r"((?:[^|\\]|\\.?)*+)(?:\||\Z)")
_FENCE = "```"
_LIQUID = re.compile(r"\{(?=[{%])")
# Scripts without blanks: Thai, Lao, Burmese, Khmer, Japanese, Chinese, as a class of a regex.
UNSPACED_LETTERS = r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff"


def is_encodable(name: str) -> bool:
    """Return whether a file name can be encoded as UTF-8, as a URL needs it."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def fold(text: str) -> str:
    """Return a text as one line: single spaces, no control characters."""
    if text.isprintable():  # then it has no white space but blanks; most texts are folded already
        return text if "  " not in text and text == text.strip(" ") else " ".join(text.split())
    return " ".join(_CONTROL.sub("", text).split())


def hide_addresses(words: str) -> str:
    """Remove mail addresses after names: `Ed <ed@desk.example>` becomes `Ed`."""
    return _MAILBOX.sub("", words)


def mask_address(address: str) -> str:
    """Return an e-mail address with most letters hidden, to be shown to others: `m…@e…`."""
    name, _, domain = address.rpartition("@")
    return f"{name[:1]}…@{domain[:1]}…" if address else ""


def tidy(markdown: str) -> str:
    """Return a text of several lines without control characters and trailing white space.

    At most one empty line in a row is left; line ends are LF.
    """
    lines = [_CONTROL.sub("", line).rstrip() for line in re.split(r"\r\n?|\n", markdown)]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n")


def plain(markup: str) -> str:
    """Return the text of an HTML fragment: no tags, entities decoded, white space collapsed."""
    return fold(html.unescape(" ".join(_between_tags(markup))))


def _between_tags(markup: str) -> Iterator[str]:
    """Yield the pieces of text between tags and comments, in linear time.

    An unclosed tag or comment is text; after the first one, no later one is closed either.
    """
    at, hopeless = 0, set[str]()
    for start in _TAG_START.finditer(markup):
        end = "-->" if start.group() == "<!--" else ">"
        if start.start() < at or end in hopeless:
            continue
        close = markup.find(end, start.end())
        if close < 0:
            hopeless.add(end)
            continue
        yield markup[at : start.start()]
        at = close + len(end)
    yield markup[at:]


@functools.lru_cache(maxsize=4)  # of one article, the reader asks several times
def prose(markdown: str) -> str:
    """Return an article's Markdown as plain text, one line per paragraph, without empty lines.

    Removes the marks of headings, lists, quotes, tables (a blank between cells) and code.
    """
    lines: list[str] = []
    is_code = False
    for line in markdown.split("\n"):
        if line.startswith(_FENCE):
            is_code = not is_code
        else:
            lines.append(line if is_code else _strip_marks(line))
    return "\n".join(line for line in lines if line.strip())


def _strip_marks(line: str) -> str:
    if line.startswith("|"):
        cells = (re.sub(r"\\(.)", r"\1", cell).strip() for cell in _CELL.findall(line[1:]))
        return "" if _RULE.fullmatch(line) else " ".join(cell for cell in cells if cell)
    return _ESCAPED.sub(r"\1\2", _MARKS.sub("", line))


def words(text: str) -> list[str]:
    r"""Return the words (`\w+`) of a text in lower case, in order."""
    return _WORD.findall(text.lower())


@functools.cache
def stemmer(language: str) -> Callable[[str], str]:
    """Return a function that stems lower-case words of a language by Snowball's rules.

    `language` is a two-letter code, a region after it is ignored. Without rules words stay as they
    are.
    """
    from copydesk.kit import tables  # slow to load, and most processes stem nothing

    algorithm = tables.read_rows(__package__, "stemmers.toml", str).get(language.lower()[:2])
    if algorithm is None:
        return str
    import Stemmer

    stem: Callable[[str], str] = Stemmer.Stemmer(algorithm).stemWord
    return stem


@functools.cache
def _latin() -> dict[int, str]:
    from copydesk.kit import tables

    return str.maketrans(dict(tables.read_rows(__package__, "latin.toml", str)))


def language_name(code: str) -> str:
    """Return a language's name in that language, capitalised for a heading; its code if unknown."""
    from copydesk.kit import tables

    return tables.read_rows(__package__, "language_names.toml", str).get(code, code)


def transliterate(word: str) -> str:
    """Return a lower-case word in Latin letters without accents, as far as possible.

    Cyrillic and Greek are transliterated roughly, well enough to match the same name in English.
    Letters of other scripts stay.
    """
    return word if word.isascii() else drop_accents(word).translate(_latin())


def shorten(text: str, limit: int) -> str:
    """Return a text cut to `limit` characters: after a sentence, else after a word with "…"."""
    if len(text) <= limit:
        return text
    from copydesk.kit import sentences  # slow to load, and most texts are short enough

    end = max(sentences.ends(text, limit), default=0)
    if end and end >= limit // 3:
        return text[:end]
    cut = text.rfind(" ", 0, limit)
    return text[: cut if cut > 0 else limit - 1].rstrip(" ,;:–—-") + "…"


def count_of(number: int, noun: str, nouns: str = "") -> str:
    """Return a number with its noun: `1 story`, `1,200 stories`. The default plural adds an s."""
    return f"{number:,} {noun if number == 1 else nouns or noun + 's'}"


def initial(title: str) -> str:
    """Return the first letter or digit of a title as a capital, "" if it has none."""
    return next((char for char in fold(title) if char.isalnum()), "").upper()


def drop_accents(words: str) -> str:
    """Return a text without accents, in compatible letters (NFKD)."""
    return "".join(c for c in unicodedata.normalize("NFKD", words) if not unicodedata.combining(c))


def squash(name: str) -> str:
    """Return a name as lower-case letters and digits only, so that spellings can be compared."""
    return _BETWEEN.sub("", unicodedata.normalize("NFC", name).lower())


def guard_liquid(markup: str) -> str:
    """Return HTML with Liquid template tags escaped, so that Jekyll leaves them as they are."""
    return _LIQUID.sub("&#123;", markup)


def find_nearest(word: str, known: Iterable[str]) -> str:
    """Return the known word that `word` was probably meant to be, "" if none is similar."""
    import difflib

    by_fold = {name.casefold(): name for name in known}
    found = difflib.get_close_matches(word.casefold(), by_fold, n=1, cutoff=0.6)
    return by_fold[found[0]] if found else ""
