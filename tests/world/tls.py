"""Certificates for a loopback web: an authority made at start, and good and bad ones from it.

    authority = Authority(folder)
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))     trust it
    Hosts(tls=authority)                                         a certificate for each name

A name chooses its certificate: `ended.certificate.world.example` gets one that has ended.
"""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kind:
    """How a certificate is made: for which names, from and until when, signed by itself or not."""

    begins: timedelta = -_DAY
    ends: timedelta = 90 * _DAY
    is_for_another: bool = False
    is_own_issuer: bool = False


KINDS = {
    "good": _Kind(),
    "ended": _Kind(begins=-9 * _DAY, ends=-_DAY),
    "early": _Kind(begins=_DAY),
    "ending": _Kind(ends=5 * _DAY),
    "other": _Kind(is_for_another=True),
    "own": _Kind(is_own_issuer=True),
}

# Python 3.13 believes no authority that does not say so (RFC 5280, section 4.2.1.3).
_MAY_SIGN = x509.KeyUsage(
    key_cert_sign=True,
    crl_sign=True,
    digital_signature=False,
    content_commitment=False,
    key_encipherment=False,
    data_encipherment=False,
    key_agreement=False,
    encipher_only=False,
    decipher_only=False,
)


class Authority:
    """A certificate authority that lives as long as its folder."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "authority.pem"
        self._folder = folder
        self._now = datetime.now(UTC).replace(microsecond=0)
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = _name("A test authority")
        basic = x509.BasicConstraints(ca=True, path_length=None)
        key_id = x509.SubjectKeyIdentifier.from_public_key(self._key.public_key())
        builder = self._builder(self._name, self._key, _Kind(begins=-30 * _DAY))
        builder = builder.add_extension(basic, critical=True)
        builder = builder.add_extension(_MAY_SIGN, critical=True)
        builder = builder.add_extension(key_id, critical=False)
        certificate = builder.sign(self._key, hashes.SHA256())
        self.file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        self._contexts: dict[str, ssl.SSLContext] = {}

    def context(self) -> ssl.SSLContext:
        """Give a server's context that chooses the certificate by the name that is asked for."""
        context = self._context("world.example")
        context.sni_callback = self._chosen
        return context

    def ends_at(self, kind: str) -> datetime:
        """Give when certificates of a kind end."""
        return self._now + KINDS[kind].ends

    def _chosen(self, tls: ssl.SSLObject, name: str | None, _: ssl.SSLContext) -> None:
        if name:
            tls.context = self._context(name)

    def _context(self, host: str) -> ssl.SSLContext:
        if host not in self._contexts:
            self._contexts[host] = self._made(host)
        return self._contexts[host]

    def make(self, host: str) -> Path:
        """Make a certificate for a host; return the file that holds it and its key."""
        self._context(host)
        return self._folder / f"{host}.pem"

    def _made(self, host: str) -> ssl.SSLContext:
        kind = KINDS.get(host.partition(".")[0], KINDS["good"])
        key = ec.generate_private_key(ec.SECP256R1())
        subject = "elsewhere.example" if kind.is_for_another else host
        builder = self._builder(_name(subject), key, kind)
        names = x509.SubjectAlternativeName([x509.DNSName(subject)])
        key_id = x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key())
        builder = builder.add_extension(names, critical=False)
        if not kind.is_own_issuer:
            builder = builder.add_extension(key_id, critical=False)
        certificate = builder.sign(key if kind.is_own_issuer else self._key, hashes.SHA256())
        private = key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        path = self._folder / f"{host}.pem"
        path.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(path)
        return context

    def _builder(
        self, subject: x509.Name, key: ec.EllipticCurvePrivateKey, kind: _Kind
    ) -> x509.CertificateBuilder:
        return x509.CertificateBuilder(
            issuer_name=subject if kind.is_own_issuer else self._name,
            subject_name=subject,
            public_key=key.public_key(),
            serial_number=x509.random_serial_number(),
            not_valid_before=self._now + kind.begins,
            not_valid_after=self._now + kind.ends,
        )


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, text[:64])])
