"""Calibration, posterior and the rules of the finding in their order."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from posture.errors import Issue
from posture.findings import verdict as findings
from posture.findings.chance import chance, cuts, of_outline, of_points
from posture.findings.sway import _both_beyond
from posture.findings.verdict import (
    BY_CHANCE,
    HEADLINES,
    INCLINOMETER,
    MARK_BONES,
    NEAR,
    SECOND_PHOTO,
    THREE_POSES,
    WORDS,
    Finding,
    outline_lost,
)
from posture.knowledge.load import Knowledge
from posture.measures import calibrate
from posture.measures.measurement import Comparison, Measurement, Measurements, Unmeasured
from posture.quantity import Quantity, normal_cdf

KNOWLEDGE = Knowledge.load()
RULES = KNOWLEDGE.verdict
SIGMA = KNOWLEDGE.tilt_model.doubt("tight").sigma
STANDING = {"trunk_incl": -2.8, "thigh_incl": 3.3, "hip_angle": 6.1, "pelvic_displacement": 4.2}


def assess(found, *known, **more) -> Finding:
    return findings.assess(Measurements(found), *known, **more)


def best_evidence(found) -> tuple[str, Measurement] | None:
    return findings.best_evidence(Measurements(found))


def clothing_of(found) -> str | None:
    return findings.clothing_of(Measurements(found))


def calibrated(found, *known) -> Measurements:
    return calibrate.calibrated(Measurements(found), *known)


def measured(value: float, sigma: float = 1.0, unit: str = "deg", norm: str | None = None) -> Measurement:
    place = None
    if norm is not None:
        n = KNOWLEDGE.norms[norm]
        z = (value - n.mean) / np.hypot(n.sd, sigma)
        place = Comparison(z, 100 * normal_cdf(z), "x")
    return Measurement(Quantity(value, sigma, unit), sigma, "C", "drawn", value, place)


def person(
    estimate: float | None = 10.0,
    curve_z: float = 0.0,
    depth_z: float = 0.0,
    marked: float | None = None,
    **angles: float,
):
    """Measurements of a standing person; ``curve_z`` in SDs of the norm, ``estimate`` None for no outline."""
    found = {name: measured(value) for name, value in (STANDING | angles).items()}
    if estimate is None:
        for name in ("contour_lordosis", "lumbar_depth", "pelvic_tilt_estimate"):
            found[name] = Unmeasured("an arm covers the lower back")
    else:
        curve, depth = KNOWLEDGE.norms["contour_lordosis"], KNOWLEDGE.norms["lumbar_depth"]
        found["contour_lordosis"] = measured(curve.mean + curve_z * curve.sd, 0.0, "deg", "contour_lordosis")
        found["lumbar_depth"] = measured(depth.mean + depth_z * depth.sd, 0.0, "%", "lumbar_depth")
        found["pelvic_tilt_estimate"] = measured(estimate, KNOWLEDGE.tilt_model.doubt("tight").sigma)
    found["asis_psis_tilt"] = Unmeasured("not marked") if marked is None else replace(measured(marked, 2.0), grade="A")
    return found


def kind(clothing="tight", **who) -> str:
    return assess(person(**who), KNOWLEDGE, clothing).kind


class TestRules:
    def test_undetermined_without_contour_and_marks(self) -> None:
        finding = assess(person(estimate=None), KNOWLEDGE)
        assert finding.kind == "undetermined"
        assert finding.tilt is None
        assert (finding.p_anterior, finding.p_marked, finding.p_posterior) == (None, None, None)
        assert (finding.p_sway_back, finding.p_flat_back) == (None, None)
        assert finding.grade == "D"
        assert "arm covers" in finding.because

    def test_sway_comes_before_everything(self) -> None:
        sway = {"trunk_incl": -8.0, "thigh_incl": 8.0, "hip_angle": 16.0, "pelvic_displacement": 8.0}
        assert kind(estimate=40.0, **sway) == "possible_sway_back"
        assert kind(marked=30.0, **sway) == "possible_sway_back"
        without = assess(person(estimate=None, **sway), KNOWLEDGE)
        assert without.kind == "possible_sway_back"
        assert without.p_anterior is None
        assert without.p_sway_back is not None
        assert without.p_sway_back > 0.8

    @pytest.mark.parametrize(
        ("angles", "fires"),
        [
            ({"pelvic_displacement": 6.1, "trunk_incl": -6.1, "hip_angle": 12.1}, True),
            ({"pelvic_displacement": 5.9, "trunk_incl": -6.1, "hip_angle": 12.1}, True),
            ({"pelvic_displacement": 5.9, "trunk_incl": -6.0, "hip_angle": 12.05}, False),
            ({"pelvic_displacement": 5.7, "trunk_incl": -6.5, "hip_angle": 12.5}, False),
            ({"pelvic_displacement": 8.1, "trunk_incl": -8.1, "hip_angle": 11.0}, True),  # two by more than 2 sigma
            ({"pelvic_displacement": 7.9, "trunk_incl": -8.1, "hip_angle": 11.0}, False),
        ],
        ids=["all three", "one hardly short", "together short", "one short", "two surely", "two nearly surely"],
    )
    def test_sway_rule(self, angles: dict[str, float], fires: bool) -> None:
        assert (kind(**angles) == "possible_sway_back") == fires

    @pytest.mark.parametrize(
        ("beyond", "sigma", "fires"),
        [((-0.19, 0.1, 0.1), (5, 1, 1), True), ((-0.19, 0.1, 0.08), (5, 1, 1), False),
         ((-0.19, 0.05, 0.05), (1, 1, 1), False), ((0.1, 0.1, -0.19), (1, 1, 5), True),
         ((-0.15, 0.63, 0.75), (2.7, 3.2, 4.0), True), ((-0.21, 0.63, 0.75), (2.7, 3.2, 4.0), False)],
        ids=["a hardly sure one short", "a little more short", "two of three hardly beyond", "a hardly sure hip short",
             "the worked number", "short by more than a fifth"],
    )  # fmt: skip
    def test_each_value_counts_by_its_own_sigma(self, beyond, sigma, fires: bool) -> None:
        """Displacement, trunk and hip so many of their own sigmas beyond their limits."""
        rules, found = KNOWLEDGE.rules, person()
        limits = (rules.sway_displacement_deg, rules.sway_trunk_deg, rules.sway_hip_deg)
        for name, limit, sign, z, sd in zip(
            ("pelvic_displacement", "trunk_incl", "hip_angle"), limits, (1, -1, 1), beyond, sigma, strict=True
        ):
            found[name] = measured(limit + sign * z * sd, sd)
        assert (assess(found, KNOWLEDGE, "tight").kind == "possible_sway_back") == fires

    def test_probability_of_sway_against_simulation(self) -> None:
        rng = np.random.default_rng(4)
        errors = rng.multivariate_normal([0, 0], [[2.25, 1.0], [1.0, 9.0]], 200_000)  # of trunk and thigh
        trunk, thigh = -7 + errors[:, 0], 6 + errors[:, 1]
        displacement = 7 + rng.normal(0, 1.5, trunk.size)
        share = np.mean((trunk < -6) & (thigh - trunk > 12) & (displacement > 6))
        found = person()
        found |= {
            "trunk_incl": measured(-7, 1.5),
            "thigh_incl": measured(6, 3.0),
            "hip_angle": measured(13, np.sqrt(2.25 + 9 - 2)),
            "pelvic_displacement": measured(7, 1.5),
        }
        # 200,000 draws know a share to 0.001; the grid of the integral adds as much
        assert assess(found, KNOWLEDGE).p_sway_back == pytest.approx(share, abs=0.005)

    def test_flat_back(self) -> None:
        """Little tilt, a shallow hollow and an upright trunk; without one of them it is the tilt's own verdict."""
        assert kind(marked=3.0, depth_z=-1.5) == "possible_flat_back"
        assert kind(marked=3.0, depth_z=-0.5) == "less_forward"
        assert kind(marked=3.0, depth_z=-1.5, trunk_incl=-6.5) == "less_forward"
        assert kind(marked=3.0, depth_z=-1.5, trunk_incl=KNOWLEDGE.rules.sway_trunk_deg) == "possible_flat_back"
        assert kind(marked=3.0, depth_z=KNOWLEDGE.rules.flat_depth_z) == "less_forward"
        assert kind(marked=8.0, depth_z=-1.5) == "no_sign"
        without_trunk = person(marked=3.0, depth_z=-1.5)
        del without_trunk["trunk_incl"]
        assert assess(without_trunk, KNOWLEDGE, "tight").kind == "possible_flat_back"

    @pytest.mark.parametrize(
        ("estimate", "expected"),
        [(30.0, "marked_anterior_tilt"), (19.6, "marked_anterior_tilt"), (19.4, "mild_anterior_tilt"),
         (15.9, "mild_anterior_tilt"), (15.7, "no_sign"), (10.0, "no_sign"), (4.8, "no_sign"), (4.6, "less_forward"),
         (-6.9, "less_forward"), (-7.1, "posterior_tilt")],
    )  # fmt: skip
    def test_verdicts_of_an_outline(self, estimate: float, expected: str) -> None:
        """The cuts that the cousins' line gives: -6.99, 4.65, 15.85 and 19.50."""
        assert kind(estimate=estimate) == expected

    @pytest.mark.parametrize(
        ("marked", "expected"),
        [(25.0, "marked_anterior_tilt"), (15.3, "mild_anterior_tilt"), (10.0, "no_sign"), (3.5, "less_forward"),
         (-3.0, "posterior_tilt")],
    )  # fmt: skip
    def test_verdicts_of_marks(self, marked: float, expected: str) -> None:
        """Marks of ± 2: their own doubt, no line and no doubt of the zero."""
        assert kind(marked=marked) == expected

    @pytest.mark.parametrize(
        ("cut", "at", "beside"),
        [("clearly", "marked_anterior_tilt", "mild_anterior_tilt"), ("more", "mild_anterior_tilt", "no_sign"),
         ("less", "less_forward", "no_sign"), ("backward", "posterior_tilt", "less_forward")],
    )  # fmt: skip
    def test_a_reading_at_a_cut_is_beyond_it(self, cut: str, at: str, beside: str) -> None:
        reading = getattr(cuts(of_outline(RULES), RULES), cut)
        assert (kind(estimate=reading), kind(estimate=float(np.nextafter(reading, 10.0)))) == (at, beside)

    def test_the_verdict_follows_from_the_chance_alone(self) -> None:
        """Whatever the evidence, "may" begins at one chance in four and "probably" at one in two."""
        for reading in np.arange(-15, 40, 0.7):
            for marked in (None, float(reading)):
                found = assess(person(estimate=float(reading), marked=marked), KNOWLEDGE, "tight")
                p = found.chance
                assert (found.kind == "marked_anterior_tilt") == (p.forward >= 0.5), reading
                assert (found.kind == "mild_anterior_tilt") == (0.25 <= p.forward < 0.5), reading
                assert (found.kind == "posterior_tilt") == (p.backward >= 0.5), reading
                assert (found.kind == "less_forward") == (p.backward < 0.5 and p.little_forward >= 0.25), reading

    def test_a_reading_too_unsure_for_a_verdict(self) -> None:
        found = person(estimate=25.0)
        for factor, expected in (
            (1.49, "marked_anterior_tilt"),
            (RULES.unsure_factor, "marked_anterior_tilt"),
            (1.51, "inconclusive"),
        ):
            found["pelvic_tilt_estimate"] = measured(25.0, factor * SIGMA)
            assert assess(found, KNOWLEDGE, "tight").kind == expected
        found |= {"trunk_incl": measured(-8.0), "hip_angle": measured(16.0), "pelvic_displacement": measured(8.0)}
        assert assess(found, KNOWLEDGE, "tight").kind == "possible_sway_back"  # that rests on joints

    def test_the_reading_is_shown_as_it_is(self) -> None:
        for estimate, marked in ((22.0, None), (22.0, 5.0)):
            told = person(estimate=estimate, marked=marked)
            name, best = best_evidence(told)
            found = assess(told, KNOWLEDGE, "tight")
            assert found.tilt.quantity == best.quantity
            assert (found.tilt.method, found.tilt.measure) == (best.method, name)

    def test_the_reading_keeps_its_place_among_people(self) -> None:
        told, place = person(), Comparison(0.5, 69.0, "x")
        told["pelvic_tilt_estimate"] = replace(told["pelvic_tilt_estimate"], comparison=place)
        assert assess(told, KNOWLEDGE, "tight").tilt.comparison == place

    def test_the_curve_alone_changes_no_probability(self) -> None:
        flat, deep = (assess(person(curve_z=z), KNOWLEDGE, "tight") for z in (-2.0, 2.0))
        assert (flat.tilt, flat.chance) == (deep.tilt, deep.chance)
        without = person(curve_z=2.0)
        without["pelvic_tilt_estimate"] = Unmeasured("the outline is unlike those")
        finding = assess(without, KNOWLEDGE, "tight")
        assert finding.kind == "undetermined"
        assert "unlike" in finding.because

    def test_certain_values_give_certain_answers(self) -> None:
        found = person()
        for name, value in {"trunk_incl": -8, "thigh_incl": 8, "hip_angle": 16, "pelvic_displacement": 8}.items():
            found[name] = measured(value, 0.0)
        assert assess(found, KNOWLEDGE).p_sway_back == 1.0
        found["hip_angle"] = measured(12.0, 2.0)
        assert assess(found, KNOWLEDGE).p_sway_back == pytest.approx(0.5)
        found["trunk_incl"] = measured(-5.0, 0.0)
        assert assess(found, KNOWLEDGE).p_sway_back == 0.0

    def test_the_whole_of_a_finding(self) -> None:
        told = person(estimate=4.0, depth_z=-2.0)
        told["lumbar_depth"] = measured(told["lumbar_depth"].quantity.value, 1.0, "%", "lumbar_depth")
        found = assess(told, KNOWLEDGE, "tight")
        likelihood = of_outline(RULES)
        assert found.chance == chance(4.0, likelihood, RULES)
        assert found.cuts == cuts(likelihood, RULES)
        assert (found.p_anterior, found.p_marked) == (found.chance.forward, found.chance.clearly_forward)
        assert found.p_posterior == found.chance.backward
        norm = KNOWLEDGE.norms["lumbar_depth"]
        limit = norm.mean + KNOWLEDGE.rules.flat_depth_z * norm.sd
        shallow = told["lumbar_depth"].quantity.probability_below(limit)
        assert found.p_flat_back == found.chance.little_forward * shallow
        assert found.grade == "C"
        assert found.because == (
            f"the whole outline, fitted on {KNOWLEDGE.tilt_model.doubt('tight').people} computer-generated people; "
            "no real pelvis has been compared with it yet, and bone shape is unknown"
        )

    def test_marks_and_outlines_are_weighed_each_by_its_own_doubt(self) -> None:
        found = assess(person(estimate=30.0, marked=17.0), KNOWLEDGE, "tight")
        assert found.chance == chance(17.0, of_points(2.0), RULES)

    def test_a_wider_interval_moves_no_cut(self) -> None:
        """The line's residual holds poor photos already; a photo too poor has no verdict at all."""
        told = person(estimate=20.0)
        told["pelvic_tilt_estimate"] = measured(20.0, 1.2 * SIGMA)
        assert assess(told, KNOWLEDGE, "tight").chance == assess(person(estimate=20.0), KNOWLEDGE, "tight").chance

    @pytest.mark.parametrize(
        ("a", "b", "covariance", "both"),
        [
            ((0.5, 0.0), (0.5, 0.0), 0.0, 1.0),
            ((0.0, 0.0), (0.5, 0.0), 0.0, 0.0),
            ((0.5, 0.0), (0.0, 0.0), 0.0, 0.0),
            ((0.5, 0.0), (3.0, 2.0), 0.0, 0.9332),
            ((3.0, 2.0), (0.5, 0.0), 0.0, 0.9332),
            ((3.0, 2.0), (0.0, 0.0), 0.0, 0.0),
            ((-1.0, 0.0), (3.0, 2.0), 0.0, 0.0),
            ((0.0, 1.0), (0.0, 1.0), 0.0, 0.25),
            ((0.0, 1.0), (0.0, 1.0), 0.5, 1 / 3),
            ((0.0, 1.0), (0.0, 1.0), -0.5, 1 / 6),
            ((0.0, 1.0), (0.0, 2.0), 50.0, 0.4775),  # a correlation beyond 1 is taken as 0.99
            ((0.0, 1.0), (0.0, 2.0), -50.0, 0.0225),
            ((1.0, 2.0), (-1.0, 1.0), 0.0, 0.6915 * 0.1587),
        ],
    )
    def test_both_beyond_their_limits(self, a, b, covariance: float, both: float) -> None:
        assert _both_beyond(a, b, covariance) == pytest.approx(both, abs=2e-3)

    def test_a_marked_pelvis_wins_over_the_outline(self) -> None:
        finding = assess(person(estimate=30.0, marked=9.0), KNOWLEDGE)
        assert finding.grade == "A"
        assert finding.kind == "no_sign"

    def test_clothing_that_is_not_told_is_asked_for(self) -> None:
        tight, unknown = assess(person(), KNOWLEDGE, "tight"), assess(person(), KNOWLEDGE)
        assert any("clothing" in step for step in unknown.next_steps)
        assert not any("clothing" in step for step in tight.next_steps)

    def test_missing_joints_leave_sway_open(self) -> None:
        found = person()
        found["thigh_incl"] = Unmeasured("the knee is not in the picture or hidden")
        finding = assess(found, KNOWLEDGE)
        assert finding.p_sway_back is None
        assert finding.kind == "no_sign"

    @given(st.floats(-20, 40))
    def test_a_higher_estimate_never_lowers_the_probability(self, value: float) -> None:
        low, high = (assess(person(estimate=v), KNOWLEDGE).p_anterior for v in (value, value + 0.5))
        assert high > low


