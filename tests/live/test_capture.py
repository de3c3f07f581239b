"""Live: one instruction at a time, frames taken by themselves, and a report that is worth no less than a photo's."""

from __future__ import annotations

import itertools
import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from posture.body.frame import Frame
from posture.body.observation import FoundRoll, Observation
from posture.body.pose import SIDES, index
from posture.cli.live import LiveReporter
from posture.cli.live_window import BAND, WIDE, band, drawn, open_window
from posture.errors import NoPerson, UsageError
from posture.followup.live_report import independent, live_report
from posture.io.camera import still
from posture.knowledge.load import Knowledge
from posture.live.capture import ASKED_S, FRAMES, HOLD_S, LIVE_PX, PATIENCE_S, Live, judge, live_gates, step
from posture.live.hold import PASSES, observe_frames
from posture.measures import take_all
from posture.measures.calibrate import calibrated
from posture.measures.measurement import Measurement, Unmeasured
from posture.plan.advise import advise
from posture.plan.intake import Intake
from posture.quality.view import prepare_view
from posture.quantity import Quantity
from posture.report.report import Report
from tests.cli.test_main import said as said_by
from tests.conftest import ROOT
from tests.figures import Figure, observation
from validation.record import GOLDEN, SAMPLES

KNOWLEDGE = Knowledge.load()
GATES = live_gates(KNOWLEDGE.gates)
TYPICAL, TURNED = (Report.from_json((GOLDEN / f"{name}.json").read_text("utf-8")) for name in ("typical", "turned"))
GOOD, TURNED_AWAY = observation(Figure()), observation(Figure(yaw_gap=0.5))
NOBODY = NoPerson("nothing").issue()


def fold(frames: list[object], rate_hz: float = 20.0, state: Live | None = None) -> list[Live]:
    """The states after every frame of a film."""
    states, now = [], state or Live()
    for k, seen in enumerate(frames):
        now = step(now, judge(k / rate_hz, seen, GATES))  # type: ignore[arg-type]
        states.append(now)
    return states


def moved(by_px: float) -> object:
    pose = GOOD.pose
    return replace(GOOD, pose=replace(pose, xy_px=pose.xy_px + (by_px, 0.0)))


