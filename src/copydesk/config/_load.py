"""Check that settings in beat.toml fit together; complete those that depend on other ones."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from operator import attrgetter
from pathlib import Path

from copydesk.channels import PostChannel, Webhook
from copydesk.config import _data_files, _toml
from copydesk.config._data_files import TopicFiles
from copydesk.config._decode import DEFAULT, Decoded, Values, decode
from copydesk.config._environment import Environment, find_key
from copydesk.config._sections import ROOT
from copydesk.config._settings import (
    UNSET,
    BackupPlan,
    Deploy,
    DeskOptions,
    HostName,
    Serve,
    Settings,
    SourceOptions,
)
from copydesk.config._toml import FILE, setting_error, show_value
from copydesk.kit import text, urls
from copydesk.news import Beat, Source, Topic
from copydesk.news.beat import (
    SECOND_SCALE,
    ExcerptRule,
    FrontOptions,
    OutputOptions,
    Scoring,
    SignalPoints,
)
from copydesk.news.letter import LetterOptions, PartKind, PartOptions
from copydesk.news.options import Delivery, MailOptions, Manners, S3Options, SmtpOptions

_NEEDED = {"folder": "path", "rsync": "target", "git": "remote", "s3": "bucket"}


def check(settings: Settings) -> None:
    """Raise ConfigError if sections of the settings contradict each other or would be insecure."""
    _check_desk(settings)
    _check_deploy(settings)
    _check_backup(settings.backup)
    _check_mail(settings)
    _check_posts(settings)
    _refuse_plain(settings.mail.smtp)


def _check_deploy(settings: Settings) -> None:
    """Raise ConfigError if a setting for `to` is missing."""
    deploy = settings.deploy
    _need_target("deploy", deploy)
    for name in ("index_now_key", "hub"):
        if getattr(deploy, name) and not settings.beat.url:
            hint = "set site.url too: search engines and hubs need the full address of a page"
            raise setting_error(FILE, f"deploy.{name}", "this setting needs site.url", hint)


def _need_target(table: str, chosen: Deploy | BackupPlan) -> None:
    to = chosen.to
    if to and not getattr(getattr(chosen, to), _NEEDED[to]):
        path, hint = f"{table}.{to}.{_NEEDED[to]}", f'{table}.to = "{to}" needs it'
        raise setting_error(FILE, path, "this setting is missing", hint)


def _check_posts(settings: Settings) -> None:
    """Raise ConfigError if a post's network needs an option that is missing, or the site has no
    address.
    """
    for index, channel in enumerate(settings.posts):
        if channel.missing:
            hint = f'to = "{channel.to}" needs it'
            path = f"post[{index}].{channel.missing}"
            raise setting_error(FILE, path, "this setting is missing", hint)
        if not settings.beat.url:
            hint = "set site.url: a post needs the full address of a page"
            raise setting_error(FILE, f"post[{index}].to", "this setting needs site.url", hint)


def _check_backup(plan: BackupPlan) -> None:
    """Raise ConfigError if backups have no target, or if secrets would leave unencrypted."""
    _need_target("backup", plan)
    if plan.to in {"rsync", "s3"} and not plan.recipients:
        what = "subscribers' addresses would leave this machine without encryption"
        hint = "run `age-keygen` on another machine, and write its public key here"
        raise setting_error(FILE, "backup.recipients", what, hint)
    if plan.with_key and not plan.recipients:
        what = "the keys would be stored without encryption"
        hint = "set backup.recipients, or delete with_key"
        raise setting_error(FILE, "backup.with_key", what, hint)


def settle_s3(decoded: Decoded, table: str, chosen: Deploy | BackupPlan) -> S3Options:
    """Return the S3 options, with Amazon's endpoint for the bucket's region if none is set."""
    if chosen.s3.endpoint or chosen.to != "s3":
        return chosen.s3
    decoded.origins.record(f"{table}.s3.endpoint", f"{table}.s3.region")
    return chosen.s3.with_endpoint()


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
    _check_provider(desk)


def _check_provider(desk: DeskOptions) -> None:
    """Raise ConfigError if the sign-in at an OpenID provider is not completely set."""
    if desk.oidc.issuer and not desk.oidc.client_id:
        hint = "set the client ID that you got when you registered this desk at the provider"
        raise setting_error(FILE, "desk.oidc.client_id", "this setting is missing", hint)
    if desk.oidc.only and not desk.oidc.issuer:
        hint = "set the provider's URL, or remove `only`: nobody could sign in"
        raise setting_error(FILE, "desk.oidc.issuer", "this setting is missing", hint)
    if desk.oidc.only and desk.user_header:
        raise setting_error(FILE, "desk.user_header", "not beside desk.oidc.only", "remove one")


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


# Load all settings of a site from beat.toml, the environment, `_data` and the key file.


def load(root: Path, environ: Mapping[str, str]) -> Settings:
    """Load all settings of the site whose files are in the folder `root`.

    Raises ConfigError with the file and the dotted path of the first error.
    """
    decoded = decode(_toml.read(root), environ)
    topics = _data_files.read_topics(root)
    trust = _data_files.read_domain_trust(root, decoded.one(Scoring).standings)
    key = find_key(root, decoded.environ)
    decoded.origins.record("key", key.origin)
    topic = _settle_topic(decoded, topics)
    letters = read_letters(decoded, root, topics)
    beat = _build_beat(root, decoded)
    settings = _build_settings(
        decoded,
        root=root,
        beat=replace(
            beat,
            topic=topic,
            topics=tuple(topic for topic, _ in topics),
            standings=trust.trust_by_domain,
        ),
        channels=tuple(decoded.all(Webhook)),
        posts=tuple(decoded.all(PostChannel)),
        letters=letters,
        keys=key.keys,
    )
    check(settings)
    return replace(
        settings,
        fetch=replace(settings.fetch, hosts=_read_hosts(decoded)),
        publish=replace(settings.publish, api_url=beat.api_url),
        deploy=replace(settings.deploy, s3=settle_s3(decoded, "deploy", settings.deploy)),
        backup=replace(settings.backup, s3=settle_s3(decoded, "backup", settings.backup)),
        source_options=dict(_source_options(decoded)),
        metrics_token=_read_token(decoded, "metrics_token"),
        desk_token=_read_token(decoded, "desk_token"),
        secret_files=tuple(sorted(decoded.environ.files)),
        warnings=(
            *decoded.warnings,
            *key.warnings,
            *_data_files.topic_warnings(topics, beat.url),
            *trust.warnings,
            *_missing_variables(decoded),
            *decoded.missing,
            *list_missing_lists(letters, root),
            *decoded.environ.warn_of_typos(),
        ),
    )


def _build_settings(decoded: Decoded, **values: object) -> Settings:
    """Make the settings object of the tables of beat.toml and the given other values."""
    sections = (section for section in ROOT.inner if not (section.repeated or section.held_by))
    held: Values = {section.name: decoded.one(section.holders[0]) for section in sections}
    make: Callable[..., Settings] = Settings
    return make(**held, **values, origins=decoded.origins)


def _read_token(decoded: Decoded, name: str) -> str:
    token, origin = decoded.environ.read_secret(f"COPYDESK_{name.upper()}")
    decoded.origins.record(name, origin or "default")
    return token.strip()


def _build_beat(root: Path, decoded: Decoded) -> Beat:
    """Make the object `Beat` without topics, and record where its organizations are set."""
    organizations = _data_files.read_organizations(root)
    for domain, (_, file) in organizations.items():
        decoded.origins.record(f"organizations.{domain}", file)
    api_url, deploy = _settle_api_url(decoded), decoded.one(Deploy)
    return replace(
        decoded.one(Beat),
        api_url=api_url,
        hub=deploy.hub,
        index_now_key=deploy.index_now_key,
        subscribe_url=_subscribe_url(decoded) if decoded.all(LetterOptions) else "",
        organizations={domain: organization for domain, (organization, _) in organizations.items()},
        logos=_data_files.read_logos(root, api_url),
        sources=tuple(decoded.all(Source)),
        scoring=_check_scoring(decoded),
        excerpt=decoded.one(ExcerptRule),
    )


def _settle_api_url(decoded: Decoded) -> str:
    """Return the URL of the site's API, by default the site's own."""
    own, site = decoded.one(OutputOptions).api_url, decoded.one(Beat).url
    if not own and site:
        decoded.origins.record("publish.api_url", "site.url")
    return own or site


def _subscribe_url(decoded: Decoded) -> str:
    """Return the URL of the newsletters' subscription form, "" if newsletters cannot be sent."""
    public_url = decoded.one(Serve).public_url
    is_sent = decoded.one(MailOptions).deliver == "smtp"
    return f"{public_url}/mail/subscribe" if is_sent and public_url else ""


