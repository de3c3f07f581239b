"""Access to a page that is bound to more than this computer: one passphrase a clinic, or a proxy that signs people in.

The door stands in front of the whole server: pages, websocket, uploads and pictures alike.
"""

from __future__ import annotations

import asyncio
import hmac
import os
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib import resources
from ipaddress import ip_address
from typing import Literal
from urllib.parse import parse_qs

from starlette.datastructures import Headers
from starlette.requests import Request, cookie_parser
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.types import Receive, Scope, Send

from posture.app.passphrase import is_passphrase
from posture.knowledge.load import Knowledge
from posture.text.language import language_names, load_language

Pages = Literal["clinic", "photo"]

#: Environment of the process: the secret of the link shown, the passphrase's argon2 hash, the header of a proxy.
SECRET, PASSPHRASE, HEADER = "POSTURE_LAN_SECRET", "POSTURE_PASSPHRASE_HASH", "POSTURE_TRUSTED_HEADER"
#: Tells the script which pages a visitor may see.
PAGES_HEADER = "X-Posture-Pages"
#: Cookies of somebody who came by the link, and of somebody who signed in.
LINK_COOKIE, SESSION_COOKIE = "posture_secret", "posture_session"
#: How long a session is good for; so many wrong passphrases from one address lock it out for so long, seconds.
SESSION_S, MOST_WRONG, LOCKED_S = 12 * 3600, 5, 300
#: What a proxy sends where nobody has signed in.
NOBODY = ("", "-", "null", "(null)")
#: A form of a passphrase is no longer than this, bytes.
LONGEST_FORM = 4096
#: Where the form is sent, and where a session ends.
SIGN_IN, SIGN_OUT = "/sign-in", "/sign-out"
#: Why the form is shown again.
_AGAIN = {
    "wrong": "This is not the passphrase.",
    "locked": "Too many wrong passphrases: wait five minutes.",
    "out": "You are signed out.",
}