class TestCapture:
    def test_two_good_seconds_then_twelve_frames_a_quarter_apart(self) -> None:
        states = fold([GOOD] * 140)
        phases = [state.phase for state in states]
        assert phases.index("measure") == round(HOLD_S * 20)
        taken = states[-1].taken
        assert states[-1].phase == "taken"
        assert len(taken) == FRAMES
        assert np.diff(taken) == pytest.approx(0.25)
        assert all(state.asked is None for state in states)
        wanted = [after.taken != before.taken for before, after in itertools.pairwise(states)]
        assert sum(wanted) == FRAMES

    def test_at_three_frames_a_second_each_good_one_is_taken(self) -> None:
        taken = fold([GOOD] * 60, rate_hz=3.0)[-1].taken
        assert len(taken) == FRAMES
        assert np.diff(taken) == pytest.approx(1 / 3)

    def test_seconds_are_counted_down_while_somebody_stands(self) -> None:
        left = [state.left_s for state in fold([NOBODY] * 10 + [GOOD] * 120)]
        assert left[9] is None
        standing = [one for one in left[10:] if one is not None]
        assert standing[0] == pytest.approx(HOLD_S + 3.0)
        assert standing == sorted(standing, reverse=True)
        assert standing[-1] <= 0.25
        assert left[-1] is None

    @pytest.mark.parametrize(
        ("seen", "code"),
        [
            (NOBODY, "no_person"),
            (TURNED_AWAY, "not_side_view"),
            (observation(Figure(yaw_gap=0.18)), "turned_slightly"),
            (observation(Figure(size=300.0)), "too_small"),
        ],
    )
    def test_the_one_thing_to_do_is_what_would_refuse_a_photo(self, seen: object, code: str) -> None:
        state = fold([seen] * 100)[-1]
        assert state.phase == "guide"
        assert state.asked is not None
        assert state.asked.code == code

    def test_who_moves_is_asked_to_stand_still_and_never_measured(self) -> None:
        swaying = [moved(20 * np.sin(k / 5)) for k in range(200)]
        states = fold(swaying)
        assert all(state.phase in ("guide", "hold") for state in states)
        assert states[-1].asked is not None
        assert states[-1].asked.code == "moving"

    def test_feet_that_are_found_now_here_now_there_are_no_movement(self) -> None:
        feet = [index(name, side) for name in ("heel", "toe") for side in SIDES]
        lower = GOOD.pose.xy_px.copy()
        lower[feet, 1] += 0.02 * GOOD.pose.stature_px
        longer = replace(GOOD, pose=replace(GOOD.pose, xy_px=lower))
        assert longer.pose.stature_px > 1.015 * GOOD.pose.stature_px
        assert fold([GOOD, longer] * 60)[-1].phase == "taken"

    @pytest.mark.parametrize(("side", "moving"), [("near", True), ("far", False)])
    def test_the_hidden_ankle_alone_is_no_movement(self, side: str, moving: bool) -> None:
        own = "right" if side == "near" else "left"  # the figure looks to the right
        elsewhere = GOOD.pose.xy_px.copy()
        elsewhere[index("ankle", own)] += (-0.03 * GOOD.pose.stature_px, 0.0)
        jumped = replace(GOOD, pose=replace(GOOD.pose, xy_px=elsewhere))
        assert (fold([GOOD, GOOD, jumped] * 40)[-1].phase != "taken") == moving

    @pytest.mark.parametrize(("sd_pct", "moving"), [(0.45, False), (0.55, True)])
    def test_half_a_percent_of_stature_is_still(self, sd_pct: float, moving: bool) -> None:
        by = np.sqrt(2) * sd_pct / 100 * GOOD.pose.stature_px
        states = fold([moved(by * np.sin(2 * np.pi * k / 20)) for k in range(140)])  # once a second
        assert (states[-1].phase == "guide") == moving

    def test_a_small_step_ends_the_hold(self) -> None:
        there = moved(0.03 * GOOD.pose.stature_px)
        states = fold([GOOD] * 50 + [there] * 20)
        assert states[49].taken
        assert any(state.asked is not None and state.asked.code == "moving" for state in states[50:])
        assert states[-1].taken == ()

    def test_a_slip_of_the_model_breaks_no_hold_and_leaving_does(self) -> None:
        assert fold([GOOD] * 50 + [NOBODY] * 4 + [GOOD] * 60)[-1].taken
        states = fold([GOOD] * 50 + [NOBODY] * 10)
        assert states[-1].phase == "guide"
        assert states[-1].taken == ()

    def test_who_was_asked_long_enough_to_turn_is_measured_with_the_warning(self) -> None:
        slightly = observation(Figure(yaw_gap=0.18))
        states = fold([slightly] * 300)
        began = next(k for k, state in enumerate(states) if state.phase == "hold") / 20
        assert began == pytest.approx(PATIENCE_S)
        assert states[-1].phase == "taken"
        assert fold([TURNED_AWAY] * 300)[-1].phase == "guide"

    def test_words_stay_long_enough_to_be_followed(self) -> None:
        states = fold([TURNED_AWAY, NOBODY] * 60)
        asked = [state.asked.code for state in states if state.asked]
        changes = sum(a != b for a, b in itertools.pairwise(asked))
        assert changes <= 120 / 20 / ASKED_S

    def test_few_pixels_widen_every_interval_as_they_do_in_a_photo_measured_all_the_same(self) -> None:
        sigmas = {}
        for tall, code in ((900.0, None), (600.0, "small"), (420.0, "too_small")):
            view = prepare_view(observation(Figure(size=tall)), GATES)
            assert view.body is not None
            codes = [warning.code for warning in view.warnings]
            assert [one for one in codes if "small" in one] == ([code] if code else [])
            hip = calibrated(take_all(view.body, KNOWLEDGE.tilt_model), KNOWLEDGE, codes)["hip_angle"]
            assert isinstance(hip, Measurement)
            sigmas[code] = hip.quantity.sigma
        assert sigmas["too_small"] > 1.1 * sigmas["small"] > 1.1 * sigmas[None]

    def test_small_bodies_are_guided_and_have_no_outline(self) -> None:
        gates = GATES
        assert gates.too_small_px == LIVE_PX
        assert gates.contour_px >= 500


