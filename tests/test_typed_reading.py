"""A tilt that somebody read off an inclinometer and typed in, from every way in to the finding."""

from __future__ import annotations

from pathlib import Path

import pytest

from posture.batch.manifest import from_manifest
from posture.cli.options import answers
from posture.errors import UsageError
from posture.findings.verdict import WORDS
from posture.knowledge.load import Knowledge
from posture.measures.measurement import ESTIMATED, MARKED, Measurement
from posture.measures.typed_reading import TYPED
from posture.pipeline import Options, analyze
from posture.plan.intake import Intake
from posture.report.report import Report
from posture.text.language import load_language
from posture.text.presentation import present
from tests.figures import Figure, Sees, frame, observation
from tests.report.test_report import FIGURE
from tests.vision.test_stickers import TestPipeline

HAND = Options(asis=(550, 620), psis=(450, 600))


def typed(tilt: float = 22.0, sem: float | None = None, **told: object) -> Intake:
    return Intake(tilt_deg=tilt, tilt_sem_deg=sem, clothing="tight", **told)  # type: ignore[arg-type]


def test_it_is_the_tilt_with_its_own_error_and_goes_before_points_set_by_hand() -> None:
    for options in (Options(), HAND):
        report = analyze(frame(), FIGURE, intake=typed(), options=options)
        tilt = report.finding.tilt
        assert (tilt.quantity.value, tilt.quantity.sigma, tilt.grade, tilt.method) == (22.0, 3.0, "A", TYPED)
        assert report.finding.kind == "marked_anterior_tilt"
    assert analyze(frame(), FIGURE, intake=typed(sem=6.0)).finding.tilt.quantity.sigma == 6.0
    assert Report.from_json(report.to_json()).to_json() == report.to_json()


def test_stickers_that_were_found_go_before_it_and_that_is_said() -> None:
    report = analyze(frame(), Sees(TestPipeline.seen(0.97)), intake=typed())
    assert report.finding.tilt.method == "stickers found over ASIS and PSIS"
    assert report.finding.tilt.quantity.value == pytest.approx(15, abs=0.5)
    assert "typed_reading_unused" in [note.code for note in report.notes]
    shown = present(report, Knowledge.load(), load_language("de", Knowledge.load()))
    assert any("tritt zurück" in message for message, _ in shown.notes)
    assert "typed_reading_unused" not in [n.code for n in analyze(frame(), FIGURE, intake=typed()).notes]


def test_a_photo_that_cannot_tell_has_its_verdict_from_what_was_typed() -> None:
    loose = Intake(clothing="loose", tilt_deg=17.0)
    report = analyze(frame(), FIGURE, intake=loose)
    assert not isinstance(report.measurements[ESTIMATED], Measurement)
    assert report.finding.tilt.quantity.value == 17.0
    assert WORDS[report.finding.kind] == "may tip forward more than usual"


def test_under_18_it_is_a_measurement_and_no_more() -> None:
    report = analyze(frame(), FIGURE, intake=typed(age_years=15))
    assert report.finding is None
    assert report.measurements[MARKED].comparison is None


def test_a_refused_photo_takes_nothing() -> None:
    report = analyze(frame(), Sees(observation(Figure(yaw_gap=0.5))), intake=typed())
    assert (report.status, report.measurements) == ("refused", {})


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"tilt_deg": 80}, r"reading\.tilt_deg: 80 is not a number from -45 to 60"),
        ({"tilt_deg": "20"}, "is not a number"),
        ({"tilt_deg": 20, "tilt_sem_deg": 0}, r"reading\.tilt_sem_deg: 0 is not a number from 0.5 to 15"),
        ({"angle": 20}, r"reading\.angle: unknown; choose from tilt_deg, tilt_sem_deg"),
    ],
)
def test_wrong_readings_are_named(told: dict[str, object], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        Intake.from_mapping({"reading": told})


def test_the_answers_keep_it() -> None:
    told = typed(22.0, 2.5)
    assert Intake.from_mapping(told.to_mapping()) == told
    assert told.to_mapping()["reading"] == {"tilt_deg": 22.0, "tilt_sem_deg": 2.5}


def test_an_option_goes_before_the_file_and_an_error_alone_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "answers.toml"
    file.write_text("[reading]\ntilt_deg = 10\n")
    assert answers(file).tilt_deg == 10
    assert answers(file, tilt_deg=-4.0, tilt_sem_deg=2.0).tilt_deg == -4.0
    with pytest.raises(UsageError, match="--tilt-sem is the error of --tilt"):
        answers(tilt_sem_deg=2.0)


def test_a_manifest_holds_one_a_row(tmp_path: Path) -> None:
    manifest = tmp_path / "list.csv"
    for name in ("a.jpg", "b.jpg"):
        (tmp_path / name).write_bytes(b"x")
    manifest.write_text("file,tilt_deg,tilt_sem_deg\na.jpg,18,2\nb.jpg,,\n")
    first, second = from_manifest(tmp_path, manifest, Intake())
    assert (first.intake.tilt_deg, first.intake.tilt_sem_deg, second.intake.tilt_deg) == (18, 2, None)
    manifest.write_text("file,tilt_deg,tilt_sem_deg\na.jpg,,2\n")
    with pytest.raises(UsageError, match="tilt_sem_deg is the error of tilt_deg"):
        from_manifest(tmp_path, manifest, Intake())
