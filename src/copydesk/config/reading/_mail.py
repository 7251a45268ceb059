"""`[mail]` and its tables: how letters reach readers, checked against what other tables say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from copydesk.config._decode import BeatValues
from copydesk.config._setting_error import setting_error
from copydesk.config._toml import FILE
from copydesk.kit import urls
from copydesk.news import BounceOptions, DkimOptions, HandOverOptions, MailOptions, SmtpOptions

_SMTP_PASSWORD = "COPYDESK_SMTP_PASSWORD"  # noqa: S105 # the variable's name
_IMAP_PASSWORD = "COPYDESK_IMAP_PASSWORD"  # noqa: S105 # the variable's name
_BOUNCE_SECRET = "COPYDESK_BOUNCE_SECRET"  # noqa: S105 # the variable's name
_HAND_OVER_TOKEN = "COPYDESK_HAND_OVER_TOKEN"  # noqa: S105 # the variable's name
_HAS_NO_ADDRESS = ("listmonk", "ghost")  # services that stand where their owner put them


def read_mail(decoded: BeatValues, environ: Mapping[str, str]) -> MailOptions:
    """Read how letters reach readers; raises ConfigError where they could not, or not in secret."""
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
    """Raise ConfigError where letters are to go out, and something that they need is missing."""
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
    """Raise ConfigError where readers' addresses would cross a network that anybody can read."""
    smtp = decoded.sections["mail.smtp"]
    if smtp["security"] == "none" and smtp["host"] and not urls.is_loopback(str(smtp["host"])):
        what = "letters would go unencrypted to another machine"
        raise setting_error(FILE, "mail.smtp.security", what, 'take "starttls" or "tls"')


def _secret(environ: Mapping[str, str], variable: str) -> str:
    value = environ.get(variable, "").strip()
    if not value.isprintable():
        raise setting_error(f"environment {variable}", "", "expected one line of text")
    return value
