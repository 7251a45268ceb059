"""Read those tables of beat.toml that are checked against other tables, with their secrets.

`[deploy]` and `[[webhook]]`, `[desk]`, `[mail]`, `[[letter]]`. Secrets come from the environment.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from copydesk.config._data_files import TopicFiles
from copydesk.config._decode import BeatValues, Values
from copydesk.config._settings import (
    SITE_EVENTS,
    Deploy,
    DeployFolder,
    DeployRsync,
    DeskOptions,
    OpenIdOptions,
    Webhook,
)
from copydesk.config._toml import FILE, find_nearest, setting_error, show_value
from copydesk.kit import urls
from copydesk.news import (
    BounceOptions,
    BranchOptions,
    DkimOptions,
    HandOverOptions,
    LetterOptions,
    MailOptions,
    PartKind,
    PartOptions,
    S3Options,
    SmtpOptions,
    Topic,
)

_NEEDED = {"folder": "path", "rsync": "target", "git": "remote", "s3": "bucket"}
_KEYS = {
    "access_key": "AWS_ACCESS_KEY_ID",
    "secret_key": "AWS_SECRET_ACCESS_KEY",
    "session_token": "AWS_SESSION_TOKEN",
}


def read_deploy(decoded: BeatValues, environ: Mapping[str, str]) -> Deploy:
    """Return where the site is deployed to; raise ConfigError if a setting for `to` is missing."""
    sections = decoded.sections
    general = sections["deploy"]
    chosen = str(general["to"])
    if chosen and not sections[f"deploy.{chosen}"][_NEEDED[chosen]]:
        path = f"deploy.{chosen}.{_NEEDED[chosen]}"
        raise setting_error(FILE, path, "missing", f'deploy.to = "{chosen}" needs it')
    for name in ("index_now_key", "hub"):
        if general[name] and not sections["site"]["url"]:
            hint = "strangers can only be told of pages that have an address"
            raise setting_error(FILE, f"deploy.{name}", "needs site.url", hint)
    return replace(
        decoded.build(Deploy),
        folder=decoded.build(DeployFolder),
        rsync=decoded.build(DeployRsync),
        git=decoded.build(BranchOptions),
        s3=_s3(decoded, environ),
    )


def _s3(decoded: BeatValues, environ: Mapping[str, str]) -> S3Options:
    section = decoded.sections["deploy.s3"]
    if not section["endpoint"] and decoded.sections["deploy"]["to"] == "s3":
        section["endpoint"] = f"https://s3.{section['region']}.amazonaws.com"
        decoded.origins.record("deploy.s3.endpoint", "deploy.s3.region")
    for name, variable in _KEYS.items():
        key = environ.get(variable, "").strip()
        if not (key.isascii() and key.isprintable()):
            raise setting_error(
                f"environment {variable}", "", "expected one line of plain characters"
            )
        if key:
            section[name] = key
            decoded.origins.record(f"deploy.s3.{name}", f"environment {variable}")
    return decoded.build(S3Options)


def read_webhooks(blocks: Iterable[Values], environ: Mapping[str, str]) -> tuple[Webhook, ...]:
    """Return the webhooks, without a secret if the environment has none; raise ConfigError."""
    import msgspec

    blocks = tuple(blocks)
    for index, block in enumerate(blocks):
        _check_events(index, block.get("events", SITE_EVENTS))
    return tuple(
        msgspec.convert({**block, "secret": environ.get(str(block["secret_env"]), "")}, Webhook)
        for block in blocks
    )


def _check_events(index: int, events: object) -> None:
    for name in events if isinstance(events, tuple) else ():
        if name not in SITE_EVENTS:
            near = find_nearest(name, SITE_EVENTS)
            hint = f'did you mean "{near}"?' if near else f"there are: {', '.join(SITE_EVENTS)}"
            raise setting_error(FILE, f"webhook[{index}].events", f"no event: {name[:80]}", hint)


def list_silent_webhooks(webhooks: Iterable[Webhook]) -> Iterator[str]:
    """Yield a warning for each webhook without a secret, which is not called."""
    for index, webhook in enumerate(webhooks):
        if not webhook.secret:
            yield (
                f"beat.toml: webhook[{index}].secret_env: {webhook.secret_env} is not in the "
                "environment; nobody is called"
            )


_SECRET = "COPYDESK_OIDC_SECRET"  # noqa: S105 # the variable's name
_PROXY_SECRET = "COPYDESK_PROXY_SECRET"  # noqa: S105 # the variable's name


def read_desk(decoded: BeatValues, environ: Mapping[str, str]) -> DeskOptions:
    """Return how editors reach the desk; raise ConfigError if strangers could get in."""
    sections, desk = decoded.sections, decoded.build(DeskOptions)
    oidc = decoded.build(OpenIdOptions)
    sites = (sections["site"]["url"], sections["serve"]["public_url"])
    if desk.host and desk.host in {urls.host(str(address)) for address in sites}:
        what = f"the site is at {desk.host}, and the desk needs a name of its own"
        hint = "beside the site, what a page of it does could act as an editor"
        raise setting_error(FILE, "desk.host", what, hint)
    if desk.user_header and not sections["serve"]["trusted_proxies"]:
        what = "anybody could send that header while serve.trusted_proxies is empty"
        hint = "name there the address from which the web server in front asks"
        raise setting_error(FILE, "desk.user_header", what, hint)
    if oidc.issuer and not oidc.client_id:
        hint = "the provider gave this desk one when it was made known there"
        raise setting_error(FILE, "desk.oidc.client_id", "missing", hint)
    return replace(
        desk,
        proxy_secret=environ.get(_PROXY_SECRET, "").strip(),
        oidc=replace(oidc, client_secret=environ.get(_SECRET, "").strip()),
    )


_SMTP_PASSWORD = "COPYDESK_SMTP_PASSWORD"  # noqa: S105 # the variable's name
_IMAP_PASSWORD = "COPYDESK_IMAP_PASSWORD"  # noqa: S105 # the variable's name
_BOUNCE_SECRET = "COPYDESK_BOUNCE_SECRET"  # noqa: S105 # the variable's name
_HAND_OVER_TOKEN = "COPYDESK_HAND_OVER_TOKEN"  # noqa: S105 # the variable's name
_HAS_NO_ADDRESS = ("listmonk", "ghost")  # services that run on a server of their user's


def read_mail(decoded: BeatValues, environ: Mapping[str, str]) -> MailOptions:
    """Return how newsletters are sent; raise ConfigError if they cannot be, or not securely."""
    _refuse_unreachable(decoded)
    _refuse_plain(decoded)
    return replace(
        decoded.build(MailOptions),
        smtp=replace(decoded.build(SmtpOptions), password=_secret(environ, _SMTP_PASSWORD)),
        dkim=decoded.build(DkimOptions),
        bounces=replace(
            decoded.build(BounceOptions),
            password=_secret(environ, _IMAP_PASSWORD),
            secret=_secret(environ, _BOUNCE_SECRET),
        ),
        hand_over=replace(decoded.build(HandOverOptions), token=_secret(environ, _HAND_OVER_TOKEN)),
    )


def _refuse_unreachable(decoded: BeatValues) -> None:
    """Raise ConfigError if mail is switched on and something that it needs is missing."""
    sections, deliver = decoded.sections, decoded.sections["mail"]["deliver"]
    if deliver == "smtp":
        needed = {
            "mail.from_address": "readers see who writes",
            "mail.smtp.host": "the server that takes your letters",
            "serve.public_url": "each letter has a link by which its reader leaves",
        }
    elif deliver in _HAS_NO_ADDRESS:
        needed = {"mail.hand_over.url": f"where your {deliver} is"}
    elif deliver in {"mailgun", "postmark"}:
        needed = {"mail.from_address": "readers see who writes"}
    else:
        needed = {}
    for path, why in needed.items():
        section, _, name = path.rpartition(".")
        if not sections[section][name]:
            raise setting_error(
                FILE, path, "missing", f'mail.deliver = "{deliver}" needs it: {why}'
            )


def _refuse_plain(decoded: BeatValues) -> None:
    """Raise ConfigError if readers' addresses would be sent without encryption."""
    smtp = decoded.sections["mail.smtp"]
    if smtp["security"] == "none" and smtp["host"] and not urls.is_loopback(str(smtp["host"])):
        what = "letters would go unencrypted to another machine"
        raise setting_error(FILE, "mail.smtp.security", what, 'take "starttls" or "tls"')


