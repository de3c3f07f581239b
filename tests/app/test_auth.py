"""Who gets in: this computer, whoever has the link, whoever has the passphrase, whoever the proxy knows."""

from __future__ import annotations

import asyncio
import http.cookiejar
import os
import socket
import ssl
import stat
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher

from posture.app import launch as frontend
from posture.app.auth import LINK_COOKIE, MOST_WRONG, PAGES_HEADER, SESSION_COOKIE, SESSION_S, AccessControl
from posture.app.launch import AccessOptions
from posture.app.passphrase import is_passphrase
from posture.app.server import HEADERS, Guard
from posture.errors import UsageError
from tests.conftest import ROOT

HERE, THERE = ("127.0.0.1", 50_000), ("192.0.2.50", 50_000)
HOST = "192.0.2.7:8501"
PASSPHRASE = "four words nobody guesses"
HASH = PasswordHasher(time_cost=1, memory_cost=64).hash(PASSPHRASE)  # cheap to check, as any other of its kind


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


class Page:
    """In place of Streamlit: it answers 200 and remembers what came."""

    def __init__(self) -> None:
        self.seen: list[Any] = []

    async def __call__(self, scope: Any, _receive: Any, send: Any) -> None:
        self.seen.append(scope)
        kind = "http.response.start" if scope["type"] == "http" else "websocket.accept"
        await send({"type": kind, "status": 200, "headers": []})


def ask(
    guard: Guard,
    path: str = "/",
    kind: str = "http",
    query: str = "",
    body: bytes = b"",
    client: tuple[str, int] = HERE,
    **headers: str,
) -> list[dict[str, Any]]:
    async def run() -> list[dict[str, Any]]:
        raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
        scope = {"type": kind, "method": "POST" if body else "GET", "path": path, "headers": raw, "client": client}

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": body}

        async def send(message: Any) -> None:
            sent.append(message)

        sent: list[dict[str, Any]] = []
        await guard({**scope, "query_string": query.encode()}, receive, send)
        return sent

    return asyncio.run(run())


def status(guard: Guard, **asked: Any) -> int:
    return int(ask(guard, **asked)[0]["status"])


def cookie(answer: list[dict[str, Any]]) -> str:
    return next(value.decode() for name, value in answer[0]["headers"] if name == b"set-cookie")


class TestThisComputer:
    def test_it_is_let_through_with_the_headers(self) -> None:
        page = Page()
        answer = ask(Guard(page), host="127.0.0.1:8501", origin="http://127.0.0.1:8501")[0]
        assert answer["status"] == 200
        assert {name.decode() for name, _ in answer["headers"]} == {*HEADERS, "cache-control"}
        assert page.seen[0]["headers"][-1] == (PAGES_HEADER.lower().encode(), b"clinic")

    @pytest.mark.parametrize(
        ("path", "kept"),
        [
            ("/", ["no-store"]),
            ("/result", ["no-store"]),
            ("/media/5f.jpg", ["no-store"]),
            ("/_stcore/upload_file/a/b", ["no-store"]),
            ("/component/streamlit_image_coordinates/index.html", ["no-store"]),
            ("/static/js/index.js", ["public, immutable"]),
        ],
    )
    def test_no_browser_keeps_what_tells_of_a_person(self, path: str, kept: list[str]) -> None:
        """Streamlit's own code may stay in a browser; nothing else may, whatever Streamlit says of it."""

        async def streamlit(_scope: Any, _receive: Any, send: Any) -> None:
            said = [(b"Cache-Control", b"public, immutable"), (b"etag", b"1")]
            await send({"type": "http.response.start", "status": 200, "headers": said})

        headers = ask(Guard(streamlit), path, host="127.0.0.1:8501")[0]["headers"]
        assert [value.decode() for name, value in headers if name.lower() == b"cache-control"] == kept
        assert (b"etag", b"1") in headers

    @pytest.mark.parametrize(("languages", "words"), [("de-DE,en", "Einen Moment …"), ("fr", "One moment …")])
    def test_the_empty_page_says_that_something_is_coming(self, languages: str, words: str) -> None:
        async def streamlit(scope: Any, _receive: Any, send: Any) -> None:
            assert b"accept-encoding" not in dict(scope["headers"])
            said = [(b"content-type", b"text/html; charset=utf-8"), (b"content-length", b"21")]
            await send({"type": "http.response.start", "status": 200, "headers": said})
            begun = b'<title>Streamlit</title><div id="root">'
            await send({"type": "http.response.body", "body": begun, "more_body": True})
            await send({"type": "http.response.body", "body": b"</div>"})

        asked = {"accept": "text/html,*/*", "accept_language": languages, "accept_encoding": "gzip"}
        start, body = ask(Guard(streamlit), host="127.0.0.1:8501", **asked)
        assert words in body["body"].decode()
        assert dict(start["headers"])[b"content-length"] == str(len(body["body"])).encode()

    @pytest.mark.parametrize(
        "headers",
        [
            {"host": "evil.example"},
            {"host": "127.0.0.1.evil.example:8501"},
            {"host": "127.0.0.1:8501", "origin": "http://evil.example"},
            {"host": "127.0.0.1:8501", "origin": "http://127.0.0.1:9999"},
            {"host": "127.0.0.1:8501", "origin": "null"},
            {"host": "127.0.0.1:8501", "origin": "http://["},
            {"host": "["},
            {},
        ],
    )
    def test_other_sites_are_not(self, headers: dict[str, str]) -> None:
        assert status(Guard(Page()), **headers) == 403
        assert ask(Guard(Page()), kind="websocket", **headers) == [{"type": "websocket.close", "code": 1008}]

    def test_nor_is_another_computer_that_says_it_is_this_one(self) -> None:
        """Somebody started Streamlit on every address, past the command."""
        assert status(Guard(Page()), client=THERE, host="127.0.0.1:8501") == 403
        assert ask(Guard(Page()), client=THERE, kind="websocket", host="127.0.0.1:8501")[0]["type"] == "websocket.close"


