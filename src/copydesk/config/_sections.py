"""Describe every table (section) of the settings file beat.toml, in the order of its reference
page.

The options of a section are the fields that its classes declare with `option`. Here the reference
page is written from them, and the rows of `copydesk config`; `_decode` reads the file by them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from operator import attrgetter
from typing import Any

from copydesk.channels import PostChannel, Webhook
from copydesk.config._settings import (
    UNSET,
    BackupPlan,
    Deploy,
    DeployFolder,
    DeployRsync,
    DeskOptions,
    HostName,
    OpenIdOptions,
    Pictures,
    RecallOptions,
    Records,
    Retention,
    Review,
    Serve,
    Settings,
    SourceOptions,
)
from copydesk.kit import tables, urls
from copydesk.kit.kinds import options_of, secrets_of
from copydesk.kit.options import Option
from copydesk.news import Beat, Source
from copydesk.news.beat import ExcerptRule, FrontOptions, OutputOptions, Scoring, SignalPoints
from copydesk.news.letter import LetterOptions, PartOptions
from copydesk.news.options import (
    BounceOptions,
    BranchOptions,
    DkimOptions,
    FetchOptions,
    HandOverOptions,
    MailOptions,
    Manners,
    S3Options,
    SmtpOptions,
    WorkerOptions,
)
from copydesk.news.source import ListingRule
from copydesk.news.summary import ModelOptions


@dataclass(frozen=True, kw_only=True)
class Unique:
    """An option that must have different values in all repetitions of a table, such as a source's
    URL.

    `noun` is for the message: "the same host as host[0]". `identity` finds other spellings.
    """

    key: str
    noun: str
    hint: str = "delete one of the two blocks"
    identity: Callable[[str], str] = str


@dataclass(frozen=True, eq=False)
class Section:
    """A table of the settings file beat.toml, and the classes that hold its values.

    `about` is for the reference page, "" if `tables/sections.toml` describes the section. `held_by`
    is the attribute of Settings with the object, if it is not the section's name; of a section in
    another one, the last part is the field in the other's class. Only the options of `part` belong
    to the section, and are fields of the class above it; the option named `last` comes last. A
    `repeated` section is a block that is written once for each object, no two with the same value
    of `unique`. An `optional` one may be absent. `hint` is for a value that is no table.
    """

    name: str
    holders: tuple[type, ...]
    about: str = ""
    held_by: str = ""
    part: str = ""
    last: str = ""
    repeated: bool = False
    unique: Unique | None = None
    optional: bool = False
    hint: str = ""

    @property
    def path(self) -> str:
        """The attributes from `Settings` to the table's object; unused for a repeated table."""
        return self.held_by or self.name

    @property
    def key(self) -> str:
        """The last part of the table's dotted name."""
        return self.name.rpartition(".")[2]

    @property
    def field(self) -> str:
        """The name of the attribute that holds the table's object."""
        return self.path.rpartition(".")[2]

    @cached_property
    def options(self) -> Mapping[str, Option]:
        """The table's options by name, in the order of the reference page."""
        declared = [option for holder in self.holders for option in options_of(holder)]
        ordered = sorted(declared, key=lambda option: option.name == self.last)
        return {option.name: option for option in ordered if option.table == self.part}

    @cached_property
    def variables(self) -> Mapping[str, tuple[str, ...]]:
        """The environment variables that set each option, the strongest first; none where tables
        are repeated.
        """
        if any(self.name.partition(".")[0] == block.name for block in BLOCKS):
            return {}
        words = f"copydesk_{self.name.replace('.', '_')}"
        return {
            name: (*filter(None, (option.variable,)), f"{words}_{name}".upper())
            for name, option in self.options.items()
        }

    @cached_property
    def inner(self) -> tuple[Section, ...]:
        """The tables nested in this one."""
        return tuple(
            other
            for other in (*SECTIONS, *BLOCKS)
            if other.name and other.name.rpartition(".")[0] == self.name
        )

    @cached_property
    def known(self) -> frozenset[str]:
        """All keys that the table may have."""
        return frozenset({*self.options, *(section.key for section in self.inner)})


SECTIONS = (
    Section("site", (Beat,), held_by="beat"),
    Section("scoring", (Scoring,), held_by="beat.scoring"),
    Section("scoring.everyday", (Scoring,), held_by="beat.scoring", part="everyday"),
    Section("scoring.points", (SignalPoints,), held_by="beat.scoring.points"),
    Section("excerpt", (ExcerptRule,), held_by="beat.excerpt"),
    Section("review", (Review,)),
    Section("fetch", (FetchOptions,)),
    Section("pictures", (Pictures,)),
    Section("publish", (OutputOptions,)),
    Section("front", (FrontOptions,)),
    Section("records", (Records,)),
    Section("recall", (RecallOptions,)),
    Section("retention", (Retention,)),
    Section("workers", (WorkerOptions,)),
    Section("serve", (Serve,)),
    Section("desk", (DeskOptions,)),
    Section("desk.oidc", (OpenIdOptions,)),
    Section("deploy", (Deploy,)),
    Section("deploy.folder", (DeployFolder,)),
    Section("deploy.rsync", (DeployRsync,)),
    Section("deploy.git", (BranchOptions,)),
    Section("deploy.s3", (S3Options,)),
    Section("backup", (BackupPlan,)),
    Section("backup.folder", (DeployFolder,)),
    Section("backup.rsync", (DeployRsync,)),
    Section("backup.s3", (S3Options,)),
    Section("model", (ModelOptions,)),
    Section("mail", (MailOptions,)),
    Section("mail.smtp", (SmtpOptions,)),
    Section("mail.dkim", (DkimOptions,)),
    Section("mail.bounces", (BounceOptions,)),
    Section("mail.hand_over", (HandOverOptions,)),
)

