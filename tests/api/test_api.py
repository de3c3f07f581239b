"""The public face: what a caller with a photo, and nothing else, gets."""

from __future__ import annotations

import ast
import doctest
import json
import shutil
import warnings
from importlib import import_module
from pathlib import Path
from types import ModuleType

import numpy as np
import pypdf
import pytest
from PIL import Image

import posture
from posture.batch.layout import photo_file
from posture.batch.tables import TableOptions, write_tables
from posture.body.observation import ReplayObserver
from posture.errors import UsageError
from posture.io.photos import read_photo
from posture.knowledge.load import Knowledge
from posture.measures import MEASURES
from posture.pipeline import Options, examine
from posture.render.pdf import pdf_problem
from posture.report.report import Report
from tests.conftest import ROOT
from validation.record import SAMPLES

MILD, TURNED = posture.examples.mild, posture.examples.turned


@pytest.fixture(scope="module")
def observer() -> posture.Observer:
    return posture.Observer()


@pytest.fixture(scope="module")
def mild(observer: posture.Observer) -> posture.Result:
    return posture.analyze(MILD, observer, clothing="tight", stature_cm=170)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("photos")
    for name in ("mild", "turned", "typical"):
        shutil.copy(SAMPLES / f"{name}.jpg", folder)
    (folder / "notes.txt").write_text("no photo", "utf-8")
    return folder


class TestNames:
    def test_dir_shows_what_can_be_called_and_nothing_else(self) -> None:
        public = [name for name in dir(posture) if not name.startswith("__")]
        assert {"analyze", "analyze_many", "compare", "read_results", "Observer", "examples", "measures"} <= set(public)
        assert all(getattr(posture, name) is not None for name in public)
        assert not {"import_module", "annotations"} & set(public)

    def test_the_stub_names_the_same(self) -> None:
        tree = ast.parse((ROOT / "posture" / "__init__.pyi").read_text("utf-8"))
        stub = {a.asname for n in tree.body if isinstance(n, ast.ImportFrom) for a in n.names if a.asname}
        stub |= {t.id for n in tree.body if isinstance(n, ast.Assign) for t in n.targets if isinstance(t, ast.Name)}
        assert stub == {*posture.__all__, "__version__"}

    def test_the_example_of_the_package_prints_what_it_says(self) -> None:
        assert doctest.testmod(posture).attempted == 3
        assert doctest.testmod(posture).failed == 0

    def test_dir_of_the_measures_shows_no_helper(self) -> None:
        assert dir(posture.measures) == ["MEASURES", "Measure", "table", "take_all"]

    def test_a_name_that_is_not_there(self) -> None:
        with pytest.raises(AttributeError, match="no attribute 'analyse'"):
            posture.analyse  # noqa: B018

    def test_submodules_load_by_their_names(self) -> None:
        assert isinstance(import_module("posture.examples"), ModuleType)
        assert posture.measures.table()[3]["name"] == "hip_angle"
        assert [row["name"] for row in posture.measures.table()] == list(MEASURES)

    def test_every_sample_is_an_example(self) -> None:
        assert {path.stem for path in SAMPLES.glob("*.jpg")} == set(posture.examples.STORIES)
        for name in dir(posture.examples):
            if name != "STORIES":
                path = getattr(posture.examples, name)
                assert path.read_bytes() == (SAMPLES / path.name).read_bytes()
        with pytest.raises(AttributeError, match="choose from marked"):
            posture.examples.nobody  # noqa: B018


