"""``posture app``: the web page for this computer alone, for phones by a secret link, for a clinic behind a sign-in."""

from __future__ import annotations

import errno
import json
import os
import re
import secrets
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import as_file, files
from importlib.util import find_spec
from ipaddress import IPv4Address, ip_address
from pathlib import Path
from tempfile import TemporaryDirectory

from posture.app.certificate import Certificate, made_certificate, own_certificate
from posture.errors import SetupError, UsageError, install_hint
from posture.io.atomic import private_folder, write_atomic
from posture.io.photos import MAX_FILE_MB
from posture.render import theme

#: What the page must be run with wherever it is started; `.streamlit/config.toml` says the same to `make app`.
SETTINGS = {
    "server.address": "127.0.0.1",
    "server.headless": "true",
    "server.maxUploadSize": str(MAX_FILE_MB),
    "server.enableXsrfProtection": "true",
    "server.fileWatcherType": "none",
    "server.disconnectedSessionTTL": "3600",
    "runner.postScriptGC": "false",
    "client.toolbarMode": "minimal",
    "client.showErrorDetails": "none",
    "browser.gatherUsageStats": "false",
    "theme.baseRadius": "0.6rem",
    "theme.headingFontSizes": '["2rem", "1.35rem", "1.2rem", "1.1rem", "1rem", "1rem"]',
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
#: A passphrase is no shorter than this.
SHORTEST = 12


@dataclass(frozen=True, slots=True)
class AccessOptions:
    """Access to the page from beside this computer.

    lan : phones of the network, by a secret link · host : whoever signs in, at this address of this computer
    behind : name of a reverse proxy on this computer, which tells in ``header`` who has signed in there
    cert, key : the clinic's own certificate and its key, PEM; None where one is made at the start
    results : the folder under which people from other computers may open a batch's results, None for none
    """

    lan: bool = False
    host: str = ""
    behind: str = ""
    header: str = ""
    results: Path | None = None
    cert: Path | None = None
    key: Path | None = None


def run(port: int, doors: AccessOptions | None = None, db: str | None = None, as_json: bool = False) -> int:
    """Serve the page until it is stopped; Streamlit's exit code, 0 where the person ended it."""
    if find_spec("streamlit") is None or find_spec("streamlit_image_coordinates") is None:
        raise SetupError(f"the page needs Streamlit: {install_hint('app')}")
    doors = doors or AccessOptions()
    _check(doors)
    if doors.host or not doors.lan:
        _check_free(doors.host or SETTINGS["server.address"], port)
    names = {}
    if db is not None:
        from posture.clinic.open import open_archive

        open_archive(db, make=True)  # said here, not to the first visitor
        names = {"POSTURE_DB": db}
    if doors.results is not None:
        names["POSTURE_RESULTS"] = str(doors.results.resolve())
    settings = {**SETTINGS, "server.port": str(port)}
    if doors.behind:
        names |= {"POSTURE_LAN_ADDRESS": doors.behind, "POSTURE_TRUSTED_HEADER": doors.header}
        if as_json:
            print(json.dumps({"address": f"http://127.0.0.1:{port}", "behind": doors.behind}), flush=True)
        return _serve({**settings, "browser.serverAddress": doors.behind}, names)
    if not (doors.lan or doors.host):
        if as_json:
            print(json.dumps({"address": f"http://127.0.0.1:{port}"}), flush=True)
        return _serve(settings, names)
    address = doors.host or lan_address()
    if doors.lan:
        _check_free(address, port)
    own = own_certificate(doors.cert, doors.key, address) if doors.cert and doors.key else None
    name = address if own is None else own.name
    link = f"https://{name}:{port}/"
    passphrase = passphrase_hash()
    if passphrase:
        names["POSTURE_PASSPHRASE_HASH"] = passphrase
    if doors.lan:
        secret = secrets.token_urlsafe(16)  # 128 bits
        link += f"?key={secret}"
        names |= {"POSTURE_LAN_SECRET": secret, "POSTURE_LAN_LINK": link}
    with TemporaryDirectory(prefix="posture-") as folder:  # its own user's alone
        shown = own or made_certificate(Path(folder), address)
        _tell(link, shown, doors.lan, as_json)
        settings |= {
            "server.address": address,
            "browser.serverAddress": name,
            "server.sslCertFile": str(shown.cert),
            "server.sslKeyFile": str(shown.key),
        }
        return _serve(settings, names | {"POSTURE_LAN_ADDRESS": name})


def _check(doors: AccessOptions) -> None:
    if doors.results is not None and not doors.results.is_dir():
        raise UsageError(f"--results {doors.results}: there is no such folder")
    if sum(map(bool, (doors.lan, doors.host, doors.behind))) > 1:
        raise UsageError("choose one of --lan, --host and --behind-proxy")
    if bool(doors.behind) != bool(doors.header):
        raise UsageError("--behind-proxy and --trust-header go together")
    if bool(doors.cert) != bool(doors.key):
        raise UsageError("--cert and --key go together")
    if doors.cert and not (doors.lan or doors.host):
        raise UsageError("--cert is for --host or --lan; behind a proxy the proxy holds the certificate")
    if doors.behind and not re.fullmatch(r"[a-z0-9.-]+", doors.behind):
        raise UsageError(f"--behind-proxy {doors.behind}: the name alone, in small letters, without https:// and port")
    if doors.host:
        try:
            address = IPv4Address(doors.host)
        except ValueError:
            raise UsageError(f"--host {doors.host}: give an address of this computer, like 192.168.1.20") from None
        if address.is_unspecified:
            raise UsageError("--host: give the one address of this computer that others reach it by")
        if not passphrase_hash():
            raise UsageError("--host needs a passphrase first: posture app --set-passphrase")


def _check_free(address: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except OSError as error:
            taken = error.errno == errno.EADDRINUSE
            what = f"--port {port}: another program has it; give another, such as --port 8600"
            raise UsageError(what if taken else f"{address}, port {port}: {error.strerror}") from None


def passphrase_file() -> Path:
    """File of the clinic's passphrase, hashed."""
    home = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    return home / "posture" / "passphrase"


def passphrase_hash() -> str:
    """The hash of the clinic's passphrase; empty where none was set. Raises UsageError where it cannot be read."""
    try:
        return passphrase_file().read_text("utf-8").strip()
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{passphrase_file()}: {getattr(error, 'strerror', None) or 'not text'}") from error


def set_passphrase(passphrase: str) -> int:
    """Keep the argon2 hash of the clinic's passphrase for this user alone. Raises UsageError for a short one."""
    if len(passphrase) < SHORTEST:
        raise UsageError(f"a passphrase needs {SHORTEST} characters or more: four words that nobody guesses")
    try:
        from posture.app.passphrase import hashed

        kept = hashed(passphrase)
    except ImportError as error:
        raise SetupError(f"a passphrase needs argon2-cffi ({error}): {install_hint('clinic')}") from error
    file = passphrase_file()
    try:
        private_folder(file.parent)
        write_atomic(file, kept + "\n", private=True)
    except OSError as error:
        raise UsageError(f"{file}: {error.strerror}") from error
    print(f"Kept, hashed, in {file}. It holds for every page that is started from now on.")
    return 0


def _serve(settings: Mapping[str, str], environment: Mapping[str, str]) -> int:
    options = [part for name, value in settings.items() for part in (f"--{name}", value)]
    with as_file(files("posture") / "app" / "main.py") as script:
        command = [sys.executable, "-m", "streamlit", "run", str(script), *options]
        signal.signal(signal.SIGTERM, _end)  # an end from outside ends the server, too, and removes the key
        try:
            # no word of a proxy is believed about who asks; the door looks at the connection itself
            names = {**os.environ, **environment, "FORWARDED_ALLOW_IPS": ""}
            return subprocess.run(command, check=False, env=names).returncode
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


def _tell(link: str, certificate: Certificate, by_link: bool, as_json: bool) -> None:
    if as_json:
        print(json.dumps({"address": link, "certificate_sha256": certificate.fingerprint}), flush=True)
        return
    import segno

    if by_link:
        segno.make(link).terminal(out=sys.stdout, compact=True)
    who = (
        "Whoever has the link can use the photo pages; it ends with this program (Ctrl-C)."
        if by_link
        else "Whoever has the clinic's passphrase can use every page until this program ends (Ctrl-C)."
    )
    about = (
        f"The certificate is your own, good until {certificate.until}."
        if certificate.until
        else "The browser will say that it does not know the certificate: it was made just now, on this computer."
    )
    print(
        f"{'Scan this with the phone, or open' if by_link else 'Open'} {link}\n{about}\n"
        f"Its SHA-256 fingerprint is {certificate.fingerprint}\n{who}",
        flush=True,
    )
