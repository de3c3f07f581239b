"""Every public thing says what it is, and every number that the core's docstrings work out is what the code gives."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from dataclasses import replace
from math import degrees
from types import SimpleNamespace

import numpy as np
import pytest

from posture.body.frame import Frame
from posture.body.orientation import Orientation
from posture.body.outline_features import outline_vector
from posture.body.overrides import roll_of_plumb_line
from posture.body.pose import LANDMARKS, Pose, index
from posture.body.sagittal import Contour, SagittalBody
from posture.body.silhouette import Outline, back_line_difference, straightest
from posture.findings.chance import Cuts, Likelihood, chance, of_outline, posterior
from posture.followup.aggregate import outliers, systematic_sigma
from posture.followup.change import OwnError
from posture.followup.live_report import independent
from posture.followup.rotation import pelvic_rotation_change
from posture.followup.timeline import Point
from posture.followup.visit_record import Activity, VisitRecord
from posture.geometry import UncertainPoint, distance, joint_angle, lean, rotated, slope, wrap
from posture.knowledge.load import Knowledge
from posture.live.capture import FRAMES, Live
from posture.live.pace import Pace
from posture.live.smoothing import smooth
from posture.measures.asis_psis_tilt import asis_psis_tilt
from posture.measures.back_curve import BackCurve, contour_measurement
from posture.measures.calibrate import place
from posture.measures.contour_lordosis import _lordosis
from posture.measures.head_forward import head_forward
from posture.measures.hip_angle import hip_angle
from posture.measures.knee_flexion import knee_flexion
from posture.measures.lengths import lengths_cm
from posture.measures.lumbar_depth import _depth
from posture.measures.measurement import Comparison, Measurement, Measurements
from posture.measures.pelvic_displacement import pelvic_displacement
from posture.measures.sacral_tangent import sacral_tangent
from posture.measures.segment_angles import between_segments, from_vertical
from posture.measures.shank_incl import shank_incl
from posture.measures.thigh_incl import thigh_incl
from posture.measures.trunk_incl import trunk_incl
from posture.measures.typed_reading import typed_reading
from posture.plan.choice import Item
from posture.plan.schedule import minutes, repetition_s, sitting_breaks_a_day
from posture.quality.view import View, common_roll, prepare_view, thigh_depth_pct
from posture.quantity import Quantity, normal_cdf
from posture.report.codec import plain_quantity, rounded, rounded_or_none
from posture.report.report import Report
from posture.text.labels import in_people, number, odds
from posture.text.presentation import zone_of
from tests.conftest import ROOT
from tests.figures import Figure, observation
from validation.record import GOLDEN

KNOWLEDGE = Knowledge.load()
VERDICT, LINE = KNOWLEDGE.verdict, Likelihood(3.5, 0.7, 4.0, 2.5)
RULES = KNOWLEDGE.rules


def deg(value: float, sigma: float) -> Quantity:
    return Quantity(value, sigma, "deg")


def at(x: float, y: float, sigma: float = 0.1) -> UncertainPoint:
    return UncertainPoint(x, y, sigma)


def measured(value: float, sigma: float = 1.0, sem: float = 1.0) -> Measurement:
    return Measurement(deg(value, sigma), sem, "D", "given", value)


def body(contour: Contour | None = None, **points: tuple[float, float]) -> SagittalBody:
    found = {name: at(*xy) for name, xy in points.items() if name not in ("asis", "psis")}
    marks = {name: at(*xy) for name, xy in points.items() if name in ("asis", "psis")}
    return SagittalBody("right", found, 1700.0, 0.0, 0.0, contour, "", **marks)


def figure(size: float) -> SagittalBody:
    found = prepare_view(observation(Figure(size=size, hollow_px=0.04 * size)), KNOWLEDGE.gates).body
    assert found is not None
    return found


def straight_edges(depth_px: float) -> Contour:
    rows = np.arange(-800.0, 1000.0)
    edges = [np.column_stack([np.full_like(rows, x), rows]) for x in (0.0, depth_px)]
    return Contour(edges[0], edges[1], (), ())


def pose(**points: tuple[float, float]) -> Pose:
    xy = np.full((LANDMARKS, 2), 500.0)
    for name, point in points.items():
        joint, side = name.rsplit("_", 1)
        xy[index(joint, side)] = point  # type: ignore[arg-type]
    return Pose(xy, np.ones(LANDMARKS), np.ones(LANDMARKS), np.zeros((LANDMARKS, 3)))


TALL = pose(eye_left=(500, 100), toe_left=(500, 1100))


def segment(base: str, top: str, run: float, rise: float) -> SagittalBody:
    return body(**{base: (0, 0), top: (run, rise)})


def chain(*leans: float) -> dict[str, tuple[float, float]]:
    """Ankle, knee, hip, shoulder with shank, thigh and trunk leaning by these degrees."""
    points, x, y = {"ankle": (0.0, 0.0)}, 0.0, 0.0
    for name, angle in zip(("knee", "hip", "shoulder"), leans, strict=True):
        x, y = x + 400 * np.sin(np.radians(angle)), y + 400 * np.cos(np.radians(angle))
        points[name] = (float(x), float(y))
    return points


def turn_of_two() -> Quantity | None:
    report = Report.from_json((GOLDEN / "typical.json").read_text("utf-8"))
    return pelvic_rotation_change(*(replace(report, rotation=deg(value, 2.0)) for value in (4.0, 10.0)))


def followed() -> Quantity:
    change = SimpleNamespace(before=9.0, diff=3.0)
    return Point("2026-01-01", measured(14.0), change).quantity  # type: ignore[arg-type]


def curve(**values: float) -> BackCurve:
    leans = np.array([0.0, 20.0, 0.0, -15.0, 0.0])
    return BackCurve(np.zeros((5, 2)), leans, 2, values.get("depth", 30.0), values.get("chord", 400.0))


def displaced() -> Quantity:
    person = body(ankle=(0, 0), hip=(0, 900), shoulder=(0, 1400))
    cm = 1700 / 10  # one pixel is a millimetre
    told = Measurements({"pelvic_displacement": measured(4.0, 1.0)})
    return lengths_cm(person, told, cm)["hips_ahead_of_ankles"]


def depth_measured(monkeypatch: pytest.MonkeyPatch) -> Measurement:
    values = {1: 35.0, 2: 33.0, 3: 37.0}
    monkeypatch.setattr("posture.measures.back_curve.curves", lambda _: tuple(values))
    return contour_measurement(body(), lambda k: values[k], "deg", "given")  # type: ignore[index]


def sacrum(monkeypatch: pytest.MonkeyPatch) -> float:
    """A hollow's lower flank through (0, 0) and (10, 30), on and on."""
    steps = np.linspace(-3, 3, 61)[:, None] * (10.0, 30.0)
    hollow = BackCurve(steps, np.zeros(61), 60, 30.0, 400.0)
    monkeypatch.setattr("posture.measures.back_curve.curves", lambda _: (hollow,))
    found = sacral_tangent(body(hip=(0, 0), shoulder=(0, 500)))
    assert isinstance(found, Measurement)
    return found.quantity.value


