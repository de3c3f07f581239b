"""The plan as people get it: the week, the drawings, the page, the calendar, the command."""

from __future__ import annotations

import itertools
import json
import re
from dataclasses import replace
from datetime import date, time, timedelta
from html import unescape
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar
from typer.testing import CliRunner

from posture.cli.main import app
from posture.cli.plan import run
from posture.errors import KnowledgeError
from posture.export.calendar import calendar
from posture.findings.verdict import WORDS
from posture.followup.timeline import Entry
from posture.knowledge.load import Knowledge
from posture.plan.advise import NOTHING_LEFT, advise
from posture.plan.intake import EQUIPMENT, Intake, SideTests
from posture.plan.schedule import MOST_MINUTES, Stage, minutes, programme, repetition_s, sitting_breaks_a_day
from posture.render.drawings import FOREARM, SHANK, THIGH, UPPER_ARM, WORKING, drawing, figures, signs, skeleton
from posture.render.html.plan import background, render_plan
from posture.render.html.report import render
from posture.render.html.visit import Clinic, render_visit
from posture.report.codec import plan_to_dict
from posture.report.report import Report
from posture.text.labels import FLEXORS, MODES, NO_EXERCISE, plain_words, plan_words
from posture.text.language import load_language
from validation.record import GOLDEN

KNOWLEDGE = Knowledge.load()
SHORT, WEAK = SideTests(length="short", strength="fine"), SideTests(length="normal", strength="weak")


def told(**answers) -> Intake:
    return Intake(asked=True, **answers)


def weeks_of(intake: Intake, kind: str = "inconclusive"):
    plan = advise(kind, intake, KNOWLEDGE)
    assert plan is not None
    made = programme(plan, intake)
    assert made is not None
    return plan, made


BUSY = told(
    tests={"left": SHORT, "right": WEAK}, minutes_per_day=20, days_per_week=5, sitting_h_day=9, equipment=EQUIPMENT
)


