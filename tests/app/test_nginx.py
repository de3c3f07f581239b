"""The nginx example of docs/clinic.md, run before a real posture and a small stand-in for the identity proxy.

Only ports, the paths of the certificate and the folders of nginx are put in its places.
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.app.test_auth import free_port
from tests.app.test_certificate import pair
from tests.conftest import ROOT

NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
NAME = "posture.clinic.example"
pytestmark = pytest.mark.skipif(
    NGINX is None, reason="nginx is not installed: the example of docs/clinic.md is NOT run (apt-get install nginx)"
)
#: What a browser asks with to open the page's websocket.
SOCKET = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec_WebSocket_Version": "13",
          "Sec_WebSocket_Key": "AAAAAAAAAAAAAAAAAAAAAA==", "Origin": f"https://{NAME}"}  # fmt: skip


class StandIn(BaseHTTPRequestHandler):
    """What oauth2-proxy does for nginx: it knows people by their cookie, and sends others to the identity provider.

    The page that somebody asked for goes along as the state, and back in the callback's address.
    """

    def do_GET(self) -> None:  # the server's own name for it
        cookie = self.headers.get("Cookie", "")
        if self.path.startswith("/oauth2/start"):
            self.send_response(302)
            asked_for = self.headers.get("X-Auth-Request-Redirect", "")
            self.send_header("Location", f"https://login.clinic.example/authorize?state={asked_for}")
        elif self.path.startswith("/oauth2/callback"):
            self.send_response(302)
            self.send_header("Set-Cookie", "session=known; Secure; HttpOnly")
            self.send_header("Location", self.path.partition("state=")[2])
        elif self.path.startswith("/oauth2/auth") and "session=" in cookie:
            self.send_response(202)
            self.send_header("X-Auth-Request-Email", "m.k@clinic.example" if "session=known" in cookie else "")
        else:
            self.send_response(401)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nothing is logged."""


@pytest.fixture(scope="module")
def stand_in() -> Iterator[int]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), StandIn)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server.server_address[1]
    server.shutdown()
    thread.join(10)
    server.server_close()


@pytest.fixture(scope="module")
def posture() -> Iterator[int]:
    """A port of the whole of ``posture app --behind-proxy``, as the page of the docs starts it."""
    port = free_port()
    asked = ["--port", str(port), "--behind-proxy", NAME, "--trust-header", "X-Posture-User"]
    server = subprocess.Popen(
        [sys.executable, "-m", "posture", "app", *asked],
        cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    _until_it_answers(port)
    yield port
    server.terminate()
    server.wait(10)


@pytest.fixture(scope="module")
def nginx(posture: int, stand_in: int, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The port of nginx with the example of the docs."""
    folder, port = tmp_path_factory.mktemp("nginx"), free_port()
    cert, key = pair(folder / "tls", (NAME,))
    example = re.search(r"```nginx\n(.*?)```", (ROOT / "docs" / "clinic.md").read_text("utf-8"), re.S)
    assert example is not None
    text = example.group(1)
    for written, here in (
        ("listen 443 ssl", f"listen 127.0.0.1:{port} ssl"),
        ("/etc/ssl/posture.pem", str(cert)),
        ("/etc/ssl/posture.key", str(key)),
        ("http://127.0.0.1:8501", f"http://127.0.0.1:{posture}"),
        ("http://127.0.0.1:4180", f"http://127.0.0.1:{stand_in}"),
    ):
        assert written in text
        text = text.replace(written, here)
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    own = "".join(f"{kind}_temp_path {folder}/{kind};\n" for kind in kinds)
    user = "user root;\n" if os.getuid() == 0 else ""
    config = folder / "nginx.conf"
    config.write_text(
        f"{user}daemon off;\npid {folder}/pid;\nerror_log {folder}/error.log;\nevents {{}}\n"
        f"http {{\naccess_log off;\n{own}{text}}}\n"
    )
    assert NGINX is not None
    server = subprocess.Popen([NGINX, "-p", str(folder), "-c", str(config)], stderr=subprocess.DEVNULL)
    _until_it_answers(port)
    yield port
    server.terminate()
    server.wait(10)


def _until_it_answers(port: int) -> None:
    for _ in range(150):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.2)
    raise AssertionError("nobody answers")


def ask(port: int, path: str = "/", **headers: str) -> tuple[int, str]:
    """Status and head of an answer of nginx; underscores of a header's name stand for hyphens."""
    trusting = ssl.create_default_context()
    trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
    sent = {"Host": NAME, "Connection": "close", **{name.replace("_", "-"): value for name, value in headers.items()}}
    lines = "".join(f"{name}: {value}\r\n" for name, value in sent.items())
    raw = socket.create_connection(("127.0.0.1", port), timeout=20)
    with trusting.wrap_socket(raw, server_hostname=NAME) as line:
        line.sendall(f"GET {path} HTTP/1.1\r\n{lines}\r\n".encode())
        answer = b""
        while b"\r\n\r\n" not in answer and (part := line.recv(4096)):
            answer += part
    head = answer.split(b"\r\n\r\n")[0].decode("latin-1")
    return int(head.split()[1]), head.lower()


def test_who_is_not_signed_in_is_sent_to_the_sign_in_and_back(nginx: int) -> None:
    code, head = ask(nginx, "/clients")
    assert code == 302
    assert "location: https://login.clinic.example/authorize?state=/clients" in head
    code, head = ask(nginx, "/oauth2/callback?state=/clients")
    assert code == 302
    assert re.search(r"location: (https://posture.clinic.example)?/clients", head)
    assert "set-cookie: session=known" in head


def test_who_is_signed_in_gets_the_page_and_its_websocket(nginx: int) -> None:
    assert ask(nginx, "/clients", Cookie="session=known")[0] == 200
    code, head = ask(nginx, "/_stcore/stream", Cookie="session=known", **SOCKET)
    assert code == 101, head


def test_the_websocket_needs_the_sign_in_too(nginx: int) -> None:
    assert ask(nginx, "/_stcore/stream", **SOCKET)[0] in (302, 401)


def test_a_header_that_a_visitor_sends_is_written_over(nginx: int) -> None:
    assert ask(nginx, X_Posture_User="director@clinic.example")[0] == 302
    # the identity proxy lets somebody through without a name: posture must see none, whatever the visitor claims
    assert ask(nginx, Cookie="session=nameless", X_Posture_User="director@clinic.example")[0] == 403


def test_posture_answers_to_nobody_by_another_name(nginx: int) -> None:
    assert ask(nginx, Host="elsewhere.example", Cookie="session=known")[0] == 403


def test_the_check_itself_cannot_be_asked_from_outside(nginx: int) -> None:
    assert ask(nginx, "/oauth2/auth", Cookie="session=known")[0] == 404