def value(found: object) -> float:
    assert isinstance(found, Measurement)
    return found.quantity.value


def both(quantity: Quantity | None) -> tuple[float, float]:
    assert quantity is not None
    return quantity.value, quantity.sigma


def compared() -> tuple[float, float]:
    placed = place("contour_lordosis", deg(50.4, 5.8), KNOWLEDGE)
    assert placed is not None
    assert placed.of_100 is not None
    return placed.z, placed.of_100


def item(**dose: float) -> Item:
    return SimpleNamespace(dose=dose, side="both", kind="stretch")  # type: ignore[return-value]


def rolled(*pairs: float) -> list[View]:
    """Photos with a roll and its doubt, of which nothing else is asked."""
    views = (
        SimpleNamespace(quality={"roll_deg": roll}, body=SimpleNamespace(roll_sigma_deg=sigma))
        for roll, sigma in zip(pairs[::2], pairs[1::2], strict=True)
    )
    return list(views)  # type: ignore[arg-type]


UPRIGHT = Outline(np.arange(600.0), np.full(600, 50.0), np.full(600, 90.0))
BESIDE = Outline(np.arange(600.0), np.full(600, 53.0), np.full(600, 93.0))

#: What a docstring says that the code gives, and how exactly; a text names the test that holds it.
# fmt: off
WORKED: dict[str, tuple[Callable[[], object], object, float] | str] = {
    "findings.chance.Cuts.nearest": (lambda: Cuts(-10, 4, 15.9, 20.4).nearest(16), "more", 0),
    "knowledge.arm_rule.ArmRule.score": "quality/test_arms.py::test_the_mean_of_its_networks_is_the_score",
    "quality.checks.uneven_legs": "quality/test_view.py::test_a_leg_bent_or_a_foot_tipped_more_is_a_step",
    "findings.chance.Cuts.clearance": (lambda: Cuts(-10, 4, 15.9, 20.4).clearance(16), 0.1, 1e-9),
    "findings.chance.Likelihood.rotation": (lambda: both(LINE.rotation(20.4)), (24.1, 5.7), 0.05),
    "findings.chance.posterior": (lambda: both(posterior(20.4, LINE, VERDICT)), (15.1, 3.5), 0.05),
    "findings.chance.chance": (lambda: chance(15.8, of_outline(VERDICT), VERDICT).forward, 0.25, 0.005),
    "findings.chance.cuts": "findings/test_chance.py::test_the_cuts_of_the_shipped_line",
    "body.body_outline.body_outline": "body/test_body_outline.py::test_edges_in_percent_of_stature_from_the_ankle",
    "measures.calibrate.calibrated": "findings/test_verdict.py::test_offset_sigma_sem_and_place",
    "measures.calibrate.place": (compared, (0.57, 72), 0.005),
    "followup.change.OwnError.mdc95": (lambda: OwnError({"hip_angle": 1.0}, 10).mdc95("hip_angle"), 3.15, 0.005),
    "followup.change.OwnError.quantile": (lambda: OwnError({"hip_angle": 1.0}, 10).quantile, 2.23, 0.005),
    "followup.change.own_error": "followup/test_change.py::test_differences_of_2_2_and_1_give_122",
    "live.coach.coach": "live/test_coach.py::test_ten_seconds_of_good_form_are_ten_seconds",
    "followup.joint_reading.joint_readings": "followup/test_joint_reading.py::test_the_worked_numbers",
    "followup.visit_record.VisitRecord.function_0_10": (
        lambda: VisitRecord(activities=tuple(Activity("stairs", k) for k in (4, 5, 6))).function_0_10, 5, 0.0
    ),
    "followup.timeline.trend": "followup/test_timeline.py::test_two_visits_show_no_trend_and_three_do",
    "body.frame.Frame.photo_px_per_px": (
        lambda: Frame(np.zeros((10, 2000, 3), np.uint8), 4000, 20, "", "").photo_px_per_px, 2.0, 0,
    ),
    "geometry.UncertainPoint.minus": (lambda: at(3, 5).minus(at(1, 1)), (2.0, 4.0), 1e-9),
    "geometry.wrap": (lambda: wrap(190), -170, 1e-9),
    "geometry.distance": (lambda: distance(at(0, 0), at(3, 4)), 5, 1e-9),
    "geometry.lean": (lambda: (lean(at(0, 0), at(10, 10)).value, lean(at(0, 0), at(-10, 10)).value), (45, -45), 1e-9),
    "geometry.slope": (lambda: slope(at(0, 0), at(10, 10)).value, 45, 1e-9),
    "geometry.joint_angle": (lambda: joint_angle(at(0, 0), at(0, 10), at(-10, 20)).value, 45, 1e-9),
    "geometry.rotated": (lambda: rotated(np.array([[1.0, 0.0]]), (0, 0), 90).tolist()[0], [0, 1], 1e-9),
    "measures.lengths.lengths_cm": (lambda: both(displaced()), (6.3, 1.6), 0.05),
    "live.capture.Live.done_share": (
        lambda: Live(taken=tuple(range(6))).done_share if FRAMES == 12 else None, 0.5, 1e-9,
    ),
    "live.capture.Live.left_s": (lambda: Live("hold", last_s=10.5, good_since_s=10.0).left_s, 4.5, 1e-9),
    "live.pace.Pace.repetition_s": (lambda: Pace(1, ((2, "up"), (1, "pause"), (2, "down"))).repetition_s, 5, 1e-9),
    "live.pace.Pace.reps_at": (lambda: Pace(9, ((3, "go"),)).reps_at(12.9), 2, 0),
    "followup.live_report.live_report": "live/test_capture.py::test_the_worked_number",
    "followup.live_report.independent": (lambda: independent(list(range(10))), 1.8, 0.05),
    "measures.measurement.Comparison.of_100": (lambda: Comparison(0.0, 99.8, "n").of_100, 99, 0),
    "measures.measurement.Measurement.mdc95": (lambda: measured(0, sem=2).mdc95, 5.54, 0.005),
    "measures.asis_psis_tilt.asis_psis_tilt": (
        lambda: value(asis_psis_tilt(body(hip=(50, -50), psis=(0, 0), asis=(100, -20)))), 11.3, 0.05,
    ),
    "measures.back_curve.contour_measurement": "test_docstrings.py::test_over_other_outlines",
    "measures.contour_lordosis.contour_lordosis": (lambda: _lordosis(curve()), 35, 1e-9),
    "measures.head_forward.head_forward": (
        lambda: value(head_forward(body(hip=(0, 0), shoulder=(0, 400), ear=(40, 550)))), 10, 1e-9,
    ),
    "measures.hip_angle.hip_angle": (lambda: value(hip_angle(body(**chain(5, 3, -3)))), 6, 1e-6),
    "measures.knee_flexion.knee_flexion": (lambda: value(knee_flexion(body(**chain(5, -5, 0)))), 10, 1e-6),
    "measures.lumbar_depth.lumbar_depth": (lambda: _depth(curve(depth=30, chord=400)), 7.5, 1e-9),
    "body.outline_features.outline_vector": (
        lambda: "the same numbers" if np.allclose(*map(outline_vector, map(figure, (1000, 800))), atol=2e-3) else "",
        "the same numbers", 0,
    ),
    "measures.pelvic_displacement.pelvic_displacement": (
        lambda: value(pelvic_displacement(segment("ankle", "hip", 60, 850))), 4.0, 0.05,
    ),
    "measures.sacral_tangent.sacral_tangent": "test_docstrings.py::test_a_flank_of_10_over_30",
    "measures.shank_incl.shank_incl": (lambda: value(shank_incl(segment("ankle", "knee", 20, 400))), 2.9, 0.05),
    "measures.segment_angles.from_vertical": (
        lambda: both(from_vertical(replace(body(), yaw_deg=10, roll_sigma_deg=2), deg(-3, 1), "").quantity),
        (-3, 2.3), 0.05,
    ),
    "measures.segment_angles.between_segments": (
        lambda: both(between_segments(replace(body(), yaw_deg=10, roll_sigma_deg=2), deg(6, 1), "").quantity),
        (6, 1.2), 0.05,
    ),
    "measures.thigh_incl.thigh_incl": (lambda: value(thigh_incl(segment("knee", "hip", 20, 400))), 2.9, 0.05),
    "measures.trunk_incl.trunk_incl": (lambda: value(trunk_incl(segment("hip", "shoulder", -50, 500))), -5.7, 0.05),
    "body.observation.Observation.stature_px": (
        lambda: replace(observation(Figure()), pose=TALL).stature_px, 1100, 1e-6,
    ),
    "body.observation.Observation.height_in_photo_px": (
        lambda: replace(
            observation(Figure()), pose=pose(eye_left=(500, 100), toe_left=(500, 600)), photo_px_per_px=2.0
        ).height_in_photo_px, 1000, 1e-9,
    ),
    "quality.view.common_roll": (lambda: both(common_roll(rolled(1, 0.4, 2, 0.6, 4, 0.5))), (2, 0.5), 1e-9),
    "measures.typed_reading.typed_reading": (lambda: both(typed_reading(22, None, KNOWLEDGE).quantity), (22, 3), 1e-9),
    "body.pose.index": (lambda: index("hip", "right"), 24, 0),
    "body.pose.Pose.gap": (lambda: pose(hip_left=(400, 700), hip_right=(412, 705)).gap("hip"), 12, 1e-9),
    "body.pose.Pose.extent_px": (lambda: TALL.extent_px, 1000, 1e-9),
    "body.pose.Pose.stature_px": (lambda: TALL.stature_px, 1100, 1e-6),
    "followup.three_poses.three_poses": "followup/test_three_poses.py::test_the_worked_number",
    "quantity.Quantity.low95": (lambda: deg(10, 2).low95, 6.08, 0.005),
    "quantity.Quantity.high95": (lambda: deg(10, 2).high95, 13.92, 0.005),
    "quantity.Quantity.shifted": (lambda: deg(10, 2).shifted(-3), deg(7, 2), 0),
    "quantity.Quantity.widened": (lambda: deg(10, 3).widened(4), deg(10, 5), 0),
    "quantity.Quantity.probability_above": (lambda: deg(10, 2).probability_above(10), 0.5, 1e-9),
    "quantity.Quantity.probability_below": (lambda: deg(10, 2).probability_below(8), 0.159, 5e-4),
    "quantity.normal_cdf": (lambda: normal_cdf(1.0), 0.841, 5e-4),
    "followup.aggregate.combine": "followup/test_change.py::test_the_worked_number",
    "followup.aggregate.systematic_sigma": (lambda: systematic_sigma("hip_angle", 5.0, KNOWLEDGE), 4.3, 0.05),
    "followup.aggregate.outliers": (
        lambda: outliers({k: measured(v, sem=2) for k, v in enumerate((5, 6, 7, 30))}), (3,), 0,
    ),
    "report.codec.rounded_or_none": (lambda: rounded_or_none(1 / 3), 0.3333, 0),
    "report.codec.plain_quantity": (lambda: tuple(plain_quantity(Quantity(1 / 3, 1, "cm")).values()), (0.3333, 1.0), 0),
    "report.codec.rounded": (lambda: rounded(1 / 3), 0.3333, 0),
    "body.orientation.Orientation.roll_deg": (lambda: Orientation(None, "left", 0, 0, deg(2, 0.6)).roll_deg, 2, 0),
    "body.sagittal.SagittalBody.trunk_px": (lambda: body(hip=(0, 0), shoulder=(-30, 400)).trunk_px, 401, 0.5),
    "body.silhouette.Outline.outside_px": "measures/test_by_hand.py::test_the_worked_number",
    "body.silhouette.Silhouette.outside_px": "measures/test_by_hand.py::test_the_worked_number",
    "body.silhouette.trace": "body/test_silhouette.py::test_edges_are_between_the_pixels",
    "body.silhouette.back_line_difference": (lambda: back_line_difference(UPRIGHT, BESIDE, "left", 50, 500), 0, 1e-9),
    "body.silhouette.straightest": (lambda: straightest(UPRIGHT, "left", 50, 500, 100), 0, 1e-9),
    "live.smoothing.smooth": (lambda: smooth(smooth(None, 0, 10), 0.1, 10).value, 10, 1e-9),  # type: ignore[union-attr]
    "measures.rotation_feature.rotation_feature": "followup/test_rotation.py::test_the_worked_number",
    "followup.rotation.pelvic_rotation_change": (lambda: both(turn_of_two()), (6, 2.8), 0.05),
    "followup.rotation.propagate_marks": "followup/test_rotation.py::test_the_worked_number",
    "quality.view.thigh_depth_pct": (lambda: thigh_depth_pct(body(straight_edges(170), hip=(50, 100))), 10, 1e-6),
    "body.overrides.roll_of_plumb_line": (lambda: roll_of_plumb_line((90, 0), (100, 100)), 5.7, 0.05),
    "report.review_need.pressing": "report/test_review_need.py::test_the_worked_numbers",
    "report.review_need.review_queue": "report/test_review_need.py::test_the_worked_numbers",
    "plan.schedule.minutes": (lambda: minutes(item(sets=2, reps=1, hold_s=30)), 4.5, 1e-9),
    "plan.schedule.repetition_s": (lambda: repetition_s({"tempo": "2 s up, 1 s pause, 2 s down"}), 5, 0),
    "plan.schedule.sitting_breaks_a_day": (lambda: sitting_breaks_a_day(7), 13, 0),
    "text.presentation.zone_of": (lambda: zone_of(22, Cuts(-10, 3.8, 15.9, 20.4)), 3, 0),
    "text.labels.odds": (
        lambda: (odds(0.64), odds(0.11), odds(0.98)), ("about 6 in 10", "1 in 9", "more than 19 in 20"), 0,
    ),
    "text.labels.in_people": (lambda: in_people(85), "higher than 85 of 100 people", 0),
    "text.labels.number": (lambda: (number(-3.4, "deg"), number(7.6, "%")), ("−3°", "8 %"), 0),
}
# fmt: on

