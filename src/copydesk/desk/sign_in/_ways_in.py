"""Sign users in and out: by password, passkey or one-use link."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from copydesk.desk.sign_in._visitor import (
    DEVICE_LIFETIME,
    Admission,
    Door,
    PasswordCheck,
    SecretCookie,
    SignInLimits,
    SignInPages,
    Visitor,
    Way,
    device_cookie,
    own_page,
    read_body,
    read_form,
    visitor_of,
)
from copydesk.desk_store import AuditEntry, AuditKind, DeskStore
from copydesk.desk_store.accounts import Account, Passkey
from copydesk.desk_store.sessions import OneUseLink
from copydesk.errors import UsageError
from copydesk.kit import urls

_LIFETIME_SECONDS = 300.0
_MOST_CHALLENGES = 1_000
_LABEL_CHARACTERS = 60
_REFUSED = "this passkey does not work here"
_HINT = "reload the page and try again"


class Challenges:
    """Passkey challenges for devices, each for one purpose, valid once and for five minutes.

    They are kept in memory: after a restart browsers ask again. The oldest of too many is dropped.
    """

    def __init__(self) -> None:
        self._open: OrderedDict[bytes, tuple[str, float]] = OrderedDict()

    def make(self, purpose: str, uptime_seconds: float) -> bytes:
        """Create a challenge for signing in, or for adding a passkey to one account."""
        challenge = secrets.token_bytes(32)
        self._open[challenge] = (purpose, uptime_seconds)
        while len(self._open) > _MOST_CHALLENGES:
            self._open.popitem(last=False)
        return challenge

    def use(self, challenge: bytes, purpose: str, uptime_seconds: float) -> None:
        """Mark a passkey challenge as used; raises UsageError if it was not valid."""
        made_for, at = self._open.pop(challenge, ("", 0.0))
        if made_for != purpose or not 0 <= uptime_seconds - at <= _LIFETIME_SECONDS:
            raise UsageError(_REFUSED, hint=_HINT)


def ask_to_sign_in(admission: Admission, challenge: bytes) -> str:
    """Return the WebAuthn options for signing in with any passkey of this host, as JSON."""
    from webauthn import generate_authentication_options, options_to_json
    from webauthn.helpers.structs import UserVerificationRequirement

    return options_to_json(
        generate_authentication_options(
            rp_id=admission.passkey_host,
            challenge=challenge,
            user_verification=UserVerificationRequirement.REQUIRED,
        )
    )


def ask_to_register(
    admission: Admission, challenge: bytes, account: Account, known: Iterable[Passkey], site: str
) -> str:
    """Return the WebAuthn options for a new passkey of an account, as JSON."""
    from webauthn import generate_registration_options, options_to_json
    from webauthn.helpers.structs import (
        AuthenticatorSelectionCriteria,
        PublicKeyCredentialDescriptor,
        ResidentKeyRequirement,
        UserVerificationRequirement,
    )

    return options_to_json(
        generate_registration_options(
            rp_id=admission.passkey_host,
            rp_name=site,
            user_name=account.name,
            user_id=account.handle,
            challenge=challenge,
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED,
                user_verification=UserVerificationRequirement.REQUIRED,
            ),
            exclude_credentials=[PublicKeyCredentialDescriptor(id=key.id) for key in known],
        )
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _SentResponse:
    """The part of a browser's WebAuthn credential with the challenge."""

    clientDataJSON: str  # noqa: N815 - WebAuthn's name


@dataclass(frozen=True, slots=True, kw_only=True)
class _SentCredential:
    """A browser's WebAuthn credential, as its `toJSON` writes it."""

    rawId: str  # noqa: N815 - WebAuthn's name
    response: _SentResponse


@dataclass(frozen=True, slots=True, kw_only=True)
class _ClientData:
    """The client data that a device signed (WebAuthn), with the challenge."""

    challenge: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceAnswer:
    """A WebAuthn credential that a browser sent, with its passkey id and challenge."""

    body: bytes
    passkey_id: bytes
    challenge: bytes