class TestWeek:
    def test_the_worked_minutes(self) -> None:
        """2 sets of 30 s on each side: 4 × 30 s + 2 × 45 s rest + 2 × 30 s ready."""
        plan, _ = weeks_of(told(tests={"left": SHORT, "right": SHORT}))
        stretch = next(item for item in plan.items if item.id == "half_kneeling_tuck")
        assert stretch.side == "both"
        assert minutes(stretch) == pytest.approx(4.5)

    @pytest.mark.parametrize(
        ("dose", "seconds"),
        [({"tempo": "2 s up, 1 s pause, 2 s down"}, 5), ({"hold_s": 30}, 30), ({"reps": 5}, 3)],
    )
    def test_seconds_of_a_repetition(self, dose: dict, seconds: float) -> None:
        assert repetition_s(dose) == seconds

    @given(
        limit=st.floats(1, 90),
        days=st.integers(0, 7),
        kind=st.sampled_from(sorted(WORDS)),
        left=st.sampled_from([SHORT, WEAK, SideTests()]),
    )
    def test_no_day_is_longer_than_asked_and_nothing_is_lost_in_silence(self, limit, days, kind, left) -> None:
        intake = told(tests={"left": left, "right": WEAK}, minutes_per_day=limit, days_per_week=days, sitting_h_day=9)
        plan, weeks = weeks_of(intake, kind)
        given_in_some_week = {s.item.id for stage in weeks.stages for s in stage.sessions}
        given_in_some_week |= {item.id for item in (*weeks.habits, *weeks.tests)}
        for item in plan.items:
            assert item.id in given_in_some_week or item.id in weeks.left_out
        for stage in weeks.stages:
            for day in range(7):
                total = sum(session.minutes for session in stage.on(day))
                assert total <= min(max(limit, 5), MOST_MINUTES) + 0.5 or len(stage.sessions) == 1
            for session in stage.sessions:
                assert len(set(session.days)) == len(session.days) <= max(days, 1)
                assert stage.weeks[0] <= session.item.weeks[1]
                assert stage.weeks[1] >= session.item.weeks[0]
                assert session.item.dose["days_per_week"] == len(session.days)

    def test_the_days_that_were_named_are_the_days(self) -> None:
        _, weeks = weeks_of(told(tests={"left": WEAK, "right": WEAK}, weekdays=("tuesday", "thursday", "sunday")))
        assert weeks.days_per_week == 3
        assert {day for stage in weeks.stages for s in stage.sessions for day in s.days} == {1, 3, 6}

    def test_time_that_is_left_is_filled_where_somebody_said_how_much_there_is(self) -> None:
        def sets(minutes_per_day: float | None) -> list[int]:
            _, weeks = weeks_of(told(tests={"left": WEAK, "right": WEAK}, minutes_per_day=minutes_per_day))
            assert weeks.minutes_given == (minutes_per_day is not None)
            assert all(stage.minutes <= weeks.minutes_per_day for stage in weeks.stages)
            return [max(int(s.item.dose.get("sets", 1)) for s in stage.sessions) for stage in weeks.stages[:2]]

        assert sets(None) == [2, 2]
        assert sets(30) == [2, 3]

    def test_three_days_of_five_leave_a_day_between(self) -> None:
        _, weeks = weeks_of(BUSY)
        bridge = next(s for s in weeks.stages[0].sessions if s.item.id == "glute_bridge")
        assert bridge.days == (0, 2, 4)

    def test_what_changes_from_stage_to_stage_is_said(self) -> None:
        _, weeks = weeks_of(BUSY)
        new, ended = weeks.stages[2].since(weeks.stages[1])
        assert "flexor_lengthened_eccentric" in {session.item.id for session in new}
        assert [item.id for item in ended] == ["ball_release"]
        assert Stage((1, 2), (), 0.0).since(Stage((1, 2), (), 0.0)) == ((), ())

    def test_a_dose_tells_the_days_that_are_given(self) -> None:
        intake = told(tests={"left": SHORT, "right": SHORT}, days_per_week=2)
        plan, weeks = weeks_of(intake)
        stretch = next(item for item in plan.items if item.id == "half_kneeling_tuck")
        assert stretch.dose["days_per_week"] > 2
        assert weeks.first_given(stretch).dose["days_per_week"] == 2
        assert weeks.first_given(weeks.habits[0]) == weeks.habits[0]
        page = render_plan(plan, weeks, intake, KNOWLEDGE)
        assert "2 days a week" in page
        assert f"{stretch.dose['days_per_week']} days a week" not in page

    @pytest.mark.parametrize(("asked", "limit"), [(None, 15), (0, 5), (1, 5), (12, 12), (90, 30)])
    def test_the_minutes_of_a_day_have_bounds(self, asked: float | None, limit: int) -> None:
        assert weeks_of(told(minutes_per_day=asked))[1].minutes_per_day == limit

    def test_a_plan_of_habits_and_tests_has_no_empty_week(self, capsys: pytest.CaptureFixture[str]) -> None:
        plan, weeks = weeks_of(told(), "undetermined")
        assert not weeks.active_stages
        page = render_plan(plan, weeks, told(), KNOWLEDGE)
        assert "Weeks 1 and 2" not in page
        assert "Test" in page
        assert run("undetermined", told(), None, False, date(2026, 3, 2)) == 0
        assert "Weeks" not in capsys.readouterr().out

    def test_a_week_without_sessions_is_passed_over(self, capsys: pytest.CaptureFixture[str]) -> None:
        intake = told(tests={"left": WEAK, "right": WEAK}, conditions=("pregnancy",))
        plan, weeks = weeks_of(intake, "undetermined")
        assert [bool(stage.sessions) for stage in weeks.stages] == [False, True, True, True]
        page = render_plan(plan, weeks, intake, KNOWLEDGE)
        assert page.index("<th>Weeks 3 and 4</th>") < page.index("Weeks 5 and 6")
        assert "Weeks 1 and 2" not in page
        assert run("undetermined", intake, None, False, date(2026, 3, 2)) == 0
        assert "up to 0 min" not in capsys.readouterr().out

    def test_no_items_no_weeks(self) -> None:
        plan = advise("no_sign", Intake(flags=("saddle_numbness",)), KNOWLEDGE)
        assert plan is not None
        assert programme(plan, Intake()) is None

    @pytest.mark.parametrize(("hours", "breaks"), [(7, 13), (0, 0), (None, None)])
    def test_sitting_breaks(self, hours, breaks) -> None:
        assert sitting_breaks_a_day(hours) == breaks


