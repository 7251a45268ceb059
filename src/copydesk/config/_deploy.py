"""`[deploy]` and its tables, checked against each other, with the keys from the environment."""

from __future__ import annotations

from collections.abc import Mapping

from copydesk.config._decode import Decoded
from copydesk.config._settings import Deploy, DeployFolder, DeployGit, DeployRsync, DeployS3
from copydesk.config._toml import FILE
from copydesk.config._wrong import wrong

_NEEDED = {"folder": "path", "rsync": "target", "git": "remote", "s3": "bucket"}
_KEYS = {
    "access_key": "AWS_ACCESS_KEY_ID",
    "secret_key": "AWS_SECRET_ACCESS_KEY",
    "session_token": "AWS_SESSION_TOKEN",
}


def read(decoded: Decoded, environ: Mapping[str, str]) -> Deploy:
    """Give where the site is sent; raises ConfigError where what `to` needs is missing."""
    import msgspec

    sections = decoded.sections
    general = sections["deploy"]
    chosen = str(general["to"])
    if chosen and not sections[f"deploy.{chosen}"][_NEEDED[chosen]]:
        path = f"deploy.{chosen}.{_NEEDED[chosen]}"
        raise wrong(FILE, path, "missing", f'deploy.to = "{chosen}" needs it')
    for name in ("index_now_key", "hub"):
        if general[name] and not sections["site"]["url"]:
            hint = "strangers can only be told of pages that have an address"
            raise wrong(FILE, f"deploy.{name}", "needs site.url", hint)
    return Deploy(
        **msgspec.convert(general, dict[str, str]),  # type: ignore[arg-type] # `to` is a choice
        folder=msgspec.convert(sections["deploy.folder"], DeployFolder),
        rsync=msgspec.convert(sections["deploy.rsync"], DeployRsync),
        git=msgspec.convert(sections["deploy.git"], DeployGit),
        s3=_s3(decoded, environ),
    )


def _s3(decoded: Decoded, environ: Mapping[str, str]) -> DeployS3:
    import msgspec

    section = decoded.sections["deploy.s3"]
    if not section["endpoint"] and decoded.sections["deploy"]["to"] == "s3":
        section["endpoint"] = f"https://s3.{section['region']}.amazonaws.com"
        decoded.origins.say("deploy.s3.endpoint", "deploy.s3.region")
    keys = {}
    for name, variable in _KEYS.items():
        keys[name] = environ.get(variable, "").strip()
        if not (keys[name].isascii() and keys[name].isprintable()):
            raise wrong(f"environment {variable}", "", "expected one line of plain characters")
        if keys[name]:
            decoded.origins.say(f"deploy.s3.{name}", f"environment {variable}")
    return msgspec.convert({**section, **keys}, DeployS3)
