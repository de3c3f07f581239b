"""The yardstick itself: recorded observations, statistics, and what fitting may not know."""

from __future__ import annotations

import ast
import tomllib
from dataclasses import replace
from datetime import date
from math import atan2, degrees
from pathlib import Path
from shutil import copy, copytree

import numpy as np
import pytest

from posture.body.pose import index
from posture.knowledge.load import Knowledge
from posture.knowledge.tilt_model import CLOTHES_DECLARED, LinearModel
from tests.conftest import ROOT
from tests.figures import Figure
from tests.figures import observation as observation_of
from validation.baselines import guessed_sacrum, hip_line
from validation.calibrate import ANGLES, CURVES, DATA, angle_errors, norms, repeats, twentieths, write
from validation.fit import about_own_mean, conformal_sigma, fit_turn
from validation.judge import Pairs, auc, brier_skill, calibration_error
from validation.learners import blend, boosting, kernels, lines, networks, ridge, synthesis, worn
from validation.methods import photos_of_one
from validation.observed import FOLDER, Seen, load, load_set, save
from validation.study import (
    Photo,
    between,
    bias,
    holds,
    icc,
    poses,
    read_study,
    slope,
    spread,
    verdicts,
    within,
)
from validation.vectors import FOLDER as VECTORS
from validation.vectors import People
from validation.vectors import load as load_people
from validation.vectors import save as save_people


class TestObserved:
    def test_what_is_saved_comes_back_to_an_eighth_of_a_pixel(self, tmp_path: Path) -> None:
        seen = observation_of(Figure())
        nobody = Seen({"name": "nobody", "fit": "tight"}, None, "0" * 64)
        save([Seen({"name": "a", "fit": "tight"}, seen, "0" * 64), nobody], tmp_path / "x_0.npz")
        first, second = load_set("x", tmp_path)
        assert second.observation is None
        assert second.truth["name"] == "nobody"
        again = first.observation
        assert again is not None
        assert again.pose.xy_px == pytest.approx(seen.pose.xy_px, abs=1 / 16 + 1e-9)
        assert again.pose.world_m == pytest.approx(seen.pose.world_m, abs=1e-4)
        for name in ("refined", "masked", "second"):
            before, after = getattr(seen.silhouette, name), getattr(again.silhouette, name)
            if before is None:
                assert after is None
            else:
                assert after.left_px == pytest.approx(before.left_px, abs=1 / 16 + 1e-9)
                assert np.array_equal(after.rows_px, before.rows_px)

    def test_a_picture_without_an_outline_comes_back_without(self, tmp_path: Path) -> None:
        bare = replace(observation_of(Figure()), silhouette=None)
        save([Seen({"name": "a"}, bare, "0")], tmp_path / "x_0.npz")
        (again,) = load(tmp_path / "x_0.npz")
        assert again.observation is not None
        assert again.observation.silhouette is None

    @pytest.mark.parametrize("name", ["tight", "arms"], ids=["outlines mixed, as before", "kind by kind"])
    def test_both_kinds_of_archive_are_read(self, name: str) -> None:
        for one in load_set(name)[:40]:
            if one.observation is None or one.observation.silhouette is None:
                continue
            refined, masked = one.observation.silhouette.refined, one.observation.silhouette.masked
            for edge in ("left_px", "right_px"):  # refining moves an edge by a few pixels
                assert np.median(np.abs(getattr(refined, edge) - getattr(masked, edge))) < 3

    def test_a_set_that_is_not_there_names_the_command(self, tmp_path: Path) -> None:
        with pytest.raises(FileNotFoundError, match="make people"):
            load_set("tight", tmp_path)

    def test_the_committed_observations_stay_small(self) -> None:
        sizes = [file.stat().st_size for file in FOLDER.glob("*.npz")]
        assert sizes, "the observations that make validate needs are missing"
        assert sum(sizes) < 12e6
        assert max(sizes) < 1.4e6