class TestReach:
    def test_every_exercise_is_reached_by_some_answers(self) -> None:
        reached = set()
        lengths, strengths = ("short", "normal", "unclear", None), ("weak", "fine", None)
        for kind, length, strength in itertools.product(WORDS, lengths, strengths):
            tests = SideTests(length=length, strength=strength)
            intake = told(
                tests={"left": tests, "right": tests},
                sitting_h_day=9,
                minutes_per_day=30,
                equipment=EQUIPMENT,
                signs=("felt_nothing_in_stretch",),
            )
            for equipment in (EQUIPMENT, ()):
                plan = advise(kind, replace(intake, equipment=equipment), KNOWLEDGE)
                assert plan is not None
                assert plan.because.count(".") >= 1
                assert plan.evidence
                reached |= {item.id for item in plan.items}
        assert reached == set(KNOWLEDGE.exercises)

    def test_signs_change_no_mode(self) -> None:
        for kind in WORDS:
            plain = advise(kind, told(), KNOWLEDGE)
            signed = advise(kind, told(signs=("felt_nothing_in_stretch", "feels_tight")), KNOWLEDGE)
            assert plain is not None
            assert signed is not None
            assert (plain.mode, plain.because) == (signed.mode, signed.because)


class TestDrawings:
    def test_every_exercise_has_one_and_else_only_guides_have(self) -> None:
        assert {name for name in figures() if not name.startswith("guide_")} == set(KNOWLEDGE.exercises)

    @pytest.mark.parametrize("name", sorted(figures()))
    def test_a_drawing_is_a_picture_that_stands_on_the_floor(self, name: str) -> None:
        svg = ET.fromstring(drawing(name))
        _, top, width, height = map(float, svg.attrib["viewBox"].split())
        assert width > 20
        assert 20 < height < 150
        assert top + height < 20, "something lies far under the floor"
        for pose in figures()[name]["pose"]:
            joints = skeleton(pose)
            assert min(y for _, y in joints.values()) > -1.5, "a joint is under the floor"

    @pytest.mark.parametrize("name", sorted(figures()))
    def test_limbs_keep_their_lengths(self, name: str) -> None:
        for pose in figures()[name]["pose"]:
            j = skeleton(pose)
            for side, (a, b, length) in itertools.product(
                ("near", "far"),
                (("hip", "knee", THIGH), ("knee", "ankle", SHANK), ("shoulder", "elbow", UPPER_ARM),
                 ("elbow", "hand", FOREARM)),
            ):  # fmt: skip
                start = j[a] if a in j else j[f"{side}_{a}"]
                end = j[f"{side}_{b}"]
                assert ((start[0] - end[0]) ** 2 + (start[1] - end[1]) ** 2) ** 0.5 == pytest.approx(length, abs=0.01)

    def test_an_unknown_exercise_is_an_error(self) -> None:
        with pytest.raises(KnowledgeError, match="no drawing of hopping"):
            drawing("hopping")

    def test_where_an_exercise_has_a_side_that_side_alone_is_blue(self) -> None:
        for name, exercise in KNOWLEDGE.exercises.items():
            works = set(figures()[name].get("works", ()))
            assert (WORKING in drawing(name)) == bool(works), name
            assert exercise.per_side <= (works == {"near_leg"}), name

    def test_every_sign_that_is_drawn_is_explained(self) -> None:
        bridge, band = signs(["glute_bridge"]), signs(["flexor_neutral"])
        assert [words for _, words in bridge] == ["movement"]
        words = ["the side that works or is stretched", "movement", "load or resistance"]
        assert [words for _, words in band] == words
        assert all(ET.fromstring(svg) is not None for svg, _ in band)

    def test_a_load_is_no_filled_arrow(self) -> None:
        hollow = [one for one in ET.fromstring(drawing("hamstring_bridge")).iter("polygon") if "stroke" in one.attrib]
        assert [one.attrib["fill"] for one in hollow] == ["#ffffff"]