class TestOnePhoto:
    def test_it_is_the_report_of_the_pipeline(self, mild: posture.Result, observer: posture.Observer) -> None:
        intake = posture.Intake.from_mapping({"person": {"clothing": "tight", "stature_cm": 170}})
        assert mild.report == examine(read_photo(MILD), observer, None, intake).report

    def test_it_says_verdict_number_chance_and_next_step(self, mild: posture.Result) -> None:
        lines = str(mild).splitlines()
        assert lines[0] == mild.headline
        assert lines[1] == f"Forward tilt of the pelvis: {mild['pelvic_tilt']}"
        assert lines[2].startswith("Chance that it tips forward by more than 15°")
        assert lines[-1].startswith("Next: ")
        assert repr(mild) == f"<Result of {MILD}: {mild.verdict}>"

    def test_a_reading_holds_its_doubt_and_says_it(self, mild: posture.Result) -> None:
        tilt = mild["pelvic_tilt"]
        assert tilt.value == mild.report.finding.tilt.quantity.value
        assert tilt.low95 < tilt.value < tilt.high95
        assert str(tilt) == (
            f"{tilt.value:.0f}° ({tilt.low95:.0f} to {tilt.high95:.0f}°), "
            f"higher than {tilt.percentile:.0f} of 100 people"
        )
        assert str(mild["asis_psis_tilt"]).startswith("not measured: ")
        assert list(mild) == ["pelvic_tilt", *MEASURES]
        with pytest.raises(KeyError, match="choose from pelvic_tilt"):
            mild["tilt"]

    @pytest.mark.parametrize("kind", ["path", "text", "bytes", "pixels", "image"])
    def test_any_kind_of_photo(self, kind: str, observer: posture.Observer) -> None:
        image = Image.open(MILD)
        photo = {
            "path": MILD,
            "text": str(MILD),
            "bytes": MILD.read_bytes(),
            "pixels": np.asarray(image),
            "image": image,
        }
        result = posture.analyze(photo[kind], observer)
        assert not result.refused
        assert result["hip_angle"].value == posture.analyze(MILD, observer)["hip_angle"].value

    @pytest.mark.parametrize(
        ("photo", "words"),
        [
            (np.zeros((5, 5, 3), np.float64), "not \\(5, 5, 3\\) float64"),
            (np.zeros((5, 5, 2), np.uint8), "not \\(5, 5, 2\\) uint8"),
            (12, "not int"),
        ],
    )
    def test_what_is_no_photo(self, photo: object, words: str, observer: posture.Observer) -> None:
        with pytest.raises(UsageError, match=words):
            posture.analyze(photo, observer)  # type: ignore[call-overload]

    @pytest.mark.parametrize(
        ("photo", "words"),
        [
            (".", r"is a folder: give it to posture\.analyze_many"),
            ("photos/*.jpg", r"is a pattern: give it to posture\.analyze_many"),
            ("https://example.org/side.jpg", "is an address: posture reads files alone"),
        ],
    )
    def test_what_is_not_one_file(self, photo: str, words: str) -> None:
        with pytest.raises(posture.UsageError, match=words):
            posture.analyze(photo)

    def test_a_photo_that_cannot_be_measured_is_a_result(self, observer: posture.Observer, tmp_path: Path) -> None:
        turned = posture.analyze(TURNED, observer)
        assert turned.refused
        assert turned.verdict is None
        assert "turn until one shoulder hides the other" in str(turned)
        assert str(turned["pelvic_tilt"]) == "not measured: this photo could not be measured"
        missing = posture.analyze(tmp_path / "none.jpg", observer)
        assert missing.reasons == ("There is no file at this path: check the spelling of the path",)
        assert "could not be measured" in missing.to_html()

    def test_answers_win_over_the_intake(self, observer: posture.Observer, tmp_path: Path) -> None:
        file = tmp_path / "intake.toml"
        file.write_text('[person]\nclothing = "loose"\nsex = "f"\n', "utf-8")
        for intake in (file, {"person": {"clothing": "loose", "sex": "f"}}, posture.Intake(clothing="loose", sex="f")):
            result = posture.analyze(MILD, observer, intake=intake, clothing="tight")
            assert (result.intake.clothing, result.intake.sex) == ("tight", "f")

    def test_points_and_switches(self, observer: posture.Observer) -> None:
        marked = posture.analyze(MILD, observer, asis=(474.8, 580.3), psis=(351.4, 543.6))
        assert marked["pelvic_tilt"].grade == "A"
        assert marked["pelvic_tilt"].value == pytest.approx(16.6, abs=0.5)
        with pytest.raises(UsageError, match="lenient by itself or in options"):
            posture.analyze(MILD, observer, options=Options(), lenient=True)

    @pytest.mark.parametrize(
        ("answers", "words"),
        [({"shoe": 43}, "shoe: unknown; choose from sex"), ({"sex": "x"}, "person.sex: 'x' is not one of f, m")],
    )
    def test_an_answer_that_cannot_be_meant(self, answers: dict[str, object], words: str) -> None:
        with pytest.raises(UsageError, match=words):
            posture.analyze(MILD, None, **answers)  # type: ignore[arg-type]

    def test_other_norms(self, observer: posture.Observer) -> None:
        knowledge = posture.Knowledge.load()
        assert posture.analyze(MILD, observer, knowledge).knowledge is knowledge

    def test_an_emergency_stands_alone(self, observer: posture.Observer) -> None:
        result = posture.analyze(MILD, observer, intake={"safety": {"asked": True, "flags": ["saddle_numbness"]}})
        assert str(result) == result.report.plan.message
        assert result.verdict is None
        assert all(reading.value is None for reading in result.values())
        assert str(result["pelvic_tilt"]) == "not measured: read the safety message first"
        assert repr(result).endswith(": emergency>")