HOST = Section("host", (HostName, Manners), repeated=True, unique=Unique(key="name", noun="host"))
SOURCE = Section(
    "source",
    (Source, SourceOptions),
    repeated=True,
    unique=Unique(key="url", noun="source", identity=urls.identity),
)
LISTING = Section(
    "source.listing",
    (ListingRule,),
    last="written",
    optional=True,
    hint='write listing = { item = "article", link = "h2 a", written = 2026-11-24 }',
)
WEBHOOK = Section(
    "webhook",
    (Webhook,),
    Webhook.about,
    repeated=True,
    unique=Unique(key="url", noun="address"),
)
POST = Section(
    "post",
    (PostChannel,),
    PostChannel.about,
    repeated=True,
    unique=Unique(key="id", noun="id", hint="give one of the two blocks another id"),
)
LETTER = Section(
    "letter",
    (LetterOptions,),
    repeated=True,
    unique=Unique(key="id", noun="id", hint="give one of the two newsletters another id"),
)
LETTER_PART = Section("letter.part", (PartOptions,), held_by="letters.parts", repeated=True)
BLOCKS = (HOST, SOURCE, LISTING, WEBHOOK, POST, LETTER, LETTER_PART)
ROOT = Section("", (), "The tables of the file itself.")


def reference_page() -> str:
    """Return the text of docs/reference/beat-toml.md, in Markdown."""
    sections = "\n".join("\n".join(_section(section)) for section in (*SECTIONS, *BLOCKS))
    return f"{tables.load_text(__package__, 'beat_toml.md')}\n{sections}"


def _section(section: Section) -> Iterator[str]:
    brackets = f"[[{section.name}]]" if section.repeated else f"[{section.name}]"
    yield f"## `{brackets}`"
    yield ""
    yield section.about or tables.read_rows(__package__, "sections.toml", str)[section.name]
    yield ""
    yield "| key | value | default | what it is for |"
    yield "|---|---|---|---|"
    for option in section.options.values():
        default = "**required**" if option.required else _default(option)
        yield f"| `{option.name}` | {option.kind.name} | {default} | {option.about} |"
    yield ""


def _default(option: Option) -> str:
    """Return the default of an option as it would be written in beat.toml, in Markdown."""
    value = option.default
    if value is None:
        text = "none"
    elif isinstance(value, bool):
        text = f"`{str(value).lower()}`"
    elif isinstance(value, tuple):
        text = f"`{list(value)}`".replace("'", '"')
    elif isinstance(value, Mapping):
        text = "`{}`"
    elif isinstance(value, str):
        text = f'`"{value}"`'.replace("\n", "\\n")
    else:
        text = f"`{value}`"
    return f"{text}, or `{option.variable}`" if option.variable else text


HIDDEN = "(hidden)"
_LOGIN = re.compile(r"(?<=://)[^/@\s]+@")

Row = tuple[str, str, str]


def rows(settings: Settings) -> list[Row]:
    """Return (path, value, where it is set) for every setting, in the reference page's order."""
    return [
        (path, value, settings.origins.get(path, "default")) for path, value in _values(settings)
    ]


def _values(settings: Settings) -> Iterator[tuple[str, str]]:
    for section in ROOT.inner:
        if not section.repeated:
            held = attrgetter(section.path)(settings)
            yield from _walk(section, (held,), section.name)
    for table, chosen in (("deploy", settings.deploy), ("backup", settings.backup)):
        for name in secrets_of(S3Options) if chosen.to == "s3" else ():
            yield f"{table}.s3.{name}", HIDDEN if getattr(chosen.s3, name) else ""
    for section, blocks in _find_blocks(settings):
        for index, holders in enumerate(blocks):
            yield from _walk(section, holders, f"{section.name}[{index}]")
    for topic in settings.beat.topics:
        yield f"topics.{topic.id}", topic.name
    for domain, organization in settings.beat.organizations.items():
        yield f"organizations.{domain}", organization.name
    yield "key", HIDDEN if settings.key else ""
    yield "metrics_token", HIDDEN if settings.metrics_token else ""
    yield "desk_token", HIDDEN if settings.desk_token else ""


def _find_blocks(settings: Settings) -> Iterator[tuple[Section, Iterable[tuple[object, ...]]]]:
    """Yield each kind of repeated table with its objects, those of one table in a tuple."""
    plain, own = SourceOptions(), settings.source_options
    hosts = settings.fetch.hosts.items()
    yield HOST, ((HostName(name=name), manners) for name, manners in hosts)
    yield WEBHOOK, zip(settings.channels)
    yield POST, zip(settings.posts)
    yield LETTER, zip(settings.letters)
    yield SOURCE, ((source, own.get(source.url, plain)) for source in settings.beat.sources)


def _walk(section: Section, held: tuple[object, ...], path: str) -> Iterator[tuple[str, str]]:
    """Yield the values of a table and its inner tables; `held` are the objects that hold them."""
    for name, option in section.options.items():
        holder = next(one for one in held if hasattr(one, name))
        yield f"{path}.{name}", _format_value(option, getattr(holder, name))
    for inner in section.inner:
        where = f"{path}.{inner.key}"
        below: Any = held[0] if inner.part else getattr(held[0], inner.field)
        if inner.repeated:
            for number, one in enumerate(below):
                yield from _walk(inner, (one,), f"{where}[{number}]")
        elif below is not None:
            yield from _walk(inner, (below,), where)


def _format_value(option: Option, value: object) -> str:
    if option.kind.private and value:
        return "" if str(value).startswith(UNSET) else HIDDEN
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return ", ".join(value)
    if isinstance(value, Mapping):
        return ", ".join(f"{name} = {text}" for name, text in value.items())
    return _LOGIN.sub("", str(value))
