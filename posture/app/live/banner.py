"""Words that can be read three metres away, and what is said when the camera or the looking fails."""

from __future__ import annotations

import time
from html import escape
from math import ceil

import streamlit as st

from posture.app import questionnaire
from posture.app.live.watcher import Watcher
from posture.app.navigation import tr
from posture.render import theme

#: The words are drawn anew so often, seconds.
EVERY_S = 0.5
#: A camera that sent nothing for so long is said to be silent, seconds.
SILENT_S = 3.0
_COUNT = "float:right;font-size:3.4rem;line-height:1;font-weight:700;margin-left:0.8rem"


def instruct(first: str, then: str, colour: str, share: float = 0.0, left_s: float | None = None) -> None:
    """The request and its manner, on its colour, the share done (0..1), and the seconds that it goes on."""
    count = "" if left_s is None else f'<div style="{_COUNT}" aria-hidden="true">{ceil(left_s)}</div>'
    st.html(
        f'<div role="status" aria-live="polite" style="background:{colour};color:#fff;border-radius:0.6rem;'
        f'padding:1.1rem 1.2rem">{count}'
        f'<div style="font-size:1.9rem;line-height:1.2;font-weight:650">{escape(first)}</div>'
        f'<div style="font-size:1.05rem;margin-top:0.4rem">{escape(then)}&nbsp;</div>'
        '<div style="height:0.5rem;border-radius:0.25rem;background:rgba(255,255,255,.3);margin-top:0.6rem">'
        f'<div style="height:100%;width:{100 * min(1.0, share):.0f}%;border-radius:0.25rem;background:#fff"></div>'
        "</div></div>"
    )


def trouble(watcher: Watcher, since_s: float) -> bool:
    """Say what fails, if anything does; ``since_s`` is when the camera was switched on, of the monotonic clock."""
    if watcher.fault:
        first, then = tr("Looking has stopped"), tr("Something went wrong inside posture: begin again.")
    elif min(watcher.pulse().silent_s, time.monotonic() - since_s) > SILENT_S:
        first = tr("No picture comes")
        then = tr("Is the camera still plugged in? Press Stop, then switch it on again.")
    else:
        return False
    instruct(first, then, theme.STOP)
    return True


def pulse_words(watcher: Watcher) -> None:
    """Pictures analyzed a second, and their size, for those who asked for the figures."""
    if not questionnaire.answer("live_figures"):
        return
    pulse = watcher.pulse()
    st.caption(
        tr(
            "{rate} pictures a second of {wide} × {tall} pixels, {usual} ms each (95 of 100 within {slow} ms).",
            rate=f"{pulse.rate_hz:.0f}",
            wide=str(pulse.size[0]),
            tall=str(pulse.size[1]),
            usual=f"{pulse.usual_ms:.0f}",
            slow=f"{pulse.slow_ms:.0f}",
        )
    )
