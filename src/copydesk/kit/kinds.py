"""The kinds of values that options (settings) accept, each with a parser and a name for people.

Without an explicit kind the type of an option's field determines it (`of_type`).
"""

from __future__ import annotations

import ipaddress
import math
import re
import zoneinfo
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, Field, fields, replace
from datetime import date, datetime
from functools import cache
from typing import Any, Final, get_args, get_origin, get_type_hints

from copydesk.kit import urls
from copydesk.kit.options import BY_TYPE, DECLARED, SECRET, Option, Secret, Unfit, ValueKind

# compiled when first used: most commands need few of them
_LOCALE = r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*"
_HOST = r"(?=.{1,253}$)[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_])?|\[?[0-9A-Fa-f:.]+\]?"
_EMAIL = r"[^@\s<>]+@[^@\s<>]+"
_HEADER_NAME = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"  # RFC 9110 5.6.2: a header's name
_VARIABLE = r"[A-Za-z_][A-Za-z0-9_]*"
_REMOTE = r"[A-Za-z0-9_][A-Za-z0-9_./-]*"
_LOGIN = r"(://|^)[^/@:\s]+:[^/@\s]*@"
_CLUSTER = r"(tcp|tls)://(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]+):[0-9]{1,5}"
_BUCKET = r"[A-Za-z0-9][A-Za-z0-9._-]{1,62}"
_INDEX_NOW = r"[A-Za-z0-9-]{8,128}"
_ID = r"[a-z0-9](?:[a-z0-9-]{0,58}[a-z0-9])?"
_CLOCK = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]"
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_LARGEST: Final = 2**53  # larger numbers are mistakes, and JSON readers do not keep them exact


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise Unfit("text")
    if _CONTROL.search(value):
        raise Unfit("one line of text without control characters")
    return value.strip()


def _line(value: object) -> str:
    if not (line := str(value)).isprintable():
        raise Unfit("one line of text")
    return line


def _plain_line(value: object) -> str:
    if not ((line := str(value)).isprintable() and line.isascii()):
        raise Unfit("one line of ASCII characters")
    return line


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
    """Return an http or https URL unchanged; raises Unfit for anything else."""
    address = _text(value)
    if urls.fetchable(address) is None or " " in address:
        raise Unfit("a web address such as https://example.org/feed.xml")
    if "@" in address.split("://", 1)[-1].split("/", 1)[0]:
        raise Unfit("an address without user name and password", "send them with `headers_env`")
    return address


def _base(value: object) -> str:
    """Return "" or a URL without its final slash; raises Unfit for one with query or fragment."""
    if value == "":
        return ""
    address = _address(value)
    if "?" in address or "#" in address:
        raise Unfit("a web address without a query (?) and a fragment (#)")
    return address.rstrip("/")


def _proxy(value: object) -> str:
    if value == "":
        return ""
    address = _text(value)
    if not urls.is_proxy(address):
        raise Unfit("a proxy address such as http://127.0.0.1:3128")
    if "@" in address:
        hint = "put the address into an environment variable, and its name into `proxy_env`"
        raise Unfit("a proxy address without user name and password", hint)
    return address


def _public(value: object) -> str:
    """Return an https URL, or an http URL of this machine; raises Unfit for any other."""
    address = _base(value)
    if address and not address.startswith("https://") and not urls.is_loopback(urls.host(address)):
        raise Unfit("an https address such as https://desk.example.org")
    return address


def _records(value: object) -> str:
    """Return "" or `public at ADDRESS`; raises Unfit for anything else."""
    words = "" if value == "" else _text(value)
    if words and not words.startswith("public at "):
        raise Unfit('empty, or "public at https://git.example.org/my-beat.git"')
    return words and f"public at {_public(words.removeprefix('public at ').strip())}"


def _remote(value: object) -> str:
    """Return a git remote's name; raises Unfit for a URL, which git could take as an option."""
    if value == "":
        return ""
    name = _text(value)
    if not re.fullmatch(_REMOTE, name) or ".." in name:
        hint = "give the address a name with `git remote add origin ADDRESS`" if ":" in name else ""
        raise Unfit('the name of a git remote such as "origin"', hint)
    return name


