"""Passkeys: challenges that are good once, and what a device answers to them (WebAuthn 3)."""

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
_REFUSED = "this passkey does not fit"
_HINT = "try again; on a page that was open for long, load it anew"


class Challenges:
    """Challenges that devices have to sign, each for one purpose, good once and five minutes.

    They are in memory: after a restart one is asked for anew. When there are too many the oldest
    gives way.
    """

    def __init__(self) -> None:
        self._open: OrderedDict[bytes, tuple[str, float]] = OrderedDict()

    def make(self, purpose: str, uptime_seconds: float) -> bytes:
        """Make a challenge for a purpose: to sign in, or to add a passkey to one account."""
        challenge = secrets.token_bytes(32)
        self._open[challenge] = (purpose, uptime_seconds)
        while len(self._open) > _MOST_CHALLENGES:
            self._open.popitem(last=False)
        return challenge

    def use(self, challenge: bytes, purpose: str, uptime_seconds: float) -> None:
        """Let a challenge be good for nothing more; raises UsageError where it was not good."""
        made_for, at = self._open.pop(challenge, ("", 0.0))
        if made_for != purpose or not 0 <= uptime_seconds - at <= _LIFETIME_SECONDS:
            raise UsageError(_REFUSED, hint=_HINT)


def ask_to_sign_in(admission: Admission, challenge: bytes) -> str:
    """Return the JSON that asks a browser for any passkey of this host."""
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
    """Return the JSON that asks a browser to make a passkey for an account, on a new device."""
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
    """The part of a browser's credential that has the challenge."""

    clientDataJSON: str  # noqa: N815 - WebAuthn's name


@dataclass(frozen=True, slots=True, kw_only=True)
class _SentCredential:
    """A browser's credential, as its `toJSON` writes it."""

    rawId: str  # noqa: N815 - WebAuthn's name
    response: _SentResponse


@dataclass(frozen=True, slots=True, kw_only=True)
class _ClientData:
    """What a browser gave its device to sign."""

    challenge: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceAnswer:
    """What a browser sent: the JSON of its credential, which passkey and challenge it names."""

    body: bytes
    passkey_id: bytes
    challenge: bytes


def read_answer(body: bytes) -> DeviceAnswer:
    """Read what a browser sent; nothing of it is verified yet. Raises UsageError."""
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
        raise UsageError("this is no answer of a passkey", hint=_HINT) from error


def verify_sign_in(answer: DeviceAnswer, passkey: Passkey, admission: Admission) -> int:
    """Return how often a passkey was used, if its device signed the challenge; UsageError else."""
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
    """Return the passkey that a device made for the challenge; raises UsageError."""
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
    """Turn what the library says of a wrong answer into UsageError; nobody is told what it was.

    It parses CBOR and ASN.1 that strangers send: whatever it stumbles over is a wrong answer.
    """

    def __enter__(self) -> None:
        return

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if isinstance(error, Exception) and not isinstance(error, UsageError):
            raise UsageError(_REFUSED, hint=_HINT) from error
