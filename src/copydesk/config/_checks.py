"""Check that settings in beat.toml fit together; complete those that depend on other ones."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from operator import attrgetter
from pathlib import Path

from copydesk.config._data_files import TopicFiles
from copydesk.config._decode import Decoded
from copydesk.config._settings import Deploy, Settings
from copydesk.config._toml import FILE, setting_error, show_value
from copydesk.kit import text, urls
from copydesk.news import Beat, Topic
from copydesk.news.letter import LetterOptions, PartKind, PartOptions
from copydesk.news.options import Delivery, S3Options, SmtpOptions

_NEEDED = {"folder": "path", "rsync": "target", "git": "remote", "s3": "bucket"}


def check(settings: Settings) -> None:
    """Raise ConfigError if sections of the settings contradict each other or would be insecure."""
    _check_desk(settings)
    _check_deploy(settings)
    _check_mail(settings)
    _refuse_plain(settings.mail.smtp)


def _check_deploy(settings: Settings) -> None:
    """Raise ConfigError if a setting for `to` is missing."""
    deploy, chosen = settings.deploy, settings.deploy.to
    if chosen and not getattr(getattr(deploy, chosen), _NEEDED[chosen]):
        path = f"deploy.{chosen}.{_NEEDED[chosen]}"
        raise setting_error(
            FILE, path, "this setting is missing", f'deploy.to = "{chosen}" needs it'
        )
    for name in ("index_now_key", "hub"):
        if getattr(deploy, name) and not settings.beat.url:
            hint = "set site.url too: search engines and hubs need the full address of a page"
            raise setting_error(FILE, f"deploy.{name}", "this setting needs site.url", hint)


def settle_s3(decoded: Decoded) -> S3Options:
    """Return the S3 options, with Amazon's endpoint for the bucket's region if none is set."""
    s3 = decoded.one(S3Options)
    if s3.endpoint or decoded.one(Deploy).to != "s3":
        return s3
    decoded.origins.record("deploy.s3.endpoint", "deploy.s3.region")
    return replace(s3, endpoint=f"https://s3.{s3.region}.amazonaws.com")


def _check_desk(settings: Settings) -> None:
    """Raise ConfigError if strangers could get into the editors' web interface (the desk)."""
    desk = settings.desk
    sites = (settings.beat.url, settings.serve.public_url)
    if desk.host and desk.host in {urls.host(address) for address in sites}:
        what = f"the site already uses the host {desk.host}, and the desk needs its own host name"
        hint = "choose another host name: scripts on the site's pages could act as an editor"
        raise setting_error(FILE, "desk.host", what, hint)
    if desk.user_header and not settings.serve.trusted_proxies:
        what = "anybody could send this header while serve.trusted_proxies is empty"
        hint = "add the IP address of your reverse proxy to serve.trusted_proxies"
        raise setting_error(FILE, "desk.user_header", what, hint)
    if desk.oidc.issuer and not desk.oidc.client_id:
        hint = "set the client ID that you got when you registered this desk at the provider"
        raise setting_error(FILE, "desk.oidc.client_id", "this setting is missing", hint)


def _check_mail(settings: Settings) -> None:
    """Raise ConfigError if mail is switched on and something that it needs is missing."""
    deliver = settings.mail.deliver
    sender = ("mail.from_address", "a sender address")
    service = ("mail.hand_over.url", f"the address of your {deliver} server")
    needed: dict[Delivery, tuple[tuple[str, str], ...]] = {
        "smtp": (
            sender,
            ("mail.smtp.host", "a server that sends newsletters"),
            ("serve.public_url", "the address of the unsubscribe links"),
        ),
        "listmonk": (service,),  # they run on a server of their user's
        "ghost": (service,),
        "mailgun": (sender,),
        "postmark": (sender,),
    }
    for path, why in needed.get(deliver, ()):
        if not attrgetter(path)(settings):
            hint = f'set a value, because mail.deliver = "{deliver}" needs {why}'
            raise setting_error(FILE, path, "this setting is missing", hint)


def _refuse_plain(smtp: SmtpOptions) -> None:
    """Raise ConfigError if subscribers' mail addresses would be sent without encryption."""
    if smtp.security == "none" and smtp.host and not urls.is_loopback(smtp.host):
        what = "newsletters would be sent to another machine without encryption"
        raise setting_error(FILE, "mail.smtp.security", what, 'use "starttls" or "tls"')


