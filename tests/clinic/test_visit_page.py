"""The page of a visit: two sheets that begin with what changed."""

from __future__ import annotations

import io
import itertools
import re
from collections.abc import Iterator
from dataclasses import replace
from functools import partial

import pypdf
import pytest

from posture.followup.change import OwnError
from posture.followup.pictured import first_pair, pictured_days
from posture.followup.timeline import Entry, Review
from posture.followup.visit_record import ClientRecord, Consent, Protocol
from posture.knowledge.load import Knowledge
from posture.pipeline import analyze
from posture.plan.intake import Intake
from posture.render.html.visit import Clinic, render_visit
from posture.render.html.visit_changes import changes_shown
from posture.render.html.visit_pictures import tilt_words
from posture.render.pdf import pdf_problem, to_pdf
from posture.text.language import ENGLISH, load_language
from tests.clinic.test_archive import REPORTS
from tests.clinic.test_pictures import picture
from tests.clinic.test_records import CONSENT, KEPT, WHOLE
from tests.figures import Figure, Sees, frame, observation
from tests.followup.test_rotation import photo
from tests.followup.test_timeline import entry

KNOWLEDGE = Knowledge.load()
GERMAN = load_language("de", KNOWLEDGE)
PICTURE = picture()
DAYS = [f"2026-0{k}-01" for k in range(1, 7)]
#: Hip angles of 4, 5 and 12 degrees: the last change is real, since the first visit and since the one before.
THREE = [entry("2026-01-01", 4.0), entry("2026-02-01", 5.0), entry("2026-03-01", 12.0)]
#: All that can be told at a visit.
FULL = Intake.from_mapping(
    {
        "person": {"clothing": "tight", "age_years": 34, "stature_cm": 171, "sex": "f"},
        "safety": {"asked": True, "pain_0_10": 4, "pain_weeks": 3, "leg_pain": "thigh", "pain_assessed": True,
                   "cleared_by_clinician": True},
        "tests": {side: {"thomas_thigh_deg": 12, "lumbar_flat": True, "thomas_knee_flexion_deg": 70,
                         "hip_flexion_hold_s": 8, "slr_effort_0_5": 2, "length": "short", "strength": "weak"}
                  for side in ("left", "right")},
        "life": {"sitting_h_day": 9, "minutes_per_day": 40, "days_per_week": 5},
        "signs": {"feels_tight": True, "front_hip_stiffness": True},
    }
)  # fmt: skip


def changed(history: list[Entry], kept: ClientRecord | None = None):  # type: ignore[no-untyped-def]
    return changes_shown(history, history[-1].date, kept or ClientRecord(), KNOWLEDGE, ENGLISH)