class TestWhatItWrites:
    def test_page_paper_picture_and_record(self, mild: posture.Result, tmp_path: Path) -> None:
        if problem := pdf_problem():
            pytest.skip(f"SKIPPED LOUDLY: {problem}")
        page = mild.to_html(tmp_path / "side.html", lang="de")
        assert "Neigung" in page or "Kippung" in page
        assert "data:image/jpeg;base64," in page
        assert (tmp_path / "side.html").read_text("utf-8") == page
        assert mild.to_pdf(tmp_path / "side.pdf")[:5] == b"%PDF-"
        picture = mild.overlay()
        assert picture.size[1] == 1280
        assert Report.from_json(mild.to_json(tmp_path / "side.json")).photo == mild.report.photo
        assert sorted(path.name for path in tmp_path.iterdir()) == ["side.html", "side.json", "side.pdf"]

    def test_the_handout_is_two_sheets_once_the_questions_are_answered(
        self, observer: posture.Observer, tmp_path: Path
    ) -> None:
        if problem := pdf_problem():
            pytest.skip(f"SKIPPED LOUDLY: {problem}")
        for flags, sheets in (((), 2), (("saddle_numbness",), 1)):
            result = posture.analyze(MILD, observer, intake={"safety": {"asked": True, "flags": flags}})
            made = result.to_handout(tmp_path / "handout.pdf", lang="de")
            assert made == (tmp_path / "handout.pdf").read_bytes()
            assert len(pypdf.PdfReader(tmp_path / "handout.pdf").pages) == sheets
        assert posture.analyze(MILD, observer, age_years=16).to_handout() is None

    def test_the_picture_is_kept_on_request_alone(self, observer: posture.Observer) -> None:
        data = MILD.read_bytes()
        with pytest.raises(UsageError, match="keep_picture=True"):
            posture.analyze(data, observer).overlay()
        assert posture.analyze(data, observer, keep_picture=True).overlay().size[1] == 1280

    def test_a_file_that_has_changed_is_not_drawn(self, observer: posture.Observer, tmp_path: Path) -> None:
        shutil.copy(MILD, tmp_path / "side.jpg")
        result = posture.analyze(tmp_path / "side.jpg", observer)
        shutil.copy(TURNED, tmp_path / "side.jpg")
        with pytest.raises(UsageError, match="has changed since it was measured"):
            result.overlay()

    def test_a_place_that_cannot_be_written(self, mild: posture.Result, tmp_path: Path) -> None:
        with pytest.raises(UsageError, match=r"none/side\.json"):
            mild.to_json(tmp_path / "none" / "side.json")