def _check_scoring(decoded: Decoded) -> Scoring:
    """Return how stories are scored; raise ConfigError for points that the profile does not use.

    Points that the file does not set are those of its scale.
    """
    scoring = decoded.one(Scoring)
    for name in SignalPoints.__dataclass_fields__:
        where = f"scoring.points.{name}"
        if not scoring.traits.has_own_points and decoded.origins[where] != DEFAULT:
            hint = 'delete the table, or set scoring.profile = "copydesk"'
            raise setting_error(
                FILE, where, "the points of the everyday profile cannot be changed", hint
            )
    return _at_scale(scoring, scoring.scale, decoded.origins)


def _at_scale(scoring: Scoring, scale: int, origins: Mapping[str, str]) -> Scoring:
    """Return a scoring with the default points of a scale, and the points that beat.toml sets."""
    given = {
        name: getattr(scoring.points, name)
        for name in SignalPoints.__dataclass_fields__
        if origins[f"scoring.points.{name}"] != DEFAULT
    }
    plain = SignalPoints() if scale == 1 else SECOND_SCALE
    return replace(scoring, scale=scale, points=replace(plain, **given))


def at_scale(settings: Settings, scale: int) -> Settings:
    """Return the settings as they are with `scoring.scale` set to a scale of quality."""
    scoring = _at_scale(settings.beat.scoring, scale, settings.origins)
    return replace(settings, beat=replace(settings.beat, scoring=scoring))