#: Functions of the core that answer a number and work out none, and why.
WITHOUT = {
    "report.codec.measurement_from_dict": "passes on what a report holds",
    "text.presentation.zones_of": "names the cuts",
    "findings.verdict.Finding.p_anterior": "passes on what the chance holds",
    "findings.verdict.Finding.p_marked": "passes on what the chance holds",
    "findings.verdict.Finding.p_posterior": "passes on what the chance holds",
    "findings.verdict.best_evidence": "passes on a measurement",
    "followup.timeline.Point.quantity": "passes on what was measured",
    "body.overrides.roll_of": "chooses among what is known; roll_of_plumb_line() works a roll out",
    "measures.measurement.Measurements.quantity": "passes on what was measured",
    "measures.measurement.Measurements.measurement": "passes on what was measured",
    "measures.measurement.Measurements.measured": "passes on what was measured",
    "measures.pelvic_tilt_estimate.read_outline": "some 2,000 fitted weights; held by the golden reports",
    "followup.joint_reading.level_of": "an index; joint_readings() works a level out",
    "findings.sway.sway_back": "two integrals; held against a simulation",
    "measures.measurement.Measurements.without_norms": "takes the comparison off and leaves every number",
    "live.coach.Coaching.held_s": "a sum of two fields; coach() works it out",
    "measures.__init__.take_all": "every measure has its own",
    "measures.pelvic_tilt_estimate.pelvic_tilt_estimate": "some 2,000 fitted weights; held by the golden reports",
    "knowledge.tilt_model.TiltModel.novelty": "a distance over fitted scales; its docstring says what 1 means",
}
#: Public things without a docstring, and why.
SILENT = {
    r"posture\.measures\.[a-z_]+": "a measure's file holds one function, whose docstring says it all",
    r"posture\.errors\.[A-Z]\w+": "`said` and `retake` say it, where there are no facts to list",
    r"posture\.clinic\.migrations\.versions\.\w+\.upgrade": "the file's docstring is that of its one step",
}
_ANSWERS = {"float", "int", "Quantity", "Measurement", "Measurements", "Comparison"}
#: A docstring works a number out where it says that something gives one.
_GIVES = re.compile(r"\bgives?\b[^.]*\d|\d[^.]*\bgives?\b")