def _branch(value: object) -> str:
    """Return the name of a git branch that follows git's main rules (git-check-ref-format)."""
    name = _text(value)
    if not re.fullmatch(_REMOTE, name) or ".." in name or "//" in name or name.endswith(("/", ".")):
        raise Unfit('a branch name such as "gh-pages"')
    return name


def _rsync(value: object) -> str:
    """Return a target of rsync without a password; raises Unfit for one with a password."""
    target = _text(value)
    if target.startswith("-") or (target and target.strip("/") == ""):
        raise Unfit('an rsync target such as "user@host:/var/www/site/"')
    if re.search(_LOGIN, target):
        hint = "set the environment variable RSYNC_PASSWORD for rsync, or use a key for ssh"
        raise Unfit("an rsync target without a password", hint)
    return target


def _bucket(value: object) -> str:
    name = _text(value)
    if name and not re.fullmatch(_BUCKET, name):
        raise Unfit('a bucket name such as "tidewatch-site"')
    return name


def _recipients(value: object) -> tuple[str, ...]:
    """Return age recipients; an error names a wrong one by its place, as it may be a secret."""
    words = _words([value] if isinstance(value, str) else value)
    for number, word in enumerate(words, 1):
        read_recipient(word, number)
    return words


def read_recipient(word: str, number: int) -> Any:
    """Return the age recipient that a text names, for the library pyrage; raises Unfit.

    It is an X25519 recipient (age1…) or the public key of an SSH key pair (Ed25519 or RSA).
    """
    import pyrage

    what = f"entry {number} is not an age recipient"
    hint = "write a public key: age1… of `age-keygen`, or an SSH one (ssh-ed25519 or ssh-rsa)"
    if re.search(r"(?i)age-(secret-key|plugin)-", word):
        what = f"entry {number} is a secret key, and backups need its public key"
        hint = "write what `age-keygen -y FILE` prints; if others could read this, make a new pair"
    try:
        kind = pyrage.ssh if word.startswith("ssh-") else pyrage.x25519
        return kind.Recipient.from_str(word)
    except pyrage.RecipientError:
        raise Unfit(what=what, hint=hint) from None


def _key_file(value: object) -> str:
    key = _text(value)
    if key and not re.fullmatch(_INDEX_NOW, key):
        raise Unfit("8 to 128 letters, digits and dashes", "create a key with `uuidgen`")
    return key


def _cluster(value: object) -> str:
    """Return the address of a Dask scheduler: with TLS, or of this machine; raises Unfit."""
    address = "" if value == "" else _text(value)
    parts = re.fullmatch(_CLUSTER, address)
    if address and not parts:
        raise Unfit("the address of a Dask scheduler such as tls://10.0.0.5:8786")
    if (
        parts
        and parts[1] == "tcp"
        and not re.fullmatch(r"localhost|127\.[0-9.]+|\[::1\]", parts[2])
    ):
        hint = "whoever reaches a scheduler can run programs on its workers"
        raise Unfit("an address with TLS such as tls://10.0.0.5:8786", hint)
    return address


def _nameservers(value: object) -> tuple[str, ...]:
    servers = _words(value)
    if not all(map(urls.is_socket, servers)):
        raise Unfit('a list of IP addresses such as ["9.9.9.9", "[2620:fe::fe]:53"]')
    return servers


def _networks(value: object) -> tuple[str, ...]:
    networks = _words(value)
    try:
        for network in networks:
            ipaddress.ip_network(network)
    except ValueError as error:
        raise Unfit('IP addresses or networks such as ["10.0.0.5", "fd00::/8"]') from error
    return networks


def _host(value: object) -> str:
    """Return a host name as in URLs: lower case, IDN in its ASCII form."""
    name = _text(value).rstrip(".")
    bare = name.strip("[]")
    host = urls.host(f"http://[{bare}]/" if ":" in bare else f"http://{name}/").strip("[]")
    if not host or any(mark in name for mark in "/?#@ ") or not re.fullmatch(_HOST, host):
        raise Unfit('a host name such as "www.example.org"')
    return host