class TestLink:
    guard = Guard(Page(), "192.0.2.7", AccessControl(secret="s3cret"))

    def test_only_with_the_secret(self) -> None:
        for asked in ({}, {"query": "key=wrong"}, {"cookie": f"{LINK_COOKIE}=wrong"}):
            assert status(self.guard, host=HOST, client=THERE, **asked) == 403
        assert status(self.guard, host=HOST, client=THERE, cookie=f"a=b; {LINK_COOKIE}=s3cret") == 200
        assert status(self.guard, host="other.example", cookie=f"{LINK_COOKIE}=s3cret") == 403
        assert ask(self.guard, kind="websocket", host=HOST)[0]["type"] == "websocket.close"

    def test_it_gives_the_cookie_and_leaves_the_address(self) -> None:
        answer = ask(self.guard, host=HOST, query="key=s3cret", client=THERE)
        headers = {name.decode(): value.decode() for name, value in answer[0]["headers"]}
        assert (answer[0]["status"], headers["location"]) == (303, "/")
        for part in ("s3cret", "HttpOnly", "Secure", "SameSite=lax"):
            assert part in headers["set-cookie"]

    def test_it_opens_the_photo_pages_alone(self) -> None:
        page = Page()
        guard = Guard(page, "192.0.2.7", AccessControl(secret="s3cret", passphrase_hash=HASH))
        sly = {"x_posture_pages": "clinic"}
        assert status(guard, host=HOST, client=THERE, cookie=f"{LINK_COOKIE}=s3cret", **sly) == 200
        told = [value for name, value in page.seen[0]["headers"] if name == PAGES_HEADER.lower().encode()]
        assert told == [b"photo"]