def _secret(environ: Mapping[str, str], variable: str) -> str:
    value = environ.get(variable, "").strip()
    if not value.isprintable():
        raise setting_error(f"environment {variable}", "", "expected one line of text")
    return value


_LISTS = "_data/lists"
_LIST_ID = r"[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?"
_NO_COLLECTIONS = frozenset(
    {
        *("_news", "_newsletters", "_data", "_archive", "_templates"),
        *("_site", "_layouts", "_includes", "_sass", "_plugins", "_drafts"),  # Jekyll's own
    }
)
_NEEDS: dict[PartKind, str] = {
    "topic": "a topic's name or id",
    "list": f"the name of a file in {_LISTS}",
    "stash": "the name of a stash that the desk shares",
    "collection": "a folder of records such as _learning",
}


def read_letters(
    decoded: BeatValues, root: Path, topic_files: TopicFiles
) -> tuple[LetterOptions, ...]:
    """Return the newsletters; those without parts, title or time zone get the defaults.

    Raises ConfigError for a duplicate id, and for a part of something that does not exist.
    """
    import msgspec

    site, topics = decoded.sections["site"], [topic for topic, _ in topic_files]
    letters: dict[str, LetterOptions] = {}
    for index, block in enumerate(decoded.letters):
        path = f"letter[{index}]"
        parts = msgspec.convert(block.get("part", ()), tuple[PartOptions, ...])
        _refuse_twin(block, list(letters), path)
        letter = msgspec.convert(_without_parts(block), LetterOptions)
        letters[letter.id] = replace(
            letter,
            title=letter.title or str(site["title"]),
            zone=letter.zone or str(site["timezone"]),
            parts=tuple(_settle_parts(parts, f"{path}.part", root, topics))
            or _default_parts(topics),
        )
    return tuple(letters.values())


