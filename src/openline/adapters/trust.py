"""By what a party's own server is known: an authority, or its pinned certificate.

For the tools of the party itself (maps, programs, feeds). Counterparts are known by
certificates that people compared, and by nothing here (`adapters.tls`).
"""

import ssl
from pathlib import Path

from cryptography import x509

from openline.domain.errors import OurError


def trust_in(trusted: Path | None, certificate: Path | None) -> ssl.SSLContext:
    """By what a server is known, and what we show it.

    Args:
        trusted: A PEM file of authorities, or of the server's own certificate, which is
            then pinned: no name in it is looked at. None for the system's authorities.
        certificate: A PEM file with our certificate and its key; None to show none.

    Raises:
        OurError: A file cannot be read, or holds no such thing.
    """
    try:
        context = ssl.create_default_context(cafile=trusted)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        if trusted is not None and _is_pinned(trusted):
            context.check_hostname = False
            context.verify_flags |= ssl.VerifyFlags.VERIFY_X509_PARTIAL_CHAIN
    except (OSError, ValueError) as error:
        raise OurError(
            f"{trusted} holds no certificate to trust: {error}.", "Give a PEM file."
        ) from None
    if certificate is not None:
        try:
            # No password is asked for at a terminal that nobody watches.
            context.load_cert_chain(certificate, password=lambda: "")
        except (OSError, ValueError) as error:
            raise OurError(
                f"{certificate} holds no certificate with its key: {error}.",
                "Give a PEM file with both, the key without a password.",
            ) from None
    return context


def _is_pinned(path: Path) -> bool:
    """Whether a file holds one certificate, and not one of an authority."""
    found = x509.load_pem_x509_certificates(path.read_bytes())
    if len(found) != 1:
        return False
    try:
        basic = found[0].extensions.get_extension_for_class(x509.BasicConstraints)
    except x509.ExtensionNotFound:
        return True
    return not basic.value.ca
