"""What a person is shown: every headline in both languages, one tilt in every output, an emergency alone."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from html import unescape

import numpy as np
import pytest

from posture.cli.analyze import _row
from posture.cli.clients import show as show_client
from posture.cli.live import LiveReporter
from posture.clinic.research_csv import photo_rows
from posture.export.csv import row
from posture.export.fhir import bundle
from posture.findings.verdict import BY_CHANCE, Finding
from posture.followup.timeline import Entry
from posture.followup.visit_record import ClientRecord
from posture.knowledge.load import Knowledge
from posture.measures.calibrate import place
from posture.measures.measurement import ESTIMATED, MARKED, Grade, Measurement
from posture.plan.advise import advise
from posture.plan.intake import Intake
from posture.quantity import Quantity
from posture.render import overlay
from posture.render.charts.bell import scale
from posture.render.html.report import render
from posture.render.html.visit import Clinic, render_visit
from posture.render.panel import panel
from posture.report.report import Report
from posture.text.language import load_language
from posture.text.presentation import chance_details, present, zone_of
from tests.figures import frame
from tests.findings.test_verdict import assess, person
from tests.followup.test_rotation import photo
from tests.report.test_report import REPORTS

KNOWLEDGE = Knowledge.load()
GERMAN, ENGLISH = load_language("de", KNOWLEDGE), load_language("en", KNOWLEDGE)
NEAR_USUAL = (
    "The reading is close to the line between usual and more than usual.",
    "Der Wert liegt nahe an der Grenze zwischen üblich und stärker als üblich.",
)
NEAR_LESS = (
    "The reading is close to the line between usual and less than usual.",
    "Der Wert liegt nahe an der Grenze zwischen üblich und weniger als üblich.",
)
NEAR_CLEARLY = (
    "The reading is close to the line between perhaps and probably more than usual.",
    "Der Wert liegt nahe an der Grenze zwischen vielleicht und wahrscheinlich stärker als üblich.",
)
NEAR_BACKWARD = (
    "The reading is close to the line between less than usual and backward.",
    "Der Wert liegt nahe an der Grenze zwischen weniger als üblich und nach hinten.",
)
PROBABLY = (
    "Your pelvis probably tips forward more than usual (anterior pelvic tilt).",
    "Ihr Becken kippt wahrscheinlich stärker nach vorn als üblich (Hohlkreuz, anteriore Beckenkippung).",
)
MAY = (
    "Your pelvis may tip forward more than usual (anterior pelvic tilt).",
    "Ihr Becken kippt vielleicht stärker nach vorn als üblich (Hohlkreuz, anteriore Beckenkippung).",
)
USUAL = (
    "Your pelvis tips forward about as much as usual.",
    "Ihr Becken kippt etwa so weit nach vorn wie üblich.",
)
LESS = (
    "Your pelvis may tip forward less than usual.",
    "Ihr Becken kippt vielleicht weniger nach vorn als üblich.",
)
BACKWARD = (
    "Your pelvis probably tips backward (posterior pelvic tilt).",
    "Ihr Becken kippt wahrscheinlich nach hinten (posteriore Beckenkippung).",
)
#: Every headline that can occur: what leads there, and how it is said in English and German.
HEADLINES = [
    (PROBABLY,), (PROBABLY, NEAR_CLEARLY), (MAY, NEAR_CLEARLY), (MAY,), (MAY, NEAR_USUAL), (USUAL, NEAR_USUAL),
    (USUAL,), (USUAL, NEAR_LESS), (LESS, NEAR_LESS), (LESS,), (LESS, NEAR_BACKWARD), (BACKWARD, NEAR_BACKWARD),
    (BACKWARD,),
    ((
        "This photo cannot tell how your pelvis is tilted.",
        "Dieses Foto kann nicht sagen, wie Ihr Becken gekippt ist.",
    ),),
    ((
        "The hips stand forward of the feet and the trunk leans back: signs of a sway-back stance.",
        "Die Hüfte steht vor den Füßen und der Rumpf lehnt nach hinten: Zeichen eines Stands mit vorgeschobener Hüfte.",
    ),),
    ((
        "The lower back is flat and your pelvis may tip forward less than usual: a flat back.",
        "Der untere Rücken ist flach und Ihr Becken kippt vielleicht weniger nach vorn als üblich: ein Flachrücken.",
    ),),
    ((
        "Your pelvic tilt was read too unsurely to call it more or less than usual.",
        "Die Kippung Ihres Beckens ließ sich nur ungenau ablesen: ob sie stärker oder schwächer ist als üblich, "
        "bleibt offen.",
    ),),
]  # fmt: skip
SWAY = {"trunk_incl": -12.0, "thigh_incl": 8.0, "hip_angle": 18.0, "pelvic_displacement": 9.0}


def read(reading: float, grade: Grade, sigma: float | None = None, **who: float) -> Finding:
    """The finding of a tilt that reads so, by an outline in tight clothes (C), by marks (A) or carried ones (B)."""
    own = {"A": 3.6, "B": 4.6, "C": KNOWLEDGE.tilt_model.doubt("tight").sigma}[grade]
    name = ESTIMATED if grade == "C" else MARKED
    quantity = Quantity(reading, sigma or own, "deg")
    measured = Measurement(quantity, 3.0, grade, "read", reading, place(name, quantity, KNOWLEDGE))
    return assess(person(**who) | {name: measured}, KNOWLEDGE, "tight")


def everybody() -> list[Finding]:
    """Findings over all readings and grades, of people who sway, with a flat back, too unsure, and of nobody's tilt."""
    found = [read(float(x), grade) for grade in ("A", "B", "C") for x in np.arange(-20, 45, 0.25)]
    found += [read(float(x), "C", depth_z=-2.0) for x in (0.0, 3.0)]
    found += [read(12.0, "C", **SWAY), read(20.0, "C", sigma=9.0)]
    found += [assess(person(estimate=None), KNOWLEDGE), assess(person(estimate=None, **SWAY), KNOWLEDGE)]
    return found


