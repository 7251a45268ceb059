"""Load `Settings` from beat.toml, the environment, `_data` and the file of the newsroom's key."""

from __future__ import annotations

import base64
import binascii
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from copydesk.config import _data_files, _domain_trust, _reading, _toml
from copydesk.config._decode import BeatValues, Values, decode
from copydesk.config._settings import (
    UNSET,
    Deploy,
    Pictures,
    RecallOptions,
    Records,
    Retention,
    Review,
    Serve,
    Settings,
    SourceOptions,
)
from copydesk.config._toml import find_nearest, setting_error, show_value, unreadable_error
from copydesk.kit import urls, within
from copydesk.news import (
    Beat,
    ExcerptRule,
    FetchOptions,
    FrontOptions,
    MailOptions,
    Manners,
    OutputOptions,
    Scoring,
    SignalPoints,
    Source,
)

METRICS_TOKEN = "COPYDESK_METRICS_TOKEN"  # noqa: S105 # the variable's name
_POINTS = "scoring.points"
_OF_THE_SOURCE = frozenset(Source.__dataclass_fields__)


def load(root: Path, environ: Mapping[str, str]) -> Settings:
    """Load all settings of the newsroom at `root`.

    Raises ConfigError with the file and the dotted path of the first error.
    """
    decoded = decode(_toml.read(root), environ)
    topics = _data_files.read_topics(root)
    trust = _domain_trust.read_domain_trust(root, decoded.build(Scoring).standings)
    key = _read_key(root, decoded, environ)
    _settle_urls(decoded)
    _settle_topics(decoded, topics)
    webhooks = _reading.read_webhooks(decoded.webhooks, environ)
    letters = _reading.read_letters(decoded, root, topics)
    return Settings(
        root=root,
        beat=replace(_build_beat(root, decoded, topics), standings=trust.trust_by_domain),
        review=decoded.build(Review),
        fetch=replace(decoded.build(FetchOptions), hosts=dict(map(_build_manners, decoded.hosts))),
        pictures=decoded.build(Pictures),
        publish=decoded.build(OutputOptions),
        front=decoded.build(FrontOptions),
        records=decoded.build(Records),
        recall=decoded.build(RecallOptions),
        retention=decoded.build(Retention),
        serve=decoded.build(Serve),
        desk=_reading.read_desk(decoded, environ),
        deploy=_reading.read_deploy(decoded, environ),
        mail=_reading.read_mail(decoded, environ),
        webhooks=webhooks,
        letters=letters,
        source_options=dict(_source_options(decoded, environ)),
        key=key.key,
        metrics_token=_read_metrics_token(decoded, environ),
        origins=decoded.origins,
        warnings=(
            *decoded.warnings,
            *key.warnings,
            *_data_files.topic_warnings(topics, decoded.build(Beat).url),
            *trust.warnings,
            *_missing_variables(decoded.sources, environ),
            *_reading.list_silent_webhooks(webhooks),
            *_reading.list_missing_lists(letters, root),
        ),
    )


def _read_key(root: Path, decoded: BeatValues, environ: Mapping[str, str]) -> _Key:
    key = _find_key(root, environ)
    decoded.origins.record("key", key.origin)
    return key


def _read_metrics_token(decoded: BeatValues, environ: Mapping[str, str]) -> str:
    token = environ.get(METRICS_TOKEN, "").strip()
    decoded.origins.record("metrics_token", f"environment {METRICS_TOKEN}" if token else "default")
    return token


def _build_beat(root: Path, decoded: BeatValues, topics: _data_files.TopicFiles) -> Beat:
    """Build the beat, and record the origins of its organizations."""
    organizations = _data_files.read_organizations(root)
    for domain, (_, file) in organizations.items():
        decoded.origins.record(f"organizations.{domain}", file)
    publish, deploy = decoded.build(OutputOptions), decoded.build(Deploy)
    return replace(
        decoded.build(Beat),
        api_url=publish.api_url,
        hub=deploy.hub,
        index_now_key=deploy.index_now_key,
        subscribe_url=_subscribe_url(decoded) if decoded.letters else "",
        topics=tuple(topic for topic, _ in topics),
        organizations={domain: organization for domain, (organization, _) in organizations.items()},
        logos=_data_files.read_logos(root, publish.api_url),
        sources=tuple(_build_source(source) for source in decoded.sources),
        scoring=_read_scoring(decoded),
        excerpt=decoded.build(ExcerptRule),
    )