def _own_name(value: object) -> str:
    """Return the desk's host name; raises Unfit for an IP address: passkeys need a name."""
    host = _host(value) if value != "" else ""
    if host and (":" in host or not re.search("[A-Za-z]", host.rpartition(".")[2])):
        raise Unfit("a host name such as desk.example.org, not an IP address")
    return host


def _header_name(value: object) -> str:
    name = _text(value) if value != "" else ""
    if name and not re.fullmatch(_HEADER_NAME, name):
        raise Unfit("a header name such as X-Forwarded-User, or an empty text")
    return name


def _variable(value: object) -> str:
    if value == "":
        return ""
    if not isinstance(value, str) or not re.fullmatch(_VARIABLE, value):
        hint = "put the value into an environment variable, and name the variable here"
        raise Unfit("the name of an environment variable", hint)
    return value


def _selector(value: object) -> str:
    import cssselect

    selector = _text(value)
    if not selector:
        return ""
    try:
        cssselect.HTMLTranslator().css_to_xpath(selector)
    except cssselect.SelectorError as error:
        raise Unfit('a CSS selector such as "h2 a"', str(error)) from error
    return selector


def _day(value: object) -> date:
    if not isinstance(value, date) or isinstance(value, datetime):
        raise Unfit("a date without quotes such as 2026-11-24")
    return value


LIGHT: Final = "#fdfcf9"  # the light background of our pages, a little darker than white
DARK: Final = "#171614"
_LEAST_CONTRAST: Final = 4.5  # WCAG 2.2, 1.4.3


def _accent(value: object) -> str:
    """Return "" or a colour `#rrggbb` that can be read on the light background; raises Unfit."""
    colour = _text(value).lower()
    if colour and not re.fullmatch(r"#[0-9a-f]{6}", colour):
        raise Unfit("a colour such as #17603c")
    if colour and (contrast := measure_contrast(colour, LIGHT)) < _LEAST_CONTRAST:
        hint = f"the nearest colour with enough contrast: {_mix_until(colour, 0, LIGHT)}"
        what = f"expected a contrast of 4.5 with {LIGHT} (light background), got {contrast:.2f}"
        raise Unfit(hint=hint, what=what)
    return colour


def find_dark_accent(colour: str) -> str:
    """Return a colour `#rrggbb`, lighter where its contrast with the dark background needs it."""
    return _mix_until(colour, 255, DARK)


