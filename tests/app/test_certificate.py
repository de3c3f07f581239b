"""The clinic's own certificate: what is wrong with one is said, a right one is served."""

from __future__ import annotations

import json
import socket
import ssl
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from posture.app import launch
from posture.app.certificate import Certificate, own_certificate
from posture.app.launch import AccessOptions
from posture.errors import UsageError
from tests.app.test_auth import served

ADDRESS = "192.0.2.7"
Pair = tuple[Path, Path]


def pair(
    folder: Path, names: tuple[str, ...] = (ADDRESS,), days: tuple[int, int] = (-1, 30), password: bytes = b""
) -> Pair:
    """A certificate for names and addresses, valid from one day to another, and its key."""
    folder.mkdir(exist_ok=True)
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "clinic")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + timedelta(days=days[0])).not_valid_after(now + timedelta(days=days[1]))
    )  # fmt: skip
    if names:
        held = [x509.IPAddress(ip_address(one)) if one[:1].isdigit() else x509.DNSName(one) for one in names]
        made = made.add_extension(x509.SubjectAlternativeName(held), critical=False)
    cert_file, key_file = folder / "cert.pem", folder / "key.pem"
    cert_file.write_bytes(made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    locked = serialization.BestAvailableEncryption(password) if password else serialization.NoEncryption()
    key_file.touch(0o600)
    key_file.write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, locked))
    return cert_file, key_file


@pytest.mark.parametrize(
    ("names", "name"),
    [
        ((ADDRESS,), ADDRESS),
        (("Posture.clinic.example", ADDRESS), ADDRESS),
        (("*.clinic.example", "Posture.clinic.example"), "posture.clinic.example"),
    ],
)
def test_a_right_one_says_how_visitors_reach_the_page(tmp_path: Path, names: tuple[str, ...], name: str) -> None:
    own = own_certificate(*pair(tmp_path, names), ADDRESS)
    assert own.name == name
    assert len(own.fingerprint.split(":")) == 32
    assert own.until == f"{datetime.now(UTC) + timedelta(days=30):%Y-%m-%d}"


def test_a_chain_may_stand_behind_it_and_not_before(tmp_path: Path) -> None:
    cert, key = pair(tmp_path / "own")
    issuer, _ = pair(tmp_path / "issuer", ("ca.example",))
    whole = tmp_path / "chain.pem"
    whole.write_bytes(cert.read_bytes() + issuer.read_bytes())
    assert own_certificate(whole, key, ADDRESS).name == ADDRESS
    whole.write_bytes(issuer.read_bytes() + cert.read_bytes())
    with pytest.raises(UsageError, match="put the certificate of this key first"):
        own_certificate(whole, key, ADDRESS)


def spoiled(make: Callable[[Path, Path], object]) -> Callable[[Path], Pair]:
    """Makes a pair of which something was changed."""

    def made(folder: Path) -> Pair:
        cert, key = pair(folder)
        make(cert, key)
        return cert, key

    return made


WRONG: dict[str, tuple[Callable[[Path], Pair], str]] = {
    "gone": (spoiled(lambda cert, _: cert.unlink()), "cert.pem: No such file"),
    "key gone": (spoiled(lambda _, key: key.unlink()), "key.pem: No such file"),
    "folder": (lambda folder: (folder, pair(folder)[1]), "Is a directory"),
    "no certificate": (spoiled(lambda cert, _: cert.write_text("Dear diary")), "no certificate in PEM form"),
    "no key": (spoiled(lambda _, key: key.write_text("Dear diary")), "no private key in PEM form"),
    "swapped": (lambda folder: (pair(folder)[1], folder / "cert.pem"), "a key: give it with --key"),
    "certificate for key": (spoiled(lambda cert, key: key.write_bytes(cert.read_bytes())), "give it with --cert"),
    "torn": (spoiled(lambda cert, _: cert.write_bytes(cert.read_bytes()[:300])), "no certificate in PEM form"),
    "other key": (lambda folder: (pair(folder / "a")[0], pair(folder / "b")[1]), "this is not the key of"),
    "locked key": (lambda folder: pair(folder, password=b"secret"), "locked by a passphrase"),
    "ended": (lambda folder: pair(folder, days=(-30, -1)), "it ended on"),
    "not begun": (lambda folder: pair(folder, days=(2, 30)), "it begins on"),
    "no name": (lambda folder: pair(folder, names=()), "names no computer"),
    "star alone": (lambda folder: pair(folder, names=("*.clinic.example",)), "names neither"),
    "readable": (spoiled(lambda _, key: key.chmod(0o604)), "everybody on this computer can read it"),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_one_is_said_in_a_sentence(tmp_path: Path, wrong: str) -> None:
    make, said = WRONG[wrong]
    folder = tmp_path / "tls"
    folder.mkdir()
    with pytest.raises(UsageError, match=said) as raised:
        own_certificate(*make(folder), ADDRESS)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("doors", "said"),
    [
        (AccessOptions(lan=True, cert=Path("c.pem")), "--cert and --key go together"),
        (AccessOptions(lan=True, key=Path("k.pem")), "--cert and --key go together"),
        (AccessOptions(cert=Path("c.pem"), key=Path("k.pem")), "--cert is for --host or --lan"),
        (AccessOptions(behind="x.example", header="X", cert=Path("c"), key=Path("k")), "the proxy holds"),
    ],
)
def test_options_that_do_not_go_together_are_said(doors: AccessOptions, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        launch.run(8600, doors)


def test_it_is_said_until_when_it_is_good(capsys: pytest.CaptureFixture[str]) -> None:
    own = Certificate(Path("c"), Path("k"), "posture.clinic.example", "AA:BB", "2027-01-01")
    launch._tell("https://posture.clinic.example:8501/", own, by_link=False, as_json=False)
    said = capsys.readouterr().out
    assert "The certificate is your own, good until 2027-01-01." in said
    assert "does not know the certificate" not in said
    launch._tell("https://posture.clinic.example:8501/", own, by_link=False, as_json=True)
    assert json.loads(capsys.readouterr().out)["certificate_sha256"] == "AA:BB"


def test_the_page_is_served_with_it_to_whoever_trusts_it(tmp_path: Path) -> None:
    """By the name in it, which the certificate must prove; by another name the page does not answer."""
    cert, key = pair(tmp_path / "tls", ("localhost",))
    with served(tmp_path, "--cert", str(cert), "--key", str(key)) as base:
        port = int(base.rsplit(":", 1)[1])
        trusting = ssl.create_default_context(cafile=str(cert))
        for host, code in (("localhost", b"401"), ("posture.elsewhere.example", b"403")):
            raw = socket.create_connection(("127.0.0.1", port), timeout=10)
            with trusting.wrap_socket(raw, server_hostname="localhost") as line:
                line.sendall(f"GET / HTTP/1.1\r\nHost: {host}:{port}\r\nConnection: close\r\n\r\n".encode())
                assert line.recv(40).split()[1] == code
