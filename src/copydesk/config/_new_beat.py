"""Compose the files of a new site, or settings for a site made by everyday.cc, an
earlier program.
"""

from __future__ import annotations

import os
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from copydesk.config import _toml
from copydesk.config._data_files import TOPICS_FOLDER, Fields, parse_mapping, read_file
from copydesk.config._decode import decode
from copydesk.config._write_beat import format_block
from copydesk.errors import ConfigError, UsageError
from copydesk.kit import kinds, tables, text, urls
from copydesk.kit.options import Unfit, ValueKind
from copydesk.news import Source

_NAME_CHARACTERS = 200
_ID_CHARACTERS = 60
_WIDE = 10**9  # columns, so that no text is wrapped
_URL = "http://127.0.0.1:8000"  # the default of `copydesk serve`
# letters that stay one letter when accents are taken off
_LATIN = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "ı": "i", "æ": "ae", "œ": "oe"})

_BEAT = tables.load_text(__package__, "new_beat_toml.txt")
_TOPIC = tables.load_text(__package__, "new_topic_yaml.txt")

_README = tables.load_text(__package__, "new_readme.md")
_TEXTS = tables.read_rows(__package__, "new_texts.toml", str)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewBeat:
    """The answers of a user who creates a site: title, topics, sources (URLs), locale, time zone,
    and the address at which publishers reach the user.

    A single topic becomes the main topic; of several, none does. A topic may have keywords after
    its name: `Bikes: bicycle, cycle lane`.
    """

    title: str
    topics: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    locale: str = "en-us"
    timezone: str = "UTC"
    contact: str = ""


def compose_newsroom(new: NewBeat) -> Mapping[str, str]:
    """Return the texts of the files of a new site (beat.toml, topics, …) by path.

    Raises UsageError for an invalid title, topic, language, time zone or contact, for a topic
    that is named twice, and for a list of topics in place of one; ConfigError for an invalid URL
    of a source.
    """
    topics = _topic_names(new.topics)
    title = _name(new.title, "--title")
    todo = [*([] if new.contact else [_TEXTS["step_contact"]]), *_TEXTS["steps"].split("\n")]
    steps = (f"{number}. {step}" for number, step in enumerate(todo, 1))
    composed = {
        "beat.toml": _compose_beat(new, title, topics),
        "README.md": _README.format(title=title, steps="\n".join(steps)),
        ".gitignore": ".copydesk/\n",
    }
    is_alone = len(topics) == 1
    width = max(2, len(str(len(topics) - 1)))  # the files' order by name is that of the topics
    for number, (id_, name) in enumerate(_with_ids(topics)):
        words = _keyword_lines(name, new.topics[number])
        path = f"{TOPICS_FOLDER}/{number:0{width}}-{id_}.yaml"
        folder = "" if is_alone else f"{id_}/"  # the main topic's list is that of all stories
        composed[path] = _TOPIC.format(
            id=_yaml(id_), name=_yaml(name), words=words, url=_URL, folder=folder
        )
    return composed


def _compose_beat(new: NewBeat, title: str, topics: Sequence[str]) -> str:
    """Return the text of a valid beat.toml; two spellings of one URL become one source."""
    topic = _toml.format_value(topics[0]) if len(topics) == 1 else ""
    main = _TEXTS["main_topic"].format(topic=topic) if topic else _TEXTS["no_main_topic"]
    beat = _BEAT.format(
        title=_toml.format_value(title),
        url=_URL,
        locale=_toml.format_value(_check(kinds.LOCALE, new.locale, "--language")),
        timezone=_toml.format_value(_check(kinds.TIMEZONE, new.timezone, "--timezone")),
        contact=("" if new.contact else _TEXTS["no_contact"])
        + f"contact = {_toml.format_value(read_contact(new.contact))}"
        + _allow_own(new.sources),
        main_topic=main,
    )
    sources = {urls.identity(url): url for url in reversed(new.sources)}
    blocks = [format_block(Source(url=url)) for url in reversed(sources.values())]
    whole = "\n".join([beat, *blocks])
    decode(_toml.parse(whole.encode()), {})
    return whole


def _allow_own(sources: Sequence[str]) -> str:
    """Return the line for the sources at private addresses: their owner wants them fetched."""
    hosts = dict.fromkeys(urls.host(url) for url in sources if urls.is_private(urls.host(url)))
    named = ", ".join(map(_toml.format_value, hosts))
    return f"\nallow_hosts = [{named}] # private addresses that may be fetched" if hosts else ""


def read_contact(said: str) -> str:
    """Return a contact address as beat.toml takes it: `mailto:` is added to an email address."""
    is_mail = "@" in said and ":" not in said
    return _check(kinds.CONTACT, f"mailto:{said}" if is_mail else said, "--contact")