def _read_hosts(decoded: Decoded) -> Mapping[str, Manners]:
    names = (host.name for host in decoded.all(HostName))
    return dict(zip(names, decoded.all(Manners), strict=True))


def _source_options(decoded: Decoded) -> Iterator[tuple[str, SourceOptions]]:
    """Yield the fetching options of each source that has any, with the source's URL."""
    plain = SourceOptions()
    for index, (source, own) in enumerate(_list_sources(decoded)):
        if own != plain:
            proxy = own.proxy
            if own.proxy_env:
                proxy, origin = _find_proxy(own.proxy_env, decoded.environ)
                decoded.origins.record(f"source[{index}].proxy", origin)
            headers = _find_headers(own.headers_env, decoded.environ)
            yield source.url, replace(own, headers=headers, proxy=proxy)


def _list_sources(decoded: Decoded) -> Iterator[tuple[Source, SourceOptions]]:
    return zip(decoded.all(Source), decoded.all(SourceOptions), strict=True)


def _find_headers(variables: Mapping[str, str], environ: Environment) -> dict[str, str]:
    """Return a source's request headers with their values from the environment, if they are set."""
    headers = {}
    for name, variable in variables.items():
        value, _ = environ.read_secret(variable)
        if not value.isprintable() or not value.isascii():
            what = "expected one line of ASCII characters, got something else"
            raise setting_error(f"environment {variable}", "", what, f"it is the header {name}")
        if value:
            headers[name] = value
    return headers


def _find_proxy(variable: str, environ: Environment) -> tuple[str, str]:
    """Return the URL of a source's proxy (`env:` and the variable if that is not set), its origin.

    The source is then not asked, since without the proxy it would see our own address.
    """
    found, origin = environ.read_secret(variable)
    address = found.strip()
    if address and not urls.is_proxy(address):
        what = "expected a proxy address such as http://user:secret@127.0.0.1:3128"
        raise setting_error(origin, "", f"{what}, got something else")
    if not address:
        return f"{UNSET}{variable}", f"environment {variable}, not set"
    return address, origin


def _missing_variables(decoded: Decoded) -> Iterator[str]:
    """Yield a warning for each source's header or proxy whose environment variable is not set."""
    for index, (_, own) in enumerate(_list_sources(decoded)):
        for name, variable in own.headers_env.items():
            if not decoded.environ.read_secret(variable)[0]:
                yield (
                    f"beat.toml: source[{index}].headers_env: the environment variable {variable} "
                    f"is not set; the header {name} is not sent"
                )
        if own.proxy_env and not decoded.environ.read_secret(own.proxy_env)[0].strip():
            yield (
                f"beat.toml: source[{index}].proxy_env: the environment variable {own.proxy_env} "
                "is not set; the source is not fetched"
            )


def _settle_topic(decoded: Decoded, topics: _data_files.TopicFiles) -> str:
    """Return the site's main topic, by default that of the first file; refuse unknown topics."""
    for topic, file in topics:
        decoded.origins.record(f"topics.{topic.id}", file)
    site = decoded.one(Beat)
    names, main = [topic.name for topic, _ in topics], site.topic
    if main and not site.main_topic:
        what = f"{show_value(main)} cannot be the main topic, because main_topic is false"
        raise setting_error(FILE, "site.topic", what, "delete site.topic or site.main_topic")
    if names and site.main_topic and not main:
        main = names[0]
        decoded.origins.record("site.topic", topics[0][1])
    if names:
        _check_topic_names(decoded, main, names)
    return main


def _check_topic_names(decoded: Decoded, main: str, names: Sequence[str]) -> None:
    """Raise ConfigError for a topic that the settings name and no file has."""
    named = [("site.topic", main)] if main else []
    named += [("front.sections", name) for name in decoded.one(FrontOptions).sections]
    for index, source in enumerate(decoded.all(Source)):
        named += [(f"source[{index}].topics", name) for name in source.topics]
    for path, name in named:
        if name not in names:
            near = text.find_nearest(name, names)
            known = f"use the name of a topic in {_data_files.TOPICS_FOLDER}"
            hint = f'did you mean "{near}"?' if near else known
            raise setting_error(FILE, path, f"no topic is named {show_value(name)}", hint)