class TestMany:
    def test_a_folder_a_pattern_and_paths_are_alike(self, folder: Path) -> None:
        results = posture.analyze_many(folder, clothing="tight")
        assert [Path(one.report.photo.file).name for one in results] == ["mild.jpg", "turned.jpg", "typical.jpg"]
        assert [one.refused for one in results] == [False, True, False]
        assert len(results.refused) == 1
        assert repr(results) == "<3 results, 1 refused>"
        for photos in (str(folder / "*.jpg"), sorted(folder.glob("*.jpg"))):
            assert [r.report for r in posture.analyze_many(photos, clothing="tight")] == [r.report for r in results]

    @pytest.mark.slow
    def test_workers_give_the_same(self, folder: Path) -> None:
        alone, shared = (posture.analyze_many(folder, workers=n, clothing="tight") for n in (1, 2))
        assert [one.to_json() for one in shared] == [one.to_json() for one in alone]
        assert shared[0].overlay().size[1] == 1280  # its picture was not kept: it is read and looked at again

    def test_a_table(self, folder: Path) -> None:
        results = posture.analyze_many(folder)
        frame = results.to_frame()
        assert list(frame["status"]) == ["analyzed", "refused", "analyzed"]
        assert set(frame) == set(results.to_columns()) >= {"tilt_deg", "finding", "hip_angle_deg"}
        looked_at = zip(frame["needs_review"], frame["review_place"], frame["review_why"], strict=True)
        assert list(looked_at)[1:] == [(True, "1", "refused"), (False, "", "")]
        assert posture.Results(()).to_columns() == {}

    def test_what_cannot_be_meant(self, folder: Path) -> None:
        with pytest.raises(UsageError, match="no photo is there"):
            posture.analyze_many(folder / "*.png")
        with pytest.raises(UsageError, match="workers must be 1 or more"):
            posture.analyze_many(folder, workers=0)
        with pytest.raises(UsageError, match="asis is a point of one photo"):
            posture.analyze_many(folder, asis=(1, 2))

    def test_a_folder_of_results_is_read(self, folder: Path, tmp_path: Path) -> None:
        results = posture.analyze_many(folder)
        for one in results:
            one.to_json(tmp_path / f"{Path(one.report.photo.file).stem}.json")
        again = posture.read_results(tmp_path)
        assert [one.to_json() for one in again] == [one.to_json() for one in results]
        assert str(again[0]) == str(results[0])
        with pytest.raises(UsageError, match="the picture was not kept"):
            again[0].overlay()
        assert len(posture.read_results(tmp_path / "mild.json")) == 1

    @pytest.mark.parametrize("separator", [",", ";"])
    def test_a_batch_says_who_and_whom_to_look_at(self, folder: Path, tmp_path: Path, separator: str) -> None:
        lines = []
        for k, one in enumerate(posture.analyze_many(folder)):
            report = one.report.to_dict()
            lines.append({"number": k, "file": "odd\nname.jpg", "client_id": f"p{k}", "visit_date": "2026-03-01",
                          "pose": "", "report": report})  # fmt: skip
            file = tmp_path / photo_file("reports", k, one.report.photo.sha256)
            file.parent.mkdir(exist_ok=True)
            one.to_json(file)
        write_tables(tmp_path, lambda: iter(lines), TableOptions(separator=separator), Knowledge.load())
        frame = posture.read_results(tmp_path).to_frame()
        assert list(frame["client_id"]) == ["p0", "p1", "p2"]
        assert list(frame["number"]) == ["000000", "000001", "000002"]
        assert list(frame["needs_review"])[1:] == [True, False]
        assert list(frame["review_place"])[1:] == ["1", ""]
        (tmp_path / "results.csv").write_bytes(b"\xff\xfe")
        with pytest.raises(UsageError, match=r"results\.csv: not UTF-8 text"):
            posture.read_results(tmp_path)
        (tmp_path / "results.csv").unlink()
        assert list(posture.read_results(tmp_path).to_frame()["needs_review"])[1:] == [True, False]

    def test_results_that_are_none(self, tmp_path: Path) -> None:
        with pytest.raises(UsageError, match="holds no report"):
            posture.read_results(tmp_path)
        (tmp_path / "results.csv").write_text("a,b")
        with pytest.raises(UsageError, match=r"results\.csv is no report: give the folder, or one of its \.json files"):
            posture.read_results(tmp_path / "results.csv")
        (tmp_path / "odd.json").write_text(json.dumps({"schema": 7}), "utf-8")
        with pytest.raises(UsageError, match=r"odd\.json: this is not a report"):
            posture.read_results(tmp_path)


class TestChange:
    def test_two_results_of_one_person(self, mild: posture.Result, observer: posture.Observer) -> None:
        other = posture.analyze(posture.examples.typical, observer, clothing="tight")
        changes = posture.compare(mild, other)
        assert changes["pelvic_tilt"].real is None
        assert str(changes["pelvic_tilt"]).startswith("not comparable: the photos show different sides")
        assert str(changes).startswith("Forward tilt of the pelvis: not comparable")
        with pytest.raises(KeyError, match="choose from pelvic_tilt"):
            changes["tilt"]

    def test_a_change_says_whether_it_is_real(self, mild: posture.Result, observer: posture.Observer) -> None:
        image = Image.open(MILD)
        again = posture.analyze(image.resize((image.width - 8, image.height - 14)), observer, clothing="tight")
        change = posture.compare(mild, again.report)["hip_angle"]
        assert change.real is False
        assert change.diff == pytest.approx(again["hip_angle"].value - mild["hip_angle"].value, abs=1e-9)
        assert str(change).endswith(": within measurement error")


class TestTheCallOf100:
    def test_it_goes_on_and_warns(self, observer: posture.Observer) -> None:
        frame = read_photo(MILD)
        seen = ReplayObserver(observer(frame), observer.model_sha256)
        with pytest.warns(DeprecationWarning, match=r"posture\.pipeline\.analyze"):
            report = posture.analyze(frame, seen, None, posture.Intake(clothing="tight"), Options())
        assert isinstance(report, Report)
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            assert posture.analyze(frame, None, intake=posture.Intake(clothing="tight")).report.status == "analyzed"