def measure_contrast(one: str, other: str) -> float:
    """Return the contrast of two colours `#rrggbb`, from 1 to 21, by the formula of WCAG 2.2."""
    darker, lighter = sorted(map(_luminance, (one, other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    parts = (part / 255 for part in bytes.fromhex(colour[1:]))
    linear = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return sum(share * part for share, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def _mix_until(colour: str, end: int, ground: str) -> str:
    """Return a colour mixed with as little black (0) or white (255) as the contrast needs."""
    parts = bytes.fromhex(colour[1:])
    mixed = (
        f"#{bytes(round(part + (end - part) * share / 255) for part in parts).hex()}"
        for share in range(256)
    )
    return next(one for one in mixed if measure_contrast(one, ground) >= _LEAST_CONTRAST)


def _logo(value: object) -> str:
    """Return "" or the path of a picture in the newsroom folder, which need not exist."""
    path = _text(value)
    is_picture = path.lower().endswith((".svg", ".png", ".webp")) and "\\" not in path
    if path and (not is_picture or any(step[:1] in {"", "."} for step in path.split("/"))):
        raise Unfit("the path of an SVG, PNG or WebP file such as assets/logo.svg")
    return path


def _contact(value: object) -> str:
    contact = _text(value)
    if contact and not contact.startswith("mailto:") and urls.fetchable(contact) is None:
        hint = f'write "mailto:{contact}"' if re.fullmatch(_EMAIL, contact) else ""
        raise Unfit("a mailto: address or a web address", hint)
    if " " in contact or not contact.isascii() or len(contact) > 200:
        raise Unfit("at most 200 ASCII characters without spaces, for a header")
    if contact.startswith("mailto:") and not re.fullmatch(_EMAIL, contact.removeprefix("mailto:")):
        raise Unfit("a mail address after mailto:")
    return contact


def _timezone(value: object) -> str:
    name = _text(value)
    try:
        zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise Unfit('a time zone such as "UTC" or "Europe/Berlin"') from error
    return name


def _clock(value: object) -> str:
    if not isinstance(value, str) or not re.fullmatch(_CLOCK, value):
        raise Unfit('a time of day from "00:00" to "23:59", in quotes')
    return value


def _id(value: object) -> str:
    if not re.fullmatch(_ID, name := _text(value)):
        raise Unfit("at most 60 lower-case letters, digits and hyphens, such as daily-news")
    return name


def _locale(value: object) -> str:
    locale = _text(value)
    if not re.fullmatch(_LOCALE, locale):
        raise Unfit('a language tag such as "en-us"')
    return locale


def _hosts(value: object) -> tuple[str, ...]:
    hosts = _words(value)
    for host in hosts:
        if not re.fullmatch(_HOST, host):
            raise Unfit('a list of host names such as ["intranet.example.org"]')
    return tuple(host.lower().strip("[]") for host in hosts)


def _headers(value: object) -> Mapping[str, str]:
    if not isinstance(value, dict):
        raise Unfit('a table such as { Authorization = "EXAMPLE_HEADER_NAME" }')
    for name, variable in value.items():
        if not re.fullmatch(_HEADER_NAME, name):
            raise Unfit(f"a valid header name instead of {name!r}")
        if not isinstance(variable, str) or not re.fullmatch(_VARIABLE, variable):
            raise Unfit(
                f"the name of an environment variable for the header {name}",
                "put the value into an environment variable, and name the variable here",
            )
    return dict(value)


def whole(minimum: int = 0, maximum: int = _LARGEST) -> ValueKind[int]:
    """Return the kind of option value (setting) that is a whole number in a range."""

    def read(value: object) -> int:
        if not isinstance(value, int) or isinstance(value, bool):
            raise Unfit("a whole number")
        if not minimum <= value <= maximum:
            raise Unfit(f"a whole number from {minimum} to {maximum}")
        return value

    bounds = f"at least {minimum}" if maximum == _LARGEST else f"{minimum} to {maximum}"
    return ValueKind(name=f"whole number, {bounds}", read=read)


def number(minimum: float = 0.0) -> ValueKind[float]:
    """Return the kind of option value (setting) that is a finite number from `minimum` on."""

    def read(value: object) -> float:
        if not isinstance(value, int | float) or isinstance(value, bool):
            raise Unfit("a number")
        if not math.isfinite(value) or not minimum <= value <= _LARGEST:
            raise Unfit(f"a number from {minimum:g} to {_LARGEST}")
        return float(value)

    return ValueKind(name=f"number, at least {minimum:g}", read=read)


def _share(value: object) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value <= 1:
        raise Unfit("a number from 0 to 1 such as 0.2")
    return float(value)


def choice(*names: str) -> ValueKind[str]:
    """Return the kind of option value (setting) that is one of these texts."""
    said = ", ".join(f'"{name}"' for name in names[:-1]) + f' or "{names[-1]}"'

    def read(value: object) -> str:
        if value not in names:
            raise Unfit(said)
        return str(value)

    return ValueKind(name=said, read=read, choices=names)


def choices(*names: str) -> ValueKind[tuple[str, ...]]:
    """Return the kind of option value (setting) that is a list of these texts, each once."""
    said = ", ".join(f'"{name}"' for name in names)

    def read(value: object) -> tuple[str, ...]:
        words = _words(value)
        if not set(words) <= set(names) or len(set(words)) < len(words):
            raise Unfit(f"a list of {said}, each at most once")
        return words

    return ValueKind(name=f"list of {said}", read=read, choices=names)


TEXT = ValueKind(name="text", read=_text)
LINE = ValueKind(name="one line of text", read=_line)
PLAIN_LINE = ValueKind(name="one line of ASCII characters", read=_plain_line)
SHARE = ValueKind(name="number from 0 to 1", read=_share)
FLAG = ValueKind(name="true or false", read=_flag)
WORDS = ValueKind(name="list of texts", read=_words)
RECIPIENTS = ValueKind(name="list of age recipients", read=_recipients, delicate=True)
ADDRESS = ValueKind(name="web address", read=_address)
ADDRESSES = ValueKind(
    name="list of web addresses", read=lambda value: tuple(map(_address, _words(value)))
)
BASE = ValueKind(name="web address or empty", read=_base)
PROXY = ValueKind(name="address of an HTTP proxy or empty", read=_proxy, private=True)
CONTACT = ValueKind(name="mailto: address or web address", read=_contact)
TIMEZONE = ValueKind(name="time zone", read=_timezone)
OWN_TIMEZONE = ValueKind(
    name="time zone or empty", read=lambda value: "" if value == "" else _timezone(value)
)
CLOCK = ValueKind(name="time of day", read=_clock)
ID = ValueKind(name="lower-case letters, digits, hyphens", read=_id)
LOCALE = ValueKind(name="language tag", read=_locale)
LANGUAGE = ValueKind(
    name="language tag or empty", read=lambda value: "" if value == "" else _locale(value)
)
HOSTS = ValueKind(name="list of host names", read=_hosts)
HEADERS = ValueKind(name="table: header = environment variable", read=_headers)
PUBLIC = ValueKind(name="https address, http for this machine only, or empty", read=_public)
RECORDS = ValueKind(name="`public at ADDRESS` or empty", read=_records)
REMOTE = ValueKind(name="name of a git remote or empty", read=_remote)
BRANCH = ValueKind(name="name of a git branch", read=_branch)
RSYNC = ValueKind(name="rsync target or empty", read=_rsync, delicate=True)
BUCKET = ValueKind(name="bucket name or empty", read=_bucket)
CLUSTER = ValueKind(name="address of a Dask scheduler or empty", read=_cluster)
INDEX_NOW = ValueKind(name="8 to 128 letters, digits and dashes, or empty", read=_key_file)
NAMESERVERS = ValueKind(name="list of IP addresses, with or without port", read=_nameservers)
NETWORKS = ValueKind(name="list of IP addresses or networks", read=_networks)
HOST = ValueKind(name="host name", read=_host)
OWN_NAME = ValueKind(name="host name or empty", read=_own_name)
HEADER_NAME = ValueKind(name="header name or empty", read=_header_name)
VARIABLE = ValueKind(name="name of an environment variable or empty", read=_variable, delicate=True)
SELECTOR = ValueKind(name="CSS selector", read=_selector)
DAY = ValueKind(name="day", read=_day)
ACCENT = ValueKind(name="colour #rrggbb or empty", read=_accent)
LOGO = ValueKind(name="path of a picture or empty", read=_logo)

_OF_TYPES: Mapping[object, ValueKind[object]] = {
    str: TEXT,
    bool: FLAG,
    int: whole(),
    float: number(),
    tuple[str, ...]: WORDS,
    date: DAY,
}


def of_type(annotation: object) -> ValueKind[object]:
    """Return the kind of option value for a field's type; a Literal is a choice of its values."""
    names = tuple(_literals(annotation))
    if annotation not in _OF_TYPES and not names:
        raise TypeError(f"settings cannot have the type {annotation}")
    choose = choices if get_origin(annotation) is tuple else choice
    return _OF_TYPES.get(annotation) or choose(*names)


def _literals(annotation: object) -> Iterator[str]:
    for value in get_args(annotation):
        if isinstance(value, str):
            yield value
        else:  # a union or a tuple of Literals
            yield from _literals(value)


@cache
def options_of(owner: type) -> tuple[Option, ...]:
    """Return the options that a dataclass declares, in the order of its fields."""
    return tuple(_options(owner))


@cache
def secrets_of(owner: type) -> Mapping[str, Secret]:
    """Return the secrets that a dataclass declares, by the names of their fields."""
    return {
        known.name: known.metadata[SECRET] for known in fields(owner) if SECRET in known.metadata
    }


def _options(owner: type) -> Iterator[Option]:
    types = get_type_hints(owner)
    for known in fields(owner):
        declared = known.metadata.get(DECLARED)
        if declared is not None:
            by_type = declared.kind is BY_TYPE
            yield replace(
                declared,
                name=known.name,
                kind=of_type(types[known.name]) if by_type else declared.kind,
                default=_default(known),
            )


def _default(known: Field[Any]) -> object:
    if known.default_factory is not MISSING:
        return known.default_factory()
    return None if known.default is MISSING else known.default