class TestCalibrate:
    def test_errors_beyond_the_jitter_and_the_scatter_between_two_photos(self) -> None:
        """Judged people stand in for those that are fitted on: what is written lies near what ships."""
        knowledge = Knowledge.load()
        found, again = angle_errors(load_set("tight")[:80]), repeats(load_set("twice")[:120])
        assert set(found) == set(ANGLES)
        assert set(again) == {*ANGLES, *CURVES}
        for name in ANGLES:
            assert found[name]["error"]["offset"] == pytest.approx(knowledge.errors[name].offset, abs=1.5)
            assert found[name]["error"]["n"] > 50
        for name, tables in again.items():
            assert tables["error"]["repeat_sd"] == pytest.approx(knowledge.errors[name].repeat_sd, rel=0.5)

    def test_a_norm_of_both_sexes_and_of_each(self) -> None:
        norm = norms(load_set("matched_natural")[:150])["lumbar_depth"]["norm"]
        assert norm["n"] == norm["women"][2] + norm["men"][2]
        assert norm["men"][0] < norm["mean"] < norm["women"][0]

    def test_figures_go_into_the_files_and_all_else_stays(self, tmp_path: Path) -> None:
        copytree(DATA / "measures", tmp_path / "measures")
        copy(DATA / "limits.toml", tmp_path)
        before = (tmp_path / "measures" / "hip_angle.toml").read_text("utf-8")
        held = tomllib.loads(before)["error"]
        known = {name: held[name] for name in ("offset", "where")}
        assert write({"hip_angle": {"error": known}}, tmp_path) == []
        assert (tmp_path / "limits.toml").read_bytes() == (DATA / "limits.toml").read_bytes()
        changed = write({"hip_angle": {"error": known | {"offset": 3.25}}}, tmp_path)
        assert changed == [f"hip_angle, offset: {held['offset']} → 3.25"]
        after = (tmp_path / "measures" / "hip_angle.toml").read_text("utf-8")
        assert after == before.replace(f"offset = {held['offset']}", "offset = 3.25")
        limits = tomllib.loads((tmp_path / "limits.toml").read_text("utf-8"))
        assert limits["calibration_version"] == f"{date.today():%Y.%m.%d}"

    @pytest.mark.parametrize(("value", "written"), [(1.772, 1.75), (-3.64, -3.65), (np.float64(2.0), 2.0)])
    def test_a_figure_to_a_twentieth(self, value: float, written: float) -> None:
        assert twentieths(value) == written


def test_fitting_cannot_know_the_strangers() -> None:
    """Nothing that fits imports the strangers' bodies, however far; nor do the bodies that are fitted on."""

    def imported(file: Path, known: set[Path]) -> set[Path]:
        if file in known:
            return known
        known.add(file)
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            module = node.module if isinstance(node, ast.ImportFrom) else None
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else [module or ""]
            for name in names:
                path = ROOT / (name.replace(".", "/") + ".py")
                if name.startswith("validation") and path.is_file():
                    imported(path, known)
        return known

    for name in ("fit", "baselines", "learners", "vectors", "people/person", "people/wider"):
        reached = {path.name for path in imported(ROOT / "validation" / f"{name}.py", set())}
        assert len(reached) > 1, "the walk found nothing: it would also miss the strangers"
        assert "strangers.py" not in reached
    assert "strangers.py" in {p.name for p in imported(ROOT / "validation" / "people" / "sets.py", set())}