def test_every_headline_stands_in_the_table_in_both_languages() -> None:
    table = {" ".join(english for english, _ in parts): " ".join(german for _, german in parts) for parts in HEADLINES}
    told = {finding.headline for finding in everybody()}
    assert told == set(table)
    for english, german in table.items():
        assert GERMAN.text(english) == german


@pytest.mark.parametrize("finding", everybody()[::3] + everybody()[-6:], ids=lambda f: f"{f.kind} {f.grade}")
def test_no_headline_contradicts_the_numbers_beside_it(finding: Finding) -> None:
    report = replace(REPORTS["analyzed"], finding=finding)
    shown = present(report, KNOWLEDGE)
    if finding.tilt is None:
        assert (shown.tilt, shown.scale, shown.chances) == (None, None, ())
        return
    if finding.kind == "inconclusive":
        assert (shown.scale.zone, shown.chances) == (None, ())
        assert "On the scale" not in shown.scale.words
        return
    value, zone = finding.tilt.quantity.value, shown.scale.zones[shown.scale.zone][0]
    if finding.kind in BY_CHANCE:
        assert zone == {
            "marked_anterior_tilt": "clearly more", "mild_anterior_tilt": "more", "no_sign": "usual",
            "less_forward": "less", "posterior_tilt": "less",
        }[finding.kind]  # fmt: skip
    low, high = shown.scale.most
    if "more than usual (" in finding.headline:
        assert value > low
        assert finding.tilt.comparison.percentile > 75
        assert finding.chance.forward >= 2 * finding.chance.ordinary_forward
    if "about as much as usual" in finding.headline and "close to the line" not in finding.headline:
        assert low - 1 < value < high + 1
    if "probably tips forward" in finding.headline:
        assert finding.chance.forward >= 0.5
    assert shown.tilt.value in shown.scale.words
    assert shown.tilt.interval in shown.scale.words


def test_the_scale_says_what_it_shows() -> None:
    finding = read(22.0, "C")
    shown = present(replace(REPORTS["analyzed"], finding=finding), KNOWLEDGE)
    assert shown.scale.words == (
        "Forward tilt of the pelvis: 22° (13 to 31°). On the scale: clearly more. Two of three people read 6 to 16°."
    )
    drawn = scale(shown.scale, shown.tilt.name)
    assert shown.scale.words in unescape(drawn)
    for words in ("less", "usual", "more", "clearly more", "16°", "19°", "Two of three"):
        assert words in drawn


@pytest.mark.parametrize(("reading", "zone"), [(4.6, 0), (4.8, 1), (15.7, 1), (15.9, 2), (19.4, 2), (19.6, 3)])
def test_zones_end_at_the_cuts(reading: float, zone: int) -> None:
    assert zone_of(reading, read(reading, "C").cuts) == zone


def test_the_chance_stands_beside_the_ordinary_one() -> None:
    def chances(reading: float) -> tuple[str, ...]:
        return present(replace(REPORTS["analyzed"], finding=read(reading, "C")), KNOWLEDGE).chances

    assert chances(22.0) == (
        "Chance that it tips forward by more than 15°: about 7 in 10; among people in general 1 in 9.",
    )
    assert chances(2.0)[0] == (
        "Chance that it tips forward by less than 5°: about 4 in 10; among people in general 1 in 6."
    )
    assert chance_details(read(22.0, "C"), ENGLISH)[0] == (
        "How people in general stand is known to about 2°: that alone leaves 55 to 79 of 100."
    )
    assert chance_details(None, ENGLISH) == ()


def test_an_outline_says_once_what_it_cannot_know() -> None:
    for grade, said in (("C", 1), ("B", 0), ("A", 0)):
        shown = present(replace(REPORTS["analyzed"], finding=read(12.0, grade)), KNOWLEDGE)
        assert len(shown.caveats) == said
    page = render(replace(REPORTS["analyzed"], finding=read(12.0, "C")), KNOWLEDGE)
    assert page.count("up to 7° more or less") == 1
    assert page.count("A strong tilt reads low") == 1


