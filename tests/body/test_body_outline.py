"""The outline kept in a report: in the body's own size, so that visits can be laid over each other."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from posture.body.body_outline import HIGHEST_PCT, LOWEST_PCT, STEP_PCT, BodyOutline, body_outline
from posture.body.sagittal import Contour, SagittalBody
from posture.geometry import UncertainPoint
from posture.report.report import Report
from validation.record import GOLDEN


def body(scale: float = 1.0) -> SagittalBody:
    """A straight column 17 cm deep: its back edge 34 px behind the ankle, its front edge 136 px before it."""
    heights = np.arange(-50.0, 1500.0) * scale
    edges = [np.column_stack([np.full_like(heights, x * scale), heights]) + 300.0 for x in (-34.0, 136.0)]
    return SagittalBody(
        facing="right",
        points={"ankle": UncertainPoint(300.0, 300.0, 1.0)},
        stature_px=1700.0 * scale,
        yaw_deg=0.0,
        roll_sigma_deg=0.0,
        contour=Contour(edges[0], edges[1], (), ()),
        contour_problem="",
    )


def test_edges_in_percent_of_stature_from_the_ankle() -> None:
    outline = body_outline(body())
    assert outline is not None
    assert set(outline.dorsal_pct) == {-2.0}
    assert set(outline.ventral_pct) == {8.0}
    assert outline.heights_pct[0] == LOWEST_PCT
    assert outline.heights_pct[-1] == HIGHEST_PCT
    assert np.diff(outline.heights_pct) == pytest.approx(STEP_PCT)


def test_the_size_of_the_picture_changes_nothing() -> None:
    assert body_outline(body(0.5)) == body_outline(body())


def test_an_outline_cut_short_begins_where_it_is_seen() -> None:
    whole = body()
    assert whole.contour is not None
    cut = Contour(whole.contour.dorsal_xy[400:900], whole.contour.ventral_xy[:800], (), ())
    outline = body_outline(replace(whole, contour=cut))
    assert outline is not None
    assert outline.heights_pct[0] == pytest.approx(21.25)  # row 400 lies 350 px up, 20.6 %
    assert outline.heights_pct[-1] == pytest.approx(43.75)  # row 799 lies 749 px up, 44.1 %


@pytest.mark.parametrize("missing", ["contour", "ankle", "length"])
def test_without_an_outline_or_an_ankle_there_is_none(missing: str) -> None:
    whole = body()
    assert whole.contour is not None
    short = Contour(whole.contour.dorsal_xy[:60], whole.contour.ventral_xy[:60], (), ())
    other = {
        "contour": replace(whole, contour=None, contour_problem="hidden"),
        "ankle": replace(whole, points={}),
        "length": replace(whole, contour=short),
    }[missing]
    assert body_outline(other) is None


def test_a_report_keeps_it_and_an_older_report_has_none() -> None:
    text = (GOLDEN / "typical.json").read_text("utf-8")
    report = Report.from_json(text)
    assert isinstance(report.outline, BodyOutline)
    assert Report.from_json(report.to_json()) == report
    older = {name: part for name, part in report.to_dict().items() if name != "outline"}
    assert Report.from_json(json.dumps(older)).outline is None
