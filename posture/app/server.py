"""The server behind the page: who may talk to it, what it forbids the browser, and how uploads stay in memory.

It adds to Streamlit's server: requests must come from the page itself (another site that the same browser shows cannot
reach it), and where it serves more than this computer every request must pass the door.
"""

from __future__ import annotations

import asyncio
import gc
import os
import sys
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from importlib import import_module, resources
from typing import Any
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.middleware import Middleware
from starlette.responses import HTMLResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from posture.app import internals
from posture.app.auth import PAGES_HEADER, SIGN_IN, SIGN_OUT, AccessControl, Pages, page
from posture.io.photos import MAX_FILE_MB

#: Environment of the process: the address served when it is not this computer's own, the link with its secret.
ADDRESS, LINK = "POSTURE_LAN_ADDRESS", "POSTURE_LAN_LINK"
OWN_NAMES = ("127.0.0.1", "localhost", "[::1]")
#: What a browser may do with the page: nothing from outside, no frame around it, no word to others where it came from.
HEADERS = {
    "content-security-policy": (
        "default-src 'self'; script-src 'self' blob: 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data: blob:; font-src 'self' data:; media-src 'self' blob:; worker-src 'self' blob:; "
        "connect-src 'self' data: blob:; frame-src 'self'; frame-ancestors 'self'; object-src 'none'; base-uri 'self'; "
        "form-action 'self'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "permissions-policy": "camera=(self), microphone=(), geolocation=()",
}
#: No browser keeps a page, picture, upload or file on its disk; of Streamlit's own code it may, which tells of nobody.
CACHE, CODE = ("cache-control", "no-store"), "/static/"
FORGET_EVERY_S = 60

internals.keep_uploads_in_memory(MAX_FILE_MB + 1)


class Guard:
    """Lets through what this page itself asks for, from the address it is served at, once it has passed the door."""

    def __init__(self, app: ASGIApp, address: str = "", door: AccessControl | None = None) -> None:
        self.app, self.door = app, door or AccessControl()
        self.names = (*OWN_NAMES, address) if address else OWN_NAMES

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        headers, sending = Headers(scope=scope), _with_headers(send, scope["path"])
        if scope["type"] == "http" and scope["method"] == "GET" and "text/html" in headers.get("accept", ""):
            scope = _without(scope, b"accept-encoding")  # a page that comes compressed cannot be added to
            sending = _with_moment(sending, headers.get("accept-language", ""))
        pages = self.door.pages(scope)
        if not self._own(headers):
            await _refuse(scope, receive, send)
        elif scope["type"] == "http" and scope["path"] == SIGN_OUT:
            await self.door.sign_out(scope)(scope, receive, sending)
        elif scope["type"] == "http" and scope["path"] == SIGN_IN and self.door.passphrase_hash:
            await self.door.answer(scope, receive, sending)
        elif pages is not None:
            hearing = receive if scope["type"] == "http" else self._until_the_session_ends(scope, pages, receive)
            await self.app(_with_pages(scope, pages), hearing, sending)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        else:
            await self.door.answer(scope, receive, sending)

    def _until_the_session_ends(self, scope: Scope, pages: Pages, receive: Receive) -> Receive:
        """An open page says nothing more to the server once its session is over."""

        async def hearing() -> Message:
            message = await receive()
            if self.door.pages(scope) != pages:
                return {"type": "websocket.disconnect", "code": 1008}
            return message

        return hearing

    def _own(self, headers: Headers) -> bool:
        """Whether the request names this server, and comes from a page of this server where it says from where."""
        host, origin = headers.get("host", ""), headers.get("origin")
        try:
            return _name(f"//{host}") in self.names and (origin is None or urlsplit(origin).netloc == host)
        except ValueError:  # no address at all
            return False


def _with_pages(scope: Scope, pages: Pages) -> Scope:
    """The request with a header that tells the script which pages it may show; one of the visitor's own is dropped."""
    name = PAGES_HEADER.lower().encode()
    kept = _without(scope, name)
    return {**kept, "headers": [*kept["headers"], (name, pages.encode())]}


def _without(scope: Scope, header: bytes) -> Scope:
    """The request without a header, by its name in small letters."""
    return {**scope, "headers": [(key, value) for key, value in scope["headers"] if key.lower() != header]}


def _name(url: str) -> str:
    """Host name of an address without its port; "[::1]" keeps its brackets."""
    host = urlsplit(url).netloc.lower()
    return host.rsplit(":", 1)[0] if not host.endswith("]") else host


def _with_headers(send: Send, path: str) -> Send:
    """An answer with our headers; what Streamlit says of keeping it counts for its own code alone."""

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            ours = dict(HEADERS.items() if path.startswith(CODE) else [*HEADERS.items(), CACHE])
            kept = [(name, value) for name, value in message["headers"] if name.decode("latin-1").lower() not in ours]
            extra = [(name.encode(), value.encode()) for name, value in ours.items()]
            message = {**message, "headers": [*kept, *extra]}
        await send(message)

    return sending


def _with_moment(send: Send, languages: str) -> Send:
    """Streamlit's empty page says that something is coming, in the first of the browser's languages that is spoken."""
    start: Message = {}
    body = bytearray()

    async def sending(message: Message) -> None:
        nonlocal start
        if message["type"] == "http.response.start":
            kind = Headers(raw=message["headers"]).get("content-type", "")
            if message["status"] == 200 and kind.startswith("text/html"):
                start = message
                return
        elif start and message["type"] == "http.response.body":
            body.extend(message.get("body", b""))
            if message.get("more_body", False):
                return
            whole = internals.with_moment(bytes(body), _one_moment(languages[:2].lower()))
            headers = [(name, value) for name, value in start["headers"] if name.lower() != b"content-length"]
            await send({**start, "headers": [*headers, (b"content-length", str(len(whole)).encode())]})
            message = {"type": "http.response.body", "body": whole}
        await send(message)

    return sending


@cache
def _one_moment(language: str) -> str:
    from posture.knowledge.load import Knowledge
    from posture.text.language import language_names, load_language

    return load_language(language if language in language_names() else "en", Knowledge.load()).text("One moment …")


async def _refuse(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008})
        return
    words = "This page answers only to itself, on the address it was started with."
    await HTMLResponse(page(words), status_code=403)(scope, receive, send)


