"""The record of one photo: JSON both ways, its keys, its HTML page and its picture."""

from __future__ import annotations

import json
from dataclasses import replace
from html import unescape

import numpy as np
import pytest

from posture.body.pose import index
from posture.errors import NoPerson, UsageError
from posture.findings.verdict import INCLINOMETER, MARK_BONES
from posture.knowledge.load import Knowledge
from posture.measures import MEASURES
from posture.measures.measurement import Measurement
from posture.pipeline import Options, analyze, examine
from posture.plan.choice import Item
from posture.plan.intake import Intake, SideTests
from posture.render.html.report import render
from posture.render.overlay import draw, draw_photo
from posture.render.panel import PANEL, fonts
from posture.report.report import Report
from posture.text.labels import LENGTHS, dose_words, number, odds
from tests.conftest import ROOT
from tests.figures import Figure, Sees, frame, observation, with_pose

KNOWLEDGE = Knowledge.load()

ANSWERED = Intake(asked=True, clothing="tight", sitting_h_day=8)
FIGURE = Sees(observation(Figure(hollow_px=60)))


def test_lengths_need_a_stature_and_follow_it() -> None:
    assert analyze(frame(), FIGURE).lengths_cm == {}
    short, tall = (analyze(frame(), FIGURE, intake=Intake(stature_cm=cm)) for cm in (150.0, 180.0))
    assert set(short.lengths_cm) == set(LENGTHS)
    for name, length in short.lengths_cm.items():
        assert tall.lengths_cm[name].value == pytest.approx(1.2 * length.value)
    assert Report.from_json(tall.to_json()).lengths_cm.keys() == tall.lengths_cm.keys()
    displacement = short.measurements["pelvic_displacement"]
    leg_cm = 0.49 * 1000 * 150 / observation(Figure(hollow_px=60)).stature_px
    assert short.lengths_cm["hips_ahead_of_ankles"].value == pytest.approx(
        leg_cm * np.sin(np.radians(displacement.quantity.value)), rel=0.02
    )
    assert "In centimetres" in render(tall, Knowledge.load())


def reports() -> dict[str, Report]:
    marked = Options(asis=(550, 620), psis=(450, 600), plumb=((100, 0), (101, 1300)))
    emergency = Intake(asked=True, flags=("leg_weakness",))
    return {
        "analyzed": analyze(frame(), FIGURE, intake=ANSWERED),
        "marked": analyze(frame(), FIGURE, intake=ANSWERED, options=marked),
        "not asked": analyze(frame(), FIGURE),
        "no contour": analyze(frame(), FIGURE, intake=Intake(clothing="loose")),
        "refused": analyze(frame(), Sees(observation(Figure(yaw_gap=0.5)))),
        "nobody": analyze(frame(), Sees(NoPerson("nothing"))),
        "minor": analyze(frame(), FIGURE, intake=Intake(age_years=12)),
        "emergency": analyze(frame(), FIGURE, intake=emergency),
    }


REPORTS = reports()


@pytest.mark.parametrize("name", REPORTS)
def test_json_comes_back_the_same(name: str) -> None:
    text = REPORTS[name].to_json()
    assert "\n" not in text
    assert Report.from_json(text).to_json() == text


@pytest.mark.parametrize("name", REPORTS)
def test_the_keys_of_the_contract(name: str) -> None:
    data = json.loads(REPORTS[name].to_json())
    assert list(data) == [
        "schema",
        "photo",
        "status",
        "reasons",
        "warnings",
        "notes",
        "facing",
        "quality",
        "stickers",
        "by_hand",
        "measurements",
        "lengths_cm",
        "finding",
        "plan",
        "outline",
        "outline_vector",
        "turn",
        "practice",
        "versions",
    ]
    assert list(data["photo"]) == ["file", "sha256", "width", "height"]
    assert list(data["versions"]) == [
        "posture", "model_sha256", "norms", "calibration", "verdict", "rotation",
    ]  # fmt: skip
    for measured in data["measurements"].values():
        assert list(measured) == ["unmeasured"] or {
            "value", "sigma", "sem", "mdc95", "low95", "high95", "unit", "grade", "method", "z", "percentile", "norm"
        } <= set(measured)  # fmt: skip
    if data["status"] == "analyzed":
        assert list(data["measurements"]) == list(MEASURES)
    else:
        assert data["measurements"] == {}
        assert data["finding"] is None


