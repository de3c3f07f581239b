"""Outlines of the back that are put aside: under a top seen to be loose, or of a stance to measure no back in."""

from __future__ import annotations

from dataclasses import replace

from posture.body.outline_features import outline_vector
from posture.body.sagittal import MissingPoint
from posture.errors import DegenerateGeometry, Issue
from posture.knowledge.tilt_model import TiltModel
from posture.quality.view import View


def without_loose_top(view: View, model: TiltModel) -> View:
    """The same view with the outline of the back put aside where the top is seen to be loose, whatever was told."""
    body = view.body
    if body is None or body.contour is None:
        return view
    try:
        loose = model.looks_loose(outline_vector(body), body.clothing)
    except (DegenerateGeometry, MissingPoint):  # an outline cut short cannot be judged; its measures say so
        return view
    if not loose:
        return view
    hidden = without_back(view, "the top looks loose, and a loose top hides the back")
    return replace(hidden, warnings=(*view.warnings, Issue.of("looks_loose")))


def without_back(view: View, problem: str) -> View:
    """The same view with the outline put aside, and why."""
    if view.body is None:
        return view
    return replace(view, body=replace(view.body, contour=None, contour_problem=problem))
