"""One person over many visits as pictures (SVG): a measure against its error, two outlines over each other."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from html import escape

import numpy as np

from posture.body.body_outline import BodyOutline
from posture.followup.change import TOGETHER
from posture.followup.timeline import MONTH_DAYS, Timeline
from posture.measures.rotation_feature import CARRIED
from posture.render import theme
from posture.render.charts.bell import WIDE, svg
from posture.text.labels import NAMES, number
from posture.text.language import ENGLISH, Language

_TALL, _LEFT, _RIGHT, _TOP, _AXIS = 250, 60, 24, 44, 210
#: Room that the date of a visit takes on the axis, px.
_DATE_PX = 84
_FONT = 'font-family="system-ui, sans-serif"'


def timeline(line: Timeline, language: Language | None = None) -> tuple[str, str]:
    """Words and SVG of a measure over the visits: every value with its interval, and the band of measurement error.

    The band lies about the first visit, at every visit as wide as the two photos' error: what stands outside of it has
    changed. Visits that cannot be compared with the first are hollow. A line is drawn where the trend is known, from
    three visits on.
    """
    tr = (language or ENGLISH).text
    values = [point.quantity for point in line.points]
    first, errors = values[0].value, _errors(line)
    low = min(first - max(errors), *(value.low95 for value in values))
    high = max(first + max(errors), *(value.high95 for value in values))
    days = [date.fromisoformat(point.date).toordinal() for point in line.points]
    span = max(1, days[-1] - days[0])

    def x(day: int) -> float:
        return _LEFT + 20 + (day - days[0]) / span * (WIDE - _LEFT - _RIGHT - 60)

    def y(value: float) -> float:
        return _AXIS - 8 - (value - low) / max(1e-9, high - low) * (_AXIS - _TOP - 16)

    at = [_LEFT, *(x(day) for day in days), WIDE - _RIGHT]
    wide = [errors[0], *errors, errors[-1]]
    upper = [f"{a:.1f},{y(first + error):.1f}" for a, error in zip(at, wide, strict=True)]
    lower = [f"{a:.1f},{y(first - error):.1f}" for a, error in zip(at, wide, strict=True)]
    parts = [
        f'<polygon points="{" ".join([*upper, *reversed(lower)])}" fill="{theme.LINE}" fill-opacity=".7"/>',
        f'<line x1="{_LEFT}" x2="{WIDE - _RIGHT}" y1="{y(first):.1f}" y2="{y(first):.1f}" '
        f'stroke="{theme.SOFT}" stroke-dasharray="2 4"/>',
        *_levels(low, high, y, line.unit),
        *date_marks([tr(point.date) for point in line.points], [x(day) for day in days], _AXIS),
    ]
    if line.trend is not None:
        start, slope = line.trend.start.value, line.trend.per_month.value
        known = [day for day, point in zip(days, line.points, strict=True) if point.comparable]
        ends = [(x(day), y(start + slope * (day - known[0]) / MONTH_DAYS)) for day in (known[0], known[-1])]
        (x1, y1), (x2, y2) = ends
        parts.append(
            f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{theme.LEG}" stroke-width="2.5"/>'
        )
    for day, point, value in zip(days, line.points, values, strict=True):
        colour = theme.ACCENT if point.comparable else theme.SOFT
        fill = colour if point.comparable else theme.PAPER
        parts.append(
            f'<line x1="{x(day):.1f}" x2="{x(day):.1f}" y1="{y(value.low95):.1f}" y2="{y(value.high95):.1f}" '
            f'stroke="{colour}" stroke-width="4" stroke-opacity=".45" stroke-linecap="round"/>'
            f'<circle cx="{x(day):.1f}" cy="{y(value.value):.1f}" r="6.5" fill="{fill}" stroke="{colour}" '
            'stroke-width="2.5"/>'
        )
    parts.append(
        f'<text x="24" y="28" {_FONT} font-size="17" font-weight="600" fill="{theme.INK}">'
        f"{escape(tr(NAMES[line.measure]))}</text>"
    )
    words = _words_of(line, language or ENGLISH)
    return words, svg(_TALL, words, "".join(parts))


def _errors(line: Timeline) -> list[float]:
    """Smallest real change from the first visit, at every visit; where none is known, that of the visit before."""
    known = [None if p.since_first is None else p.since_first.mdc95 for p in line.points]
    error = next((error for error in known if error is not None), line.mdc95)
    errors = []
    for one in known:
        error = error if one is None else one
        errors.append(error)
    return errors


def _words_of(line: Timeline, language: Language) -> str:
    """The same in words: where it began, where it is, whether that is more than error, and what it does a month."""
    tr, unit = language.text, line.unit
    first, last = line.points[0], line.points[-1]
    said = tr("{date}: {value}").format(date=tr(first.date), value=number(first.quantity.value, unit))
    if last is first:
        return f"{tr(NAMES[line.measure])}. {said}."
    said += "; " + tr("{date}: {value}").format(date=tr(last.date), value=number(last.quantity.value, unit))
    change = last.since_first
    assert change is not None
    error = number(line.mdc95 if change.mdc95 is None else change.mdc95, unit)
    verdict = {
        "changed": tr("changed by more than measurement error ({error})").format(error=error),
        "no_detectable_change": tr("no change beyond measurement error ({error})").format(error=error),
        "not_comparable": tr("not comparable") + ": " + tr(change.because),
    }[change.verdict]
    description = f"{tr(NAMES[line.measure])}. {said}: {verdict}."
    if any(point.measured.method == CARRIED for point in line.points):
        description += " " + tr(
            "Visits without marks: from the marks of another visit and the rotation of the pelvis since (grade B)."
        )
    elif change.because.endswith(TOGETHER):
        description += " " + tr(
            "Later values: the first one and the rotation of the pelvis since, told from both outlines at once."
        )
    if line.trend is None:
        return description
    month = line.trend.per_month
    rate = tr("A month: {value} ({low} to {high})").format(
        value=_signed(month.value, unit, language),
        low=_signed(month.low95, unit, language),
        high=_signed(month.high95, unit, language),
    )
    return f"{description} {rate}."


def _signed(value: float, unit: str, language: Language) -> str:
    """A rate with one decimal and its sign: (-1.24, "deg") gives −1.2°, in German −1,2°."""
    said = f"{round(value, 1) + 0.0:+.1f}".replace("-", "−") + {"deg": "°", "%": " %"}[unit]
    return said.replace(".", language.decimal_sign)


def _levels(low: float, high: float, y, unit: str) -> list[str]:  # type: ignore[no-untyped-def]
    step = next((size for size in (1, 2, 5, 10, 20, 50, 100) if (high - low) / size <= 6), (high - low) / 6)
    ticks = np.arange(np.ceil(low / step), np.floor(high / step) + 1) * step
    return [
        f'<text x="{_LEFT - 8}" y="{y(tick) + 5:.1f}" text-anchor="end" {_FONT} font-size="13" fill="{theme.SOFT}">'
        f"{number(tick, unit)}</text>"
        for tick in ticks
    ]


def date_marks(dates: Sequence[str], at: Sequence[float], axis: float) -> list[str]:
    """Dates under the visits, as many as have room; the first and the last always, where they have any.

    at : where each visit stands, px · axis : height of the line under which the dates stand, px
    """
    shown, last = [0], len(at) - 1
    for k in range(1, last):
        if at[k] - at[shown[-1]] >= _DATE_PX and at[last] - at[k] >= _DATE_PX:
            shown.append(k)
    if last and at[last] - at[shown[-1]] >= _DATE_PX:
        shown.append(last)
    marks = [f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{axis}" y2="{axis + 5}" stroke="{theme.SOFT}"/>' for x in at]
    words = [
        f'<text x="{at[k]:.1f}" y="{axis + 22}" text-anchor="middle" {_FONT} font-size="13" fill="{theme.SOFT}">'
        f"{dates[k]}</text>"
        for k in shown
    ]
    return marks + words


def before_after(
    before: tuple[str, BodyOutline],
    after: tuple[str, BodyOutline],
    language: Language | None = None,
    narrow: bool = False,
) -> tuple[str, str]:
    """Words and SVG of two outlines laid over each other at the ankle, in the size of the body, with their dates.

    Both face right and are as tall as each other, whatever the camera's distance. ``narrow``: for a column, with the
    dates under the feet.
    """
    tr = (language or ENGLISH).text
    wide, tall, ground, scale = (300, 500, 440, 5.0) if narrow else (WIDE, 470, 440, 5.0)  # px a percent of stature
    middle, dates, size = (130.0, (4, 466), 15) if narrow else (WIDE * 0.36, (430, 60), 17)
    words = tr("Outlines of {before} (grey) and {after} (green), laid over each other at the ankle").format(
        before=tr(before[0]), after=tr(after[0])
    )
    parts = [
        f'<line x1="{middle:.0f}" x2="{middle:.0f}" y1="24" y2="{ground}" stroke="{theme.PLUMB}" '
        'stroke-dasharray="4 5"/>'
    ]
    styles = ((before, theme.SOFT, 3.5, 0.16), (after, theme.ACCENT, 2.5, 0.12))
    for k, ((day, outline), colour, width, fill) in enumerate(styles):
        heights = ground - scale * outline.heights_pct
        back, front = (middle + scale * np.array(edge) for edge in (outline.dorsal_pct, outline.ventral_pct))
        edges = [" ".join(f"{x:.1f},{y:.1f}" for x, y in zip(edge, heights, strict=True)) for edge in (back, front)]
        around = edges[0] + " " + " ".join(reversed(edges[1].split()))
        parts += [f'<polygon points="{around}" fill="{colour}" fill-opacity="{fill}"/>']
        parts += [f'<polyline points="{edge}" fill="none" stroke="{colour}" stroke-width="{width}"/>' for edge in edges]
        x, y = (dates[0] + 152 * k, dates[1]) if narrow else (dates[0], dates[1] + 34 * k)
        parts.append(
            f'<line x1="{x}" x2="{x + 2 * size}" y1="{y}" y2="{y}" stroke="{colour}" stroke-width="{width + 1}"/>'
            f'<text x="{x + 2.5 * size:.0f}" y="{y + 6}" {_FONT} font-size="{size}" fill="{theme.INK}">'
            f"{escape(tr(day))}</text>"
        )
    return f"{words}.", svg(tall, words, "".join(parts), wide)
