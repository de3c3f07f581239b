"""The server behind the page: who may talk to it, what it forbids the browser, and how uploads stay in memory.

It adds to Streamlit's server: requests must come from the page itself (another site that the same browser shows cannot
reach it), and where it serves the local network every request must carry the secret of the link that was shown.
"""

from __future__ import annotations

import asyncio
import gc
import hmac
import os
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from http.cookies import CookieError, SimpleCookie
from importlib import import_module, resources
from typing import Any
from urllib.parse import parse_qs, urlsplit

from starlette.datastructures import Headers
from starlette.formparsers import MultiPartParser
from starlette.middleware import Middleware
from starlette.responses import HTMLResponse, RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

#: Greatest upload, MB, as the settings say; a photo of 100 megapixels.
MAX_UPLOAD_MB = 60
#: Environment of the process: the address served when it is not this computer's own, the secret, the link with it.
ADDRESS, SECRET, LINK = "POSTURE_LAN_ADDRESS", "POSTURE_LAN_SECRET", "POSTURE_LAN_LINK"
COOKIE = "posture_secret"
OWN_NAMES = ("127.0.0.1", "localhost", "[::1]")
#: What a browser may do with the page: nothing from outside, no frame around it, no word to others where it came from.
HEADERS = {
    "content-security-policy": (
        "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data: blob:; font-src 'self' data:; media-src 'self' blob:; worker-src 'self' blob:; "
        "connect-src 'self' data: blob:; frame-src 'self'; frame-ancestors 'self'; object-src 'none'; base-uri 'self'; "
        "form-action 'self'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "permissions-policy": "camera=(self), microphone=(), geolocation=()",
}
FORGET_EVERY_S = 60
_REFUSED = (
    "<!doctype html><meta charset=utf-8><meta name=viewport content='width=device-width'><title>posture</title>"
    "<p style='font:18px/1.5 system-ui;max-width:32em;margin:3em auto;padding:0 1em'>{}</p>"
)

# Starlette writes uploads of more than 1 MB into a temporary file; photos stay in memory.
MultiPartParser.spool_max_size = (MAX_UPLOAD_MB + 1) * 2**20


class Guard:
    """Lets through what this page itself asks for, from the address it is served at and, on a network, by its link."""

    def __init__(self, app: ASGIApp, address: str = "", secret: str = "") -> None:
        self.app, self.secret = app, secret
        self.names = (*OWN_NAMES, address) if address else OWN_NAMES

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        if not self._own(headers):
            await _refuse(scope, receive, send, "This page answers only to itself, on the address it was started with.")
        elif not self.secret or self._knows_the_secret(headers):
            await self.app(scope, receive, _with_headers(send))
        elif scope["type"] == "http" and self._brings_the_secret(scope):
            answer = RedirectResponse("/", status_code=303)
            answer.set_cookie(COOKIE, self.secret, httponly=True, secure=True, samesite="lax")
            await answer(scope, receive, _with_headers(send))
        else:
            await _refuse(
                scope, receive, send, "This link is not, or no longer, the right one: scan the code on the computer."
            )

    def _own(self, headers: Headers) -> bool:
        """Whether the request names this server, and comes from a page of this server where it says from where."""
        host, origin = headers.get("host", ""), headers.get("origin")
        try:
            return _name(f"//{host}") in self.names and (origin is None or urlsplit(origin).netloc == host)
        except ValueError:  # no address at all
            return False

    def _knows_the_secret(self, headers: Headers) -> bool:
        try:
            cookies = SimpleCookie(headers.get("cookie", ""))
        except CookieError:
            return False
        return COOKIE in cookies and hmac.compare_digest(cookies[COOKIE].value.encode(), self.secret.encode())

    def _brings_the_secret(self, scope: Scope) -> bool:
        given = parse_qs(scope.get("query_string", b"").decode("latin-1")).get("key", [""])[0]
        return hmac.compare_digest(given.encode(), self.secret.encode())


def _name(url: str) -> str:
    """Host name of an address without its port; "[::1]" keeps its brackets."""
    host = urlsplit(url).netloc
    return host.rsplit(":", 1)[0] if not host.endswith("]") else host


def _with_headers(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            extra = [(name.encode(), value.encode()) for name, value in HEADERS.items()]
            message = {**message, "headers": [*message["headers"], *extra]}
        await send(message)

    return sending


async def _refuse(scope: Scope, receive: Receive, send: Send, words: str) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008})
        return
    await HTMLResponse(_REFUSED.format(words), status_code=403)(scope, receive, send)


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
    from streamlit import runtime

    while True:
        await asyncio.sleep(FORGET_EVERY_S)
        kept = runtime.get_instance()._session_mgr._session_storage._cache
        kept.expire()
        gc.collect()  # a visitor's session holds itself in a circle


@cache
def warm_up() -> None:
    """Load the models once, while the first page is being read. Called at the end of a page, never beside its imports.

    Two threads that import the same libraries at once can each find the other's half done.
    """
    threading.Thread(target=_load, daemon=True, name="warm up").start()


def _load() -> None:
    from posture.errors import PostureError
    from posture.ui.flow import STEPS, importing
    from posture.ui.visit import observer

    try:
        with importing:
            for name, _, _ in STEPS:
                import_module(f"posture.ui.steps.{name}")
            import_module("posture.adapters.mediapipe_pose")
            import_module("posture.adapters.photo_files")
        observer()
    except (ImportError, PostureError):  # the first photo says what is missing, where somebody reads it
        return


def settings() -> dict[str, Any]:
    """What `streamlit.starlette.App` is made with."""
    guard = Middleware(Guard, address=os.environ.get(ADDRESS, ""), secret=os.environ.get(SECRET, ""))
    return {
        "script_path": str(resources.files("posture") / "ui" / "script.py"),
        "middleware": [guard],
        "lifespan": begin,
        "on_script_error": apologize,
    }


def apologize(error: Exception) -> bool:
    """A defect becomes words for the person and one line in the log, which holds no file name and no answer."""
    import sys

    import streamlit as st

    from posture.ui.flow import say

    place = error.__traceback__
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    at = "" if place is None else f" at {os.path.basename(place.tb_frame.f_code.co_filename)}:{place.tb_lineno}"  # noqa: PTH119
    sys.stderr.write(f"posture: {type(error).__name__}{at}\n")
    st.error(say("Something went wrong inside posture. Your answers are kept: go back one step and try again."))
    return True
