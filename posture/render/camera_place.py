"""Drawing of the camera's place, from above: beside the person, some three metres away, at hip height."""

from __future__ import annotations

from collections.abc import Callable
from html import escape

from posture.render import theme

CAPTION = "Seen from above: the camera looks at your side from about 3 m, at the height of your hips"


def camera_place(tr: Callable[[str], str] = str) -> str:
    """The drawing as SVG, its words put into another language by ``say``.

    The person looks up the page, the camera stands on the right: whichever side it sees, it sees the person side on.
    """
    caption, distance = escape(tr(CAPTION)), escape(tr("about 3 m"))
    ink, soft = theme.INK, theme.SOFT
    return (
        f'<svg role="img" aria-label="{caption}" viewBox="0 0 120 48"><title>{caption}</title>'
        f'<polygon points="100,24 22,8 22,40" fill="{theme.ACCENT}" opacity=".12"/>'
        f'<ellipse cx="22" cy="26" rx="9.5" ry="4" fill="{theme.LEG}"/>'
        f'<circle cx="22" cy="25" r="4.6" fill="{ink}"/><polygon points="20,21 24,21 22,17" fill="{ink}"/>'
        f'<line x1="36" y1="26" x2="94" y2="26" stroke="{soft}" stroke-width=".8" stroke-dasharray="2.5 2"/>'
        f'<polyline points="39,23.5 36,26 39,28.5" fill="none" stroke="{soft}" stroke-width=".8"/>'
        f'<text x="65" y="22.5" text-anchor="middle" font-family="sans-serif" font-size="5.6" fill="{ink}">'
        f"{distance}</text>"
        f'<rect x="100" y="20" width="11" height="12" rx="1.6" fill="{ink}"/>'
        f'<rect x="96" y="23.5" width="5" height="5" fill="{ink}"/></svg>'
    )