class TestChanges:
    def test_a_real_change_is_named_first_and_judged_twice(self) -> None:
        shown = changed(THREE)
        assert shown.headline == "Real change since 2026-01-01: Hip angle (trunk on thigh)"
        hip = shown.rows[0]
        assert (hip.before, hip.after, hip.diff, hip.judged) == ("4°", "12°", "+8°", "changed")
        assert (hip.least, hip.since_before) == ("4°", "real change")
        assert shown.before == "2026-02-01"
        tilt = next(row for row in shown.rows if row.name.startswith("Forward tilt"))
        assert (tilt.diff, tilt.judged) == ("0°", "within")

    def test_within_error_is_said_as_such(self) -> None:
        shown = changed(THREE[:2])
        assert shown.headline == "No change beyond measurement error since 2026-01-01"
        assert {row.judged for row in shown.rows} == {"within"}
        assert shown.before == ""  # the first visit is the one before

    def test_what_cannot_be_compared_says_why_once(self) -> None:
        assert THREE[0].machine.facing == "left"
        other = replace(THREE[2], machine=replace(THREE[2].machine, facing="right"))
        shown = changed([*THREE[:1], other])
        why = "the photos show different sides: facing left before, right after"
        assert (shown.headline, shown.why) == ("Not comparable with 2026-01-01", why)
        assert shown.rows == ()
        page = render_visit("p1", other, [*THREE[:1], other], Clinic(), KNOWLEDGE, None, GERMAN)
        assert "Die Fotos zeigen verschiedene Seiten: vorher nach links, nachher nach rechts" in page
        assert "übereinandergelegt" not in page

    def test_a_refused_photo_is_not_compared(self) -> None:
        refused = replace(THREE[2], review=Review("refused", reason="moved"))
        shown = changed([*THREE[:2], refused])
        assert (shown.headline, shown.why) == ("Not comparable with 2026-01-01", "not measured at this visit")

    def test_the_first_visit_has_nothing_to_compare_with(self) -> None:
        assert changed(THREE[:1]) is None
        assert "There is nothing to compare with yet." in render_visit("p1", THREE[0], THREE, Clinic(), KNOWLEDGE)

    def test_pain_and_function_are_told_and_not_judged(self) -> None:
        rows = changed(THREE, KEPT).rows
        pain = next(row for row in rows if row.name == "Pain, last week")
        assert (pain.before, pain.after, pain.diff, pain.judged) == ("7", "4", "−3", "not_judged")
        assert pain.why == "since 2026-01-01"

    def test_the_clinics_own_error_judges(self) -> None:
        wide = ClientRecord(own=OwnError({"hip_angle": 9.0}, 4))
        assert changed(THREE, wide).headline.startswith("No change beyond")


def sheets() -> Iterator[object]:
    """Every page of a visit; the fullest at once, the others in `test-slow`."""
    for name, code, pictured in itertools.product([*REPORTS, "with a plan"], ["en", "de"], [False, True]):
        at_once = (code == "de" and pictured and name in ("sway_back", "loose_shirt")) or name == "with a plan"
        called = f"{name}-{code}-{'pictures' if pictured else 'outlines'}"
        yield pytest.param(name, code, pictured, id=called, marks=() if at_once else pytest.mark.slow)


class TestSheets:
    def test_what_changed_stands_before_the_verdict_with_outlines_at_one_scale(self) -> None:
        page = re.sub(r"<style>.*?</style>", "", render_visit("p1", THREE[-1], THREE, Clinic(), KNOWLEDGE), flags=re.S)
        order = [
            page.index(words)
            for words in (
                "Real change since",
                "Smallest real change",
                "tips forward",
                "laid over each other",
                "The numbers",
            )
        ]
        assert order == sorted(order)
        assert page.count("laid over each other at the ankle.</figcaption>") == 1

    @pytest.mark.parametrize(("name", "code", "pictured"), [*sheets()])
    def test_a_visit_has_two_sheets_however_much_was_told(self, name: str, code: str, pictured: bool) -> None:
        if pdf_problem():
            pytest.skip("Pango is missing: PDF is NOT tested")
        planned = analyze(frame(), Sees(observation(Figure(hollow_px=60))), intake=FULL)
        told = {
            day: replace(
                WHOLE, protocol=Protocol("shoes" if k % 2 else "barefoot", "shorts", "as always", "MK", 2.0 + k)
            )
            for k, day in enumerate(DAYS)
        }
        kept = ClientRecord(told, (CONSENT, Consent("research", "1", "2026-01-02")))
        review = Review("overridden", "no_sign", "knees bent on purpose", "MK")
        last = Entry(DAYS[-1], "relaxed", REPORTS.get(name, planned), FULL, review, "after surgery")
        history = [*(entry(day, 4.0 + 3 * k) for k, day in enumerate(DAYS[:-1])), last]
        if pictured:
            history = [replace(one, picture=partial(picture, k)) for k, one in enumerate(history)]
            last = history[-1]
        page = render_visit("p17", last, history, Clinic("Lake"), KNOWLEDGE, kept, load_language(code, KNOWLEDGE))
        sheets = pypdf.PdfReader(io.BytesIO(to_pdf(page))).pages
        assert len(sheets) == 2
        width, height = (float(side) / 72 * 25.4 for side in sheets[0].mediabox[2:])
        assert (round(width), round(height)) == (210, 297)
        assert len(sheets[0].images) == (2 if pictured and '<figure class="pair">' in page else 0)


