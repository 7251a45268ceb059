"""`[desk]`, checked against what other tables say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from copydesk.config._decode import BeatValues
from copydesk.config._setting_error import setting_error
from copydesk.config._tables import DeskOptions, OpenIdOptions
from copydesk.config._toml import FILE
from copydesk.kit import urls

_SECRET = "COPYDESK_OIDC_SECRET"  # noqa: S105 # the variable's name
_PROXY_SECRET = "COPYDESK_PROXY_SECRET"  # noqa: S105 # the variable's name


def read_desk(decoded: BeatValues, environ: Mapping[str, str]) -> DeskOptions:
    """Read where editors reach the desk; raises ConfigError where that keeps no stranger out."""
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