def read_answer(body: bytes) -> DeviceAnswer:
    """Parse a browser's WebAuthn credential without verifying it; raises UsageError."""
    import msgspec
    from webauthn.helpers import base64url_to_bytes

    try:
        sent = msgspec.json.decode(body, type=_SentCredential)
        client_data = msgspec.json.decode(
            base64url_to_bytes(sent.response.clientDataJSON), type=_ClientData
        )
        return DeviceAnswer(
            body=body,
            passkey_id=base64url_to_bytes(sent.rawId),
            challenge=base64url_to_bytes(client_data.challenge),
        )
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        raise UsageError("invalid answer from the passkey", hint=_HINT) from error


def verify_sign_in(answer: DeviceAnswer, passkey: Passkey, admission: Admission) -> int:
    """Verify a signed passkey challenge; return the passkey's new use count.

    Raises UsageError if the signature is wrong.
    """
    from webauthn import verify_authentication_response

    with _refuse_errors():
        verified = verify_authentication_response(
            credential=answer.body.decode(),
            expected_challenge=answer.challenge,
            expected_rp_id=admission.passkey_host,
            expected_origin=admission.origin,
            credential_public_key=passkey.public_key,
            credential_current_sign_count=passkey.sign_count,
            require_user_verification=True,
        )
        return verified.new_sign_count


def verify_registration(
    answer: DeviceAnswer, admission: Admission, label: str, now: datetime
) -> Passkey:
    """Return the passkey that a device created for a challenge; raises UsageError."""
    from webauthn import verify_registration_response

    with _refuse_errors():
        verified = verify_registration_response(
            credential=answer.body.decode(),
            expected_challenge=answer.challenge,
            expected_rp_id=admission.passkey_host,
            expected_origin=admission.origin,
            require_user_verification=True,
        )
        return Passkey(
            id=verified.credential_id,
            public_key=verified.credential_public_key,
            sign_count=verified.sign_count,
            label=label[:_LABEL_CHARACTERS],
            made=now,
        )


@contextlib.contextmanager
def _refuse_errors() -> Iterator[None]:
    """Turn exceptions of the WebAuthn library into UsageError without details.

    It parses CBOR and ASN.1 that strangers send: any exception means a wrong answer.
    """
    try:
        yield
    except Exception as error:
        raise UsageError(_REFUSED, hint=_HINT) from error


_AGENT = "User-Agent"