def without_docstring() -> list[str]:
    """Public modules, classes, functions and methods of the package that say nothing of themselves."""
    found = []

    def walk(tree: ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef, name: str) -> None:
        if ast.get_docstring(tree) is None:
            found.append(name)
        for node in () if isinstance(tree, ast.FunctionDef | ast.AsyncFunctionDef) else tree.body:
            named = isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
            if named and any(ast.unparse(decorator) == "overload" for decorator in node.decorator_list):
                continue  # the implementation below it says it
            if named and not node.name.startswith("_"):
                walk(node, f"{name}.{node.name}")

    for file in sorted((ROOT / "posture").rglob("*.py")):
        name = ".".join(file.relative_to(ROOT).with_suffix("").parts)
        walk(ast.parse(file.read_text("utf-8")), name.removesuffix(".__init__"))
    return found


#: Folders of the core, the package's own first.
CORE = ("", "knowledge", "body", "quality", "measures", "findings", "plan", "report", "text", "followup", "live")


def functions() -> dict[str, tuple[bool, str]]:
    """Public functions of the core by name: whether they answer a number, and their docstring on one line."""
    found = {}

    def walk(tree: ast.AST, name: str) -> None:
        for node in getattr(tree, "body", []):
            if isinstance(node, ast.ClassDef):
                walk(node, f"{name}.{node.name}")
            elif isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                answers = set(re.findall(r"\w+", ast.unparse(node.returns))) if node.returns else set()
                said = " ".join((ast.get_docstring(node) or "").split())
                found[f"{name}.{node.name}"] = bool(answers & _ANSWERS), said

    for folder in CORE:
        for file in sorted((ROOT / "posture" / folder).glob("*.py")):
            walk(ast.parse(file.read_text("utf-8")), f"{folder}.{file.stem}".lstrip("."))
    return found


