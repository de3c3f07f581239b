"""A client's whole course as one picture (SVG): the tilt over pain and function, on one line of days."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from html import escape

from posture.followup.timeline import Timeline
from posture.followup.visit_record import VisitRecord
from posture.render import theme
from posture.render.charts.bell import WIDE, svg
from posture.render.charts.visit import date_marks
from posture.text.labels import NAMES, TILT, number
from posture.text.language import ENGLISH, Language

_LEFT, _RIGHT = 60, 40
#: Top and bottom of the panels of tilt and of scores, px, and where the days stand.
_TILT, _SCORES, _AXIS = (48, 190), (236, 366), 374
_TALL = 430
_FONT = 'font-family="system-ui, sans-serif"'
#: A score's colour and the shape of its mark.
_STYLES = {"pain": (theme.ZONES[3], "circle"), "function": (theme.LEG, "square")}
Axis = Callable[[float], float]


def course(
    tilt: Timeline | None, records: Mapping[str, VisitRecord], language: Language | None = None
) -> tuple[str, str] | None:
    """Words and SVG: tilt with its intervals and error band, inclinometer readings, pain and function from 0 to 10.

    None where no visit tells pain, function or a reading: then the tilt's own timeline says all.
    """
    recorded = {day: one for day, one in sorted(records.items()) if _scores(one) or one.inclinometer_deg is not None}
    if not recorded:
        return None
    language = language or ENGLISH
    days = sorted({*recorded, *(point.date for point in (tilt.points if tilt else ()))})
    ordinals = [date.fromisoformat(day).toordinal() for day in days]
    span = max(1, ordinals[-1] - ordinals[0])
    at = {
        day: _LEFT + 30 + (one - ordinals[0]) / span * (WIDE - _LEFT - _RIGHT - 60)
        for day, one in zip(days, ordinals, strict=True)
    }
    readings = {day: one.inclinometer_deg for day, one in recorded.items() if one.inclinometer_deg is not None}
    parts = [*_tilt_panel(tilt, readings, at, language), *_score_panel(recorded, at, language)]
    parts += date_marks([language.text(day) for day in days], [at[day] for day in days], _AXIS)
    parts += _exercise_marks(records, at, language)
    words = _words(tilt, recorded, language)
    return words, svg(_TALL, words, "".join(parts))


def _scores(record: VisitRecord) -> dict[str, float]:
    """Pain and function of a record, those that were told."""
    known = {"pain": record.pain_week_0_10, "function": record.function_0_10}
    return {name: value for name, value in known.items() if value is not None}


def _tilt_panel(
    tilt: Timeline | None, readings: Mapping[str, float], at: Mapping[str, float], language: Language
) -> list[str]:
    """The tilt's band, bars and dots, and the inclinometer's readings as hollow diamonds."""
    points = tilt.points if tilt else ()
    parts = [_title(language.text(TILT), _TILT[0] - 20)]
    values = [end for point in points for end in (point.quantity.low95, point.quantity.high95)] + [*readings.values()]
    if tilt is not None:
        first = points[0].quantity.value
        values += [first - tilt.mdc95, first + tilt.mdc95]
    if not values:
        return []
    y = _axis(min(values), max(values), _TILT)
    parts += _levels([min(values), (min(values) + max(values)) / 2, max(values)], y, lambda v: number(v, "deg"))
    if tilt is not None:
        top, bottom = y(first + tilt.mdc95), y(first - tilt.mdc95)
        parts.append(
            f'<rect x="{_LEFT}" y="{top:.1f}" width="{WIDE - _LEFT - _RIGHT}" height="{bottom - top:.1f}" '
            f'fill="{theme.LINE}" fill-opacity=".7"/>'
        )
    for point in points:
        x, quantity = at[point.date], point.quantity
        fill = theme.ACCENT if point.comparable else theme.PAPER
        parts.append(
            f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{y(quantity.low95):.1f}" y2="{y(quantity.high95):.1f}" '
            f'stroke="{theme.ACCENT}" stroke-width="4" stroke-opacity=".45" stroke-linecap="round"/>'
            f'<circle cx="{x:.1f}" cy="{y(quantity.value):.1f}" r="6" fill="{fill}" stroke="{theme.ACCENT}" '
            'stroke-width="2.5"/>'
        )
    for day, value in readings.items():
        x, middle = at[day], y(value)
        parts.append(
            f'<path d="M{x:.1f} {middle - 8:.1f} l7 8 l-7 8 l-7 -8 z" fill="none" stroke="{theme.MARK}" '
            'stroke-width="2.5"/>'
        )
    if readings:
        parts.append(_key(theme.MARK, language.text("Inclinometer"), WIDE - 190, _TILT[0] - 20))
    return parts


def _score_panel(recorded: Mapping[str, VisitRecord], at: Mapping[str, float], language: Language) -> list[str]:
    """Pain and function from 0 to 10, each joined by its line."""
    if not any(_scores(record) for record in recorded.values()):
        return []
    y = _axis(0, 10, _SCORES)
    names = {"pain": language.text("Pain, last week"), "function": language.text("Function")}
    parts = _levels([0, 5, 10], y, lambda value: f"{value:.0f}")
    for k, (name, (colour, shape)) in enumerate(_STYLES.items()):
        line = [(at[day], y(_scores(one)[name])) for day, one in recorded.items() if name in _scores(one)]
        if not line:
            continue
        path = " ".join(f"{px:.1f},{py:.1f}" for px, py in line)
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2.5"/>')
        parts += [_mark(shape, px, py, colour) for px, py in line]
        parts.append(_key(colour, names[name], _LEFT + 250 * k, _SCORES[0] - 18))
    return parts


def _exercise_marks(records: Mapping[str, VisitRecord], at: Mapping[str, float], language: Language) -> list[str]:
    """Days of exercise under their visit: 9/12."""
    parts = []
    for day, one in records.items():
        if day in at and one.exercise_days is not None:
            planned = "" if one.exercise_days_planned is None else f"/{one.exercise_days_planned}"
            parts.append(_text(f"{one.exercise_days}{planned}", at[day], _AXIS + 44, "middle", 13, theme.INK))
    return [_text(language.text("Days"), 8, _AXIS + 44, "start", 13, theme.SOFT), *parts] if parts else []


def _words(tilt: Timeline | None, recorded: Mapping[str, VisitRecord], language: Language) -> str:
    """The same in words: every score from its first to its last visit."""
    tr = language.text
    said = []
    if tilt is not None:
        values = [(point.date, number(point.quantity.value, tilt.unit)) for point in tilt.points]
        said.append((tr(NAMES[tilt.measure]), values))
    for name, words in (("pain", "Pain, last week"), ("function", "Function")):
        scored = [(day, f"{_scores(one)[name]:.0f}") for day, one in recorded.items() if name in _scores(one)]
        said += [(tr(words), scored)] if scored else []
    readings = [
        (day, number(one.inclinometer_deg, "deg")) for day, one in recorded.items() if one.inclinometer_deg is not None
    ]
    said += [(tr("Inclinometer"), readings)] if readings else []
    return ". ".join(f"{name}: {_from_to(values, language)}" for name, values in said) + "."


def _from_to(values: Sequence[tuple[str, str]], language: Language) -> str:
    shown = [values[0], values[-1]] if len(values) > 1 else values
    return "; ".join(f"{language.text(day)}: {value}" for day, value in shown)


def _axis(low: float, high: float, panel: tuple[int, int]) -> Axis:
    top, bottom = panel
    return lambda value: bottom - 8 - (value - low) / max(1e-9, high - low) * (bottom - top - 16)


def _levels(values: Sequence[float], y: Axis, words: Callable[[float], str]) -> list[str]:
    lines = [
        f'<line x1="{_LEFT}" x2="{WIDE - _RIGHT}" y1="{y(value):.1f}" y2="{y(value):.1f}" stroke="{theme.LINE}"/>'
        for value in values
    ]
    return lines + [_text(words(value), _LEFT - 8, y(value) + 5, "end", 13, theme.SOFT) for value in values]


def _mark(shape: str, x: float, y: float, colour: str) -> str:
    if shape == "circle":
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="5.5" fill="{colour}"/>'
    return f'<rect x="{x - 5:.1f}" y="{y - 5:.1f}" width="10" height="10" fill="{colour}"/>'


def _key(colour: str, words: str, x: float, y: float) -> str:
    line = f'<line x1="{x}" x2="{x + 24}" y1="{y - 5}" y2="{y - 5}" stroke="{colour}" stroke-width="4"/>'
    return line + _text(words, x + 32, y, "start", 15, theme.INK)


def _title(words: str, y: float) -> str:
    return f'<text x="24" y="{y}" {_FONT} font-size="17" font-weight="600" fill="{theme.INK}">{escape(words)}</text>'


def _text(words: str, x: float, y: float, anchor: str, size: int, colour: str) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" {_FONT} font-size="{size}" fill="{colour}">'
        f"{escape(words)}</text>"
    )