def read_topic(said: str) -> str:
    """Return one topic: its name, or its name and keywords (`Bikes: bicycle, cycle lane`).

    Raises UsageError for several names with commas between them.
    """
    if "," in said.partition(":")[0]:
        what = "expected one topic"
        hint = 'give one topic a line, or --topic once for each, as in "Bikes: bicycle, cycle lane"'
        raise UsageError(what, subject=text.fold(said)[:_NAME_CHARACTERS], hint=hint)
    return text.fold(said)


def _topic_names(said: Sequence[str]) -> list[str]:
    names = [_name(read_topic(word).partition(":")[0], "--topic") for word in said]
    counts = Counter(map(str.casefold, names))
    twice = next((name for name in names if counts[name.casefold()] > 1), None)
    if twice is not None:
        raise UsageError("the topic is named twice", subject=twice, hint="name each topic once")
    return names


def _keyword_lines(name: str, said: str) -> str:
    """Return the lines of a topic's keywords that follow its name; examples if there are none."""
    words = {word.casefold(): word for word in map(text.fold, said.partition(":")[2].split(","))}
    words = {key: word for key, word in words.items() if key not in {"", name.casefold()}}
    lines = (f"\n  - {_yaml(word)}" for word in words.values())
    return "".join(lines) or "\n#  - another word\n#  - a phrase of several words"


def _name(said: str, what: str) -> str:
    """Return a site's or topic's name on one line; UsageError if it has no letter or digit."""
    name = text.fold(said)
    if not any(character.isalnum() for character in name):
        raise UsageError(f"{what} needs a letter or a digit", subject=repr(said[:_NAME_CHARACTERS]))
    if len(name) > _NAME_CHARACTERS:
        raise UsageError(
            f"{what} is too long ({len(name)} characters)",
            hint=f"use at most {_NAME_CHARACTERS} characters",
        )
    return name


def _check(kind: ValueKind[str], said: str, what: str) -> str:
    """Return a user's answer as beat.toml takes it; raise UsageError if it is invalid."""
    try:
        return kind.read(said)
    except Unfit as unfit:
        subject = f"{what} {text.fold(said)[:_NAME_CHARACTERS]}"
        raise UsageError(f"expected {unfit.expected}", subject=subject, hint=unfit.hint) from None


def _with_ids(names: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield each topic's name with a unique id in plain letters, its folder's name on the site."""
    taken: set[str] = set()
    for number, name in enumerate(names, 1):
        wanted = _slug(name) or f"topic-{number}"
        id_, again = wanted, 2
        while id_ in taken:
            id_, again = f"{wanted}-{again}", again + 1
        taken.add(id_)
        yield id_, name


def _slug(name: str) -> str:
    """Return a name in plain letters, digits and dashes, "" if it has none."""
    bare = unicodedata.normalize("NFKD", name.casefold().translate(_LATIN))
    words = re.findall(r"[a-z0-9]+", re.sub(r"[\u0300-\u036f]", "", bare))
    return "-".join(words)[:_ID_CHARACTERS].strip("-")


def _yaml(value: str) -> str:
    import yaml

    written = yaml.safe_dump(value, allow_unicode=True, width=_WIDE)
    return str(written).removesuffix("\n").removesuffix("\n...")


# A beat.toml for a site of the reference, made from its _config.yml.

FILE = "_config.yml"
_ADOPTED = tables.load_text(__package__, "adopted_beat_toml.txt")


def compose_adoption(root: Path) -> str:
    """Return a beat.toml for an existing site of everyday.cc at `root`, with that program's rules.

    Raises ConfigError if there is no _config.yml, or no title in it.
    """
    fields = _fields(root)
    api_url = fields.text("url").rstrip("/") + fields.text("baseurl")
    site = {
        "title": fields.text("title"),
        "url": _address(fields, "webUrl", fields.text("webUrl")),
        "locale": fields.text("locale").replace("_", "-"),
    }
    return _ADOPTED.format(
        site=_lines(site),
        topic=_lines({"topic": fields.text("topic")}),
        api=_lines({"api_url": _address(fields, "url", api_url)}),
    )


def _lines(values: Mapping[str, str]) -> str:
    """Return lines for a beat.toml; an empty text is left out, so the default holds."""
    written = ((key, _toml.format_value(value)) for key, value in values.items() if value)
    return "".join(f"{key} = {value}\n" for key, value in written)


def _fields(root: Path) -> Fields:
    if not os.path.lexists(root / FILE):
        raise ConfigError(
            f"the folder has no {FILE}",
            subject=str(root),
            hint="adopt only sites of everyday.cc, or create a newsroom with `copydesk new DIR`",
        )
    fields = Fields(parse_mapping(read_file(root, FILE), FILE), FILE)
    if not fields.text("title"):
        raise fields.error("title", "this field is missing", "set the name of the site")
    return fields


def _address(fields: Fields, key: str, value: str) -> str:
    """Return a URL of _config.yml as beat.toml takes it; raise ConfigError for an invalid one."""
    if value and urls.fetchable(value) is None:
        raise fields.error(key, f'expected a web address, got "{value}"', f"correct it in {FILE}")
    return value.rstrip("/")