class WaysIn:
    """The routes of sign-in and sign-out, for all methods but OpenID Connect.

    With `desk.oidc.only`, `refuse_local` answers instead of those for passwords and passkeys.
    """

    def __init__(self, store: DeskStore, door: Door, pages: SignInPages) -> None:
        self._store = store
        self._door = door
        self._pages = pages
        self.limits = SignInLimits(store, door)
        self._passwords = PasswordCheck(store, self.limits)
        self._challenges = Challenges()

    async def show(self, request: Request) -> Response:
        """Answer with the sign-in page, which asks for name and password, or for a passkey."""
        visitor = visitor_of(request)
        wanted = own_page(request.query_params.get("next", ""), self._door.root)
        if visitor.role is not None:
            return RedirectResponse(wanted, 303)
        return self._show(visitor, request.query_params)

    async def sign_in(self, request: Request) -> Response:
        """Begin a session for a name and password; the answer does not reveal which was wrong."""
        visitor, form = visitor_of(request), await read_form(request)
        name, wanted = form.get("name", ""), own_page(form.get("next", ""), self._door.root)
        wait = await self._passwords.count(request, name)
        if wait is not None:
            return self.ask_to_wait(visitor, form, wait)
        account = await self._passwords.find(request, name, form.get("password", ""))
        if account is None:
            known = await asyncio.to_thread(self._store.accounts.find, name)
            about = "password" if known is None else f"password, {known.name}"
            await self.note("sign-in-refused", visitor, about=about)
            return self._show(visitor, form, 401, self._pages.say("sign_in_wrong"))
        return await self.begin_session(
            request, account.name, RedirectResponse(wanted, 303), "password"
        )

    async def refuse_local(self, request: Request) -> Response:
        """Answer that only the OpenID provider signs people in here."""
        return self._show(visitor_of(request), {}, 403, self._pages.say("provider_only"))

    async def ask_passkey(self, request: Request) -> Response:
        """Answer with the WebAuthn options for signing in with a passkey, as JSON."""
        visitor = visitor_of(request)
        if not visitor.admission.passkey_host:
            return JSONResponse({"problem": self._pages.say("no_passkey_here")}, 400)

        def count() -> timedelta | None:
            return self.limits.count(self.limits.find_keys(request, "passkey"))

        if wait := await asyncio.to_thread(count):
            return self._tell_to_wait(wait)
        moment = self._door.read_clocks()
        challenge = self._challenges.make("sign-in", moment.uptime_seconds)
        asked = ask_to_sign_in(visitor.admission, challenge)
        return Response(asked, media_type="application/json")

    async def use_passkey(self, request: Request) -> Response:
        """Begin a session for the owner of the passkey that signed the challenge."""
        visitor, body = visitor_of(request), await read_body(request)
        try:
            name = await asyncio.to_thread(self._verify_passkey, body, request)
        except UsageError:
            if wait := await self.refuse(visitor, "passkey"):
                return self._tell_to_wait(wait)
            return JSONResponse({"problem": self._pages.say("passkey_unfit")}, 401)
        wanted = own_page(request.query_params.get("next", ""), self._door.root)
        return await self.begin_session(request, name, JSONResponse({"next": wanted}), "passkey")

    async def sign_out(self, request: Request) -> Response:
        """End the browser's session, and redirect to sign-in."""
        visitor = visitor_of(request)
        if visitor.session:
            await asyncio.to_thread(self._store.sessions.end, visitor.name, visitor.session)
            await self.note("sign-out", visitor)
        response = RedirectResponse(f"{self._door.root}sign-in", 303)
        SecretCookie(visitor.admission, self._door.root).clear(response)
        return response

    async def show_link(self, request: Request) -> Response:
        """Answer with the page of a one-use sign-in link; showing it does not use it up."""
        secret = request.path_params["secret"]
        link = await asyncio.to_thread(self._store.links.look_at, secret, self._door.read_clocks())
        if link is None:
            return self._over()
        return self._show_link(link, leads_on="next" in request.query_params)

    async def use_link(self, request: Request) -> Response:
        """Begin a session by a one-use sign-in link; a setup link creates the first owner."""
        secret, form = request.path_params["secret"], await read_form(request)
        try:
            name = await asyncio.to_thread(self._use_link, secret, form.get("name", ""))
        except UsageError as error:
            link = OneUseLink(purpose="setup", name="")
            return self._show_link(link, 400, f"{error}. {error.hint}".strip())
        if not name:
            return self._over()
        await self.note("link-used", visitor_of(request), who=name)
        wanted = request.query_params.get("next")
        root = self._door.root
        response = RedirectResponse(own_page(wanted, root) if wanted else f"{root}account/", 303)
        return await self.begin_session(request, name, response, "link")

    def _verify_passkey(self, body: bytes, request: Request) -> str:
        """Return the account of the passkey that signed a challenge; raises UsageError."""
        visitor = visitor_of(request)
        answer = read_answer(body)
        uptime_seconds = self._door.read_clocks().uptime_seconds
        self._challenges.use(answer.challenge, "sign-in", uptime_seconds)
        found = self._store.accounts.find_passkey(answer.passkey_id)
        if found is None:
            raise UsageError("no account has this passkey")
        account, passkey = found
        count = verify_sign_in(answer, passkey, visitor.admission)
        self._store.accounts.count_use(passkey.id, count)
        self.limits.forgive(self.limits.find_keys(request, "passkey"))
        return account.name

    def _use_link(self, secret: str, name: str) -> str:
        """Use up a sign-in link; return its account's name, "" if the link is not valid.

        Raises UsageError for an invalid name of the first owner; the link stays valid.
        """
        moment = self._door.read_clocks()
        if self._store.links.look_at(secret, moment) is None:  # and nothing is written
            return ""
        with self._store.at_once():
            link = self._store.links.use(secret, moment)
            if link is None:
                return ""
            if link.purpose == "enter":
                return link.name
            if self._store.accounts.has_owner():
                return ""
            account = self._store.accounts.add(name, "owner", moment.now)
            self._store.links.forget("setup")
            self._store.audit.add(
                AuditEntry(at=moment.now, who=account.name, what="account-added", about="owner")
            )
            return account.name

    async def begin_session(
        self, request: Request, name: str, response: Response, by: str, provider_session: str = ""
    ) -> Response:
        """Begin a session of the account `name` for a browser, and set its cookies."""
        visitor, now = visitor_of(request), self._now()

        def begin() -> tuple[str, str]:
            if visitor.session:
                self._store.sessions.end(visitor.name, visitor.session)
            self._store.forget_old(now)
            agent, lifetime = request.headers.get(_AGENT, ""), self._door.session_lifetime
            secret = self._store.sessions.begin(
                name, now, lifetime, agent, visitor.address, provider_session=provider_session
            )
            return secret, self._store.accounts.sign_device(name)

        secret, device = await asyncio.to_thread(begin)
        await self.note("sign-in", visitor, about=by, who=name)
        cookie = SecretCookie(visitor.admission, self._door.root)
        cookie.set(response, secret, self._door.session_lifetime)
        device_cookie(visitor.admission, self._door.root).set(response, device, DEVICE_LIFETIME)
        return response

    def _show(
        self, visitor: Visitor, sent: Mapping[str, str], status: int = 200, problem: str = ""
    ) -> Response:
        """Return the page of sign-in, with the name that was typed before."""
        return self._pages.answer(
            "sign_in.html",
            "sign_in",
            status,
            problem,
            next=own_page(sent.get("next", ""), self._door.root),
            typed_name=sent.get("name", ""),
            has_passkeys=bool(visitor.admission.passkey_host),
            provider=urls.host(self._door.provider.issuer) if self._door.provider else "",
        )

    def _show_link(
        self, link: OneUseLink, status: int = 200, problem: str = "", *, leads_on: bool = False
    ) -> Response:
        """Return the page of a sign-in link; if it is valid, its form asks for no password."""
        title = "setup" if link.purpose == "setup" else "enter"
        return self._pages.answer(
            "enter.html", title, status, problem, link=link, leads_on=leads_on
        )

    def _over(self) -> Response:
        return self._pages.answer("link_over.html", "link_over", 410)

    def ask_to_wait(self, visitor: Visitor, sent: Mapping[str, str], wait: timedelta) -> Response:
        """Return the sign-in page with the time to wait before the next attempt."""
        response = self._show(visitor, sent, 429, self._pages.say_wait(wait))
        response.headers["Retry-After"] = _say_retry(wait)
        return response

    def _tell_to_wait(self, wait: timedelta) -> Response:
        """Return the answer to a script, with how long to wait before the next attempt."""
        problem, headers = self._pages.say_wait(wait), {"Retry-After": _say_retry(wait)}
        return JSONResponse({"problem": problem}, 429, headers)

    def _now(self) -> datetime:
        return self._door.read_clocks().now

    async def refuse(self, visitor: Visitor, way: Way, about: str = "") -> timedelta | None:
        """Log a refused sign-in; return the time to wait after too many, else None."""
        wait = await asyncio.to_thread(self.limits.count_refusal, way, visitor.address)
        if wait is None:
            await self.note("sign-in-refused", visitor, about=about or way)
        return wait

    async def note(self, what: AuditKind, visitor: Visitor, about: str = "", who: str = "") -> None:
        """Write what a visitor did into the audit log; `who` is an account known only now."""
        entry = AuditEntry(
            at=self._now(), who=who or visitor.name, what=what, about=about, address=visitor.address
        )
        await asyncio.to_thread(self._store.audit.add, entry)


def _say_retry(wait: timedelta) -> str:
    return str(int(wait.total_seconds()) + 1)
