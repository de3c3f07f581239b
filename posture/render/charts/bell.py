"""Numbers as pictures (SVG): where a person lies among people, and where within their own range."""

from __future__ import annotations

from html import escape
from math import ceil, cos, floor, pi, sin

import numpy as np

from posture.followup.three_poses import ThreePoses
from posture.knowledge.load import Knowledge
from posture.measures.calibrate import compared_with
from posture.quantity import Quantity
from posture.render import theme
from posture.report.report import Report
from posture.text.labels import NAMES, number
from posture.text.language import ENGLISH, Language
from posture.text.presentation import Scale

#: Width of every picture, px.
WIDE = 640
_TALL, _SIDE, _AXIS, _TOP = 150, 24, 122, 36


def among_people(report: Report, knowledge: Knowledge, language: Language | None = None) -> list[tuple[str, str]]:
    """Words and SVG of where the curve of the lower back lies among people; empty where it cannot be compared.

    The words say what the picture shows, for those who cannot see it.
    """
    tr = (language or ENGLISH).text
    curve = report.measurements.measurement("contour_lordosis")
    if curve is None or curve.comparison is None:
        return []
    norm = compared_with("contour_lordosis", curve.comparison, knowledge)
    title = tr(NAMES["contour_lordosis"])
    people, person = Quantity(norm.mean, norm.sd, norm.unit), curve.quantity
    middle = tr("{low} to {high}").format(low=number(people.low95, ""), high=number(people.high95, people.unit))
    own = tr("{low} to {high}").format(low=number(person.low95, ""), high=number(person.high95, person.unit))
    middle_words = tr("95 of 100 people: {range}").format(range=middle)
    said = tr("This photo: {value}, likely {range}").format(value=number(person.value, person.unit), range=own)
    words = f"{title}. {said}. {middle_words}."
    return [(words, bell(title, words, people, person))]


def scale(shown: Scale, title: str) -> str:
    """SVG of the one tilt on its scale: the zones less, usual, more, clearly more, the reading and its 95 % interval.

    A bracket under the scale spans two of three people.
    """
    edges = [end for _, end in shown.zones if end is not None]
    low = min(edges[0] - 9, shown.reading.low95 - 2)
    high = max(edges[-1] + 9, shown.reading.high95 + 2)

    def x(value: float) -> float:
        return _SIDE + (value - low) / (high - low) * (WIDE - 2 * _SIDE)

    font = 'font-family="system-ui, sans-serif"'
    bar, tall = 74, 16
    parts = [
        f'<text x="{_SIDE}" y="26" {font} font-size="17" font-weight="600" fill="{theme.INK}">{escape(title)}</text>'
    ]
    starts = [low, *edges]
    for k, ((name, end), start) in enumerate(zip(shown.zones, starts, strict=True)):
        stop = high if end is None else end
        here = k == shown.zone
        weight, ink = (600, theme.INK) if here else (400, theme.SOFT)
        parts.append(
            f'<rect x="{x(start):.1f}" y="{bar}" width="{x(stop) - x(start) - 2:.1f}" height="{tall}" rx="4" '
            f'fill="{theme.ZONES[k]}" fill-opacity="{".9" if here else ".28"}"/>'
            f'<text x="{(x(start) + x(stop)) / 2:.1f}" y="{bar + tall + 20}" text-anchor="middle" {font} '
            f'font-size="14" font-weight="{weight}" fill="{ink}">{escape(name)}</text>'
        )
        if end is not None:
            parts.append(
                f'<text x="{x(end):.1f}" y="{bar - 8}" text-anchor="middle" {font} font-size="12" '
                f'fill="{theme.SOFT}">{number(end, "deg")}</text>'
            )
    y = bar + tall / 2
    parts.append(
        f'<line x1="{x(shown.reading.low95):.1f}" x2="{x(shown.reading.high95):.1f}" y1="{y}" y2="{y}" '
        f'stroke="{theme.INK}" stroke-width="4" stroke-linecap="round" stroke-opacity=".55"/>'
        f'<circle cx="{x(shown.reading.value):.1f}" cy="{y}" r="10" fill="{theme.zone_colour(shown.zone)}" '
        f'stroke="{theme.PAPER}" stroke-width="3"/>'
    )
    if shown.most is not None:
        left, right, under = x(shown.most[0]), x(shown.most[1]), bar + tall + 32
        parts.append(
            f'<path d="M {left:.1f} {under} v 7 H {right:.1f} v -7" fill="none" stroke="{theme.SOFT}"/>'
            f'<text x="{(left + right) / 2:.1f}" y="{under + 24}" text-anchor="middle" {font} font-size="13" '
            f'fill="{theme.SOFT}">{escape(shown.most_words)}</text>'
        )
    return svg(156, shown.words, "".join(parts))


