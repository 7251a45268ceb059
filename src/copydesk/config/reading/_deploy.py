"""`[deploy]` and its tables, and `[[webhook]]`: where a site goes, and who is told of it.

They are checked against each other; keys and secrets are the environment's.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from copydesk.config._decode import BeatValues, Values
from copydesk.config._deploy_tables import Deploy, DeployFolder, DeployRsync
from copydesk.config._setting_error import find_nearest, setting_error
from copydesk.config._tables import SITE_EVENTS, Webhook
from copydesk.config._toml import FILE
from copydesk.news import BranchOptions, S3Options

_NEEDED = {"folder": "path", "rsync": "target", "git": "remote", "s3": "bucket"}
_KEYS = {
    "access_key": "AWS_ACCESS_KEY_ID",
    "secret_key": "AWS_SECRET_ACCESS_KEY",
    "session_token": "AWS_SESSION_TOKEN",
}


def read_deploy(decoded: BeatValues, environ: Mapping[str, str]) -> Deploy:
    """Read where the site is sent; raises ConfigError where what `to` needs is missing."""
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
    """Return the webhooks; those whose secret is nowhere have none. Raises ConfigError."""
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
    """Walk the warnings for webhooks without a secret: they are not called."""
    for index, webhook in enumerate(webhooks):
        if not webhook.secret:
            yield (
                f"beat.toml: webhook[{index}].secret_env: {webhook.secret_env} is not in the "
                "environment; nobody is called"
            )