def frames(values: list[float], sem: float = 2.5) -> list[Report]:
    """Frames of one person whose hip angle scatters."""
    measured = TYPICAL.measurements["hip_angle"]
    assert isinstance(measured, Measurement)
    made = []
    for k, value in enumerate(values):
        hip = replace(measured, quantity=replace(measured.quantity, value=value, sigma=4.6), sem=sem)
        photo = replace(TYPICAL.photo, sha256=f"{k:064d}")
        made.append(replace(TYPICAL, photo=photo, measurements={**TYPICAL.measurements, "hip_angle": hip}))
    return made


def hip_of(values: list[float]) -> Measurement:
    measured = live_report(frames(values), KNOWLEDGE, Intake())[0].measurements["hip_angle"]
    assert isinstance(measured, Measurement)
    return measured


class TestReport:
    def test_nobody_under_18_is_compared(self) -> None:
        minor = Intake(age_years=12)
        seen = [replace(shot, measurements=shot.measurements.without_norms()) for shot in frames([4.0] * 6)]
        report, _ = live_report(seen, KNOWLEDGE, minor)
        assert report.finding is None
        assert not any(m.comparison for m in report.measurements.values() if isinstance(m, Measurement))

    def test_an_emergency_is_all_that_is_said(self, capsys: pytest.CaptureFixture[str]) -> None:
        told = Intake(asked=True, flags=("leg_weakness",))
        urgent = replace(TYPICAL, plan=advise("no_sign", told, KNOWLEDGE))
        LiveReporter(headless=False).measured(urgent, {})
        said = capsys.readouterr().out
        assert said.startswith("Go to an emergency department now")
        assert "°" not in said

    def test_no_hold_is_worth_more_than_four_photos(self) -> None:
        assert hip_of([2.0 + 5.0 * (k % 2) for k in range(400)]).sem == pytest.approx(2.5 / 2)

    def test_the_numbers_are_medians_and_the_finding_follows_them(self) -> None:
        values = list(np.random.default_rng(1).normal(5, 1, 30))
        report, spreads = live_report(frames(values), KNOWLEDGE, Intake())
        assert report.status == "analyzed"
        assert hip_of(values).quantity.value == pytest.approx(np.median(values))
        assert spreads["hip_angle"].sd == pytest.approx(np.std(values, ddof=1), rel=1e-6)
        assert report.finding is not None
        assert Report.from_json(report.to_json()).status == "analyzed"

    def test_frames_that_do_not_scatter_are_worth_one_photo(self) -> None:
        assert hip_of([5.0] * 30).quantity.sigma == pytest.approx(4.6)

    def test_the_worked_number(self) -> None:
        assert hip_of([5.0] * 30).quantity.sigma == pytest.approx(4.6)
        by = 2.5 * np.sqrt(29 / 30)
        assert hip_of([5 + by, 5 - by] * 15).quantity.sigma == pytest.approx(3.9, abs=0.05)

    def test_frames_that_scatter_independently_lessen_the_doubt_and_a_drift_does_not(self) -> None:
        noise = list(np.random.default_rng(2).normal(5, 2, 30))
        drift = sorted(noise)
        assert hip_of(noise).quantity.sigma < hip_of(drift).quantity.sigma <= 4.6
        assert hip_of(noise).quantity.sigma > 3.3  # model and realism stay
        assert hip_of(noise).sem < 2.5

    def test_more_scatter_than_landmarks_have_never_looks_surer(self) -> None:
        sway = list(5 + 6 * np.sin(np.arange(30) / 5))
        assert hip_of(sway).quantity.sigma > hip_of([5.0] * 30).quantity.sigma

    def test_a_frame_that_does_not_belong_is_left_out(self) -> None:
        values = [5.0 + 0.1 * (k % 3) for k in range(29)] + [60.0]
        _report, spreads = live_report(frames(values), KNOWLEDGE, Intake())
        assert spreads["hip_angle"].outliers == (29,)
        assert hip_of(values).quantity.value == pytest.approx(5.1)

    def test_the_turn_is_the_frames_median_with_a_photos_doubt(self) -> None:
        seen = [
            replace(frame, rotation=None if k < 8 else Quantity(4.0 + k % 3, 2.4, "deg"))
            for k, frame in enumerate(frames([5.0] * 30))
        ]
        assert live_report(seen, KNOWLEDGE, Intake())[0].rotation == Quantity(5.0, 2.4, "deg")
        few = [replace(one, rotation=None) for one in seen[:20]] + seen[20:]
        assert live_report(few, KNOWLEDGE, Intake())[0].rotation is None

    def test_what_few_frames_show_is_not_measured_and_lengths_are_medians(self) -> None:
        shots = frames([5.0] * 9)
        hidden = {**TYPICAL.measurements, "contour_lordosis": Unmeasured("hidden")}
        cm = [Quantity(value, 1.0, "cm") for value in range(9)]
        shots = [
            replace(shot, measurements=hidden if k > 3 else shot.measurements, lengths_cm={"lumbar_depth": cm[k]})
            for k, shot in enumerate(shots)
        ]
        report, spreads = live_report(shots, KNOWLEDGE, Intake())
        assert isinstance(report.measurements["contour_lordosis"], Unmeasured)
        assert "contour_lordosis" not in spreads
        assert report.lengths_cm["lumbar_depth"] == Quantity(4.0, 1.0, "cm")

    def test_mostly_refused_it_is_a_refusal(self) -> None:
        report, spreads = live_report([TURNED] * 20 + [TYPICAL] * 10, KNOWLEDGE, Intake())
        assert (report.status, spreads) == ("refused", {})
        assert live_report([TURNED] * 10 + [TYPICAL] * 20, KNOWLEDGE, Intake())[0].status == "analyzed"

    def test_how_many_values_a_series_is_worth(self) -> None:
        assert independent([1.0] * 30) == 1.0
        assert independent(list(range(10))) < 2
        assert independent(list(np.random.default_rng(3).normal(0, 1, 300))) > 200


