"""Create passkey challenges, each valid once, and verify the devices' answers (WebAuthn 3)."""

from __future__ import annotations

import secrets
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from copydesk.desk.sign_in._visitor import Admission
from copydesk.desk_store.accounts import Account, Passkey
from copydesk.errors import UsageError

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

    with _Refusing():
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

    with _Refusing():
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


class _Refusing:
    """Turns exceptions of the WebAuthn library into UsageError without details.

    It parses CBOR and ASN.1 that strangers send: any exception means a wrong answer.
    """

    def __enter__(self) -> None:
        return

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if isinstance(error, Exception) and not isinstance(error, UsageError):
            raise UsageError(_REFUSED, hint=_HINT) from error
