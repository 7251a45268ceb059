"""Debian's glewlwyd, a real OpenID provider, on loopback with a database of its own.

    with serve_glewlwyd(folder) as provider:
        ...provider.settings("desk", 'groups = ["desk"]')  # for beat.toml
        provider.register("desk", "http://localhost:8000")
        provider.put("eva", groups=["desk"])
        path = provider.person("eva").consent(address)

It is set up by its own API, as its administrator does by hand, and ends with the block. glewlwyd
2.7.6 sends logout tokens by draft 06 of Back-Channel Logout: `typ` is JWT, there are `iss`, `aud`,
`sub`, `sid`, `iat`, `jti` and `events`, and no `exp`, which the final specification wants.
"""

from __future__ import annotations

import contextlib
import json
import shutil
import socket
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from joserfc.jwk import ECKey

from world.machine import PATIENCE_SECONDS
from world.served_desk import Answer, Browser

SECRET, PASSWORD = "a secret between two", "a password of many words"
_PROGRAM = Path("/usr/bin/glewlwyd")
_TABLES = Path("/usr/share/dbconfig-common/data/glewlwyd/install/sqlite3")
_PAGES = Path("/usr/share/glewlwyd")
_SESSION = "GLEWLWYD2_OIDC_SID"
_SETTINGS = """\
port = {port}
bind_address = "127.0.0.1"
external_url = "http://127.0.0.1:{port}"
login_url = "login.html"
api_prefix = "api"
static_files_path = "{folder}/pages/"
static_files_mime_types = (
    {{ extension = ".html" mime_type = "text/html" compress = 0 }},
    {{ extension = ".css" mime_type = "text/css" compress = 0 }},
    {{ extension = ".js" mime_type = "application/javascript" compress = 0 }},
    {{ extension = ".json" mime_type = "application/json" compress = 0 }}
)
log_mode = "file"
log_level = "INFO"
log_file = "{folder}/log"
cookie_domain = "127.0.0.1"
cookie_secure = 0
cookie_same_site = "lax"
admin_scope = "g_admin"
profile_scope = "g_profile"
user_module_path = "/usr/lib/glewlwyd/user"
client_module_path = "/usr/lib/glewlwyd/client"
user_auth_scheme_module_path = "/usr/lib/glewlwyd/scheme"
plugin_module_path = "/usr/lib/glewlwyd/plugin"
hash_algorithm = "SHA512"
database = {{ type = "sqlite3" path = "{folder}/database" }}
"""
_SCOPES = ("openid", "profile", "email", "groups")


@dataclass(frozen=True)
class Person:
    """Somebody who has signed in to the provider, with the browser in which they did."""

    browser: Browser

    def consent(self, address: str) -> str:
        """Let a desk know what it asks for; return the path to which it is answered."""
        asked = urlsplit(address)
        words = parse_qs(asked.query)
        (client,), (scope,) = words["client_id"], words["scope"]
        _change(self.browser, "PUT", f"/auth/grant/{client}/", {"scope": scope})
        answer = self.browser.get(f"{asked.path}?{asked.query}&g_continue")
        back = urlsplit(answer.headers["Location"])
        assert "code=" in back.query, answer
        return f"{back.path}?{back.query}"

    def leave(self) -> None:
        """End the provider's session, as its page of signing out does; it tells the desks."""
        _change(self.browser, "DELETE", f"/oidc/session/{self.browser.jar[_SESSION]}")


@dataclass(frozen=True)
class Glewlwyd:
    """A glewlwyd at work, and the browser of its administrator."""

    port: int
    admin: Browser

    @property
    def issuer(self) -> str:
        """Return what it calls itself."""
        return f"http://127.0.0.1:{self.port}/api/oidc"

    def settings(self, client: str, rule: str) -> str:
        """Return the table of beat.toml for a desk that is its client."""
        return f'[desk.oidc]\nissuer = "{self.issuer}"\nclient_id = "{client}"\n{rule}\n'

    def register(self, client: str, origin: str) -> None:
        """Make the desk at an origin its client."""
        desk = {
            "client_id": client,
            "name": "The desk of Tidewatch",
            "enabled": True,
            "confidential": True,
            "client_secret": SECRET,
            "scope": [],
            "authorization_type": ["code"],
            "token_endpoint_auth_method": ["client_secret_post"],
            "redirect_uri": [f"{origin}/desk/sign-in/provider/back"],
            "backchannel_logout_uri": f"{origin}/desk/sign-in/provider/logout",
            "backchannel_logout_session_required": "true",
        }
        _change(self.admin, "POST", "/client/", desk)

    def put(self, name: str, *, groups: list[str], is_verified: bool = True) -> None:
        """Add a person, or change the one of this name."""
        person = {
            "username": name,
            "name": f"{name.title()} Reed",
            "email": f"{name}@tidewatch.example",
            "email_verified": "yes" if is_verified else "no",
            "groups": groups,
            "enabled": True,
            "scope": [*_SCOPES, "g_profile"],
        }
        if self.admin.get(f"/api/user/{name}").status == 200:
            _change(self.admin, "PUT", f"/user/{name}", person)
        else:
            _change(self.admin, "POST", "/user/", {**person, "password": PASSWORD})

    def person(self, name: str) -> Person:
        """Return somebody in a new browser, signed in."""
        return Person(_sign_in(self.port, name, PASSWORD))