def film(path: Path, sway_px: float, frames_: int = 62, rate_hz: int = 10) -> Path:
    """The typical sample before a plain wall at 1280 × 720, standing or swaying, with the noise of a camera."""
    tall = 720
    noise = np.random.default_rng(4).normal(0, 3, (tall + 64, 1280 + 64, 3)).round().astype(np.int16)
    picture = Image.open(SAMPLES / "typical.jpg").convert("RGB")
    person = np.asarray(picture.resize((tall * picture.width // picture.height, tall)))
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*"mp4v"), rate_hz, (1280, tall))
    for k in range(frames_):
        frame = np.empty((tall, 1280, 3), np.int16)
        frame[:] = person[5, 5]
        left = 440 + round(sway_px * np.sin(k / 4))
        frame[:, left : left + person.shape[1]] = person
        down, across = (23 * k) % 64, (41 * k) % 64  # another part of the noise for every frame
        noisy = np.clip(frame + noise[down : down + tall, across : across + 1280], 0, 255).astype(np.uint8)
        writer.write(np.ascontiguousarray(noisy[:, :, ::-1]))
    writer.release()
    return path


def live(*arguments: object) -> tuple[int, list[dict[str, object]], str]:
    command = [sys.executable, "-m", "posture", "live", "--headless", *map(str, arguments)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()], done.stderr


@pytest.mark.slow
class TestCommand:
    def test_a_clip_of_somebody_standing_is_measured_as_a_photo_is(self, tmp_path: Path) -> None:
        code, lines, _ = live("--video", film(tmp_path / "still.mp4", 0.8))
        assert code == 0
        report = Report.from_json(json.dumps(next(line["report"] for line in lines if "report" in line)))
        photo = TYPICAL.measurements["hip_angle"]
        measured = report.measurements["hip_angle"]
        assert isinstance(photo, Measurement)
        assert isinstance(measured, Measurement)
        assert measured.quantity.value == pytest.approx(photo.quantity.value, abs=2 * photo.sem)
        assert next(line["phase"] for line in lines if "phase" in line) in ("guide", "hold")

    def test_a_clip_of_somebody_swaying_is_not(self, tmp_path: Path) -> None:
        code, lines, _ = live("--video", film(tmp_path / "sway.mp4", 25))
        assert code == 1
        assert not any("report" in line for line in lines)
        assert any(line["ask"] and line["ask"]["code"] == "moving" for line in lines)  # type: ignore[index]

    def test_somebody_walking_is_never_measured(self) -> None:
        walk = ROOT.parent / "shared" / "videos" / "sports2d_walk_left.mp4"
        if not walk.exists():
            pytest.skip("../shared is not here: a clip of somebody walking was NOT tried")
        code, lines, _ = live("--video", walk)
        assert code == 1
        assert not any("report" in line for line in lines)

    def test_what_is_no_clip_and_no_camera_are_said(self, tmp_path: Path) -> None:
        (tmp_path / "text.mp4").write_text("Dear diary")
        for asked, said in (
            (("--video", tmp_path / "none.mp4"), "there is no such file"),
            (("--video", tmp_path / "text.mp4"), "not a video"),
            (("--camera", 63), "cannot be opened"),
        ):
            code, _, error = said_by("live", "--headless", *asked)
            assert code == 2
            assert said in error
            assert "Traceback" not in error

    def test_a_broken_tail_ends_the_clip(self, tmp_path: Path) -> None:
        from posture.io.camera import from_file

        whole = film(tmp_path / "clip.avi", 0.0, frames_=20)
        count = len(list(from_file(whole)))
        data = whole.read_bytes()
        (tmp_path / "torn.avi").write_bytes(data[: len(data) * 2 // 3])
        torn = list(from_file(tmp_path / "torn.avi"))
        assert 0 < len(torn) < count
        with pytest.raises(UsageError):
            list(from_file(tmp_path / "nothing.avi"))


class TestHold:
    def test_roll_and_stickers_are_looked_for_in_the_first_frame_that_shows_somebody(self) -> None:
        asked: list[tuple[bool, bool]] = []

        def look(frame: Frame, passes: int, stickers: bool, roll: bool) -> Observation:
            assert frame in frames_
            assert passes == PASSES
            asked.append((stickers, roll))
            if len(asked) == 1:
                raise NoPerson("nobody yet")
            return replace(GOOD, found_roll=FoundRoll(1.5, 0.3, 0.9) if roll else None)

        frames_ = [still(np.full((4, 4, 3), k, np.uint8)) for k in range(4)]
        seen = [one for _, one in observe_frames(frames_, look)]
        assert asked == [(True, True), (True, True), (False, False), (False, False)]
        assert isinstance(seen[0], NoPerson)
        assert [one.found_roll.roll_deg for one in seen[1:]] == [1.5] * 3  # type: ignore[union-attr]


class TestWindow:
    def test_the_frame_is_a_mirror_with_joints_on_it_and_words_under_it(self) -> None:
        dark = np.zeros((720, 1280, 3), np.uint8)
        dark[:, :100] = 200
        words = band("Stand still.", "guide")
        plain, with_joints = drawn(dark, None, words, 0.5), drawn(dark, GOOD.pose, words, 0.0)
        assert plain.shape == (630 + BAND, WIDE, 3)
        assert plain[300, -10].mean() > 150 > plain[300, 10].mean()
        assert (plain[-3, : WIDE // 2 - 2] == 255).all()
        assert not (plain[-3, WIDE // 2 + 2 :] == 255).all()
        assert (plain[:630] != with_joints[:630]).any()
        assert words.std() > 10  # there are letters on it

    def test_long_words_fit(self) -> None:
        words = band("come closer or use a higher resolution, so that the body fills the picture's height", "hold")
        assert (words[:, -20:] == words[0, -1]).all()

    def test_without_a_display_or_with_an_opencv_without_windows_there_is_none(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def broken(*_: object) -> None:
            raise cv2.error("not implemented")

        monkeypatch.setattr(sys, "platform", "linux")
        for name in ("DISPLAY", "WAYLAND_DISPLAY"):
            monkeypatch.delenv(name, raising=False)
        assert open_window() is None
        monkeypatch.setenv("DISPLAY", ":0")
        monkeypatch.setattr(cv2, "namedWindow", broken)
        assert open_window() is None
