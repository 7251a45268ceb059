"""Settings: everything a newsroom's owner has decided, with the origin of each value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from copydesk.config._deploy_tables import Deploy
from copydesk.config._tables import (
    DeskOptions,
    Pictures,
    RecallOptions,
    Records,
    Retention,
    Review,
    Serve,
    SourceOptions,
    Webhook,
)
from copydesk.kit import urls
from copydesk.news import (
    Beat,
    FetchOptions,
    FrontOptions,
    LetterOptions,
    MailOptions,
    OutputOptions,
    Show,
)

_STRICTEST_FIRST = ("none", "hotlink", "cached")
UNSET = "env:"  # of a proxy that a variable should name, followed by the variable


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """All settings of the newsroom at `root`.

    `origins` maps a dotted path ("scoring.publish_at", "source[0].url", "topics.ai",
    "organizations.bbc.com", "key") to where its value came from ("default", "beat.toml",
    "environment COPYDESK_KEY", "_data/topics/00-ai.yaml"). `source_options` is keyed by the
    source's url, for those that have any. `warnings` are sentences for the person who runs the
    newsroom. `key` is 32 bytes, `metrics_token` "" for none. `shows` are the rules on
    pictures of publishers, by registrable domain: of those of their sources the strictest.
    """

    root: Path
    beat: Beat
    review: Review
    fetch: FetchOptions
    pictures: Pictures
    publish: OutputOptions
    serve: Serve
    desk: DeskOptions
    front: FrontOptions
    records: Records
    recall: RecallOptions
    retention: Retention
    deploy: Deploy
    mail: MailOptions = field(default_factory=MailOptions)
    webhooks: tuple[Webhook, ...] = ()
    letters: tuple[LetterOptions, ...] = ()
    source_options: Mapping[str, SourceOptions] = field(default_factory=dict)
    key: bytes | None = field(default=None, repr=False)
    metrics_token: str = field(default="", repr=False)
    origins: Mapping[str, str] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    shows: Mapping[str, Show] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        """Work the publishers' rules out once: they are asked for each story."""
        object.__setattr__(self, "shows", _by_publisher(self.source_options))

    def show_of(self, source: str, publisher: str) -> Show:
        """Return how the picture of a story is shown that a source lists and a publisher has.

        `publisher` is any address or host of its. Of two rules the stricter holds, without any the
        site's.
        """
        if not self.shows:
            return self.pictures.show
        own = self.source_options.get(source)
        listed = own.pictures if own else ""
        published = self.shows.get(urls.registrable_domain(publisher))
        if listed and published:
            return _stricter(listed, published)
        return listed or published or self.pictures.show


def _by_publisher(options: Mapping[str, SourceOptions]) -> Mapping[str, Show]:
    found: dict[str, Show] = {}
    for source, own in options.items():
        site = urls.registrable_domain(source)
        if own.pictures:
            found[site] = _stricter(own.pictures, found.get(site, own.pictures))
    return found


def _stricter(left: Show, right: Show) -> Show:
    return min(left, right, key=_STRICTEST_FIRST.index)
