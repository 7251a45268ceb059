"""beat.toml + environment + _data -> Settings: read, checked against each other, put together."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from copydesk.config import _key, _organizations, _toml, _topics
from copydesk.config._decode import Decoded, Values, decode
from copydesk.config._options import SECTIONS, SOURCE
from copydesk.config._settings import (
    Fetch,
    Pictures,
    Publish,
    Review,
    Serve,
    Settings,
    SourceOptions,
)
from copydesk.config._wrong import nearest, shown, wrong
from copydesk.news import Beat, Scoring, Source

_OF_THE_SOURCE = frozenset(Source.__dataclass_fields__)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Site:
    """The values of `[site]`, which Beat holds flat."""

    title: str
    url: str
    locale: str
    timezone: str
    topic: str


def load(root: Path, environ: Mapping[str, str]) -> Settings:
    """Give everything the newsroom at `root` has decided.

    Raises ConfigError with the file and the dotted path of the first thing that is wrong.
    """
    import msgspec

    decoded = decode(_toml.read(root), environ)
    sections = decoded.sections
    topics = _topics.read(root)
    key = _key.read(root, environ)
    _settle_urls(decoded)
    _settle_topics(decoded, topics)
    options = {str(source["url"]): _options(source, environ) for source in decoded.sources}
    return Settings(
        root=root,
        beat=_beat(root, decoded, topics),
        review=msgspec.convert(sections["review"], Review),
        fetch=msgspec.convert(sections["fetch"], Fetch),
        pictures=msgspec.convert(sections["pictures"], Pictures),
        publish=msgspec.convert(sections["publish"], Publish),
        serve=msgspec.convert(sections["serve"], Serve),
        archive_after_days=msgspec.convert(sections["records"]["archive_after_days"], int),
        source_options=options,
        key=key.key,
        origins={**decoded.origins, "key": key.origin},
        warnings=(
            *key.warnings,
            *_topics.orphans(topics),
            *_unset(decoded.sources, environ),
            *_idle(decoded.origins),
        ),
    )


def _beat(root: Path, decoded: Decoded, topics: _topics.Found) -> Beat:
    """Put the beat together; the origins of topics and organizations are written down."""
    import msgspec

    sections = decoded.sections
    site = msgspec.convert(sections["site"], _Site)
    organizations = _organizations.read(root)
    decoded.origins.update({f"topics.{topic.id}": file for topic, file in topics})
    decoded.origins.update(
        {f"organizations.{domain}": file for domain, (_, file) in organizations.items()}
    )
    api_url = str(sections["publish"]["api_url"])
    return Beat(
        title=site.title,
        url=site.url,
        api_url=api_url,
        locale=site.locale,
        timezone=site.timezone,
        topic=site.topic,
        topics=tuple(topic for topic, _ in topics),
        organizations={domain: organization for domain, (organization, _) in organizations.items()},
        logos=_organizations.logos(root, api_url),
        sources=tuple(_noun(source) for source in decoded.sources),
        scoring=msgspec.convert({**sections["scoring"], **sections["scoring.everyday"]}, Scoring),
    )


def _noun(source: Values) -> Source:
    import msgspec

    known = {name: value for name, value in source.items() if name in _OF_THE_SOURCE}
    return msgspec.convert(known, Source)


def _options(source: Values, environ: Mapping[str, str]) -> SourceOptions:
    """Give what asking this source needs, header values looked up in the environment."""
    import msgspec

    own = {name: value for name, value in source.items() if name not in _OF_THE_SOURCE}
    variables = msgspec.convert(source["headers_env"], dict[str, str])
    headers = {
        name: environ[variable] for name, variable in variables.items() if environ.get(variable)
    }
    for name, value in headers.items():
        if not value.isprintable() or not value.isascii():
            what = "expected one line of plain characters, got something else"
            raise wrong(f"environment {variables[name]}", "", what, f"it is sent as {name}")
    return msgspec.convert({**own, "headers": headers}, SourceOptions)


def _unset(sources: tuple[Values, ...], environ: Mapping[str, str]) -> Iterator[str]:
    """Say which headers cannot be sent: a round goes on without them."""
    import msgspec

    for index, source in enumerate(sources):
        for name, variable in msgspec.convert(source["headers_env"], dict[str, str]).items():
            if not environ.get(variable):
                yield (
                    f"beat.toml: source[{index}].headers_env: {variable} is not in the "
                    f"environment; {name} is not sent"
                )


def _idle(origins: Mapping[str, str]) -> Iterator[str]:
    """Say which values in the file do nothing yet, rather than let someone rely on them."""
    later = {
        f"{section.name}.{option.name}"
        for section in (*SECTIONS, SOURCE)
        for option in section.options
        if option.later
    }
    for path, origin in origins.items():
        if origin == _toml.FILE and re.sub(r"\[\d+\]", "", path) in later:
            yield f"{_toml.FILE}: {path}: not in effect yet"


def _settle_urls(decoded: Decoded) -> None:
    """Let the API's address follow the site's where nothing else is said."""
    publish = decoded.sections["publish"]
    if not publish["api_url"] and decoded.sections["site"]["url"]:
        publish["api_url"] = decoded.sections["site"]["url"]
        decoded.origins["publish.api_url"] = "site.url"


def _settle_topics(decoded: Decoded, topics: _topics.Found) -> None:
    """Let the main topic be the first one; refuse names that no topic has."""
    import msgspec

    site = decoded.sections["site"]
    names = [topic.name for topic, _ in topics]
    if names and not site["topic"]:
        site["topic"] = names[0]
        decoded.origins["site.topic"] = topics[0][1]
    wanted = [("site.topic", str(site["topic"]))] if site["topic"] else []
    for index, source in enumerate(decoded.sources):
        given = msgspec.convert(source["topics"], tuple[str, ...])
        wanted += [(f"source[{index}].topics", name) for name in given]
    for path, name in wanted:
        if names and name not in names:
            near = nearest(name, names)
            hint = f'did you mean "{near}"?' if near else f"topics are files in {_topics.FOLDER}"
            raise wrong("beat.toml", path, f"no topic is named {shown(name)}", hint)
