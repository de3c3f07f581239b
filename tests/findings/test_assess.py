"""Calibration, posterior and the rules of the finding in their order."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from posture.findings.assess import (
    MARK_BONES,
    THREE_POSES,
    WORDS,
    _both_beyond,
    assess,
    curve_sentence,
    posterior_of_estimate,
    posterior_of_marked,
)
from posture.knowledge.load import Knowledge
from posture.measures.calibrate import calibrated
from posture.measures.measurement import Comparison, Measurement, Unmeasured
from posture.quantity import Quantity, normal_cdf

KNOWLEDGE = Knowledge.load()
RULES = KNOWLEDGE.rules
STANDING = {"trunk_incl": -2.8, "thigh_incl": 3.3, "hip_angle": 6.1, "pelvic_displacement": 4.2}


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
    found["asis_psis_tilt"] = Unmeasured("not marked") if marked is None else measured(marked, 2.0)
    return found


def kind(clothing="tight", **who) -> str:
    return assess(person(**who), KNOWLEDGE, clothing).kind


class TestPosterior:
    def test_against_simulation(self) -> None:
        """Draw a population, keep those whose noisy estimate came out near 18, and look at their calliper angles."""
        rng = np.random.default_rng(3)
        rotation = rng.normal(10, 3.6, 2_000_000)
        estimate = rotation + rng.normal(0, 5.5, rotation.size)
        calliper = rotation + rng.normal(0, 3.5, rotation.size)
        near = calliper[np.abs(estimate - 18) < 0.1]
        expected = posterior_of_estimate(18.0, 5.5, RULES)
        assert expected.value == pytest.approx(near.mean(), abs=0.15)
        assert expected.sigma == pytest.approx(near.std(), rel=0.03)

    @given(st.floats(-20, 40), st.floats(0, 9), st.floats(0, 9))
    def test_noise_shrinks_to_the_population(self, value: float, quiet: float, more: float) -> None:
        a, b = (posterior_of_estimate(value, sigma, RULES) for sigma in (quiet, quiet + more))
        assert abs(b.value - 10) <= abs(a.value - 10) + 1e-9
        assert b.sigma >= a.sigma - 1e-9
        assert 3.5 - 1e-9 <= b.sigma <= np.hypot(3.6, 3.5) + 1e-9

    def test_marked(self) -> None:
        tilt = posterior_of_marked(Quantity(20, 5, "deg"), RULES)
        assert (tilt.value, tilt.sigma) == (pytest.approx(15), pytest.approx(3.54, abs=0.01))
        assert posterior_of_marked(Quantity(20, 0, "deg"), RULES) == Quantity(20, 0, "deg")


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
            ({"pelvic_displacement": 5.9, "trunk_incl": -6.1, "hip_angle": 12.1}, False),
            ({"pelvic_displacement": 8.1, "trunk_incl": -8.1, "hip_angle": 11.0}, True),  # two by more than 2 sigma
            ({"pelvic_displacement": 7.9, "trunk_incl": -8.1, "hip_angle": 11.0}, False),
        ],
        ids=["all three", "one short", "two surely", "two nearly surely"],
    )
    def test_sway_rule(self, angles: dict[str, float], fires: bool) -> None:
        assert (kind(**angles) == "possible_sway_back") == fires

    def test_probability_of_sway_against_simulation(self) -> None:
        rng = np.random.default_rng(4)
        errors = rng.multivariate_normal([0, 0], [[4.0, 1.0], [1.0, 9.0]], 200_000)  # of trunk and thigh
        trunk, thigh = -7 + errors[:, 0], 6 + errors[:, 1]
        displacement = 7 + rng.normal(0, 1.5, trunk.size)
        share = np.mean((trunk < -6) & (thigh - trunk > 12) & (displacement > 6))
        found = person()
        found |= {
            "trunk_incl": measured(-7, 2.0),
            "thigh_incl": measured(6, 3.0),
            "hip_angle": measured(13, np.sqrt(4 + 9 - 2)),
            "pelvic_displacement": measured(7, 1.5),
        }
        # 200,000 draws know a share to 0.001; the grid of the integral adds as much
        assert assess(found, KNOWLEDGE).p_sway_back == pytest.approx(share, abs=0.005)

    def test_flat_back(self) -> None:
        assert kind(marked=-6.0, depth_z=-1.5) == "possible_flat_back"
        assert kind(marked=-6.0, depth_z=-0.5) == "posterior_tilt"
        assert kind(marked=-6.0, depth_z=-1.5, trunk_incl=-6.5) == "posterior_tilt"

    @pytest.mark.parametrize(
        ("marked", "expected"),
        [(25.0, "marked_anterior_tilt"), (17.0, "mild_anterior_tilt"), (14.0, "inconclusive"), (10.0, "no_sign"),
         (5.0, "no_sign"), (-8.0, "posterior_tilt")],
    )  # fmt: skip
    def test_bands_of_a_marked_pelvis(self, marked: float, expected: str) -> None:
        assert kind(marked=marked, depth_z=0.0) == expected

    @pytest.mark.parametrize(
        ("estimate", "expected"),
        [(5.0, "no_sign"), (15.0, "inconclusive"), (22.0, "mild_anterior_tilt"), (48.0, "marked_anterior_tilt"),
         (-30.0, "posterior_tilt")],
    )  # fmt: skip
    def test_bands_of_an_estimate(self, estimate: float, expected: str) -> None:
        assert kind(estimate=estimate) == expected

    def test_cut_offs_of_the_probabilities(self) -> None:
        """A mark of ± 4 has a posterior of 10 + 0.61 (x - 10) ± 3.1: it lets every probability be dialled."""
        for marked, sigma, expected in (
            (20.6, 4.0, "mild_anterior_tilt"),  # p_marked 0.13
            (27.0, 4.0, "marked_anterior_tilt"),  # p_marked 0.54
            (26.0, 4.0, "mild_anterior_tilt"),  # p_marked 0.47
            (-5.5, 4.0, "inconclusive"),  # p_posterior 0.43
            (-6.7, 4.0, "posterior_tilt"),  # p_posterior 0.52
        ):
            found = person(marked=marked)
            found["asis_psis_tilt"] = measured(marked, sigma)
            assert assess(found, KNOWLEDGE).kind == expected, marked

    def test_flat_back_needs_a_third_and_a_flat_curve(self) -> None:
        found = person(marked=-4.0, depth_z=-1.05)
        found["asis_psis_tilt"] = measured(-5.0, 4.0)  # p_posterior 0.39
        assert assess(found, KNOWLEDGE).kind == "possible_flat_back"
        found["asis_psis_tilt"] = measured(-3.0, 4.0)  # p_posterior 0.25
        assert assess(found, KNOWLEDGE).kind == "inconclusive"
        del found["trunk_incl"]
        found["asis_psis_tilt"] = measured(-5.0, 4.0)
        assert assess(found, KNOWLEDGE).kind == "possible_flat_back"

    def test_no_sign_asks_for_both_sides(self) -> None:
        found = person()
        found["asis_psis_tilt"] = measured(2.0, 4.0)  # p_posterior 0.05
        assert assess(found, KNOWLEDGE).kind == "no_sign"
        found["asis_psis_tilt"] = measured(-2.0, 4.0)  # p_posterior 0.20, p_anterior under 0.01
        assert assess(found, KNOWLEDGE).kind == "inconclusive"

    def test_the_curve_alone_changes_no_probability(self) -> None:
        flat, deep = (assess(person(curve_z=z), KNOWLEDGE, "tight") for z in (-2.0, 2.0))
        assert flat.tilt == deep.tilt
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
        doubt = KNOWLEDGE.tilt_model.doubt("tight")
        tilt = posterior_of_estimate(4.0, doubt.finding_sigma, RULES)
        assert found.tilt == tilt
        assert found.tilt.unit == "deg"
        assert found.p_anterior == tilt.probability_above(RULES.anterior_deg)
        assert found.p_marked == tilt.probability_above(RULES.marked_deg)
        assert found.p_posterior == tilt.probability_below(RULES.posterior_deg)
        norm = KNOWLEDGE.norms["lumbar_depth"]
        limit = norm.mean + RULES.flat_depth_z * norm.sd
        assert found.p_flat_back == found.p_posterior * told["lumbar_depth"].quantity.probability_below(limit)
        assert found.grade == "C"
        assert found.because == (
            f"the whole outline, fitted on {doubt.people} computer-generated people; "
            "no real pelvis has been compared with it yet, and bone shape is unknown"
        )

    def test_looser_clothes_leave_more_doubt(self) -> None:
        tight, loose = (KNOWLEDGE.tilt_model.doubt(worn) for worn in ("tight", "normal"))
        assert tight.finding_sigma != loose.finding_sigma
        told = person(estimate=20.0)
        same = replace(told["pelvic_tilt_estimate"].quantity, sigma=loose.sigma)
        told["pelvic_tilt_estimate"] = replace(told["pelvic_tilt_estimate"], quantity=same)
        assert assess(told, KNOWLEDGE, "normal").tilt == posterior_of_estimate(20.0, loose.finding_sigma, RULES)

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
        finding = assess(person(estimate=30.0, marked=5.0), KNOWLEDGE)
        assert finding.grade == "A"
        assert finding.kind == "no_sign"

    def test_clothing_that_is_not_told_is_asked_for(self) -> None:
        tight, unknown = assess(person(), KNOWLEDGE, "tight"), assess(person(), KNOWLEDGE)
        assert any("clothing" in step for step in unknown.firmer)
        assert not any("clothing" in step for step in tight.firmer)

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
    @pytest.mark.parametrize(
        ("percentile", "words"),
        [(85, "deeper than in about 85 of 100"), (20, "flatter than in about 80 of 100"), (50, "as deep as in most"),
         (99.9, "about 99 of 100"), (0.01, "about 99 of 100")],
    )  # fmt: skip
    def test_curve_sentence(self, percentile: float, words: str) -> None:
        assert words in curve_sentence(Comparison(0.0, percentile, "n"))

    def test_headlines(self) -> None:
        assert "deeper" in assess(person(curve_z=2.0), KNOWLEDGE).headline
        assert "forward by about 25°" in assess(person(marked=25.0), KNOWLEDGE).headline
        assert "backward by about 8°" in assess(person(marked=-8.0), KNOWLEDGE).headline
        assert "cannot tell" in assess(person(estimate=None), KNOWLEDGE).headline

    def test_every_headline_of_a_photo_that_shows_no_number(self) -> None:
        said = assess(person(estimate=None), KNOWLEDGE)
        assert said.headline == "This photo cannot tell how the pelvis is tilted."
        assert said.because == (
            "an arm covers the lower back; joint points alone say nothing about the tilt of the pelvis"
        )
        assert said.grade == "D"
        assert assess({}, KNOWLEDGE).because.startswith("the outline was not measured; ")
        sways = assess(person(trunk_incl=-12.0, hip_angle=18.0, pelvic_displacement=9.0), KNOWLEDGE, "tight")
        assert sways.headline == (
            "The hips stand forward of the feet and the trunk leans back: signs of a sway-back stance."
        )
        bare = {name: m for name, m in person().items() if name not in ("contour_lordosis", "lumbar_depth")}
        assert assess(bare, KNOWLEDGE, "tight").headline == f"{WORDS[assess(bare, KNOWLEDGE).kind].capitalize()}."
        only_depth = {name: m for name, m in person().items() if name != "contour_lordosis"}
        assert assess(only_depth, KNOWLEDGE, "tight").headline.startswith("The lower-back curve is about as deep")

    def test_a_backward_tip_has_a_backward_interval(self) -> None:
        there = person(marked=-5.0)
        marked = there["asis_psis_tilt"]
        assert isinstance(marked, Measurement)
        low, high = -marked.quantity.high95, -marked.quantity.low95
        said = f"tips backward by about 5° ({low:.0f} to {high:.0f}°)"
        assert said.replace("-", "−") in assess(there, KNOWLEDGE, "tight").headline

    @pytest.mark.parametrize(("marked", "way"), [(0.4, "forward"), (0.0, "forward"), (-0.6, "backward")])
    def test_which_way_a_marked_pelvis_tips(self, marked: float, way: str) -> None:
        said = assess(person(marked=marked), KNOWLEDGE, "tight").headline
        assert said.startswith(f"The marked pelvis tips {way} by about {abs(marked):.0f}° (−")
        assert assess(person(marked=8.0), KNOWLEDGE).because == (
            "marked ASIS and PSIS, weighed against how tilt spreads among people"
        )

    @pytest.mark.parametrize(
        ("percentile", "word"), [(39.4, "is flatter"), (40, "is about"), (60, "is about"), (60.6, "is deeper")]
    )
    def test_where_most_people_end(self, percentile: float, word: str) -> None:
        assert curve_sentence(Comparison(0.0, percentile, "n")).startswith(f"The lower-back curve {word} ")

    def test_every_next_step(self) -> None:
        hidden, seen = person(estimate=None), person()
        assert assess(hidden, KNOWLEDGE).firmer == (
            "Take the photo again: tight top, plain wall, arms crossed on the chest.",
            MARK_BONES, THREE_POSES, "Say how tight the clothing is (tight, normal or loose).",
        )  # fmt: skip
        assert assess(seen, KNOWLEDGE, "tight").firmer == (MARK_BONES, THREE_POSES)
        marked = hidden | {"asis_psis_tilt": measured(12.0, 2.0)}
        again = "Repeat the photo from the same place: two agree or they do not."
        assert assess(marked, KNOWLEDGE, "tight").firmer == (THREE_POSES, again)
        assert assess(person(marked=12.0), KNOWLEDGE, "tight").firmer == (THREE_POSES,)

    def test_the_one_next_step_is_the_retake_when_the_back_is_hidden(self) -> None:
        finding = assess(person(estimate=None), KNOWLEDGE, retake="cross the arms on the chest")
        assert "cross the arms" in finding.firmer[0]
        assert "ASIS" in assess(person(), KNOWLEDGE).firmer[0]

    def test_every_kind_has_words(self) -> None:
        assert len(WORDS) == 8


class TestCalibrate:
    def test_offset_sigma_sem_and_place(self) -> None:
        raw = {"hip_angle": Measurement(Quantity(12.0, 3.0, "deg"), 3.0, "D", "drawn", 12.0)}
        done = calibrated(raw, KNOWLEDGE)["hip_angle"]
        assert isinstance(done, Measurement)
        assert done.quantity.value == pytest.approx(12.0 - 7.15)
        assert done.raw == 12.0
        assert done.quantity.sigma == pytest.approx(np.sqrt(3**2 + 3.1**2 + 1.5**2))
        assert done.sem == pytest.approx(np.sqrt(1.9**2 + 3**2 - 2.5**2))
        assert done.mdc95 == pytest.approx(1.96 * np.sqrt(2) * done.sem)
        assert done.comparison is not None
        assert done.comparison.z == pytest.approx(-1.25 / np.hypot(4.2, done.quantity.sigma))

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
        both = calibrated(raw, KNOWLEDGE, ["small", "stepping"])["hip_angle"].quantity
        assert both.sigma == pytest.approx(1.15 * 1.2 * plain.sigma)
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

    def test_a_changed_cut_off_changes_the_finding(self) -> None:
        stricter = replace(KNOWLEDGE, rules=replace(RULES, p_mild=0.6))
        assert kind(estimate=22.0) == "mild_anterior_tilt"
        assert assess(person(estimate=22.0), stricter, "tight").kind == "inconclusive"