def marked_report() -> Report:
    """A report of marks that read 33° over an outline that reads 11°: the two cannot be mistaken."""
    base = photo(1, 4.0, estimate=11.0, marked=33.0)
    plan = advise(base.finding.kind, Intake(asked=True), KNOWLEDGE)
    return replace(base, plan=plan)


REPORT = marked_report()
HISTORY = [Entry("2026-03-01", "relaxed", REPORT, Intake(asked=True))]


def html_page() -> str:
    return _without_numbers(render(REPORT, KNOWLEDGE))


def visit_page() -> str:
    return _without_numbers(render_visit("p1", HISTORY[0], HISTORY, Clinic(""), KNOWLEDGE))


def _without_numbers(page: str) -> str:
    """A page's words without the table of numbers, which names every measure as what it is."""
    page = re.sub(r"<style>.*?</style>|<thead>.*?</tbody>", "", page, flags=re.S)
    return unescape(re.sub(r"<[^>]*>", " ", page))


def live_words(report: Report = REPORT) -> str:
    import contextlib
    import io

    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        LiveReporter(headless=False).measured(report, {})
    return said.getvalue()


OUTPUTS: dict[str, Callable[[], str]] = {
    "page": html_page,
    "page of a visit": visit_page,
    "table": lambda: " ".join(_row(REPORT, KNOWLEDGE)),
    "live": live_words,
    "FHIR": lambda: bundle("p1", HISTORY, KNOWLEDGE),
    "scale": lambda: scale(present(REPORT, KNOWLEDGE).scale, "tilt"),
}


@pytest.mark.parametrize("output", OUTPUTS)
def test_every_output_shows_one_tilt(output: str) -> None:
    text = OUTPUTS[output]()
    assert "33" in text
    assert not re.search(r"(?<![\d.−-])11(\.0)?\s?(°|,|\"|$)", text), output


def test_every_table_and_record_holds_one_tilt() -> None:
    data = json.loads(REPORT.to_json())
    assert data["finding"]["tilt"]["value"] == 33.0
    assert row(REPORT)["tilt_deg"] == photo_rows("p1", HISTORY, KNOWLEDGE)[0]["tilt_deg"] == 33.0
    assert (row(REPORT)["tilt_low95"], row(REPORT)["tilt_grade"]) == (data["finding"]["tilt"]["low95"], "A")
    shown = present(REPORT, KNOWLEDGE)
    assert shown.tilt.value == "33°"
    assert [one.name for one in shown.numbers if one.value == "11°"] == ["Pelvic tilt, estimated"]


def test_the_panel_beside_the_picture_draws_what_is_presented(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    real = overlay.panel

    def spy(shown, *rest):
        said.append(shown.headline)
        return real(shown, *rest)

    monkeypatch.setattr(overlay, "panel", spy)
    from posture.pipeline import examine
    from tests.report.test_report import FIGURE

    overlay.draw(frame(), examine(frame(), FIGURE), KNOWLEDGE)
    assert said == [examine(frame(), FIGURE).report.finding.headline]
    with_tilt, without = (
        panel(replace(present(REPORT, KNOWLEDGE), tilt=tilt), ENGLISH, 1280)
        for tilt in (present(REPORT, KNOWLEDGE).tilt, None)
    )
    assert (with_tilt != without).any()


EMERGENCY = replace(REPORT, plan=advise(None, Intake(asked=True, flags=("leg_weakness",)), KNOWLEDGE))
SENT = [Entry("2026-03-01", "relaxed", REPORT, Intake(asked=True, flags=("leg_weakness",)))]


def client_shown(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> str:
    class Files:
        def history(self, _client: str) -> list[Entry]:
            return SENT

        def client_record(self, _client: str) -> ClientRecord:
            return ClientRecord()

    monkeypatch.setattr("posture.cli.clients.open_archive", lambda _url: Files())
    show_client("p1", None, as_json=False)
    return capsys.readouterr().out


def test_every_output_of_an_emergency_holds_the_message_and_no_number(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    message = EMERGENCY.plan.message
    shown = present(EMERGENCY, KNOWLEDGE)
    assert shown == replace(shown, alert=message, tilt=None, scale=None, chances=(), caveats=(), because="", steps=(),
                            reasons=(), issues=(), numbers=(), plan=None)  # fmt: skip
    outputs = {
        "page": _without_numbers(render(EMERGENCY, KNOWLEDGE)),
        "visit": _without_numbers(render_visit("p1", SENT[0], SENT, Clinic(""), KNOWLEDGE)),
        "live": live_words(EMERGENCY),
        "FHIR": bundle("p1", SENT, KNOWLEDGE),
    }
    for name, text in outputs.items():
        assert message in text, name
        assert not re.search(r"(?<![\w.-])33(\.0)?\s?(°|,|$)", text), name
        assert REPORT.finding.headline not in text, name
    cells = row(EMERGENCY)
    assert not [name for name, cell in cells.items() if isinstance(cell, float) and not name.endswith("_px")
                and name not in ("yaw_deg", "roll_deg")]  # fmt: skip
    said = client_shown(monkeypatch, capsys)
    assert "medical help first" in said
    assert "33°" not in said