FUNCTIONS = functions()


def test_every_public_thing_says_what_it_is() -> None:
    silent = without_docstring()
    assert [name for name in silent if not any(re.fullmatch(pattern, name) for pattern in SILENT)] == []
    assert all(any(re.fullmatch(pattern, name) for name in silent) for pattern in SILENT)


def test_every_function_that_answers_a_number_works_one_out_and_it_is_held_here() -> None:
    assert len(FUNCTIONS) > 150
    answering = {name: said for name, (answers, said) in FUNCTIONS.items() if answers}
    working = {name for name, said in answering.items() if _GIVES.search(said)}
    assert set(answering) - working == set(WITHOUT)
    files = {file.stem for file in (ROOT / "tests").rglob("test_*.py")}
    own = {name for name in working if f"test_{name.rpartition('.')[2]}" in files}
    assert working <= set(WORKED) | own  # a measure's own test may hold its number
    assert set(WORKED) <= set(FUNCTIONS)


def figures(said: object) -> list[str]:
    """Numbers and words of a worked result as a docstring has them."""
    if isinstance(said, Quantity):
        return figures((said.value, said.sigma))
    if isinstance(said, tuple | list):
        return [form for one in said for form in figures(one)]
    if isinstance(said, str):
        return [said]
    assert isinstance(said, int | float)
    return [f"{abs(said):g}"]