class TestWords:
    def test_every_headline_of_a_photo_that_shows_no_number(self) -> None:
        said = assess(person(estimate=None), KNOWLEDGE)
        assert said.headline == "This photo cannot tell how your pelvis is tilted."
        assert said.because == (
            "an arm covers the lower back; joint points alone say nothing about the tilt of the pelvis"
        )
        assert said.grade == "D"
        assert assess({}, KNOWLEDGE).because.startswith("the outline was not measured; ")

    @pytest.mark.parametrize(
        ("estimate", "line"),
        [(15.0, "more"), (16.8, "more"), (18.8, "clearly"), (20.4, "clearly"), (5.6, "less"), (3.8, "less"),
         (-6.3, "backward"), (14.8, None), (17.8, None), (20.8, None), (10.0, None), (5.8, None)],
    )  # fmt: skip
    def test_next_to_a_cut_the_headline_says_so(self, estimate: float, line: str | None) -> None:
        found = assess(person(estimate=estimate), KNOWLEDGE, "tight")
        assert found.headline == " ".join(filter(None, (HEADLINES[found.kind], line and NEAR[line])))
        assert ("close to the line" in found.headline) == (line is not None)
        assert (found.next_steps[0] == SECOND_PHOTO) == (line is not None)

    def test_the_line_is_said_of_verdicts_by_cuts_alone(self) -> None:
        sways = person(16.0, trunk_incl=-12.0, hip_angle=18.0, pelvic_displacement=9.0)
        assert assess(sways, KNOWLEDGE, "tight").headline == HEADLINES["possible_sway_back"]

    def test_probably_and_may_are_kept_for_their_chances(self) -> None:
        for kind_ in BY_CHANCE:
            probably = kind_ in ("marked_anterior_tilt", "posterior_tilt")
            assert ("probably" in HEADLINES[kind_]) == probably
            assert ("may" in HEADLINES[kind_].split()) == (kind_ in ("mild_anterior_tilt", "less_forward"))

    def test_every_next_step(self) -> None:
        hidden, seen = person(estimate=None), person()
        assert assess(hidden, KNOWLEDGE).next_steps == (
            "Take the photo again: tight top, plain wall, arms crossed on the chest, hair up, no bag or jacket.",
            MARK_BONES, THREE_POSES, "Say how tight the clothing is (tight, normal or loose).",
        )  # fmt: skip
        assert assess(hidden, KNOWLEDGE, "tight").next_steps == assess(hidden, KNOWLEDGE).next_steps[:-1]
        assert assess(seen, KNOWLEDGE, "tight").next_steps == (MARK_BONES, THREE_POSES)
        marked = hidden | {"asis_psis_tilt": measured(12.0, 2.0)}
        assert assess(marked, KNOWLEDGE, "tight").next_steps == (THREE_POSES,)
        assert assess(person(marked=12.0), KNOWLEDGE, "tight").next_steps == (THREE_POSES,)

    def test_the_one_next_step_is_the_retake_when_the_back_is_hidden(self) -> None:
        arm = Issue("arm_over_back", "an arm covers the back", "cross the arms on the chest")
        finding = assess(person(estimate=None), KNOWLEDGE, lost=arm)
        assert "cross the arms" in finding.next_steps[0]
        assert "ASIS" in assess(person(), KNOWLEDGE).next_steps[0]

    def test_a_loose_top_hides_the_back_and_not_the_bones(self) -> None:
        loose, wall = Issue.of("loose_clothing"), Issue.of("straight_edge")
        for lost, first in ((loose, (MARK_BONES, INCLINOMETER)), (wall, ())):
            steps = assess(person(estimate=None), KNOWLEDGE, "loose", lost).next_steps
            assert steps[: len(first)] == first
            assert steps[len(first)] == f"Take the photo again: {lost.retake}."
        for seen in (person(), person(marked=12.0), person(estimate=None) | {"asis_psis_tilt": measured(12.0)}):
            assert assess(seen, KNOWLEDGE, "loose", loose) == assess(seen, KNOWLEDGE, "loose")

    def test_the_first_warning_that_took_the_outline_away_is_the_one_to_mend(self) -> None:
        small, loose, wall = (
            Issue.of("small", px=600.0, better=800.0),
            Issue.of("loose_clothing"),
            Issue.of("straight_edge"),
        )
        assert outline_lost([small, loose, wall]) is loose
        assert outline_lost([small]) is None

    def test_every_kind_has_words(self) -> None:
        assert set(WORDS) == set(HEADLINES) == set(KNOWLEDGE.patterns)

    @pytest.mark.parametrize(
        ("method", "clothes"),
        [("x, tight clothes", "tight"), ("x, normal clothes", "normal"), ("x, clothes not told", None)],
    )
    def test_the_clothes_that_an_estimate_was_told_of(self, method: str, clothes: str | None) -> None:
        told = {"pelvic_tilt_estimate": replace(measured(9.0), method=method)}
        assert clothing_of(told) == clothes
        assert clothing_of({}) is None