class TestPage:
    def test_the_page_holds_the_week_the_drawings_and_what_is_known(self) -> None:
        plan, weeks = weeks_of(BUSY)
        page = render_plan(plan, weeks, BUSY, KNOWLEDGE)
        assert page.count("<svg role") == len(plan.items)
        assert "In the drawings" in page
        assert page.count('class="sign"') == 4
        for words in (
            "Your week",
            "Weeks 3 and 4",
            "about 17 breaks a day",
            "What hip flexors do",
            "Certainty: very low",
        ):
            assert words in page
        assert not re.search(r"https?://", page), "the page asks for something from outside"

    def test_an_emergency_is_alone_on_its_page(self) -> None:
        intake = Intake(asked=True, flags=("saddle_numbness",))
        plan = advise("marked_anterior_tilt", intake, KNOWLEDGE)
        assert plan is not None
        page = render_plan(plan, None, intake, KNOWLEDGE)
        assert KNOWLEDGE.cautions["saddle_numbness"].message in page
        assert "<svg" not in page
        assert "hip flexor" not in page

    def test_a_source_that_is_no_longer_listed_is_left_out(self) -> None:
        """Reports of older versions cite some: in the plan's evidence and under an exercise."""
        plan, weeks = weeks_of(BUSY)
        item = replace(plan.items[0], source=("nobody1999", *plan.items[0].source))
        old = replace(plan, evidence=("nobody1999", *plan.evidence), items=(item, *plan.items[1:]))
        assert render_plan(old, weeks, BUSY, KNOWLEDGE) == render_plan(plan, weeks, BUSY, KNOWLEDGE)
        report = Report.from_json((GOLDEN / "typical.json").read_text("utf-8"))
        assert render(replace(report, plan=old), KNOWLEDGE) == render(replace(report, plan=plan), KNOWLEDGE)

    def test_what_is_known_names_sources_that_exist(self) -> None:
        known = background(KNOWLEDGE, LANGUAGES["en"])
        assert len(known["muscle"]) == 3
        assert len(known["habit"]) == 5
        for claim in known["claim"]:
            assert claim["certainty"] in ("very low", "low", "moderate", "high")
        for entry in (*known["muscle"], *known["habit"]):
            assert entry["source"] in KNOWLEDGE.sources
        assert {habit["exercise"] for habit in known["habit"]} <= set(KNOWLEDGE.exercises)


