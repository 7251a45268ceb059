"""Every value of the settings as a line to read: path, value, origin; secrets hidden."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from operator import attrgetter

from copydesk.config._sections import HOST, LETTER, LETTER_PART, LISTING, SECTIONS, SOURCE, WEBHOOK
from copydesk.config._settings import UNSET, Settings
from copydesk.config._tables import SourceOptions
from copydesk.kit.options import Option
from copydesk.news import Source

HIDDEN = "(hidden)"
_LOGIN = re.compile(r"(?<=://)[^/@\s]+@")

Row = tuple[str, str, str]


def rows(settings: Settings) -> list[Row]:
    """List (path, value, origin) of every value, in the order of the reference page."""
    return [
        (path, value, settings.origins.get(path, "default")) for path, value in _values(settings)
    ]


def _values(settings: Settings) -> Iterator[tuple[str, str]]:
    for section in SECTIONS:
        for option in section.options.values():
            holder = f"{section.path}.{option.name}"
            yield (
                f"{section.name}.{option.name}",
                _format_value(option, attrgetter(holder)(settings)),
            )
    if settings.deploy.to == "s3":
        for name in ("access_key", "secret_key", "session_token"):
            yield f"deploy.s3.{name}", HIDDEN if getattr(settings.deploy.s3, name) else ""
    yield from _hosts(settings)
    yield from _webhooks(settings)
    yield from _letters(settings)
    yield from _sources(settings)
    for topic in settings.beat.topics:
        yield f"topics.{topic.id}", topic.name
    for domain, organization in settings.beat.organizations.items():
        yield f"organizations.{domain}", organization.name
    yield "key", HIDDEN if settings.key else ""
    yield "metrics_token", HIDDEN if settings.metrics_token else ""


def _hosts(settings: Settings) -> Iterator[tuple[str, str]]:
    for index, (name, manners) in enumerate(settings.fetch.hosts.items()):
        for option in HOST.options.values():
            value = name if option.name == "name" else getattr(manners, option.name)
            yield f"host[{index}].{option.name}", _format_value(option, value)


def _webhooks(settings: Settings) -> Iterator[tuple[str, str]]:
    for index, webhook in enumerate(settings.webhooks):
        for option in WEBHOOK.options.values():
            value = _format_value(option, getattr(webhook, option.name))
            yield f"webhook[{index}].{option.name}", value


def _letters(settings: Settings) -> Iterator[tuple[str, str]]:
    for index, letter in enumerate(settings.letters):
        path = f"letter[{index}]"
        for option in LETTER.options.values():
            yield f"{path}.{option.name}", _format_value(option, getattr(letter, option.name))
        for number, part in enumerate(letter.parts):
            for option in LETTER_PART.options.values():
                value = _format_value(option, getattr(part, option.name))
                yield f"{path}.part[{number}].{option.name}", value


def _sources(settings: Settings) -> Iterator[tuple[str, str]]:
    plain = SourceOptions()
    for index, source in enumerate(settings.beat.sources):
        options = settings.source_options.get(source.url, plain)
        for option in SOURCE.options.values():
            holder = source if option.name in Source.__dataclass_fields__ else options
            yield (
                f"source[{index}].{option.name}",
                _format_value(option, getattr(holder, option.name)),
            )
        if source.listing is not None:
            for option in LISTING.options.values():
                value = getattr(source.listing, option.name)
                yield f"source[{index}].listing.{option.name}", _format_value(option, value)


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