class TestCalibrate:
    def test_offset_sigma_sem_and_place(self) -> None:
        raw = {"hip_angle": Measurement(Quantity(12.0, 3.0, "deg"), 3.0, "D", "drawn", 12.0)}
        done = calibrated(raw, KNOWLEDGE)["hip_angle"]
        assert isinstance(done, Measurement)
        assert done.quantity.value == pytest.approx(12.0 - 6.95)
        assert done.raw == 12.0
        assert done.quantity.sigma == pytest.approx(np.sqrt(3**2 + 1.0**2 + 1.5**2))
        assert done.sem == pytest.approx(np.sqrt(1.9**2 + 3**2 - 2.6**2))
        assert done.mdc95 == pytest.approx(1.96 * np.sqrt(2) * done.sem)
        assert done.comparison is not None
        assert done.comparison.z == pytest.approx(-1.05 / np.hypot(4.2, done.quantity.sigma))

    def test_a_quiet_photo_is_no_surer_than_people_stand(self) -> None:
        raw = {"hip_angle": Measurement(Quantity(12.0, 1.0, "deg"), 1.0, "D", "drawn", 12.0)}
        done = calibrated(raw, KNOWLEDGE)["hip_angle"]
        assert isinstance(done, Measurement)
        assert done.sem == 1.9

    def test_every_warning_widens_and_none_narrows(self) -> None:
        raw = {"hip_angle": Measurement(Quantity(12.0, 3.0, "deg"), 3.0, "D", "drawn", 12.0)}
        plain = calibrated(raw, KNOWLEDGE)["hip_angle"].quantity
        for code, factor in KNOWLEDGE.widening.items():
            widened = calibrated(raw, KNOWLEDGE, [code, code])["hip_angle"].quantity
            assert widened.value == plain.value
            assert widened.sigma == pytest.approx(factor * plain.sigma)
            assert factor > 1
        both = calibrated(raw, KNOWLEDGE, ["cropped", "turned_slightly"])["hip_angle"].quantity
        assert both.sigma == pytest.approx(1.2 * 1.15 * plain.sigma)
        assert calibrated(raw, KNOWLEDGE, ["roll_unknown"])["hip_angle"].quantity == plain

    def test_unmeasured_stays(self) -> None:
        assert calibrated({"hip_angle": Unmeasured("no")}, KNOWLEDGE) == {"hip_angle": Unmeasured("no")}

    def test_no_norm_no_place(self) -> None:
        done = calibrated({"head_forward": measured(5.0, 1.0, "%")}, KNOWLEDGE)["head_forward"]
        assert isinstance(done, Measurement)
        assert done.comparison is None

    def test_every_measure_has_a_known_error(self) -> None:
        from posture.measures import MEASURES

        assert set(KNOWLEDGE.errors) == set(MEASURES)

    def test_units_agree_with_the_measures(self) -> None:
        for norm in KNOWLEDGE.norms.values():
            assert norm.unit == ("%" if norm.measure in ("lumbar_depth", "head_forward") else "deg")

    def test_a_reading_is_placed_among_readings_without_its_doubt(self) -> None:
        raw = {"pelvic_tilt_estimate": Measurement(Quantity(20.8, 5.0, "deg"), 3.0, "C", "drawn", 20.8)}
        done = calibrated(raw, KNOWLEDGE)["pelvic_tilt_estimate"]
        assert isinstance(done, Measurement)
        assert done.comparison is not None
        assert done.comparison.z == pytest.approx((20.8 - RULES.reading_mean_deg) / RULES.reading_sd_deg)

    def test_a_changed_cut_off_changes_the_finding(self) -> None:
        stricter = replace(KNOWLEDGE, verdict=replace(RULES, p_may=0.49))
        assert kind(estimate=18.0) == "mild_anterior_tilt"
        assert assess(person(estimate=18.0), stricter, "tight").kind == "no_sign"