class TestCalendar:
    def test_a_parser_reads_every_training_day(self) -> None:
        plan, weeks = weeks_of(BUSY)
        events = Calendar.from_ical(calendar(plan, weeks, KNOWLEDGE, date(2026, 11, 24))).walk("VEVENT")
        starts = [event.decoded("dtstart").date() for event in events]
        assert min(starts) == date(2026, 11, 30), "the Monday on or after the first day"
        days = 0
        for event in events:
            rule = event.get("rrule")
            days += int(rule["COUNT"][0]) if rule else 1
        expected = sum(2 for stage in weeks.stages for day in range(7) if stage.on(day)) + 1
        assert days == expected
        again = [event for event in events if "Test again" in str(event["summary"])]
        assert again[0].decoded("dtstart").date() == date(2026, 11, 30) + timedelta(weeks=plan.retest_weeks)
        assert "2 × 30 s" in str(events[0]["description"])

    def test_the_hour_is_the_one_that_was_chosen(self) -> None:
        plan, weeks = weeks_of(BUSY)
        for chosen, hour in (({}, time(18)), ({"at": time(7, 30)}, time(7, 30))):
            file = calendar(plan, weeks, KNOWLEDGE, date(2026, 11, 24), **chosen)
            assert {event.decoded("dtstart").time() for event in Calendar.from_ical(file).walk("VEVENT")} == {hour}

    @pytest.mark.parametrize(
        ("code", "each", "left"), [("en", "each side", "left"), ("de", "jede Seite", "linke Seite")]
    )
    def test_an_event_says_on_which_side(self, code: str, each: str, left: str) -> None:
        for tests, side in (({"left": SHORT, "right": SHORT}, each), ({"left": SHORT, "right": WEAK}, left)):
            plan, weeks = weeks_of(told(tests=tests))
            file = calendar(plan, weeks, KNOWLEDGE, date(2026, 11, 24), LANGUAGES[code])
            said = [str(event["description"]) for event in Calendar.from_ical(file).walk("VEVENT")]
            stretch = LANGUAGES[code].exercise(KNOWLEDGE.exercises["half_kneeling_tuck"]).name
            line = next(line for line in said[0].splitlines() if line.startswith(stretch))
            assert side in line
            bridge = LANGUAGES[code].exercise(KNOWLEDGE.exercises["abdominal_draw_in"]).name
            assert not any(each in line for text in said for line in text.splitlines() if line.startswith(bridge))

    def test_the_same_plan_gives_the_same_file(self) -> None:
        plan, weeks = weeks_of(BUSY)
        one, two = (calendar(plan, weeks, KNOWLEDGE, date(2026, 11, 24)) for _ in range(2))
        assert one == two


class TestCommand:
    def run(self, *words: str):
        return CliRunner().invoke(app, ["plan", *words])

    def test_the_plan_is_the_one_that_analyze_gives(self, tmp_path: Path) -> None:
        answers = tmp_path / "a.json"
        answers.write_text(json.dumps({"safety": {"asked": True}, "tests": {"left": {"length": "short"}}}))
        result = self.run("--finding", "mild_anterior_tilt", "--intake", str(answers), "--json")
        assert result.exit_code == 0
        story = json.loads(result.stdout)
        tests = {"left": SideTests(length="short"), "right": SideTests()}
        plan = advise("mild_anterior_tilt", told(tests=tests), KNOWLEDGE)
        assert plan is not None
        assert story["plan"] == json.loads(json.dumps(plan_to_dict(plan)))
        assert story["programme"]["stages"][0]["weeks"] == [1, 2]

    def test_files_are_written(self, tmp_path: Path) -> None:
        answers = tmp_path / "a.toml"
        answers.write_text("[safety]\nasked = true\n")
        result = self.run("--finding", "no_sign", "--intake", str(answers), "--out", str(tmp_path / "o"))
        assert result.exit_code == 0
        names = ["handout.html", "plan.html", "plan.ics", "plan.json"]
        assert sorted(file.name for file in (tmp_path / "o").iterdir()) == names

    def test_without_answers_the_questions_come_before_the_week_and_no_calendar_is_made(self, tmp_path: Path) -> None:
        result = self.run("--finding", "inconclusive", "--out", str(tmp_path / "o"))
        question = KNOWLEDGE.cautions["saddle_numbness"].question
        assert result.stdout.index(" ".join(question.split()[:3])) < result.stdout.index("Weeks 1 and 2")
        assert not (tmp_path / "o" / "plan.ics").exists()
        assert not (tmp_path / "o" / "handout.html").exists()

    def test_the_time_of_day_is_asked_for(self, tmp_path: Path) -> None:
        answers = tmp_path / "a.toml"
        answers.write_text("[safety]\nasked = true\n")
        words = ("--finding", "no_sign", "--intake", str(answers), "--out", str(tmp_path / "o"), "--time", "07:15")
        assert self.run(*words).exit_code == 0
        assert "T071500" in (tmp_path / "o" / "plan.ics").read_text("utf-8")

    @pytest.mark.parametrize(
        ("words", "said"),
        [
            (["--finding", "no_sign", "--time", "7 pm"], "HH:MM"),
            (["--finding", "no_sign", "--time", "24:00"], "HH:MM"),
            (["--finding", "tilted"], "choose from undetermined"),
            (["--finding", "no_sign", "--start", "soon"], "YYYY-MM-DD"),
        ],
    )
    def test_wrong_requests(self, words: list[str], said: str) -> None:
        result = self.run(*words)
        assert result.exit_code != 0
        assert said in str(result.exception)