def _subscribe_url(decoded: BeatValues) -> str:
    """Return the URL of the subscription form, "" if newsletters cannot be sent."""
    public_url = decoded.build(Serve).public_url
    is_sent = decoded.build(MailOptions).deliver == "smtp"
    return f"{public_url}/mail/subscribe" if is_sent and public_url else ""


def _read_scoring(decoded: BeatValues) -> Scoring:
    """Return how stories are scored; raise ConfigError for points that the profile does not use."""
    scoring = decoded.build(Scoring)
    for name in decoded.sections[_POINTS]:
        where = f"{_POINTS}.{name}"
        if not scoring.traits.has_own_points and decoded.origins[where] == _toml.FILE:
            hint = 'take the table out, or weigh stories by profile = "copydesk"'
            raise setting_error(_toml.FILE, where, "the points of everyday cannot be moved", hint)
    return replace(scoring, points=decoded.build(SignalPoints))


def _build_source(source: Values) -> Source:
    import msgspec

    known = {name: value for name, value in source.items() if name in _OF_THE_SOURCE}
    return msgspec.convert(known, Source)


def _build_manners(host: Values) -> tuple[str, Manners]:
    import msgspec

    return str(host["name"]), msgspec.convert(host, Manners)


def _source_options(
    decoded: BeatValues, environ: Mapping[str, str]
) -> Iterator[tuple[str, SourceOptions]]:
    """Yield by URL the options of a source that are not in `Source`; most sources have none."""
    import msgspec

    for index, source in enumerate(decoded.sources):
        own = {name: value for name, value in source.items() if name not in _OF_THE_SOURCE}
        if own:
            if own.get("headers_env"):
                own["headers"] = _find_headers(source, environ)
            if own.get("proxy_env"):
                variable = str(own["proxy_env"])
                own["proxy"] = address = _find_proxy(variable, environ)
                is_not = ", not set" if address.startswith(UNSET) else ""
                decoded.origins.record(f"source[{index}].proxy", f"environment {variable}{is_not}")
            yield str(source["url"]), msgspec.convert(own, SourceOptions)


def _find_headers(source: Values, environ: Mapping[str, str]) -> dict[str, str]:
    """Return the values of headers from the environment, without those that are not set."""
    headers = {}
    for name, variable in _header_variables(source).items():
        value = environ.get(variable, "")
        if not value.isprintable() or not value.isascii():
            what = "expected one line of plain characters, got something else"
            raise setting_error(f"environment {variable}", "", what, f"it is sent as {name}")
        if value:
            headers[name] = value
    return headers


def _find_proxy(variable: str, environ: Mapping[str, str]) -> str:
    """Return the proxy's URL, or a text for a variable that is not set.

    The source is then not asked, since without the proxy it would see our own address.
    """
    address = environ.get(variable, "").strip()
    if address and not urls.is_proxy(address):
        what = "expected a proxy's address such as http://user:secret@127.0.0.1:3128"
        raise setting_error(f"environment {variable}", "", f"{what}, got something else")
    return address or f"{UNSET}{variable}"


def _header_variables(source: Values) -> dict[str, str]:
    import msgspec

    return msgspec.convert(source.get("headers_env", {}), dict[str, str])


def _missing_variables(sources: tuple[Values, ...], environ: Mapping[str, str]) -> Iterator[str]:
    """Yield a warning for each header and proxy that is not in the environment."""
    for index, source in enumerate(sources):
        for name, variable in _header_variables(source).items() if "headers_env" in source else ():
            if not environ.get(variable):
                yield (
                    f"beat.toml: source[{index}].headers_env: {variable} is not in the "
                    f"environment; {name} is not sent"
                )
        variable = str(source.get("proxy_env", ""))
        if variable and not environ.get(variable, "").strip():
            yield (
                f"beat.toml: source[{index}].proxy_env: {variable} is not in the environment; "
                "the source cannot be asked"
            )


def _settle_urls(decoded: BeatValues) -> None:
    """Derive the API's URL from the site's if it is not set."""
    publish = decoded.sections["publish"]
    if not publish["api_url"] and decoded.sections["site"]["url"]:
        publish["api_url"] = decoded.sections["site"]["url"]
        decoded.origins.record("publish.api_url", "site.url")