class TestStatistics:
    def test_pairs(self) -> None:
        found = Pairs(np.array([1.0, 4.0, 7.0]), np.array([1.0, 1.0, 1.0]), np.array([0.0, 2.0, 4.0]), asked=4)
        assert found.answered == 0.75
        assert found.slope == pytest.approx(1.5)
        assert found.r == pytest.approx(1.0)
        assert found.rms == pytest.approx(np.sqrt((1 + 4 + 9) / 3))
        assert found.covered(2.0) == pytest.approx(2 / 3)

    def test_auc_counts_pairs(self) -> None:
        assert auc(np.array([1.0, 2.0, 3.0, 4.0]), np.array([False, True, False, True])) == 0.75
        assert np.isnan(auc(np.array([1.0]), np.array([True])))

    def test_honest_probabilities_have_no_calibration_error(self) -> None:
        p = np.repeat([0.1, 0.9], 100)
        happened = np.concatenate([np.arange(100) < 10, np.arange(100) < 90])
        assert calibration_error(p, happened, bins=2) == pytest.approx(0)
        assert calibration_error(1 - p, happened, bins=2) == pytest.approx(0.8)
        assert brier_skill(p, happened) > 0.5
        assert brier_skill(np.full(200, 0.5), happened) == pytest.approx(0)


class TestFit:
    def test_ridge_without_penalty_is_least_squares(self) -> None:
        rng = np.random.default_rng(0)
        x = rng.standard_normal((60, 3))
        intercept, weights = ridge(x, 4 + x @ [1.0, -2.0, 0.5], 1e-9)
        assert intercept == pytest.approx(4)
        assert weights == pytest.approx([1.0, -2.0, 0.5])

    def test_a_conformal_interval_holds_nineteen_of_twenty_new_people(self) -> None:
        """Whatever the law of the errors: here one with heavy tails."""
        rng = np.random.default_rng(2)
        held = [np.abs(rng.standard_t(3)) <= 1.96 * conformal_sigma(rng.standard_t(3, 100)) for _ in range(2000)]
        assert np.mean(held) == pytest.approx(0.95, abs=0.015)
        with pytest.raises(ValueError, match="18 errors"):
            conformal_sigma(np.ones(18))


def drawn_people(n: int, seed: int, **truth: object) -> People:
    """People whose outlines bend with the rotation, half in tight clothes, half in normal ones that hide some of it."""
    from posture.body.outline_features import LENGTH

    rng = np.random.default_rng(seed)
    rotation, tight = rng.uniform(-3, 27, n), np.arange(n) % 2 == 0
    course = np.sin(np.linspace(0, 6, LENGTH)) * 0.002
    shape = rng.standard_normal((n, 6)) @ np.sin(np.outer(np.arange(1, 7), np.linspace(0, 3, LENGTH))) * 0.004
    vectors = np.where(tight, 1.0, 0.7)[:, None] * rotation[:, None] * course + shape
    vectors += 0.001 * rng.standard_normal(vectors.shape)
    fits = ["tight" if one else "normal" for one in tight]
    return People(vectors, [{"seed": k, "rotation": r, "fit": f, "stand_off": 0.01 * (f == "normal"),
                             "yaw": 0.0, "arm_over_back": 0.0, **truth}
                            for k, (r, f) in enumerate(zip(rotation, fits, strict=True))])  # fmt: skip


