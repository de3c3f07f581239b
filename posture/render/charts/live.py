"""Chart of a live camera: the last minute of a number as a strip."""

from __future__ import annotations

from collections.abc import Sequence

from posture.render import theme
from posture.render.charts.bell import WIDE, svg
from posture.text.labels import number

_TALL, _LEFT, _RIGHT, _TOP, _FLOOR = 112, 56, 12, 26, 92
#: The strip shows no less than this range, degrees, so that a resting number looks like one.
LEAST_SPAN_DEG = 10.0
#: Values further apart than this are not joined: a gap is shown as a gap, seconds.
GAP_S = 0.7


def strip(title: str, line: Sequence[tuple[float, float | None]], seconds: float) -> str:
    """SVG: a number over the last ``seconds``; ``line`` holds (time, value or None where there was none)."""
    now = line[-1][0] if line else 0.0
    known = [value for _, value in line if value is not None]
    middle = (min(known) + max(known)) / 2 if known else 0.0
    half = max(LEAST_SPAN_DEG, (max(known) - min(known)) * 1.15 if known else 0.0) / 2

    def x(at_s: float) -> float:
        return WIDE - _RIGHT - (now - at_s) / seconds * (WIDE - _LEFT - _RIGHT)

    def y(value: float) -> float:
        return _FLOOR - (value - middle + half) / (2 * half) * (_FLOOR - _TOP)

    words = f'font-family="system-ui, sans-serif" font-size="13" fill="{theme.SOFT}"'
    parts = [
        f'<text x="{_LEFT}" y="16" {words} font-weight="600">{title}</text>',
        f'<text x="{_LEFT}" y="{_TALL - 4}" {words}>-{seconds:.0f} s</text>',
    ]
    for edge in (middle - half, middle + half):
        parts.append(
            f'<line x1="{_LEFT}" x2="{WIDE - _RIGHT}" y1="{y(edge):.1f}" y2="{y(edge):.1f}" stroke="{theme.LINE}"/>'
            f'<text x="{_LEFT - 8}" y="{y(edge) + 4:.1f}" text-anchor="end" {words}>{number(edge, "deg")}</text>'
        )
    for piece in _pieces(line):
        points = " ".join(f"{x(at):.1f},{y(value):.1f}" for at, value in piece)
        parts.append(
            f'<polyline points="{points}" fill="none" stroke="{theme.ACCENT}" stroke-width="2.5" '
            'stroke-linecap="round" stroke-linejoin="round"/>'
        )
    if line and line[-1][1] is not None:
        parts.append(f'<circle cx="{x(now):.1f}" cy="{y(line[-1][1]):.1f}" r="4.5" fill="{theme.ACCENT}"/>')
    said = f"{title}: {number(line[-1][1], 'deg')}" if line and line[-1][1] is not None else title
    return svg(_TALL, said, "".join(parts))


def _pieces(line: Sequence[tuple[float, float | None]]) -> list[list[tuple[float, float]]]:
    """The line where it has values, cut wherever it has none."""
    pieces: list[list[tuple[float, float]]] = [[]]
    for at_s, value in line:
        if pieces[-1] and (value is None or at_s - pieces[-1][-1][0] > GAP_S):
            pieces.append([])
        if value is not None:
            pieces[-1].append((at_s, value))
    return [piece for piece in pieces if piece]
