"""The kinds of value a setting can have: what each accepts, and how it is called to a person."""

from __future__ import annotations

import math
import re
import zoneinfo
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from copydesk.kit import urls

Value: TypeAlias = str | int | float | bool | tuple[str, ...] | Mapping[str, str]

_LOCALE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_HOST = re.compile(r"(?=.{1,253}$)[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_])?|\[?[0-9A-Fa-f:.]+\]?")
_EMAIL = re.compile(r"[^@\s<>]+@[^@\s<>]+")
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # RFC 9110 5.6.2: a header's name
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


class Unfit(Exception):  # noqa: N818 - an answer inside this room, not an error of the product
    """Say what was expected instead; never leaves the room."""

    def __init__(self, expected: str, hint: str = "") -> None:
        super().__init__(expected)
        self.expected = expected
        self.hint = hint


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of value: its name in the reference, and what reads it or raises Unfit."""

    name: str
    read: Callable[[object], Value]


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise Unfit("text")
    if _CONTROL.search(value):
        raise Unfit("one line of text without control characters")
    return value.strip()


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise Unfit("true or false")
    return value


def _words(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(word, str) for word in value):
        raise Unfit('a list of texts such as ["one", "two"]')
    words = tuple(_text(word) for word in value)
    if not all(words):
        raise Unfit("a list without empty texts")
    return words


def _address(value: object) -> str:
    """Accept an http or https address as it is written."""
    address = _text(value)
    if urls.fetchable(address) is None or " " in address:
        raise Unfit("a web address such as https://example.org/feed.xml")
    if "@" in address.split("://", 1)[-1].split("/", 1)[0]:
        raise Unfit("an address without name and password", "send them with headers_env")
    return address


def _base(value: object) -> str:
    """Accept "" or an address without query and fragment; give it without its final slash."""
    if value == "":
        return ""
    address = _address(value)
    if "?" in address or "#" in address:
        raise Unfit("a web address without ? and #")
    return address.rstrip("/")


def _proxy(value: object) -> str:
    if value == "":
        return ""
    address = _text(value)
    if not address.startswith("http://") or urls.fetchable(address) is None:
        raise Unfit("a proxy's address such as http://127.0.0.1:3128")
    return address


def _contact(value: object) -> str:
    contact = _text(value)
    if contact and not contact.startswith("mailto:") and urls.fetchable(contact) is None:
        hint = f'write "mailto:{contact}"' if _EMAIL.fullmatch(contact) else ""
        raise Unfit("mailto:… or a web address", hint)
    if " " in contact or not contact.isascii() or len(contact) > 200:
        raise Unfit("at most 200 plain characters: it travels in a header")
    if contact.startswith("mailto:") and not _EMAIL.fullmatch(contact.removeprefix("mailto:")):
        raise Unfit("a mail address after mailto:")
    return contact


def _timezone(value: object) -> str:
    name = _text(value)
    try:
        zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise Unfit('a time zone\'s name such as "UTC" or "Europe/Berlin"') from error
    return name


def _locale(value: object) -> str:
    locale = _text(value)
    if not _LOCALE.fullmatch(locale):
        raise Unfit('a language tag such as "en-us"')
    return locale


def _language(value: object) -> str:
    return "" if value == "" else _locale(value)


def _hosts(value: object) -> tuple[str, ...]:
    hosts = _words(value)
    for host in hosts:
        if not _HOST.fullmatch(host):
            raise Unfit('a list of host names such as ["intranet.example.org"]')
    return tuple(host.lower().strip("[]") for host in hosts)


def _headers(value: object) -> Mapping[str, str]:
    if not isinstance(value, dict):
        raise Unfit('a table such as { Authorization = "EXAMPLE_TOKEN" }')
    for name, variable in value.items():
        if not _TOKEN.fullmatch(name):
            raise Unfit(f"a header's name without blanks instead of {name!r}")
        if not isinstance(variable, str) or not _VARIABLE.fullmatch(variable):
            raise Unfit(
                f"the name of an environment variable for {name}",
                "the value itself stays out of the file: put it into the environment",
            )
    return dict(value)


def whole(minimum: int = 0) -> Kind:
    """Make the kind of whole numbers from `minimum` on."""

    def read(value: object) -> int:
        if not isinstance(value, int) or isinstance(value, bool):
            raise Unfit("a whole number")
        if not minimum <= value <= _LARGEST:
            raise Unfit(f"a whole number from {minimum} to {_LARGEST}")
        return value

    return Kind(name=f"whole number, at least {minimum}", read=read)


def number(minimum: float = 0.0) -> Kind:
    """Make the kind of finite numbers from `minimum` on."""

    def read(value: object) -> float:
        if not isinstance(value, int | float) or isinstance(value, bool):
            raise Unfit("a number")
        if not math.isfinite(value) or not minimum <= value <= _LARGEST:
            raise Unfit(f"a number from {minimum:g} to {_LARGEST}")
        return float(value)

    return Kind(name=f"number, at least {minimum:g}", read=read)


def choice(*names: str) -> Kind:
    """Make the kind of values out of a short list."""
    said = ", ".join(f'"{name}"' for name in names[:-1]) + f' or "{names[-1]}"'

    def read(value: object) -> str:
        if value not in names:
            raise Unfit(said)
        return str(value)

    return Kind(name=said, read=read)


_LARGEST: Final = 2**53  # beyond it a number is a slip, and no store or JSON reader keeps it exact

TEXT = Kind(name="text", read=_text)
FLAG = Kind(name="true or false", read=_flag)
WORDS = Kind(name="list of texts", read=_words)
ADDRESS = Kind(name="web address", read=_address)
BASE = Kind(name="web address or nothing", read=_base)
PROXY = Kind(name="http proxy's address or nothing", read=_proxy)
CONTACT = Kind(name="mailto: or web address", read=_contact)
TIMEZONE = Kind(name="time zone", read=_timezone)
LOCALE = Kind(name="language tag", read=_locale)
LANGUAGE = Kind(name="language tag or nothing", read=_language)
HOSTS = Kind(name="list of host names", read=_hosts)
HEADERS = Kind(name="table: header = environment variable", read=_headers)