@dataclass(slots=True, eq=False)
class AccessControl:
    """Sessions and wrong passphrases of one server, in its memory.

    secret : of the link shown, opens the photo pages · passphrase_hash : argon2, opens all pages
    header : that a proxy on this computer sets to who has signed in there; opens all pages
    open_here : nothing is asked, the server is bound to this computer alone
    """

    secret: str = ""
    passphrase_hash: str = ""
    header: str = ""
    now: Callable[[], float] = time.monotonic
    sessions: dict[str, float] = field(default_factory=dict)
    wrong: dict[str, tuple[int, float]] = field(default_factory=dict)

    @classmethod
    def from_environment(cls) -> AccessControl:
        """The door that `posture app` asked for."""
        secret, passphrase_hash, header = (os.environ.get(name, "") for name in (SECRET, PASSPHRASE, HEADER))
        return cls(secret, passphrase_hash, header)

    @property
    def open_here(self) -> bool:
        """Whether nothing is asked at all."""
        return not (self.secret or self.passphrase_hash or self.header)

    def pages(self, scope: Scope) -> Pages | None:
        """Which pages a request may see; None where it must sign in first."""
        headers = Headers(scope=scope)
        if self.open_here:
            return "clinic" if is_here(scope) else None
        if self.header:
            who = headers.get(self.header, "").strip()
            return "clinic" if is_here(scope) and who not in NOBODY else None
        cookies = _cookies(headers)
        if self._knows(cookies.get(SESSION_COOKIE, "")):
            return "clinic"
        if self.secret and _same(cookies.get(LINK_COOKIE, ""), self.secret):
            return "photo"
        return None

    async def answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        """What somebody gets who is not let in: the link's redirect, the form, or the word that it is closed."""
        request = Request(scope, receive)
        given = parse_qs(scope.get("query_string", b"").decode("latin-1")).get("key", [""])[0]
        if self.secret and _same(given, self.secret):
            answer: Response = RedirectResponse("/", status_code=303)
            answer.set_cookie(LINK_COOKIE, self.secret, httponly=True, secure=True, samesite="lax")
        elif not self.passphrase_hash:
            words = "This link is not, or no longer, the right one: scan the code on the computer."
            if self.header:
                words = "Nobody is signed in: come through the clinic's own address."
            elif not self.secret:
                words = "This page answers only to the computer it runs on."
            answer = HTMLResponse(page(words), status_code=403)
        elif scope["path"] == SIGN_IN and scope["method"] == "POST":
            answer = await self._try(request)
        else:
            answer = HTMLResponse(_form(request), status_code=401)
        await answer(scope, receive, send)

    def sign_out(self, scope: Scope) -> Response:
        """End the session that a request brings."""
        self.sessions.pop(_cookies(Headers(scope=scope)).get(SESSION_COOKIE, ""), None)
        answer = HTMLResponse(_form(Request(scope), "out")) if self.passphrase_hash else RedirectResponse("/", 303)
        answer.delete_cookie(SESSION_COOKIE)
        return answer

    async def _try(self, request: Request) -> Response:
        """Check the passphrase of a form; a session, or one wrong one more."""
        address = request.client.host if request.client else ""
        if self._locked(address):
            return HTMLResponse(_form(request, "locked"), status_code=429, headers={"retry-after": str(LOCKED_S)})
        body = b""
        async for part in request.stream():
            body += part
            if len(body) > LONGEST_FORM:
                return HTMLResponse(_form(request, "wrong"), status_code=413)
        count = self.wrong.get(address, (0, 0.0))[0] + 1
        # counted before it is checked: of many that come at once no more than these are
        self.wrong[address] = count, self.now() + LOCKED_S if count >= MOST_WRONG else 0.0
        given = parse_qs(body.decode("utf-8", "replace")).get("passphrase", [""])[0]
        if not await asyncio.to_thread(is_passphrase, given, self.passphrase_hash):
            return HTMLResponse(_form(request, "wrong"), status_code=401)
        self.wrong.pop(address, None)
        token = secrets.token_urlsafe(32)
        self.sessions[token] = self.now() + SESSION_S
        answer = RedirectResponse("/", status_code=303)
        answer.set_cookie(SESSION_COOKIE, token, httponly=True, secure=True, samesite="lax")
        return answer

    def _locked(self, address: str) -> bool:
        count, until = self.wrong.get(address, (0, 0.0))
        if count >= MOST_WRONG and self.now() >= until:
            del self.wrong[address]
            return False
        return count >= MOST_WRONG

    def _knows(self, token: str) -> bool:
        for old in [token for token, until in self.sessions.items() if self.now() >= until]:
            del self.sessions[old]
        return token in self.sessions


def is_here(scope: Scope) -> bool:
    """Whether a request comes from this computer."""
    client = scope.get("client")
    try:
        return client is not None and ip_address(client[0]).is_loopback
    except ValueError:  # no address: a socket of another kind
        return False


def page(body: str, language: str = "en") -> str:
    """A page of a few words that asks for nothing."""
    template = (resources.files("posture") / "app" / "door.html").read_text("utf-8")
    return template.replace("{language}", language).replace("{body}", body)


def _form(request: Request, said: str = "") -> str:
    language = load_language(_preferred(request), Knowledge.load())
    tr = language.text
    title, field = tr("Sign in"), tr("The clinic's passphrase")
    alert = f'<p role="alert">{tr(_AGAIN[said])}</p>' if said else ""
    return page(
        f'<h1>{title}</h1>{alert}<form method="post" action="{SIGN_IN}"><label for="passphrase">{field}</label>'
        '<input id="passphrase" name="passphrase" type="password" required autofocus autocomplete="current-password">'
        f"<button>{title}</button></form>",
        language.code,
    )


def _preferred(request: Request) -> str:
    """The language that the browser asks for first, where there is one; else English."""
    first = request.headers.get("accept-language", "")[:2].lower()
    return first if first in language_names() else "en"


def _cookies(headers: Headers) -> dict[str, str]:
    """As browsers mean them: a strange one of another program at the same address spoils none of ours."""
    return cookie_parser("; ".join(headers.getlist("cookie")))


def _same(given: str, secret: str) -> bool:
    return hmac.compare_digest(given.encode(), secret.encode())