def _settle_topics(decoded: BeatValues, topics: _data_files.TopicFiles) -> None:
    """Take the first file's topic as main topic if one is wanted; refuse unknown topics."""
    for topic, file in topics:
        decoded.origins.record(f"topics.{topic.id}", file)
    site = decoded.sections["site"]
    names = [topic.name for topic, _ in topics]
    _refuse_topic_above_none(site)
    if names and site["main_topic"] and not site["topic"]:
        site["topic"] = names[0]
        decoded.origins.record("site.topic", topics[0][1])
    for path, name in _name_topics(decoded):
        if names and name not in names:
            near = find_nearest(name, names)
            hint = (
                f'did you mean "{near}"?'
                if near
                else f"topics are files in {_data_files.TOPICS_FOLDER}"
            )
            raise setting_error("beat.toml", path, f"no topic is named {show_value(name)}", hint)


def _refuse_topic_above_none(site: Values) -> None:
    if site["topic"] and not site["main_topic"]:
        what = f"{show_value(site['topic'])} cannot stand above the others: main_topic is false"
        raise setting_error("beat.toml", "site.topic", what, "take one of the two out")


def _name_topics(decoded: BeatValues) -> Iterator[tuple[str, str]]:
    """Yield the topics that the settings name, each with the path of its key."""
    import msgspec

    main = decoded.sections["site"]["topic"]
    if main:
        yield "site.topic", str(main)
    for index, source in enumerate(decoded.sources):
        if "topics" in source:
            for name in msgspec.convert(source["topics"], tuple[str, ...]):
                yield f"source[{index}].topics", name


_KEY_VARIABLE = "COPYDESK_KEY"
_KEY_FILE = ".copydesk/key"
_KEY_BYTES = 32
_MAX_KEY_FILE_BYTES = 1_000
_KEY_HINT = "a key is 32 random bytes in base64, 44 characters"
_KEY_FORBIDDEN = "give it to the user who runs copydesk: chown USER .copydesk/key"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Key:
    """The newsroom's key (None if it has none), its origin, and warnings about its file."""

    key: bytes | None = field(default=None, repr=False)
    origin: str = "default"
    warnings: tuple[str, ...] = ()


def _find_key(root: Path, environ: Mapping[str, str]) -> _Key:
    """Return the key from the environment or from its file.

    A wrong length is an error, since what is sealed with such a key would be lost. The file is not
    in git and may be a link, such as to a container's secret.
    """
    given = environ.get(_KEY_VARIABLE, "").strip()
    if given:
        return _Key(key=_decode_key(given, _KEY_VARIABLE), origin=f"environment {_KEY_VARIABLE}")
    path = root / _KEY_FILE
    try:
        mode = path.stat().st_mode
        text = within.read_user_file(path, _MAX_KEY_FILE_BYTES).decode("ascii")
    except (FileNotFoundError, NotADirectoryError):
        return _Key()
    except UnicodeDecodeError as error:
        raise setting_error(
            _KEY_FILE, "", "expected base64, got something else", _KEY_HINT
        ) from error
    except PermissionError as error:
        raise setting_error(
            _KEY_FILE, "", "cannot be read: permission denied", _KEY_FORBIDDEN
        ) from error
    except OSError as error:
        raise unreadable_error(error, _KEY_FILE, _KEY_HINT) from error
    return _Key(
        key=_decode_key(text.strip(), _KEY_FILE),
        origin=_KEY_FILE,
        warnings=_exposure_warnings(mode),
    )


def _decode_key(text: str, where: str) -> bytes:
    """Decode base64; errors do not contain the text, which is a secret."""
    try:
        key = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise setting_error(where, "", "expected base64, got something else", _KEY_HINT) from None
    if len(key) != _KEY_BYTES:
        raise setting_error(
            where, "", f"expected a key of {_KEY_BYTES} bytes, got {len(key)}", _KEY_HINT
        )
    return key


def _exposure_warnings(mode: int) -> tuple[str, ...]:
    if not mode & (stat.S_IRWXG | stat.S_IRWXO):
        return ()
    bits = f"{stat.S_IMODE(mode):04o}"
    return (f"{_KEY_FILE}: others can read the key (mode {bits}): chmod 600 {_KEY_FILE}",)