class TestPassphrase:
    def door(self) -> AccessControl:
        self.time = 0.0
        return AccessControl(passphrase_hash=HASH, now=lambda: self.time)

    def post(self, guard: Guard, passphrase: str, client: tuple[str, int] = THERE) -> list[dict[str, Any]]:
        body = urllib.parse.urlencode({"passphrase": passphrase}).encode()
        return ask(guard, "/sign-in", body=body, client=client, host=HOST, origin=f"https://{HOST}")

    @pytest.mark.parametrize("path", ["/", "/clients", "/_stcore/health", "/_stcore/upload_file/x", "/media/ab12.jpg"])
    def test_everything_answers_with_the_form(self, path: str) -> None:
        answer = ask(Guard(Page(), "192.0.2.7", self.door()), path, client=THERE, host=HOST)
        assert answer[0]["status"] == 401
        assert b'name="passphrase"' in answer[1]["body"]
        assert {name.decode() for name, _ in answer[0]["headers"]} >= set(HEADERS)

    def test_the_websocket_is_closed(self) -> None:
        guard = Guard(Page(), "192.0.2.7", self.door())
        assert ask(guard, "/_stcore/stream", "websocket", client=THERE, host=HOST)[0]["type"] == "websocket.close"

    def test_the_passphrase_opens_every_page_until_the_session_is_over(self) -> None:
        page = Page()
        guard = Guard(page, "192.0.2.7", self.door())
        answer = self.post(guard, PASSPHRASE)
        assert answer[0]["status"] == 303
        session = cookie(answer).split(";")[0]
        for part in ("HttpOnly", "Secure", "SameSite=lax"):
            assert part in cookie(answer)
        asked: dict[str, Any] = {"host": HOST, "client": THERE, "cookie": session}
        assert status(guard, **asked) == 200
        assert ask(guard, kind="websocket", **asked)[0]["type"] == "websocket.accept"
        assert page.seen[-1]["headers"][-1] == (PAGES_HEADER.lower().encode(), b"clinic")
        self.time = SESSION_S - 1
        assert status(guard, **asked) == 200
        self.time = SESSION_S
        assert status(guard, **asked) == 401

    def test_signing_out_ends_the_session(self) -> None:
        guard = Guard(Page(), "192.0.2.7", self.door())
        asked: dict[str, Any] = {
            "host": HOST,
            "client": THERE,
            "cookie": cookie(self.post(guard, PASSPHRASE)).split(";")[0],
        }
        assert status(guard, **asked) == 200
        assert status(guard, path="/sign-out", **asked) == 200
        assert status(guard, **asked) == 401

    def test_an_open_page_is_heard_no_more_once_its_session_is_over(self) -> None:
        heard: list[Any] = []

        async def page(_scope: Any, receive: Any, _send: Any) -> None:
            heard.append((await receive())["type"])

        guard = Guard(page, "192.0.2.7", self.door())
        guard.door.sessions["token"] = 10.0
        asked: dict[str, Any] = {"host": HOST, "client": THERE, "cookie": f"{SESSION_COOKIE}=token"}
        ask(guard, kind="websocket", **asked)

        async def late(scope: Any, receive: Any, send: Any) -> None:
            self.time = 10.0
            await page(scope, receive, send)

        guard.app = late
        ask(guard, kind="websocket", **asked)
        assert heard == ["http.request", "websocket.disconnect"]

    def test_strange_cookies_of_other_programs_lock_nobody_out(self) -> None:
        guard = Guard(Page(), "192.0.2.7", self.door())
        session = cookie(self.post(guard, PASSPHRASE)).split(";")[0]
        for other in ('other={"a":1}', "other=[x y]@", "nothing"):
            assert status(guard, host=HOST, client=THERE, cookie=f"{other}; {session}") == 200

    def test_who_came_by_the_link_can_sign_in(self) -> None:
        guard = Guard(Page(), "192.0.2.7", AccessControl(secret="s3cret", passphrase_hash=HASH))
        link = f"{LINK_COOKIE}=s3cret"
        assert status(guard, path="/sign-in", host=HOST, client=THERE, cookie=link) == 401
        body = urllib.parse.urlencode({"passphrase": PASSPHRASE}).encode()
        assert status(guard, path="/sign-in", body=body, host=HOST, client=THERE, cookie=link) == 303

    def test_another_site_cannot_sign_somebody_in(self) -> None:
        body = urllib.parse.urlencode({"passphrase": PASSPHRASE}).encode()
        guard = Guard(Page(), "192.0.2.7", self.door())
        assert status(guard, path="/sign-in", body=body, client=THERE, host=HOST, origin="https://evil.example") == 403

    def test_five_wrong_ones_lock_that_address_for_a_while(self) -> None:
        guard = Guard(Page(), "192.0.2.7", self.door())
        assert [self.post(guard, "wrong")[0]["status"] for _ in range(MOST_WRONG)] == [401] * 5
        assert self.post(guard, PASSPHRASE)[0]["status"] == 429
        assert self.post(guard, PASSPHRASE, ("192.0.2.51", 1))[0]["status"] == 303
        self.time = 299.0
        assert self.post(guard, PASSPHRASE)[0]["status"] == 429
        self.time = 300.0
        assert self.post(guard, PASSPHRASE)[0]["status"] == 303

    def test_the_right_one_forgives_the_wrong_ones(self) -> None:
        guard = Guard(Page(), "192.0.2.7", self.door())
        for _ in range(3):
            assert [self.post(guard, "wrong")[0]["status"] for _ in range(MOST_WRONG - 1)] == [401] * 4
            assert self.post(guard, PASSPHRASE)[0]["status"] == 303

    def test_what_is_no_form_and_one_without_end_are_refused(self) -> None:
        guard = Guard(Page(), "192.0.2.7", self.door())
        asked: dict[str, Any] = {"path": "/sign-in", "client": THERE, "host": HOST}
        assert status(guard, body=b"\xff\xfe=&&", **asked) == 401
        assert status(guard, body=b"passphrase=" + b"x" * 5000, **asked) == 413
        assert status(guard, cookie=f"{SESSION_COOKIE}=x;=;,", **asked) == 401

    def test_the_form_speaks_german(self) -> None:
        guard = Guard(Page(), "192.0.2.7", self.door())
        said = ask(guard, client=THERE, host=HOST, accept_language="de-DE,de")[1]["body"].decode()
        assert "Passwort der Praxis" in said

    def test_a_damaged_hash_fits_no_passphrase(self) -> None:
        assert is_passphrase(PASSPHRASE, HASH)
        assert not is_passphrase("", HASH)
        assert not is_passphrase(PASSPHRASE, "no hash")


