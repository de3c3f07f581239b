"""The certificate that a page is served with: the clinic's own, or one made at the start."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Any

from posture.errors import UsageError

if TYPE_CHECKING:
    from cryptography import x509

#: How long the certificate made at start is good for.
_DAYS = 7


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate and its key as two PEM files.

    name : what visitors type, a name or an address · until : last day, ISO; empty for one that was made just now
    """

    cert: Path
    key: Path
    name: str
    fingerprint: str
    until: str = ""


def made_certificate(folder: Path, address: str) -> Certificate:
    """A certificate for an address, made now in a folder."""
    fingerprint = write_certificate(folder, address)
    return Certificate(folder / "certificate.pem", folder / "key.pem", address, fingerprint)


def own_certificate(cert: Path, key: Path, address: str) -> Certificate:
    """The clinic's own certificate, checked; it may carry its chain behind it.

    Visitors reach the page by the address where the certificate holds it, else by the first name in it. Raises
    UsageError for a file that cannot be read or holds something else, a key of another certificate, one that others can
    read, and a certificate that is not yet or no longer valid, or that names nothing.
    """
    from cryptography.hazmat.primitives import hashes

    chain, secret = _chain(cert), _secret(key)
    keys = [_public(one.public_key()) for one in chain]
    if _public(secret.public_key()) != keys[0]:
        if _public(secret.public_key()) in keys:
            raise UsageError(f"--cert {cert}: put the certificate of this key first in the file, its chain behind it")
        raise UsageError(f"--key {key}: this is not the key of {cert}: give the two that were made together")
    own, now = chain[0], datetime.now(UTC)
    if own.not_valid_after_utc < now:
        raise UsageError(f"--cert {cert}: it ended on {own.not_valid_after_utc:%Y-%m-%d}: get a new one")
    if own.not_valid_before_utc > now:
        begin = own.not_valid_before_utc
        raise UsageError(f"--cert {cert}: it begins on {begin:%Y-%m-%d}: look at this computer's clock")
    fingerprint = own.fingerprint(hashes.SHA256()).hex(":").upper()
    return Certificate(cert, key, _name(own, cert, address), fingerprint, f"{own.not_valid_after_utc:%Y-%m-%d}")


def _name(own: x509.Certificate, cert: Path, address: str) -> str:
    """The name that visitors type: the address where the certificate holds it, else its first name without a star."""
    from cryptography import x509

    try:
        held = own.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        raise UsageError(f"--cert {cert}: it names no computer (subjectAltName), so no browser takes it") from None
    if ip_address(address) in held.get_values_for_type(x509.IPAddress):
        return address
    names = [str(name).lower() for name in held.get_values_for_type(x509.DNSName) if not str(name).startswith("*")]
    if not names:
        raise UsageError(f"--cert {cert}: it names neither {address} nor a single computer: get one that does")
    return names[0]


def _chain(cert: Path) -> list[x509.Certificate]:
    from cryptography import x509

    data = _read(cert, "--cert")
    try:
        return x509.load_pem_x509_certificates(data)
    except ValueError:
        what = "a key: give it with --key" if b"PRIVATE KEY" in data else "no certificate in PEM form"
        raise UsageError(f"--cert {cert}: this file holds {what}") from None


def _secret(key: Path) -> Any:
    from cryptography.hazmat.primitives import serialization

    data = _read(key, "--key")
    try:
        secret = serialization.load_pem_private_key(data, None)
    except TypeError:
        raise UsageError(f"--key {key}: it is locked by a passphrase: openssl pkey writes one without") from None
    except ValueError:
        what = "a certificate: give it with --cert" if b"CERTIFICATE" in data else "no private key in PEM form"
        raise UsageError(f"--key {key}: this file holds {what}") from None
    if key.stat().st_mode & 0o004:
        raise UsageError(f"--key {key}: everybody on this computer can read it: chmod o-r takes that away")
    return secret


def _read(path: Path, option: str) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UsageError(f"{option} {path}: {error.strerror}") from error


def _public(key: Any) -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    return bytes(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))


def write_certificate(folder: Path, address: str) -> str:
    """Make a certificate for an address and its key, as two PEM files; the fingerprint that a browser shows."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "posture")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=_DAYS))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(address))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "certificate.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    secret = folder / "key.pem"
    secret.touch(mode=0o600)
    secret.write_bytes(private)
    return made.fingerprint(hashes.SHA256()).hex(":").upper()
