"""The estimate of pelvic rotation: its numbers, its range, its doubt, and where it may not be given."""

from __future__ import annotations

import json
from dataclasses import replace
from importlib.resources import files

import numpy as np
import pytest

from posture.body.outline_features import LENGTH, outline_vector
from posture.body.sagittal import Given
from posture.errors import DegenerateGeometry, KnowledgeError
from posture.findings.verdict import assess
from posture.knowledge.load import Knowledge, build
from posture.knowledge.tilt_model import CLOTHES_DECLARED, Network, TiltModel
from posture.measures import take_all
from posture.measures.measurement import Measurement, Measurements, Unmeasured
from posture.measures.pelvic_tilt_estimate import pelvic_tilt_estimate
from posture.pipeline import analyze
from posture.plan.intake import Intake
from posture.quantity import Quantity
from tests.figures import Figure
from tests.knowledge.test_load import tables
from tests.measures.test_measures import body_of
from validation.record import SAMPLES, recorded

KNOWLEDGE = Knowledge.load()
MODEL = KNOWLEDGE.tilt_model


class TestOutlineVector:
    def test_size_changes_no_number(self) -> None:
        small, large = (outline_vector(body_of(Figure(size=size, hollow_px=size / 25))) for size in (600.0, 1200.0))
        assert small.shape == (LENGTH,)
        assert large == pytest.approx(small, abs=2e-3)

    def test_facing_changes_no_number(self) -> None:
        right, left = (outline_vector(body_of(Figure(facing=facing))) for facing in ("right", "left"))
        assert left == pytest.approx(right, abs=1e-9)

    def test_a_deeper_hollow_moves_the_lumbar_rows_forward(self) -> None:
        flat, deep = (outline_vector(body_of(Figure(hollow_px=px))) for px in (10.0, 60.0))
        moved = (deep - flat)[:48]
        assert moved.max() > 0.02
        assert moved[:8].max() < 0  # the seat stays, so against the mean of the back it moves backwards

    def test_an_outline_cut_short_is_said(self) -> None:
        body = body_of(Figure())
        contour = body.usable_contour()
        half = replace(contour, dorsal_xy=contour.dorsal_xy[: len(contour.dorsal_xy) // 2])
        with pytest.raises(DegenerateGeometry, match="does not reach"):
            outline_vector(replace(body, contour=half))


class TestModel:
    def test_it_is_written_as_it_is_read(self) -> None:
        again = TiltModel.read(json.loads(json.dumps(MODEL.table())))
        assert again.doubts == MODEL.doubts
        assert np.array_equal(again.rotation.weights, MODEL.rotation.weights)
        vectors = MODEL.mean + MODEL.spread[:3, None] * MODEL.basis[:3]
        assert np.array_equal(again.values(vectors, "tight"), MODEL.values(vectors, "tight"))
        assert again.table() == MODEL.table()

    @pytest.mark.parametrize("told", CLOTHES_DECLARED)
    def test_no_sigma_is_shipped_under_the_policy(self, told) -> None:
        doubt = MODEL.doubts[told]
        assert doubt.sigma >= 4.5  # bodies like real ones give 4.1; 2 in quadrature for what no statistic speaks of
        assert doubt.sigma >= MODEL.doubts["tight"].sigma
        assert doubt.sigma >= doubt.fitted_sigma
        assert doubt.fitted_sigma >= 2.5, "an error this small is a leak until shown otherwise"

    def test_each_clothing_has_its_doubt_and_its_value(self) -> None:
        assert MODEL.doubt("tight") is MODEL.doubts["tight"]
        assert MODEL.doubt("normal") is MODEL.doubts["normal"]
        assert MODEL.doubt(None) is MODEL.doubts["untold"]
        values = {MODEL.values(MODEL.mean[None], clothing)[0] for clothing in ("tight", "normal", None)}
        assert len(values) == 3

    def test_the_networks_worked_number(self) -> None:
        """One layer doubles and adds 1, what is under zero is cut off, the last one halves: 3 gives 3.5, -3 gives 0."""
        one = np.ones((1, 1))
        network = Network(((2 * one, one[0]), (0.5 * one, 0 * one[0])))
        assert network(np.array([[3.0], [-3.0]])) == pytest.approx([3.5, 0.0])

    def test_the_line_counts_by_its_share(self) -> None:
        vectors = MODEL.mean + MODEL.spread[:5, None] * MODEL.basis[:5]
        networks, line = (replace(MODEL, line_share=share).values(vectors, "tight") for share in (0.0, 1.0))
        assert line == pytest.approx([MODEL.lines["tight"](vector) for vector in vectors])
        assert MODEL.values(vectors, "tight") == pytest.approx(0.7 * networks + 0.3 * line)
        assert np.abs(networks - line).min() > 0

    def test_the_value_is_the_mean_of_the_networks_whichever_comes_first(self) -> None:
        vectors = MODEL.mean + MODEL.spread[:5, None] * MODEL.basis[:5]
        turned = replace(MODEL, networks=MODEL.networks[::-1])
        alone = [replace(MODEL, networks=(network,)).values(vectors, None) for network in MODEL.networks]
        assert turned.values(vectors, None) == pytest.approx(MODEL.values(vectors, None))
        assert np.mean(alone, axis=0) == pytest.approx(MODEL.values(vectors, None))
        assert np.std(alone, axis=0).min() > 0

    def test_the_file_stays_small(self) -> None:
        assert (files("posture") / "data" / "pelvic_tilt.json").stat().st_size < 400_000

    def test_the_middle_of_the_training_is_like_it_and_a_plank_is_not(self) -> None:
        assert MODEL.novelty(MODEL.mean) == pytest.approx(0)
        assert MODEL.novelty(np.zeros(LENGTH)) > 1
        at_border = MODEL.mean + MODEL.limit * MODEL.spread[0] * MODEL.basis[0]
        assert MODEL.novelty(at_border) == pytest.approx(1, abs=1e-3)

    @pytest.mark.parametrize(
        ("change", "said"),
        [
            ({"mean": [0.0]}, "differ in length"),
            ({"basis": [[0.0] * LENGTH]}, "do not fit together"),
            ({"limit": "far"}, "far"),
            ({"networks": [[[[[0.0]] * 5, [0.0]]]]}, "layers of a network"),
            ({"networks": []}, "no network"),
        ],
        ids=["short mean", "one way only", "no number", "small network", "no network"],
    )
    def test_a_spoilt_file_is_refused(self, change, said: str) -> None:
        with pytest.raises(ValueError, match=said):
            TiltModel.read(MODEL.table() | change)

    def test_a_missing_part_is_named_by_the_loader(self) -> None:
        table = {key: value for key, value in MODEL.table().items() if key != "doubts"}
        with pytest.raises(KnowledgeError, match=r"pelvic_tilt\.json: 'doubts'"):
            build(tables() | {"pelvic_tilt": table})


class TestMeasure:
    def test_an_outline_unlike_the_fitted_ones_has_no_estimate(self) -> None:
        estimate = take_all(body_of(Figure(hollow_px=150.0, trunk=20.0)), MODEL)["pelvic_tilt_estimate"]
        assert isinstance(estimate, Unmeasured)
        assert "unlike" in estimate.reason

    def test_the_number_is_the_networks_and_nothing_else(self) -> None:
        body = like_the_fitted()
        vector = outline_vector(body)
        for clothing in ("tight", "normal", None):
            measured = pelvic_tilt_estimate(replace(body, clothing=clothing), MODEL)
            assert isinstance(measured, Measurement)
            assert measured.quantity.value == pytest.approx(MODEL.values(vector[None], clothing)[0])
            assert measured.quantity.sigma == MODEL.doubt(clothing).sigma
            assert measured.grade == "C"


def like_the_fitted():
    """The body of a sample picture that has an estimate."""
    from posture.quality.view import prepare_view

    observation = recorded("typical").observation
    assert observation is not None
    view = prepare_view(observation, KNOWLEDGE.gates, Given("tight"))
    assert view.body is not None
    return view.body


def test_outlines_that_tell_two_tilts_tell_none() -> None:
    body = like_the_fitted()
    assert body.contour is not None
    assert isinstance(pelvic_tilt_estimate(body, MODEL), Measurement)
    tall = body.stature_px
    above_hips = (body.contour.dorsal_xy[:, 1] - body.point("hip").y) / tall
    dent = 0.03 * tall * np.exp(-(((above_hips - 0.1) / 0.05) ** 2))
    other = body.contour.dorsal_xy + np.column_stack([dent, np.zeros_like(dent)])
    contour = replace(body.contour, other_dorsal_xy=(other,), other_ventral_xy=(body.contour.ventral_xy,))
    told = pelvic_tilt_estimate(replace(body, contour=contour), MODEL)
    assert isinstance(told, Unmeasured)
    assert "give values 13° apart" in told.reason


def test_marked_points_win() -> None:
    marked = Measurement(Quantity(5.0, 2.0, "deg"), 2.0, "A", "marked", 5.0)
    told = Measurements({"asis_psis_tilt": marked, "pelvic_tilt_estimate": estimate(25.0, 5.5)})
    finding = assess(told, KNOWLEDGE)
    assert (finding.grade, finding.tilt.quantity) == ("A", marked.quantity)


def estimate(value: float, sigma: float) -> Measurement:
    return Measurement(Quantity(value, sigma, "deg"), 3.0, "C", "drawn", value)


class TestPipeline:
    def report(self, name: str, **told):
        from posture.io.photos import read_photo

        frame = read_photo(SAMPLES / f"{name}.jpg")
        return analyze(frame, recorded(name), KNOWLEDGE, Intake(**told))

    def test_a_miss_is_shown_as_a_miss(self) -> None:
        """The pelvis of this one is tipped forward by 24°, and the photo cannot tell."""
        report = self.report("marked", clothing="tight")
        told = report.measurements["pelvic_tilt_estimate"]
        assert isinstance(told, Unmeasured)
        assert "two models disagree" in told.reason
        assert report.finding is not None
        assert (report.finding.kind, report.finding.tilt) == ("undetermined", None)

    @pytest.mark.parametrize("name", ["typical", "mild", "posterior"])
    def test_the_samples_have_an_estimate_and_a_tilt(self, name: str) -> None:
        report = self.report(name, clothing="tight")
        assert isinstance(report.measurements["pelvic_tilt_estimate"], Measurement)
        assert report.finding is not None
        assert report.finding.tilt is not None
        assert "no real pelvis" in report.finding.because

    @pytest.mark.parametrize("told", ["loose", None])
    def test_a_loose_top_told_or_seen_gives_no_estimate(self, told) -> None:
        report = self.report("loose_shirt", clothing=told)
        assert isinstance(report.measurements["pelvic_tilt_estimate"], Unmeasured)
        assert "loose_clothing" in [warning.code for warning in report.warnings]
        assert report.finding is not None
        assert report.finding.kind == "undetermined"
        assert any("tight top" in step for step in report.finding.next_steps)

    def test_the_samples_in_tight_clothes_are_not_called_loose(self) -> None:
        for name in ("typical", "mild", "marked", "posterior"):
            assert "loose_clothing" not in [warning.code for warning in self.report(name).warnings]