class TestProxy:
    guard = Guard(Page(), "posture.clinic.example", AccessControl(header="X-Forwarded-Email"))

    def test_whom_the_proxy_knows_is_let_in(self) -> None:
        asked: dict[str, Any] = {"host": "posture.clinic.example", "origin": "https://posture.clinic.example"}
        assert status(self.guard, x_forwarded_email="mk@clinic.example", **asked) == 200
        for nobody in ({}, *({"x_forwarded_email": none} for none in (" ", "(null)", "-"))):
            assert status(self.guard, **asked, **nobody) == 403
        assert ask(self.guard, kind="websocket", **asked)[0]["type"] == "websocket.close"

    def test_the_header_counts_from_this_computer_alone(self) -> None:
        asked: dict[str, Any] = {"host": "posture.clinic.example", "x_forwarded_email": "mk@clinic.example"}
        assert status(self.guard, client=THERE, **asked) == 403


class TestCommand:
    @pytest.fixture(autouse=True)
    def _home(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))

    def test_a_passphrase_is_kept_hashed_for_this_user_alone(self) -> None:
        frontend.set_passphrase(PASSPHRASE)
        file = frontend.passphrase_file()
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert PASSPHRASE not in file.read_text()
        assert is_passphrase(PASSPHRASE, frontend.passphrase_hash())
        with pytest.raises(UsageError, match="12 characters"):
            frontend.set_passphrase("short")

    @pytest.mark.parametrize(
        ("doors", "said"),
        [
            (AccessOptions(lan=True, host="192.0.2.7"), "choose one of"),
            (AccessOptions(behind="x.example"), "go together"),
            (AccessOptions(results=Path("/nowhere/at/all")), "there is no such folder"),
            (AccessOptions(header="X"), "go together"),
            (AccessOptions(host="clinic.example"), "an address of this computer"),
            (AccessOptions(host="0.0.0.0"), "the one address"),
            (AccessOptions(host="fd00::5"), "an address of this computer"),
            (AccessOptions(behind="https://x.example", header="X"), "the name alone"),
            (AccessOptions(behind="x.example:8443", header="X"), "the name alone"),
            (AccessOptions(host="192.0.2.7"), "--set-passphrase"),
        ],
    )
    def test_what_does_not_go_is_said(self, doors: AccessOptions, said: str) -> None:
        with pytest.raises(UsageError, match=said):
            frontend.run(8600, doors)

    def test_a_port_that_is_taken_is_said(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as other:
            port = other.getsockname()[1]
            with pytest.raises(
                UsageError, match=f"--port {port}: another program has it; give another, such as --port"
            ):
                frontend.run(port)

    def test_client_files_that_cannot_be_opened_are_said_before_anybody_comes(self) -> None:
        with pytest.raises(UsageError, match="client files foo"):
            frontend.run(free_port(), db="foo")

    def test_behind_a_proxy_it_stays_on_this_computer(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        told: dict[str, Any] = {}
        monkeypatch.setattr(
            frontend, "_serve", lambda settings, names: told.update(settings=settings, names=names) or 0
        )
        frontend.run(
            free_port(),
            AccessOptions(behind="posture.clinic.example", header="X-Forwarded-Email"),
            db=f"sqlite:///{tmp_path}/x.db",
        )
        assert told["settings"]["server.address"] == "127.0.0.1"
        assert told["names"] == {
            "POSTURE_DB": f"sqlite:///{tmp_path}/x.db",
            "POSTURE_LAN_ADDRESS": "posture.clinic.example",
            "POSTURE_TRUSTED_HEADER": "X-Forwarded-Email",
        }


class Visitor:
    """A browser without a window, over TLS, that keeps its cookies."""

    def __init__(self, base: str) -> None:
        trusting = ssl.create_default_context()
        trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
        cookies = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self.opener = urllib.request.build_opener(urllib.request.HTTPSHandler(context=trusting), cookies)
        self.base = base

    def ask(self, path: str, data: bytes | None = None, **headers: str) -> tuple[int, str]:
        try:
            with self.opener.open(urllib.request.Request(self.base + path, data, headers), timeout=10) as answer:
                return answer.status, answer.read().decode("utf-8", "replace")
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode("utf-8", "replace")


@contextmanager
def served(home: Path, *more: str) -> Iterator[str]:
    """The whole of ``posture app --host``, on the loopback address in place of a network's."""
    (home / "posture").mkdir()
    (home / "posture" / "passphrase").write_text(HASH)
    port = free_port()
    server = subprocess.Popen(
        [sys.executable, "-m", "posture", "app", "--host", "127.0.0.1", "--port", str(port), *more],
        cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        env={**os.environ, "XDG_CONFIG_HOME": str(home)},
    )  # fmt: skip
    base = f"https://127.0.0.1:{port}"
    for _ in range(150):
        try:
            Visitor(base).ask("/")
            break
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.2)
    try:
        yield base
    finally:
        server.terminate()
        server.wait(10)


@pytest.fixture(scope="module")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server that many tests ask."""
    with served(tmp_path_factory.mktemp("config")) as base:
        yield base


class TestServed:
    @pytest.mark.parametrize(
        "path", ["/", "/clients", "/_stcore/health", "/_stcore/upload_file/a/b", "/media/0a1b.jpg"]
    )
    def test_everything_answers_with_the_sign_in(self, clinic: str, path: str) -> None:
        code, said = Visitor(clinic).ask(path)
        assert code == 401
        assert 'name="passphrase"' in said

    def test_so_do_the_websocket_and_an_upload(self, clinic: str) -> None:
        upgrade = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13",
                   "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA=="}  # fmt: skip
        raw = socket.create_connection(("127.0.0.1", int(clinic.rsplit(":", 1)[1])))
        trusting = ssl.create_default_context()
        trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
        with trusting.wrap_socket(raw) as line:
            lines = [f"{name}: {value}" for name, value in upgrade.items()]
            host = clinic.removeprefix("https://")
            line.sendall("\r\n".join(["GET /_stcore/stream HTTP/1.1", f"Host: {host}", *lines, "", ""]).encode())
            answer = line.recv(200).split(b"\r\n")[0]
        assert b"101" not in answer
        assert b"403" in answer or b"401" in answer
        code, said = Visitor(clinic).ask("/_stcore/upload_file/a/b", b"x" * 1000)
        assert code == 401
        assert 'name="passphrase"' in said

    def test_the_passphrase_opens_it(self, clinic: str) -> None:
        visitor = Visitor(clinic)
        data = urllib.parse.urlencode({"passphrase": PASSPHRASE}).encode()
        code, said = visitor.ask("/sign-in", data, Origin=clinic)
        assert code == 200
        assert "streamlit" in said.lower()
        assert visitor.ask("/_stcore/health")[0] == 200
        assert visitor.ask("/media/0a1b.jpg")[0] == 404
        assert "signed out" in visitor.ask("/sign-out")[1]
        assert visitor.ask("/_stcore/health")[0] == 401

    def test_five_wrong_ones_lock_it(self, tmp_path: Path) -> None:
        """With a server of its own: nobody gets in afterwards."""
        wrong, right = (urllib.parse.urlencode({"passphrase": text}).encode() for text in ("wrong", PASSPHRASE))
        with served(tmp_path) as clinic:
            visitor = Visitor(clinic)
            assert [visitor.ask("/sign-in", wrong, Origin=clinic)[0] for _ in range(6)] == [401] * 5 + [429]
            assert visitor.ask("/sign-in", right, Origin=clinic, **{"X-Forwarded-For": "192.0.2.99"})[0] == 429