@contextlib.contextmanager
def serve_glewlwyd(folder: Path) -> Iterator[Glewlwyd]:
    """Run a glewlwyd for the block, with a plugin for OpenID Connect and nobody but its admin."""
    if not _PROGRAM.exists():
        pytest.skip("no glewlwyd: on Debian, apt-get install glewlwyd")
    with closing(sqlite3.connect(folder / "database")) as database:
        database.executescript(_TABLES.read_text("utf-8"))
    # Debian's link to their settings leads to a folder (2.7.6+ds-3)
    shutil.copytree(_PAGES / "webapp", folder / "pages", ignore=lambda *_: ["config.json"])
    shutil.copy(_PAGES / "templates/config.json", folder / "pages")
    port = _find_port()
    settings = folder / "settings"
    settings.write_text(_SETTINGS.format(port=port, folder=folder), "utf-8")
    with subprocess.Popen([_PROGRAM, "--config-file", settings]) as process:
        try:
            _wait_for(port, process, folder / "log")
            admin = _sign_in(port, "admin", "password")
            provider = Glewlwyd(port, admin)
            _set_up(provider)
            yield provider
        finally:
            process.terminate()
            process.wait(PATIENCE_SECONDS)


def _set_up(provider: Glewlwyd) -> None:
    """Let people have groups and verified addresses, and tell desks of them by scopes."""
    module = provider.admin.get("/api/mod/user/database").json()
    access = {"read": True, "write": True, "profile-read": False, "profile-write": False}
    fields = module["parameters"]["data-format"]
    fields["groups"] = {"multiple": True, **access}
    fields["email_verified"] = {"multiple": False, **access}
    _change(provider.admin, "PUT", "/mod/user/database", module)
    _change(provider.admin, "PUT", "/mod/user/database/reset/")
    key = ECKey.generate_key("P-256", {"kid": "one", "use": "sig", "alg": "ES256"})
    groups = {"name": "groups", "user-property": "groups", "type": "string", "scope": ["groups"]}
    verified = {
        "name": "email_verified",
        "user-property": "email_verified",
        "type": "boolean",
        "boolean-value-true": "yes",
        "boolean-value-false": "no",
        "scope": ["email"],
    }
    plugin = {
        "iss": provider.issuer,
        "jwks-private": json.dumps({"keys": [key.as_dict(private=True)]}),
        "jwks-show": True,
        "subject-type": "public",
        "access-token-duration": 3_600,
        "refresh-token-duration": 3_600,
        "code-duration": 600,
        "auth-type-code-enabled": True,
        "pkce-allowed": True,
        "pkce-required": True,
        "session-management-allowed": True,
        "session-cookie-name": _SESSION,
        "session-cookie-expiration": 3_600,
        "back-channel-logout-allowed": True,
        "allowed-scope": list(_SCOPES),
        "name-claim": "on-demand",
        "name-claim-scope": ["profile"],
        "email-claim": "on-demand",
        "email-claim-scope": ["email"],
        "claims": [{"on-demand": True, **groups}, {"on-demand": True, **verified}],
    }
    named = {"module": "oidc", "name": "oidc", "display_name": "OpenID Connect"}
    _change(provider.admin, "POST", "/mod/plugin/", {**named, "parameters": plugin})
    for scope in _SCOPES:
        is_known = scope == "openid"
        method, path = ("PUT", "/scope/openid") if is_known else ("POST", "/scope/")
        rules = {"password_required": is_known, "password_max_age": 0}
        named = {"name": scope, "display_name": scope}
        _change(provider.admin, method, path, {**named, **rules, "scheme": {}})


def _sign_in(port: int, name: str, password: str) -> Browser:
    browser = Browser(port)
    _change(browser, "POST", "/auth/", {"username": name, "password": password})
    return browser


def _change(browser: Browser, method: str, path: str, body: object = None) -> Answer:
    sent = b"" if body is None else json.dumps(body).encode()
    answer = browser.ask(method, f"/api{path}", sent, {"Content-Type": "application/json"})
    assert answer.status == 200, f"{method} {path}: {answer}"
    return answer


def _wait_for(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while process.poll() is None and time.monotonic() < end:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.02)
    said = log.read_text(errors="replace")[-2000:] if log.exists() else "it wrote no log"
    raise AssertionError(f"glewlwyd does not start: {said}")


def _find_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
    return port