#: Ids of the data files that are no words: those with an underscore or a digit.
IDS = {
    name
    for name in (*KNOWLEDGE.exercises, *KNOWLEDGE.cautions, *KNOWLEDGE.sources, *KNOWLEDGE.errors, *WORDS)
    if re.search(r"[_\d]", name)
}
MODES_BY_TESTS = {
    "untested": SideTests(),
    "stretch": SHORT,
    "strengthen": WEAK,
    "both": SideTests(length="short", strength="weak"),
    "neither": SideTests(length="normal", strength="fine"),
}
CONDITIONS = [name for name, caution in KNOWLEDGE.cautions.items() if caution.level == "condition"]
LANGUAGES = {code: load_language(code, KNOWLEDGE) for code in ("en", "de")}


def ids_in(text: str) -> set[str]:
    return IDS & set(re.findall(r"[a-z0-9_]+", text))


def visible(page: str) -> str:
    """The words of a page: what stands between its tags, and what pictures say to those who do not see them."""
    page = re.sub(r"<style\b.*?</style>|<footer\b.*?</footer>", "", page, flags=re.S)
    said = " ".join(re.findall(r'(?:alt|title|aria-label)="([^"]*)"', page))
    return unescape(f"{re.sub(r'<[^>]+>', ' ', page)} {said}")


def without_empty_lists(page: str) -> None:
    """No list without an entry, no heading that another heading of the same rank or the page's end follows."""
    assert not re.search(r"<(ul|ol|tbody|table)\b[^>]*>\s*</", page)
    assert not re.search(r"<h([1-6])\b[^>]*>(?:(?!</h).)*</h\1>\s*(?:<h\1\b|</section>)", page, re.S)


def plans(conditions: tuple[str, ...]):
    """Every kind of finding with every result of the tests, for somebody with these conditions."""
    for kind, tests in itertools.product(WORDS, MODES_BY_TESTS):
        intake = told(tests=dict.fromkeys(("left", "right"), MODES_BY_TESTS[tests]), conditions=conditions)
        plan = advise(kind, intake, KNOWLEDGE)
        assert plan is not None
        yield kind, intake, plan