class TestLearners:
    @pytest.mark.parametrize(
        "method",
        [
            pytest.param(lines(1.0), id="lines"),
            pytest.param(networks(20, decay=0.1, members=2), id="networks"),
            pytest.param(blend(lines(1.0), lines(10.0), 0.3), id="mean"),
            # those that were tried and do not ship
            pytest.param(kernels(0.1, 2.0), id="kernels", marks=pytest.mark.slow),
            pytest.param(boosting, id="boosting", marks=pytest.mark.slow),
            pytest.param(synthesis, id="synthesis", marks=pytest.mark.slow),
        ],
    )
    def test_each_method_learns_the_rotation_of_new_people(self, method) -> None:
        predict, others = method(drawn_people(400, 1)), drawn_people(100, 2)
        for told in ("tight", "normal"):
            people = others.where(fit=told)
            error = predict(people.vectors, told) - people.column("rotation")
            assert np.sqrt(np.mean(error**2)) < 0.6 * people.column("rotation").std(), told

    def test_what_is_worn_is_what_is_told(self) -> None:
        people = drawn_people(20, 3) + drawn_people(4, 4, fit="loose")
        people.truths[1]["stand_off"] = 0.005  # normal clothes that hardly stand off are called tight too
        assert len(worn(people, "normal").truths) == 10
        assert len(worn(people, "tight").truths) == 11
        assert len(worn(people, "untold").truths) == 20

    def test_people_come_back_from_their_archive(self, tmp_path: Path) -> None:
        people = drawn_people(7, 5)
        save_people(people, tmp_path / "some.npz")
        again = load_people("some", tmp_path)
        assert again.truths == people.truths
        assert again.vectors == pytest.approx(people.vectors, abs=1.01e-4)
        with pytest.raises(FileNotFoundError, match="make fit"):
            load_people("none", tmp_path)

    def test_the_turn_is_learnt_about_each_persons_own_mean(self) -> None:
        """What is a person's own drops out, however large; what turns with the pelvis is kept."""
        rng = np.random.default_rng(9)
        people = drawn_people(400, 9)
        for k, truth in enumerate(people.truths):
            truth["seed"] = k // 2
        people = People(people.vectors + np.repeat(rng.standard_normal((200, 1)), 2, axis=0), people.truths)
        moved, turned = about_own_mean(people)
        seeds = people.column("seed")
        for column in (moved[:, 5], turned):
            assert [column[seeds == seed].mean() for seed in range(200)] == pytest.approx([0.0] * 200, abs=1e-9)
        nothing = LinearModel(0.0, np.zeros(people.vectors.shape[1]))
        silent = replace(Knowledge.load().tilt_model, lines=dict.fromkeys(CLOTHES_DECLARED, nothing), line_share=1.0)
        turn = fit_turn(silent, people, people, people)
        assert np.std(moved @ turn.weights - turned) < 0.5 * turned.std()
        together = turn.line_share * moved @ turn.weights - turned  # two photos each
        assert turn.error == pytest.approx(np.sqrt(2) * np.sqrt(np.mean(together**2)))

    def test_every_two_photos_of_a_person_are_compared(self) -> None:
        people = drawn_people(4, 1)
        for truth, seed in zip(people.truths, (7, 8, 7, 7), strict=True):
            truth["seed"] = seed
        assert [pair.tolist() for pair in photos_of_one(people)] == [[0, 0, 2], [2, 3, 3]]

    def test_the_committed_outlines_stay_small(self) -> None:
        sizes = [file.stat().st_size for file in VECTORS.glob("*.npz")]
        assert sizes, "the outlines that the fit needs are missing"
        assert sum(sizes) < 5e6


