"""``posture app``: the web page, for this computer alone or, by a secret link, for phones of the same network."""

from __future__ import annotations

import json
import os
import secrets
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from importlib.resources import as_file, files
from ipaddress import ip_address
from pathlib import Path
from tempfile import TemporaryDirectory

from posture.adapters import theme
from posture.errors import SetupError

#: What the page must be run with wherever it is started; `.streamlit/config.toml` says the same to `make app`.
SETTINGS = {
    "server.address": "127.0.0.1",
    "server.headless": "true",
    "server.maxUploadSize": "60",
    "server.enableXsrfProtection": "true",
    "server.fileWatcherType": "none",
    "server.disconnectedSessionTTL": "3600",
    "client.toolbarMode": "minimal",
    "client.showErrorDetails": "none",
    "browser.gatherUsageStats": "false",
    "theme.baseRadius": "0.6rem",
    "theme.headingFontSizes": "['2rem', '1.35rem', '1.2rem', '1.1rem', '1rem', '1rem']",
    "theme.light.primaryColor": theme.ACCENT,
    "theme.light.backgroundColor": theme.PAPER,
    "theme.light.secondaryBackgroundColor": theme.WASH,
    "theme.light.textColor": theme.INK,
    "theme.light.linkColor": theme.ACCENT,
    "theme.dark.primaryColor": theme.DARK_ACCENT,
    "theme.dark.backgroundColor": theme.DARK_PAPER,
    "theme.dark.secondaryBackgroundColor": theme.DARK_WASH,
    "theme.dark.textColor": theme.DARK_INK,
    "theme.dark.linkColor": theme.DARK_ACCENT,
}
#: How long the certificate made at start is good for.
_DAYS = 7


def run(port: int, lan: bool = False, as_json: bool = False) -> int:
    """Serve the page until it is stopped; Streamlit's exit code, 0 where the person ended it."""
    if not lan:
        if as_json:
            print(json.dumps({"address": f"http://127.0.0.1:{port}"}), flush=True)
        return _serve({**SETTINGS, "server.port": str(port)}, {})
    address, secret = lan_address(), secrets.token_urlsafe(16)  # 128 bits
    link = f"https://{address}:{port}/?key={secret}"
    with TemporaryDirectory(prefix="posture-") as folder:  # its own user's alone
        fingerprint = write_certificate(Path(folder), address)
        _tell(link, fingerprint, as_json)
        settings = {
            **SETTINGS,
            "server.port": str(port),
            "server.address": address,
            "browser.serverAddress": address,
            "server.sslCertFile": str(Path(folder) / "certificate.pem"),
            "server.sslKeyFile": str(Path(folder) / "key.pem"),
        }
        names = {"POSTURE_LAN_ADDRESS": address, "POSTURE_LAN_SECRET": secret, "POSTURE_LAN_LINK": link}
        return _serve(settings, names)


def _serve(settings: Mapping[str, str], environment: Mapping[str, str]) -> int:
    options = [part for name, value in settings.items() for part in (f"--{name}", value)]
    with as_file(files("posture") / "ui" / "start.py") as script:
        command = [sys.executable, "-m", "streamlit", "run", str(script), *options]
        signal.signal(signal.SIGTERM, _end)  # an end from outside ends the server, too, and removes the key
        try:
            return subprocess.run(command, check=False, env={**os.environ, **environment}).returncode
        except KeyboardInterrupt:
            return 0


def _end(_signal: int, _frame: object) -> None:
    raise SystemExit(128 + signal.SIGTERM)


def lan_address() -> str:
    """This computer's address in the local network. Raises SetupError where there is no network.

    A datagram socket that is connected but never sends: the system says which address it would send from.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # reserved for documentation (RFC 5737); nothing is sent
            address = str(probe.getsockname()[0])
        except OSError:
            address = ""
    if not address or ip_address(address).is_loopback:
        raise SetupError("--lan: this computer is in no network; connect it to the one that the phone is in")
    return address


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


def _tell(link: str, fingerprint: str, as_json: bool) -> None:
    if as_json:
        print(json.dumps({"address": link, "certificate_sha256": fingerprint}), flush=True)
        return
    import segno

    segno.make(link).terminal(out=sys.stdout, compact=True)
    print(
        f"Scan this with the phone, or open {link}\n"
        "The browser will say that it does not know the certificate: it was made just now, on this computer.\n"
        f"Its SHA-256 fingerprint is {fingerprint}\n"
        "Whoever has the link can use the page; it ends with this program (Ctrl-C).",
        flush=True,
    )
