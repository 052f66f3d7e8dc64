"""TLS 1.3 between two parties that pinned each other's certificate.

There is no authority and no expiry (`docs/spec/circuit.md`): a certificate is
self-signed, and it is good because it stands in the Understanding, as these very
bytes. OpenSSL is given the pinned certificates as its only trust, and whoever uses
these contexts compares the bytes once more. Names and dates in a certificate
decide nothing, so a wrong clock cuts no circuit.

Keys are Ed25519: OpenSSL 3.0 takes them on both sides, about as fast as P-256.
Sessions are never resumed, so every connection shows its certificate.
"""

import os
import ssl
import tempfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.x509.oid import NameOID

from openline.domain.errors import OurError

_NOT_BEFORE = datetime(2000, 1, 1, tzinfo=UTC)
_NOT_AFTER = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
"""RFC 5280 4.1.2.5: the date that says a certificate has no end."""

_NAME_CHARS_MAX = 64
"""X.520: a common name has at most 64 characters."""

_NO_CHECK_TIME = 0x200000
"""OpenSSL's X509_V_FLAG_NO_CHECK_TIME, for which Python has no name."""


@dataclass(frozen=True, slots=True)
class TlsIdentity:
    """What a node shows of itself on every circuit.

    Attributes:
        path: The PEM file that it was read from, for people: files are renamed when
            a key comes into use, and this identity stays what it is.
        certificate: The certificate in DER, as the party's card gives it.
        pem: The private key and the certificate.
    """

    path: Path
    certificate: bytes
    pem: bytes = field(repr=False)


def make_officers_identity(host: str) -> bytes:
    """Key and self-signed certificate for the officers' port, both in PEM.

    It is of P-256, for browsers take no Ed25519.
    """
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host[:_NAME_CHARS_MAX])])
    names = x509.SubjectAlternativeName([x509.DNSName(host)])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(_NOT_BEFORE)
        .not_valid_after(_NOT_AFTER)
        .add_extension(names, critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return private + certificate.public_bytes(serialization.Encoding.PEM)


def officers_context(path: Path) -> ssl.SSLContext:
    """What the officers' port shows of itself to browsers.

    Raises:
        OurError: The file is not there, or does not hold a key and its certificate.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        # Without this OpenSSL would ask the terminal for a passphrase.
        context.load_cert_chain(path, password=lambda: b"")
    except (OSError, ValueError) as error:
        raise OurError(
            f"{path} gives no certificate for the officers' port: {error}.",
            "It must hold a certificate and its key in PEM, without a passphrase.",
        ) from None
    return context


def make_identity(party: str) -> bytes:
    """A new private key with its self-signed certificate, both in PEM."""
    assert len(party) <= _NAME_CHARS_MAX, "a party's name fits a common name"
    key = Ed25519PrivateKey.generate()
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, party)])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(_NOT_BEFORE)
        .not_valid_after(_NOT_AFTER)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(party)]), critical=False)
        # The key vouches for itself and for no other key.
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .sign(key, algorithm=None)
    )
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return private + certificate.public_bytes(serialization.Encoding.PEM)


def read_identity(path: Path, pem: bytes) -> TlsIdentity:
    """The identity in a PEM file whose bytes have been read and judged.

    Raises:
        OurError: It holds no private key, no certificate, or two that do not
            belong together.
    """
    try:
        key = serialization.load_pem_private_key(pem, password=None)
        certificate = x509.load_pem_x509_certificate(pem)
    except (ValueError, TypeError) as error:
        raise OurError(
            f"{path} does not hold a private key and a certificate: {error}.",
            "Put the file back from its copy, or rotate the key.",
        ) from error
    if _spki(key.public_key()) != _spki(certificate.public_key()):
        raise OurError(
            f"The private key and the certificate in {path} do not belong together.",
            "Put the file back from its copy, or rotate the key.",
        )
    return TlsIdentity(path, certificate.public_bytes(serialization.Encoding.DER), pem)


def server_context(identity: TlsIdentity, trusted: Collection[bytes]) -> ssl.SSLContext:
    """A context that accepts who shows one of the certificates, and nobody else.

    Args:
        identity: Our own key and certificate.
        trusted: Certificates in DER; none accepts nobody.

    Raises:
        OurError: A certificate, or our identity, cannot be used.
    """
    context = _context(ssl.PROTOCOL_TLS_SERVER, identity, trusted)
    context.num_tickets = 0
    return context


def client_context(identity: TlsIdentity, trusted: Collection[bytes]) -> ssl.SSLContext:
    """A context that speaks only to who shows one of the certificates.

    Args:
        identity: Our own key and certificate.
        trusted: Certificates in DER; none trusts nobody.

    Raises:
        OurError: A certificate, or our identity, cannot be used.
    """
    return _context(ssl.PROTOCOL_TLS_CLIENT, identity, trusted)


def is_usable(certificate: bytes) -> bool:
    """Whether bytes that a counterpart calls its certificate can be pinned at all."""
    try:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.load_verify_locations(cadata=certificate)
    except (OSError, ValueError):
        return False
    return True


def _context(protocol: int, identity: TlsIdentity, trusted: Collection[bytes]) -> ssl.SSLContext:
    context = ssl.SSLContext(protocol)
    context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_3
    context.check_hostname = False
    context.verify_mode = ssl.CERT_REQUIRED
    # A pinned certificate is trusted by itself, also where an authority issued it.
    context.verify_flags = ssl.VerifyFlags(ssl.VERIFY_X509_PARTIAL_CHAIN | _NO_CHECK_TIME)
    try:
        with _file_of(identity.pem) as name:
            context.load_cert_chain(name)
        for certificate in trusted:
            context.load_verify_locations(cadata=certificate)
    except (OSError, ValueError) as error:
        raise OurError(
            f"A TLS certificate cannot be used: {error}.",
            "Compare the party cards with the Understanding, and our own with keys/tls.pem.",
        ) from error
    return context


@contextmanager
def _file_of(pem: bytes) -> Iterator[str]:
    """A name under which OpenSSL can read these bytes: it takes no bytes."""
    if not hasattr(os, "memfd_create"):
        with tempfile.NamedTemporaryFile() as file:
            file.write(pem)
            file.flush()
            yield file.name
        return
    with os.fdopen(os.memfd_create("openline-tls"), "wb") as file:
        file.write(pem)
        file.flush()
        yield f"/proc/self/fd/{file.fileno()}"


def _spki(public: object) -> bytes:
    data: bytes = public.public_bytes(  # type: ignore[attr-defined]
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return data