def test_statuses() -> None:
    assert {name: report.status for name, report in REPORTS.items()} == {
        "analyzed": "analyzed", "marked": "analyzed", "not asked": "analyzed", "no contour": "analyzed",
        "refused": "refused", "nobody": "refused", "minor": "analyzed", "emergency": "analyzed",
    }  # fmt: skip
    assert REPORTS["marked"].finding.grade == "A"
    assert REPORTS["minor"].finding is None
    assert REPORTS["minor"].plan is None
    compared = [m.comparison for m in REPORTS["minor"].measurements.values() if isinstance(m, Measurement)]
    assert compared
    assert not any(compared)
    assert REPORTS["emergency"].plan.mode == "refer"
    assert REPORTS["refused"].facing == "right"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "no JSON"),
        ("[]", "not a report"),
        ('{"schema": 3}', "schema 2, or with an older one"),
        ('{"schema": 1}', "damaged"),
        (REPORTS["analyzed"].to_json().replace('"headline"', '"headlin"'), "damaged"),
        (REPORTS["analyzed"].to_json().replace('"sigma": ', '"sigma": -', 1), "damaged"),
    ],
)
def test_foreign_or_damaged_json_is_refused(text: str, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        Report.from_json(text)


class TestWhatTheAnswersDo:
    """The pipeline hands every answer to the stage that needs it."""

    def test_clothing_reaches_the_contour_and_the_finding(self) -> None:
        tight, normal, loose = (
            analyze(frame(), FIGURE, intake=Intake(clothing=c)) for c in ("tight", "normal", "loose")
        )
        for told, report in (("tight", tight), ("normal", normal)):
            assert f"{told} clothes" in report.measurements["pelvic_tilt_estimate"].method
        assert tight.finding.tilt != normal.finding.tilt
        assert loose.finding.kind == "undetermined"

    def test_lenient_reaches_the_gates(self) -> None:
        stepping = Sees(observation(Figure(ankles_apart=0.2)))
        assert analyze(frame(), stepping).status == "refused"
        assert analyze(frame(), stepping, options=Options(lenient=True)).status == "analyzed"

    def test_tests_and_conditions_reach_the_plan(self) -> None:
        short = SideTests(length="short", strength="fine")
        intake = Intake(asked=True, tests={"left": short, "right": short}, conditions=("pregnancy",))
        for seen in (FIGURE, Sees(NoPerson("x"))):
            plan = analyze(frame(), seen, intake=intake).plan
            assert plan.mode == "stretch"
            assert "half_kneeling_tuck" not in {item.id for item in plan.items}

    @pytest.mark.parametrize(("age", "finds"), [(17.9, False), (18, True), (None, True)])
    def test_under_18_there_is_no_finding(self, age: float | None, finds: bool) -> None:
        assert (analyze(frame(), FIGURE, intake=Intake(age_years=age)).finding is not None) == finds

    @pytest.mark.parametrize("code", ["arm_over_back", "loose_clothing", "outline_disagrees"])
    def test_the_next_step_is_the_retake_of_what_hid_the_back(self, code: str) -> None:
        seen, clothing = observation(Figure(hollow_px=6)), None
        if code == "outline_disagrees":
            seen = replace(seen, silhouette=None)
        elif code == "loose_clothing":
            clothing = "loose"
        else:
            xy = seen.pose.xy_px.copy()
            for name, share in (("elbow", 0.5), ("wrist", 0.9)):
                y = xy[12, 1] + share * (xy[24, 1] - xy[12, 1])
                back = np.interp(y, seen.silhouette.masked.rows_px, seen.silhouette.masked.left_px)
                xy[index(name, "right")] = (back + 0.02 * seen.stature_px, y)
            seen = with_pose(seen, xy_px=xy)
        report = analyze(frame(), Sees(seen), intake=Intake(clothing=clothing))
        (retake,) = [w.retake for w in report.warnings if w.code == code]
        steps = report.finding.next_steps
        assert retake in steps[2 if code == "loose_clothing" else 0]
        assert (steps[:2] == (MARK_BONES, INCLINOMETER)) == (code == "loose_clothing")

    def test_a_mark_is_good_to_a_quarter_percent_of_stature(self) -> None:
        options = Options(asis=(550, 600), psis=(450, 600), plumb=((100, 0), (100, 1300)))
        measured = analyze(frame(), FIGURE, options=options).measurements["asis_psis_tilt"]
        clicks = np.degrees(np.sqrt(2) * 0.0025 * FIGURE.seen.stature_px / 100)
        assert measured.sem == pytest.approx(np.sqrt(clicks**2 + 0.5**2 + 2.5**2), rel=1e-6)


class TestOptions:
    @pytest.mark.parametrize(
        ("options", "says"),
        [
            ({"asis": (1, 2)}, "go together"),
            ({"psis": (1, 2)}, "go together"),
            ({"asis": (1, 2), "psis": (1, 2)}, r"same point \(1, 2\)"),
            ({"plumb": ((1, 2), (1, 2))}, r"same point \(1, 2\)"),
        ],
    )
    def test_points_that_cannot_be_meant(self, options: dict, says: str) -> None:
        with pytest.raises(UsageError, match=says):
            Options(**options)

    @pytest.mark.parametrize(
        "options",
        [{"asis": (900, 5), "psis": (4, 5)}, {"asis": (-1, 5), "psis": (4, 5)}, {"plumb": ((0, 0), (0, 1400))}],
    )
    def test_points_outside_the_photo(self, options: dict) -> None:
        with pytest.raises(UsageError, match="outside the photo of 900 × 1400 pixels"):
            analyze(frame(), FIGURE, options=Options(**options))

    def test_points_are_of_the_photo_even_where_it_was_decoded_smaller(self) -> None:
        halved = replace(frame(), width=1800, height=2800)
        full = analyze(frame(), FIGURE, options=Options(asis=(550, 620), psis=(450, 600)))
        half = analyze(halved, FIGURE, options=Options(asis=(1100, 1240), psis=(900, 1200)))
        assert half.measurements["asis_psis_tilt"] == full.measurements["asis_psis_tilt"]

    def test_a_plumb_line_is_undone(self) -> None:
        rolled = Sees(observation(Figure(roll_deg=5.0)))
        line = ((700.0, 0.0), (700.0 + 1300 * np.tan(np.radians(5)), 1300.0))
        report = analyze(frame(), rolled, options=Options(plumb=line))
        assert report.quality["roll_deg"] == pytest.approx(5)
        assert report.measurements["trunk_incl"].raw == pytest.approx(-3, abs=0.01)
        assert report.notes == ()

    def test_an_unknown_roll_is_a_note_and_widens_what_hangs_on_the_vertical(self, knowledge: Knowledge) -> None:
        """By the doubt of a hand-held phone in place of a plumb line's; nothing else moves, and no value does."""
        marks = {"asis": (550.0, 620.0), "psis": (450.0, 600.0)}
        unknown = analyze(frame(), FIGURE, options=Options(**marks))
        level = analyze(frame(), FIGURE, options=Options(**marks, plumb=((700.0, 0.0), (700.0, 1300.0))))
        assert ([note.code for note in unknown.notes], level.notes) == (["roll_unknown"], ())
        assert unknown.warnings == level.warnings == ()
        gates, more = knowledge.gates, set[str]()
        for name, one in unknown.measurements.items():
            known = level.measurements[name]
            assert one.quantity.value == pytest.approx(known.quantity.value)
            wider = one.quantity.sigma**2 - known.quantity.sigma**2
            if wider > 1e-9:
                more.add(name)
                per_degree = np.sqrt(wider / (gates.roll_unknown_deg**2 - gates.roll_known_deg**2))
                assert per_degree == pytest.approx(1, abs=0.01) or MEASURES[name].unit == "%"
        assert more == {name for name, measure in MEASURES.items() if measure.to_vertical} | {"asis_psis_tilt"}

    def test_a_report_of_1_0_0_told_an_unknown_roll_among_its_warnings(self) -> None:
        told = json.loads(analyze(frame(), FIGURE).to_json())
        (note,) = told.pop("notes")
        old = told | {"warnings": [note]}
        read = Report.from_json(json.dumps(old))
        assert ([issue.code for issue in read.notes], read.warnings) == (["roll_unknown"], ())
        assert Report.from_json(read.to_json()) == read


class TestPage:
    def test_a_note_is_no_warning(self, knowledge: Knowledge) -> None:
        page = render(analyze(frame(), FIGURE), knowledge)
        assert "Note: nothing in the picture shows whether the camera was level" in page
        assert "What made this photo less sure" not in page
        loose = render(analyze(frame(), FIGURE, intake=Intake(clothing="loose")), knowledge)
        assert "What made this photo less sure" in loose

    @pytest.mark.parametrize("name", REPORTS)
    def test_it_fetches_nothing(self, knowledge: Knowledge, name: str) -> None:
        page = render(REPORTS[name], knowledge)
        for needle in ("http://", "https://", "<script", 'src="/', "@import", "url("):
            assert needle not in page
        assert "default-src 'none'" in page

    def test_nobody_under_18_is_compared_with_adults(self, knowledge: Knowledge) -> None:
        page = render(REPORTS["minor"], knowledge)
        assert "the norms are of adults" in page
        assert "of 100" not in page
        assert "limits of health" not in page

    def test_an_emergency_stands_alone(self, knowledge: Knowledge) -> None:
        page = render(REPORTS["emergency"], knowledge)
        assert "Get help now" in page
        assert "The numbers" not in page
        assert REPORTS["emergency"].finding.headline not in page

    def test_questions_stand_before_the_exercises_when_nobody_asked(self, knowledge: Knowledge) -> None:
        page = render(REPORTS["not asked"], knowledge)
        question, exercise = page.index("First answer these questions"), page.index('class="exercise"')
        assert question < exercise
        assert "First answer" not in render(REPORTS["analyzed"], knowledge)

    def test_every_exercise_has_its_steps_dose_and_stop_rules(self, knowledge: Knowledge) -> None:
        report = REPORTS["analyzed"]
        page = unescape(render(report, knowledge))
        for item in report.plan.items:
            exercise = knowledge.exercises[item.id]
            for words in (exercise.name, dose_words(item), *exercise.steps, *exercise.stop):
                assert " ".join(words.split()) in page
        assert page.count("Stop with:") == len(report.plan.items)

    def test_names_are_escaped(self, knowledge: Knowledge) -> None:
        report = REPORTS["analyzed"]
        named = replace(report, photo=replace(report.photo, file="<b>Ann</b>.jpg"))
        assert "<b>Ann" not in render(named, knowledge)
        assert "&lt;b&gt;Ann" in render(named, knowledge)

    @pytest.mark.parametrize(
        ("dose", "words"),
        [
            ({"sets": 2, "reps": 1, "hold_s": 30, "days_per_week": 5}, "2 × 30 s, 5 days a week"),
            ({"sets": 3, "reps": 10, "tempo": "2 up, 4 down", "days_per_week": 3},
             "3 × 10, tempo 2 up, 4 down, 3 days a week"),
            ({"sets": 1, "reps": 8, "hold_s": 5}, "1 × 8, each held 5 s"),
            ({"days_per_week": 7}, "every day"),
            ({"days_per_week": 1}, "1 day a week"),
        ],
    )  # fmt: skip
    def test_dose_words(self, dose: dict, words: str) -> None:
        item = Item("x", "stretch", "both", dose, (1, 8), (), "x", ("x",))
        assert dose_words(item) == words
        assert "once" in dose_words(replace(item, kind="test"))


class TestPicture:
    def seen(self, **changes):
        return replace(observation(Figure()), faces_px=((450.0, 200.0, 60.0),), **changes)

    def checked(self):
        checker = (np.indices((1400, 900)) // 6).sum(axis=0) % 2 * 255
        return replace(frame(), pixels_hwc=np.repeat(checker[..., None], 3, axis=2).astype(np.uint8))

    def test_faces_are_blurred_beyond_recovery_unless_asked(self) -> None:
        photo, examination = self.checked(), examine(self.checked(), Sees(self.seen()))
        scale = 1280 / 1400
        face = np.s_[int(160 * scale) : int(240 * scale), int(410 * scale) : int(440 * scale)]
        assert draw(photo, examination, KNOWLEDGE)[face].std() < 12
        assert draw(photo, examination, KNOWLEDGE, show_face=True)[face].std() > 40

    @pytest.mark.parametrize("seen", [NoPerson("x"), observation(Figure(yaw_gap=0.5)), observation(Figure())])
    def test_it_can_always_be_drawn(self, seen) -> None:
        picture = draw(frame(), examine(frame(), Sees(seen)), KNOWLEDGE)
        assert picture.shape[0] == 1280
        assert picture.dtype == np.uint8

    def test_its_font_has_every_letter_that_either_language_needs(self) -> None:
        words = (ROOT / "posture" / "data" / "locales" / "de.toml").read_text("utf-8")
        missing = bytes(fonts()[0].getmask("\uffff"))
        letters = {letter for letter in words if letter.isprintable() and not letter.isspace()}
        assert {"ß", "°", "±"} < letters
        assert [letter for letter in sorted(letters) if bytes(fonts()[0].getmask(letter)) == missing] == []

    @pytest.mark.parametrize(("width", "height"), [(8000, 20), (3, 5000), (1, 1)], ids=["wide", "tall", "one pixel"])
    def test_strange_shapes_are_drawn_too(self, width: int, height: int) -> None:
        strange = replace(frame(width, height), width=width, height=height)
        picture = draw(strange, examine(strange, Sees(NoPerson("x"))), KNOWLEDGE)
        assert picture.shape[0] == 1280
        assert picture.shape[1] <= 2560 + 560

    def test_the_words_beside_it_are_those_of_the_report(self) -> None:
        one, other = (
            draw(frame(), examine(frame(), Sees(seen)), KNOWLEDGE)
            for seen in (self.seen(), observation(Figure(trunk=9)))
        )
        assert (one[:, -PANEL:].min(axis=2) < 90).sum() > 3000
        assert (one[:, -PANEL:] != other[:, -PANEL:]).any(axis=2).sum() > 500

    def test_the_plumb_line_stands_over_the_ankle(self) -> None:
        photo, examination = frame(), examine(frame(), Sees(observation(Figure())))
        with_, without = (draw_photo(photo, examination, layers=layers) for layers in (("plumb_line",), ()))
        columns = np.flatnonzero((with_ != without).any(axis=(0, 2)))
        assert examination.view is not None
        ankle = examination.view.pose.point("ankle", "right")[0] * 1280 / 1400
        assert columns.mean() == pytest.approx(ankle, abs=3)
        assert np.ptp(columns) < 12
        assert (with_ != without).any(axis=(1, 2)).sum() > 500

    def test_the_drawing_moves_with_the_body(self) -> None:
        upright, leaning = (
            draw(frame(), examine(frame(), Sees(observation(Figure(trunk=t)))), KNOWLEDGE) for t in (-3, 9)
        )
        assert (upright != leaning).any(axis=2).sum() > 1000


@pytest.mark.parametrize(
    ("chance", "words"),
    [(0.64, "about 6 in 10"), (0.2, "about 2 in 10"), (0.19, "1 in 5"), (0.11, "1 in 9"), (0.93, "about 9 in 10"),
     (0.951, "more than 19 in 20"), (0.01, "1 in 100"), (0.004, "fewer than 1 in 100"), (0.0, "fewer than 1 in 100")],
)  # fmt: skip
def test_chances_are_counted(chance: float, words: str) -> None:
    assert odds(chance) == words


@pytest.mark.parametrize(
    ("value", "unit", "words"), [(-3.4, "deg", "−3°"), (7.6, "%", "8 %"), (-0.2, "deg", "0°"), (12, "", "12")]
)
def test_numbers_are_whole(value: float, unit: str, words: str) -> None:
    assert number(value, unit) == words
