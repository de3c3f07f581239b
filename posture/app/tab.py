"""A browser tab that is loaded anew goes on where it was.

Streamlit begins a new session at every load. The tab itself keeps one random word (sessionStorage: no other tab reads
it, and it ends with the tab); by it the new session finds the old one as long as the server has it, and takes over what
the visitor brought and said. Nothing outlives Streamlit's own sessions, which end an hour after the tab was closed.
"""

from __future__ import annotations

import secrets
import threading
from functools import cache
from typing import Any
from weakref import ref

import streamlit as st

from posture.app import internals
from posture.app.auth import SESSION_COOKIE

#: What is taken over beside the answers.
BROUGHT = (
    "asked", "chosen", "lenient", "newest_emergency", "kept_photos", "photos", "practice", "rounds", "samples",
    "together", "topic", "visits",
)  # fmt: skip
_KEEPER = """export default ({data, setTriggerValue}) => {
  const kept = sessionStorage.getItem("posture");
  if (data.fresh && kept && kept !== data.word) setTriggerValue("kept", kept);
  else sessionStorage.setItem("posture", data.word);
}"""
#: The sessions of a tab by its word, the newest last; Streamlit alone keeps them alive.
_sessions: dict[tuple[str, str], list[ref[Any]]] = {}
_lock = threading.Lock()


@cache
def _keeper() -> Any:
    """The component that reads and writes the tab's word, made in a visitor's run."""
    return st.components.v2.component("posture_tab", js=_KEEPER)


def go_on(answers: str) -> None:
    """Called before anything is drawn: take over what this tab had before it was loaded anew.

    ``answers`` is what the keys of kept answers begin with.
    """
    state = st.session_state
    word = state.setdefault("tab", secrets.token_urlsafe(16))
    _remember(word)
    with st.container(key="tab_keeper"):
        kept = _keeper()(
            key="tab_word", data={"word": word, "fresh": not state.get("tab_known")}, on_kept_change=lambda: None
        ).kept
    if kept is None:
        return
    state["tab_known"] = True
    found = _left_behind(kept)
    if found is not None:
        state["tab"] = kept
        photos = {**found.get("photos", {}), **state.get("photos", {})}
        for key, value in found.items():
            if key.startswith(answers) or key in BROUGHT:
                state[key] = value
        state["photos"] = photos
    st.rerun()


def forget() -> None:
    """Nothing leads back to what was forgotten: not this session, and none that the tab had before."""
    word = st.session_state.get("tab")
    if word:
        for session in _others(word):
            internals.empty(session)
        with _lock:
            _sessions.pop(_key(word), None)
    st.session_state.clear()
    st.session_state["tab_known"] = True  # the next word takes the place of the old one in the tab


def _key(word: str) -> tuple[str, str]:
    """A word leads back only for whoever has signed in with the same cookie, where there is a sign-in."""
    return word, st.context.cookies.get(SESSION_COOKIE, "")


def _remember(word: str) -> None:
    """This session is one of the tab's; sessions that Streamlit has let go of are dropped."""
    mine, key = internals.visitor(), _key(word)
    if mine is None:
        return
    with _lock:
        for one, sessions in list(_sessions.items()):
            alive = [session for session in sessions if session() is not None]
            _sessions[one] = alive
            if not alive:
                del _sessions[one]
        if mine not in [session() for session in _sessions.get(key, [])]:
            _sessions.setdefault(key, []).append(ref(mine))


def _others(word: str) -> list[Any]:
    """The other sessions of a tab that are still there, the newest last."""
    mine = internals.visitor()
    with _lock:
        found = [session() for session in _sessions.get(_key(word), [])]
    return [session for session in found if session is not None and session is not mine]


def _left_behind(word: str) -> dict[str, Any] | None:
    """State of the tab's last session; None where the server has none any more."""
    others = _others(word)
    return internals.state_of(others[-1]) if others else None