@pytest.mark.parametrize("name", sorted(WORKED))
def test_a_worked_number_is_what_the_code_gives(name: str) -> None:
    held = WORKED[name]
    if isinstance(held, str):
        file, test = held.split("::")
        assert f"def {test}(" in (ROOT / "tests" / file).read_text("utf-8")
        return
    compute, said, within = held
    for form in figures(said):
        there = re.search(rf"(?<![\d.]){re.escape(form)}(\.0)?(?!\.?\d)", FUNCTIONS[name][1])
        assert there, f"{form} is not in its docstring"
    given = compute()
    assert given == (pytest.approx(said, abs=within) if within else said)


def test_over_other_outlines(monkeypatch: pytest.MonkeyPatch) -> None:
    found = depth_measured(monkeypatch)
    assert both(found.quantity) == (35, pytest.approx(2))


def test_a_flank_of_10_over_30(monkeypatch: pytest.MonkeyPatch) -> None:
    assert sacrum(monkeypatch) == pytest.approx(18.4, abs=0.05)
    assert sacrum(monkeypatch) == pytest.approx(degrees(np.arctan2(10, 30)))


def test_a_docstring_begins_with_the_noun_of_what_is_returned() -> None:
    """Not with what, who, how, where or why, of which a reader has to guess the kind."""
    asking = re.compile(r"(?:What|Who|How|Where|Why)\b(?!.*\?)")
    found = []
    for file in (ROOT / "posture").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Module):
                said = ast.get_docstring(node) or ""
                if asking.match(said):
                    found.append(f"{file.relative_to(ROOT)}: {said.splitlines()[0]}")
    assert found == []