@asynccontextmanager
async def begin(_app: Any) -> AsyncIterator[dict[str, Any] | None]:
    """While the server runs, forget who has gone."""
    forgetting = asyncio.create_task(_forget_who_has_gone())
    try:
        yield None
    finally:
        forgetting.cancel()


async def _forget_who_has_gone() -> None:
    """Streamlit drops a visitor whose time is over only when the next one leaves; this does it every minute."""
    while True:
        await asyncio.sleep(FORGET_EVERY_S)
        try:
            internals.expire_visitors()
        except Exception as error:  # noqa: BLE001 - the next round tries again; that nobody is forgotten must be heard of
            sys.stderr.write(f"posture: {type(error).__name__} while forgetting who has gone\n")
        gc.collect()  # a visitor's session holds itself in a circle


@cache
def warm_up() -> None:
    """Load the models once, while the first page is being read. Called at the end of a page, never beside its imports.

    Two threads that import the same libraries at once can each find the other's half done.
    """
    threading.Thread(target=_load, daemon=True, name="warm up").start()


def _load() -> None:
    from posture.app.navigation import STEPS, importing
    from posture.app.photo import observer
    from posture.errors import PostureError

    try:
        with importing:
            for name, _, _ in STEPS:
                import_module(f"posture.app.steps.{name}")
            import_module("posture.vision.mediapipe_pose")
            import_module("posture.io.photos")
            import_module("posture.render.pdf").pdf_problem()
        observer()
    except (ImportError, PostureError):  # the first photo says what is missing, where somebody reads it
        return


def settings() -> dict[str, Any]:
    """Settings of `streamlit.starlette.App`."""
    guard = Middleware(Guard, address=os.environ.get(ADDRESS, ""), door=AccessControl.from_environment())
    return {
        "script_path": str(resources.files("posture") / "app" / "script.py"),
        "middleware": [guard],
        "lifespan": begin,
        "on_script_error": apologize,
    }


def apologize(error: Exception) -> bool:
    """A defect becomes words for the person and one line in the log, which holds no file name and no answer."""
    import streamlit as st

    from posture.app.navigation import tr

    place = error.__traceback__
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    at = "" if place is None else f" at {os.path.basename(place.tb_frame.f_code.co_filename)}:{place.tb_lineno}"  # noqa: PTH119
    sys.stderr.write(f"posture: {type(error).__name__}{at}\n")
    st.error(tr("Something went wrong inside posture. Your answers are kept: go back one step and try again."))
    return True