def list_missing_lists(letters: Sequence[LetterOptions], root: Path) -> Iterator[str]:
    """Yield a warning for each part whose list is gone: editors can delete lists at the desk."""
    for index, letter in enumerate(letters):
        for number, part in enumerate(letter.parts):
            files = [root / _LISTS / f"{part.of}{suffix}" for suffix in (".yaml", ".yml")]
            if part.kind == "list" and not any(file.is_file() for file in files):
                where = f"beat.toml: letter[{index}].part[{number}].of"
                yield f"{where}: no list {show_value(part.of)} in {_LISTS}; the part stays empty"


def _without_parts(block: Values) -> Values:
    return {name: value for name, value in block.items() if name != "part"}


def _refuse_twin(block: Values, known: Sequence[str], path: str) -> None:
    if block["id"] in known:
        what = f"the same id as letter[{known.index(str(block['id']))}], {show_value(block['id'])}"
        raise setting_error(FILE, f"{path}.id", what, "give one of the two another")


def _default_parts(topics: Sequence[Topic]) -> tuple[PartOptions, ...]:
    own = (PartOptions(kind="topics", most=2),) if len(topics) > 1 else ()
    return (PartOptions(kind="lead", most=8), *own, PartOptions(kind="notes"))


def _settle_parts(
    parts: Sequence[PartOptions], path: str, root: Path, topics: Sequence[Topic]
) -> Iterator[PartOptions]:
    """Yield the parts, with the name of each part's subject in its normal spelling."""
    for number, part in enumerate(parts):
        where = f"{path}[{number}].of"
        needed = _NEEDS.get(part.kind, "")
        if needed and not part.of:
            raise setting_error(FILE, where, "missing", f'kind = "{part.kind}" needs {needed}')
        if part.of and not needed:
            hint = f"take it out, or name a kind that has one: {', '.join(_NEEDS)}"
            raise setting_error(FILE, where, f"{part.kind} is of nothing", hint)
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
    """Return the name of a topic that is given by its name or its id."""
    for topic in topics:
        if name in {topic.name, topic.id}:
            return topic.name
    near = find_nearest(name, [topic.name for topic in topics])
    hint = f'did you mean "{near}"?' if near else "topics are files in _data/topics"
    raise setting_error(FILE, where, f"no topic is named {show_value(name)}", hint)


def _find_collection(name: str, where: str, root: Path) -> str:
    """Return the folder of a collection that is given with or without its underscore."""
    known = _list_collections(root)
    folder = f"_{name.removeprefix('_')}"
    if folder in known:
        return folder
    near = find_nearest(folder, known)
    hint = f'did you mean "{near}"?' if near else "collections are folders such as _learning"
    raise setting_error(FILE, where, f"no collection is named {show_value(name)}", hint)


def _list_collections(root: Path) -> list[str]:
    """Return by name the folders of records other than news and newsletters."""
    try:
        folders = sorted(
            path.name for path in root.iterdir() if path.name.startswith("_") and path.is_dir()
        )
    except OSError:
        return []
    return [folder for folder in folders if folder not in _NO_COLLECTIONS]