class TestStudy:
    def test_a_table_without_its_columns_says_which(self, tmp_path: Path) -> None:
        (tmp_path / "s.csv").write_text("file,person\na.jpg,1\n")
        with pytest.raises(ValueError, match="clothing"):
            read_study(tmp_path / "s.csv")

    def test_a_calliper_is_a_reference_as_stickers_are(self, tmp_path: Path) -> None:
        (tmp_path / "s.csv").write_text("file,person,clothing,calliper_deg\na.jpg,1,tight,12.5\n")
        assert read_study(tmp_path / "s.csv")[0]["calliper_deg"] == "12.5"

    def test_errors_between_and_within_are_told_apart(self) -> None:
        """Two people read 4 high and 4 low, each photo 1 off from there: between 4, within sqrt(4 / 2)."""
        groups = [[photo("a", 10.0, 15.0), photo("a", 10.0, 13.0)], [photo("b", 12.0, 9.0), photo("b", 12.0, 7.0)]]
        assert between(groups) == pytest.approx(4.0)
        assert within(groups) == pytest.approx(np.sqrt(2))
        # the means differ by SD sqrt(32); half of the within variance stands in them already
        assert spread(groups) == pytest.approx(np.sqrt(32 + 0.5 * 2))

    def test_agreement_is_the_worked_number(self) -> None:
        groups = [[photo(str(k), k, k + 1.0)] for k in (1.0, 2.0, 3.0)]
        assert icc(groups) == pytest.approx(2 / 3)
        assert bias(groups) == pytest.approx(1.0)
        assert slope(groups) == pytest.approx(1.0)
        assert holds(groups) == 1.0

    def test_every_verdict_is_held_against_the_reference(self) -> None:
        photos = [photo("a", 17.0, 18.0, "marked_anterior_tilt"), photo("b", 13.0, 18.0, "marked_anterior_tilt"),
                  photo("c", 8.0, 9.0, "no_sign"), photo("d", 8.0, float("nan"), "undetermined")]  # fmt: skip
        table = verdicts(photos)
        assert "| marked anterior tilt | 2 | 2 | 15.0 ± 2.0 | 50% | 0% | 0% | 1 of 2 |" in table
        assert "| no sign | 1 | 1 | 8.0 ± 0.0 | 0% | 0% | 0% | 1 of 1 |" in table
        assert "| undetermined | 1 | 1 | 8.0 ± 0.0 | 0% | 0% | 0% | – |" in table

    def test_a_pose_is_compared_with_the_same_person_relaxed(self) -> None:
        photos = [photo("a", 10.0, 11.0), photo("a", 20.0, 18.0, pose="arched"),
                  photo("b", 8.0, 9.0), photo("b", 18.0, 8.0, pose="arched")]  # fmt: skip
        assert "| arched | 2 | +10.0 | +3.0 | 8.1 | 1 of 2 |" in poses(photos)


def photo(person: str, reference: float, estimate: float, verdict: str = "no_sign", pose: str = "relaxed") -> Photo:
    return Photo(person, pose, reference, estimate, 10.0, 40.0, verdict)


@pytest.mark.parametrize("facing", ["left", "right"])
def test_the_baselines_read_what_they_say(facing: str) -> None:
    """An upright trunk puts the guessed sacrum 1/10 above and 1/12 behind; hips 40 px apart, 10 px uneven."""
    from validation.judge import judge

    seen = observation_of(Figure(trunk=0.0, yaw_gap=0.0, facing=facing))
    xy = seen.pose.xy_px.copy()
    xy[index("hip", "left")] -= (20.0, 5.0)
    xy[index("hip", "right")] += (20.0, 5.0)
    (one,) = judge([Seen({"name": "x", "fit": "tight"}, replace(seen, pose=replace(seen.pose, xy_px=xy)), "0")])
    assert guessed_sacrum(one) == pytest.approx(degrees(atan2(1 / 10, 1 / 12)))
    assert hip_line(one) == pytest.approx(degrees(atan2(10, 40)))


def test_the_norms_of_the_curve_are_where_generated_people_are() -> None:
    """Of 60 natural people the mean lies within half an SD of the norm: their own mean is known to SD / 8."""
    from posture.knowledge.load import Knowledge
    from validation.judge import judge

    judged = [one for one in judge(load_set("natural_loose")[:60]) if one.truth["fit"] == "tight"]
    for name in ("contour_lordosis", "lumbar_depth"):
        norm = Knowledge.load().norms[name]
        values = np.array([one.value(name) for one in judged])
        values = values[np.isfinite(values)]
        assert len(values) > 20
        assert abs(values.mean() - norm.mean) < 0.5 * norm.sd
        assert 0.6 < values.std() / norm.sd < 1.5


def test_the_joint_angles_of_generated_people_are_centred() -> None:
    """The known offsets fit the judged people too; 60 of them know a mean of SD 3 to 0.4."""
    from validation.judge import judge, pairs

    judged = judge(load_set("natural_loose")[:60])
    for name in ("hip_angle", "knee_flexion", "trunk_incl", "thigh_incl", "shank_incl"):
        assert abs(pairs(judged, name, f"true_{name}").error.mean()) < 1.2, name