class TestPictures:
    """Before and after in the page of a visit."""

    @staticmethod
    def pictured(*days: str) -> list[Entry]:
        """The three visits, with a picture at some."""
        return [replace(one, picture=(lambda: PICTURE) if one.date in days else None) for one in THREE]

    def test_two_pictures_stand_in_the_outlines_place_with_the_verdict_between_them(self) -> None:
        history = self.pictured("2026-01-01", "2026-03-01")
        page = render_visit("p1", history[-1], history, Clinic(), KNOWLEDGE)
        assert page.count('src="data:image/jpeg;base64,') == 2
        assert "laid over each other" not in page
        assert "<strong>Forward tilt of the pelvis: within error, 0° (smallest real change" in page
        assert "The photos of 2026-01-01 and 2026-03-01" in page
        assert len(page) < 600_000  # a picture of noise is the largest there is

    @pytest.mark.parametrize("days", [(), ("2026-03-01",), ("2026-01-01",), ("2026-01-01", "2026-02-01")])
    def test_one_picture_or_none_leaves_the_outlines(self, days: tuple[str, ...]) -> None:
        history = self.pictured(*days)
        page = render_visit("p1", history[-1], history, Clinic(), KNOWLEDGE)
        assert "data:image/jpeg" not in page
        assert "laid over each other" in page

    def test_a_refused_photo_and_an_asked_pose_show_no_picture(self) -> None:
        history = self.pictured("2026-01-01", "2026-03-01")
        for spoiled in (
            replace(history[0], review=Review("refused", reason="moved")),
            replace(history[0], pose="arched"),
        ):
            page = render_visit("p1", history[-1], [spoiled, *history[1:]], Clinic(), KNOWLEDGE)
            assert "data:image/jpeg" not in page

    def test_what_cannot_be_compared_says_why(self) -> None:
        history = self.pictured("2026-01-01", "2026-03-01")
        other = replace(history[2], machine=replace(history[2].machine, facing="right"))
        pair = first_pair([*history[:1], other], "2026-03-01", KNOWLEDGE)
        assert pair is not None
        assert tilt_words(pair.tilt, ENGLISH) == (
            "Forward tilt of the pelvis: not comparable (the photos show different sides: facing left before, right "
            "after)"
        )
        assert "nicht vergleichbar (die Fotos zeigen verschiedene Seiten" in tilt_words(pair.tilt, GERMAN)

    def test_a_change_that_is_real_is_called_so(self) -> None:
        photos = {"2026-03-01": photo(1, 10.0, marked=14.0), "2026-06-01": photo(2, 20.0, marked=30.0)}
        history = [Entry(day, "", one, picture=lambda: PICTURE) for day, one in photos.items()]
        pair = first_pair(history, "2026-06-01", KNOWLEDGE)
        assert pair is not None
        assert tilt_words(pair.tilt, ENGLISH).startswith("Forward tilt of the pelvis: real change, +16°")

    def test_of_several_photos_of_a_day_the_one_to_go_by_shows_its_picture(self) -> None:
        marked = Entry("2026-03-01", "", photo(1, 10.0, marked=14.0), picture=lambda: PICTURE)
        plain = Entry("2026-03-01", "", photo(2, 10.0), picture=lambda: PICTURE)
        assert pictured_days([plain, marked], KNOWLEDGE) == {"2026-03-01": marked}
        without = replace(marked, picture=None)
        assert pictured_days([plain, without], KNOWLEDGE) == {"2026-03-01": plain}