_LISTS = "_data/lists"
_LIST_ID = r"[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?"
_NO_COLLECTIONS = frozenset(
    {
        *("_news", "_newsletters", "_data", "_archive", "_templates"),
        *("_site", "_layouts", "_includes", "_sass", "_plugins", "_drafts"),  # Jekyll's own
    }
)
_NEEDS: dict[PartKind, str] = {
    "topic": "the name or id of a topic",
    "list": f"the name of a file in {_LISTS}",
    "stash": "the name of a stash that editors share",
    "collection": "a folder such as _learning",
}


def read_letters(
    decoded: Decoded, root: Path, topic_files: TopicFiles
) -> tuple[LetterOptions, ...]:
    """Return the settings of all newsletters, with defaults for missing sections, title, time zone.

    Raises ConfigError for a part of something that does not exist.
    """
    site, topics = decoded.one(Beat), [topic for topic, _ in topic_files]
    return tuple(
        replace(
            letter,
            title=letter.title or site.title,
            zone=letter.zone or site.timezone,
            parts=tuple(_settle_parts(letter.parts, f"letter[{index}].part", root, topics))
            or _default_parts(topics),
        )
        for index, letter in enumerate(decoded.all(LetterOptions))
    )


def list_missing_lists(letters: Sequence[LetterOptions], root: Path) -> Iterator[str]:
    """Yield a warning for each newsletter section whose reading list no longer exists."""
    for index, letter in enumerate(letters):
        for number, part in enumerate(letter.parts):
            files = [root / _LISTS / f"{part.of}{suffix}" for suffix in (".yaml", ".yml")]
            if part.kind == "list" and not any(file.is_file() for file in files):
                where = f"beat.toml: letter[{index}].part[{number}].of"
                yield f"{where}: no list {show_value(part.of)} in {_LISTS}; the section stays empty"


def _default_parts(topics: Sequence[Topic]) -> tuple[PartOptions, ...]:
    own = (PartOptions(kind="topics", most=2),) if len(topics) > 1 else ()
    return (PartOptions(kind="lead", most=8), *own, PartOptions(kind="notes"))


def _settle_parts(
    parts: Sequence[PartOptions], path: str, root: Path, topics: Sequence[Topic]
) -> Iterator[PartOptions]:
    """Yield the sections of a newsletter, each with the name of its topic as it is
    usually spelt.
    """
    for number, part in enumerate(parts):
        where = f"{path}[{number}].of"
        needed = _NEEDS.get(part.kind, "")
        if needed and not part.of:
            raise setting_error(
                FILE, where, "this setting is missing", f'kind = "{part.kind}" needs {needed}'
            )
        if part.of and not needed:
            hint = f"delete it, or use a kind that needs it: {', '.join(_NEEDS)}"
            raise setting_error(FILE, where, f"kind {part.kind} does not use this setting", hint)
        if part.kind == "topic":
            yield replace(part, of=_find_topic(part.of, where, topics))
        elif part.kind == "collection":
            yield replace(part, of=_find_collection(part.of, where, root))
        else:
            _refuse_no_list(part, where)
            yield part


def _refuse_no_list(part: PartOptions, where: str) -> None:
    """Refuse an invalid list name; for a list that does not exist there is only a warning."""
    if part.kind == "list" and not re.fullmatch(_LIST_ID, part.of):
        what = f"no list is named {show_value(part.of)}"
        raise setting_error(FILE, where, what, f"write the name of a file in {_LISTS}")


def _find_topic(name: str, where: str, topics: Sequence[Topic]) -> str:
    """Return the name of the topic with a name or id; raise ConfigError if there is none."""
    for topic in topics:
        if name in {topic.name, topic.id}:
            return topic.name
    near = text.find_nearest(name, [topic.name for topic in topics])
    hint = f'did you mean "{near}"?' if near else "use the name of a topic in _data/topics"
    raise setting_error(FILE, where, f"no topic is named {show_value(name)}", hint)


def _find_collection(name: str, where: str, root: Path) -> str:
    """Return the folder of a record collection, given with or without its underscore."""
    known = _list_collections(root)
    folder = f"_{name.removeprefix('_')}"
    if folder in known:
        return folder
    near = text.find_nearest(folder, known)
    hint = f'did you mean "{near}"?' if near else "use a folder such as _learning"
    raise setting_error(FILE, where, f"no collection is named {show_value(name)}", hint)


def _list_collections(root: Path) -> list[str]:
    """Return the folders of records other than news and newsletters, sorted by name."""
    try:
        folders = sorted(
            path.name for path in root.iterdir() if path.name.startswith("_") and path.is_dir()
        )
    except OSError:
        return []
    return [folder for folder in folders if folder not in _NO_COLLECTIONS]