def own_range(poses: ThreePoses, language: Language | None = None) -> tuple[str, str] | None:
    """Words and SVG of where the relaxed pelvis stands between fully tucked and fully arched; None where unknown."""
    if poses.position is None or poses.range is None:
        return None
    tr = (language or ENGLISH).text
    position, span = poses.position, poses.range
    said = tr("You stand at {share} % of your range of {range}").format(
        share=f"{100 * position.value:.0f}", range=number(span.value, span.unit)
    )
    low, high = (min(1.08, max(-0.08, edge)) for edge in (position.low95, position.high95))
    x0, y0, radius = WIDE / 2, 196, 150

    def at(share: float, r: float) -> str:
        """A point on the dial: tucked at the left end, arched at the right one."""
        angle = pi * (1 - share)
        return f"{x0 + r * cos(angle):.1f} {y0 - r * sin(angle):.1f}"

    def arc(start: float, end: float, width: int, ink: str) -> str:
        return (
            f'<path d="M {at(start, radius)} A {radius} {radius} 0 0 1 {at(end, radius)}" fill="none" stroke="{ink}" '
            f'stroke-width="{width}" stroke-linecap="round"/>'
        )

    words = f'font-family="system-ui, sans-serif" font-size="15" fill="{theme.INK}" text-anchor="middle"'
    tip = at(min(1.08, max(-0.08, position.value)), radius + 16).split()
    parts = (
        arc(0, 1, 24, theme.LINE)
        + arc(low, high, 12, theme.ACCENT)
        + f'<line x1="{x0}" y1="{y0}" x2="{tip[0]}" y2="{tip[1]}" stroke="{theme.INK}" stroke-width="4" '
        'stroke-linecap="round"/>'
        f'<circle cx="{x0}" cy="{y0}" r="9" fill="{theme.INK}"/>'
        f'<text x="{x0 - radius}" y="{y0 + 34}" {words}>{escape(tr("tucked"))}</text>'
        f'<text x="{x0 + radius}" y="{y0 + 34}" {words}>{escape(tr("arched"))}</text>'
        f'<text x="{x0}" y="{y0 + 62}" font-weight="600" {words}>{escape(said)}</text>'
    )
    return f"{said}.", svg(276, said, parts)


def bell(title: str, words: str, people: Quantity, person: Quantity) -> str:
    """SVG: the bell of ``people`` (mean, SD), and the person's value with its 95 % interval.

    ``words`` say the same to those who do not see it.
    """
    low = min(people.value - 3.2 * people.sigma, person.low95)
    high = max(people.value + 3.2 * people.sigma, person.high95)
    step = next(size for size in (1, 2, 5, 10, 20, 50, 100) if (high - low) / size <= 10)

    def x(value: float) -> float:
        return _SIDE + (value - low) / (high - low) * (WIDE - 2 * _SIDE)

    at = np.linspace(low, high, 120)
    height = (_AXIS - _TOP - 14) * np.exp(-(((at - people.value) / people.sigma) ** 2) / 2)
    outline = " ".join(f"{x(a):.1f},{_AXIS - h:.1f}" for a, h in zip(at, height, strict=True))
    label = f'font-family="system-ui, sans-serif" fill="{theme.SOFT}" text-anchor="middle" font-size="14"'
    parts = [
        f'<polygon points="{x(low):.1f},{_AXIS} {outline} {x(high):.1f},{_AXIS}" fill="{theme.LINE}"/>',
        f'<line x1="{_SIDE}" x2="{WIDE - _SIDE}" y1="{_AXIS}" y2="{_AXIS}" stroke="{theme.SOFT}"/>',
    ]
    for tick in range(ceil(low / step), floor(high / step) + 1):
        parts.append(
            f'<text x="{x(tick * step):.1f}" y="{_AXIS + 18}" {label}>{number(tick * step, people.unit)}</text>'
        )
    y = _AXIS - 16
    parts += [
        f'<line x1="{x(person.low95):.1f}" x2="{x(person.high95):.1f}" y1="{y}" y2="{y}" stroke="{theme.ACCENT}" '
        'stroke-width="11" stroke-linecap="round" stroke-opacity=".55"/>',
        f'<circle cx="{x(person.value):.1f}" cy="{y}" r="9" fill="{theme.ACCENT}" stroke="#fff" stroke-width="2.5"/>',
        f'<text x="{_SIDE}" y="24" font-family="system-ui, sans-serif" font-size="17" font-weight="600" '
        f'fill="{theme.INK}">{escape(title)}</text>',
    ]
    return svg(_TALL, words, "".join(parts))


def svg(tall: int, words: str, parts: str, wide: int = WIDE) -> str:
    """A picture on paper of ``wide`` × ``tall`` px; ``words`` say what it shows."""
    return (
        f'<svg role="img" aria-label="{escape(words)}" '
        f'viewBox="0 0 {wide} {tall}" width="{wide}" height="{tall}"><title>{escape(words)}</title>'
        f'<rect width="{wide}" height="{tall}" rx="12" fill="{theme.PAPER}"/>{parts}</svg>'
    )