class TestWordsForPeople:
    """Every condition, finding and mode, wherever a plan is read: words, never ids, and no heading over nothing."""

    @pytest.mark.parametrize("code", LANGUAGES)
    @pytest.mark.parametrize("condition", ["", *CONDITIONS])
    def test_pages_and_reports(self, condition: str, code: str) -> None:
        language = LANGUAGES[code]
        report = Report.from_json((GOLDEN / "typical.json").read_text("utf-8"))
        for kind, intake, plan in plans((condition,) if condition else ()):
            weeks = programme(plan, intake)
            of_plan = render_plan(plan, weeks, intake, KNOWLEDGE, language)
            seen = Entry("2026-03-01", "relaxed", replace(report, plan=plan), intake)
            of_report = render(replace(report, plan=plan), KNOWLEDGE, intake=intake, language=language)
            for page in (of_plan, of_report, render_visit("p1", seen, [seen], Clinic(), KNOWLEDGE, None, language)):
                assert ids_in(visible(page)) == set(), (kind, condition)
                without_empty_lists(page)
                if not plan.items:
                    assert language.text(NOTHING_LEFT) in visible(page)
                    assert language.text(NO_EXERCISE) in visible(page)

    @pytest.mark.parametrize("condition", ["", *CONDITIONS])
    def test_the_command(self, condition: str, capsys: pytest.CaptureFixture[str]) -> None:
        for kind, intake, plan in plans((condition,) if condition else ()):
            assert run(kind, intake, None, False, date(2026, 3, 2)) == 0
            out = capsys.readouterr().out
            assert ids_in(out) == set(), (kind, condition)
            assert (NOTHING_LEFT in " ".join(out.split())) == (not plan.items)

    def test_some_plan_is_empty_and_its_head_promises_nothing(self) -> None:
        empty = [plan for _, _, plan in plans(("recent_surgery",)) if not plan.items]
        assert {plan.mode for plan in empty} >= {"both", "strengthen"}
        for plan in empty:
            assert plan_words(plan, KNOWLEDGE) == NO_EXERCISE
            assert plan.because.endswith(NOTHING_LEFT)
            assert plan.retest_weeks == 0

    def test_a_head_is_the_mode_where_nothing_was_left_out(self) -> None:
        for _, _, plan in plans(()):
            tests_first = {item.kind for item in plan.items} == {"habit", "test"}
            words = plan_words(plan, KNOWLEDGE)
            areas, _, flexors = words.partition("; hip flexors: ")
            if {"glutes", "hamstrings", "abdominals"} & {KNOWLEDGE.exercises[item.id].target for item in plan.items}:
                assert areas.startswith("strengthen ")
                assert flexors == FLEXORS.get(plan.mode, "")
            else:
                assert words == MODES["tests" if tests_first else plan.mode]

    def test_a_head_promises_no_stretch_that_was_left_out(self) -> None:
        intake = told(conditions=("hip_instability",))
        plan = advise("mild_anterior_tilt", intake, KNOWLEDGE)
        assert plan is not None
        assert plan.mode == "both"
        assert {item.kind for item in plan.items} == {"strengthen"}
        assert plan_words(plan, KNOWLEDGE) == "strengthen buttocks, abdomen"  # none is for the hip flexors

    def test_reports_of_an_older_version_are_read_in_words(self) -> None:
        report = Report.from_json((GOLDEN / "typical.json").read_text("utf-8"))
        assert report.plan is not None
        old = replace(report.plan, because="Left out because of recent_surgery: Dead bug.")
        page = render(replace(report, plan=old), KNOWLEDGE, language=LANGUAGES["de"])
        assert "Weggelassen wegen einer Operation in den letzten 12 Monaten" in page
        assert plain_words("6.1 ± 4.2° (woodhull_angles, n = 15)", KNOWLEDGE) == (
            "6.1 ± 4.2° (Woodhull 1985, computed, n = 15)"
        )


class TestReadingLevel:
    def grade(self, texts: list[str]) -> float:
        """Automated readability index, US school grade: 4.71 letters a word + 0.5 words a sentence - 21.43.

        Smith and Senter 1967, Automated readability index, AMRL-TR-66-220.
        """
        text = " ".join(text if text[-1] in ".?!" else text + "." for text in texts)
        words = re.findall(r"[\w'’-]+", text)
        letters = sum(len(word) for word in words)
        sentences = len(re.findall(r"[.?!:;](?:\s|$)", text))
        return 4.71 * letters / len(words) + 0.5 * len(words) / sentences - 21.43

    def test_the_measure_tells_a_primer_from_a_paper(self) -> None:
        assert self.grade(["The cat sat on the mat. The dog ran."]) < 1
        assert self.grade(["Sagittal pelvic inclination demonstrates considerable interindividual heterogeneity."]) > 15

    def test_plans_are_plain(self) -> None:
        """About grade 8 or less, each kind of text as a whole."""
        exercises = KNOWLEDGE.exercises.values()
        decisions = (*KNOWLEDGE.decisions, *KNOWLEDGE.patterns.values())
        texts = {
            "steps": [text for e in exercises for text in (e.position, *e.steps)],
            "cues": [text for e in exercises for text in (*e.cues, *e.common_errors, *e.progression, e.step_down)],
            "safety": [text for c in KNOWLEDGE.cautions.values() for text in (c.question, c.message)],
            "reasons": [row.because for row in decisions],
            "background": [claim["sums_up"] for claim in background(KNOWLEDGE, LANGUAGES["en"])["claim"]],
        }
        grades = {name: round(self.grade(list(text)), 1) for name, text in texts.items()}
        assert max(grades.values()) <= 8.5, grades
