"""The real pose model on generated people, and on real photos where they are at hand."""

from __future__ import annotations

import csv
import hashlib
import io
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from posture.body.frame import Frame
from posture.errors import NoPerson, SetupError, UsageError
from posture.io.photos import read_photo, read_photo_bytes
from posture.knowledge.load import Knowledge
from posture.measures.measurement import Measurement
from posture.pipeline import Options, analyze, examine
from posture.render.overlay import draw
from posture.report.report import Report
from posture.vision.faces import find_faces
from posture.vision.mediapipe_models import EMBEDDED_SHA256, pose_model
from posture.vision.mediapipe_pose import MediaPipeObserver
from tests.conftest import ROOT
from tests.figures import Sees
from validation.real import ANGLES, faults
from validation.record import SAMPLES
from validation.renders import ANGLES as JOINT_ANGLES

KNOWLEDGE = Knowledge.load()

with (SAMPLES / "truth.csv").open(newline="") as opened:
    PEOPLE = {row["name"]: row for row in csv.DictReader(opened)}
MEASURED = sorted(name for name, row in PEOPLE.items() if row["expected"] == "analyzed")


def sample(name: str) -> Frame:
    return read_photo(SAMPLES / f"{name}.jpg")


def mirrored(frame: Frame) -> Frame:
    return replace(frame, pixels_hwc=np.ascontiguousarray(frame.pixels_hwc[:, ::-1]))


def quantities(report: Report) -> dict[str, Measurement]:
    return {name: m for name, m in report.measurements.items() if isinstance(m, Measurement)}


def test_generated_people_measure_near_their_truth(observer: MediaPipeObserver) -> None:
    """Every angle within two of its own SD of the truth, and over all seven samples within 2.5° (RMS)."""
    off: dict[str, list[float]] = {angle: [] for angle in JOINT_ANGLES}
    for name in MEASURED:
        report = analyze(sample(name), observer)
        assert report.status == "analyzed", name
        assert report.facing == PEOPLE[name]["faces"], name
        for angle in JOINT_ANGLES:
            quantity = quantities(report)[angle].quantity
            off[angle].append(quantity.value - float(PEOPLE[name][f"true_{angle}"]))
            assert abs(off[angle][-1]) < 2 * quantity.sigma, (name, angle)
        assert abs(report.quality["yaw_deg"] - abs(float(PEOPLE[name]["yaw"]))) < 6, name
        assert report.finding is not None
        assert (report.finding.kind == "possible_sway_back") == (name == "sway_back"), name
    for angle, apart in off.items():
        assert np.sqrt(np.mean(np.square(apart))) < 2.5, angle


def test_a_sample_turned_too_far_is_refused(observer: MediaPipeObserver) -> None:
    refused = [name for name, row in PEOPLE.items() if row["expected"] == "refused"]
    assert refused == ["turned"]
    assert "not_side_view" in {reason.code for reason in analyze(sample("turned"), observer).reasons}


def test_the_same_pixels_give_the_same_report_byte_for_byte(observer: MediaPipeObserver) -> None:
    frame = sample("mild")
    assert analyze(frame, observer).to_json() == analyze(frame, MediaPipeObserver(at_once=1)).to_json()


@pytest.mark.slow
def test_looks_at_the_same_time_show_what_looks_in_turn_show(observer: MediaPipeObserver) -> None:
    names = ["mild", "marked", "posterior", "mild"]
    alone = [analyze(sample(name), MediaPipeObserver(at_once=1)).to_json() for name in names[:3]]
    with ThreadPoolExecutor(4) as pool:  # four callers of one observer
        together = list(pool.map(lambda name: analyze(sample(name), observer).to_json(), names))
    assert together == [*alone, alone[0]]


def test_the_models_write_nothing_on_the_terminal(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "posture", "analyze", *[str(SAMPLES / "mild.jpg")] * 2, "--out", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stderr == ""


@pytest.mark.parametrize("name", ["mild", "marked", "posterior"])
def test_a_mirrored_photo_measures_the_same(observer: MediaPipeObserver, name: str) -> None:
    seen, reflected = (quantities(analyze(f, observer)) for f in (sample(name), mirrored(sample(name))))
    assert seen.keys() == reflected.keys()
    for measure, measured in seen.items():
        allowed = max(1.0, 0.5 * measured.sem)
        assert abs(measured.quantity.value - reflected[measure].quantity.value) <= allowed, measure


@pytest.mark.parametrize("orientation", [3, 6, 8])
def test_a_losslessly_turned_copy_gives_the_same_report(observer: MediaPipeObserver, orientation: int) -> None:
    upright = Image.fromarray(sample("posterior").pixels_hwc)
    turned = upright.transpose(
        {3: Image.Transpose.ROTATE_180, 6: Image.Transpose.ROTATE_90, 8: Image.Transpose.ROTATE_270}[orientation]
    )
    reports = []
    for image, exif_orientation in ((upright, 1), (turned, orientation)):
        exif, buffer = Image.Exif(), io.BytesIO()
        exif[0x0112] = exif_orientation
        image.save(buffer, "PNG", exif=exif, compress_level=1)
        report = analyze(read_photo_bytes(buffer.getvalue(), "x"), observer).to_dict()
        report["photo"].pop("sha256")
        reports.append(report)
    assert reports[0] == reports[1]


def test_nobody_there(observer: MediaPipeObserver) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (480, 640, 3), np.uint8)
    with pytest.raises(NoPerson):
        observer(replace(sample("typical"), pixels_hwc=noise, width=640, height=480))


def test_faces_are_found_and_blurred_even_where_no_body_was(observer: MediaPipeObserver) -> None:
    frame, nose = sample("posterior"), observer(sample("posterior")).pose.xy_px[0]
    assert any(np.hypot(x - nose[0], y - nose[1]) < radius for x, y, radius in find_faces(frame.pixels_hwc))
    unseen = examine(frame, Sees(NoPerson("the body was missed")))
    face = np.s_[int(nose[1]) - 40 : int(nose[1]) + 40, int(nose[0]) : int(nose[0]) + 60]
    blurred, plain = draw(frame, unseen, KNOWLEDGE)[face], draw(frame, unseen, KNOWLEDGE, show_face=True)[face]
    assert np.abs(np.diff(blurred.astype(int), axis=0)).max() < 0.5 * np.abs(np.diff(plain.astype(int), axis=0)).max()


def test_no_face_is_seen_in_an_empty_wall() -> None:
    assert find_faces(np.full((480, 640, 3), 180, np.uint8)) == []


def test_tiny_pictures_do_no_harm(observer: MediaPipeObserver) -> None:
    for side in (1, 2, 17):
        pixels = np.zeros((side, side, 3), np.uint8)
        report = analyze(Frame(pixels, side, side, "0" * 64, "x"), observer)
        assert report.status == "refused"


def test_two_people_side_by_side_are_refused(observer: MediaPipeObserver) -> None:
    both = np.hstack([sample("typical").pixels_hwc, sample("marked").pixels_hwc])
    report = analyze(Frame(both, both.shape[1], both.shape[0], "0" * 64, "x"), observer)
    assert "several_people" in {reason.code for reason in report.reasons}


def test_a_person_cut_at_the_knees_is_refused(observer: MediaPipeObserver) -> None:
    cut = np.ascontiguousarray(sample("marked").pixels_hwc[:900])
    report = analyze(Frame(cut, 720, 900, "0" * 64, "x"), observer)
    assert "cropped" in {reason.code for reason in report.reasons}


def test_lying_is_refused(observer: MediaPipeObserver) -> None:
    lying = np.ascontiguousarray(np.rot90(sample("marked").pixels_hwc))
    report = analyze(Frame(lying, 1280, 720, "0" * 64, "x"), observer, options=Options(lenient=True))
    assert {reason.code for reason in report.reasons} & {"lying", "no_person"}


@pytest.mark.parametrize("passes", [1, 2, 3])
def test_fewer_looks_still_measure(passes: int) -> None:
    observer = MediaPipeObserver(passes=passes)
    report = analyze(sample("typical"), observer)
    assert report.status == "analyzed"
    assert report.quality["looks"] == passes
    assert abs(quantities(report)["trunk_incl"].quantity.value - float(PEOPLE["typical"]["true_trunk_incl"])) < 6


@pytest.mark.parametrize("passes", [0, -1, 17])
def test_a_wrong_number_of_looks_is_a_usage_error(passes: int) -> None:
    with pytest.raises(UsageError, match="between 1 and 16"):
        MediaPipeObserver(passes=passes)


class TestModel:
    def test_the_embedded_bundle_has_the_hash_that_is_checked(self) -> None:
        data, sha256 = pose_model(None, trust=False)
        assert sha256 == hashlib.sha256(data).hexdigest() == EMBEDDED_SHA256

    def test_an_unknown_model_needs_trust(self, tmp_path: Path) -> None:
        data, _ = pose_model(None, trust=False)
        other = tmp_path / "other.task"
        other.write_bytes(data + b"PK\x05\x06" + b"\0" * 18)
        with pytest.raises(UsageError, match=r"unknown hash.*trust-model"):
            pose_model(other, trust=False)
        assert pose_model(other, trust=True)[1] == hashlib.sha256(other.read_bytes()).hexdigest()

    def test_a_missing_or_false_model_is_a_usage_error(self, tmp_path: Path) -> None:
        with pytest.raises(UsageError, match="No such file"):
            pose_model(tmp_path / "none.task", trust=False)
        false = tmp_path / "false.task"
        false.write_text("not a model")
        with pytest.raises(UsageError, match=r"not a \.task bundle"):
            pose_model(false, trust=True)

    def test_a_bundle_without_models_is_a_usage_error(self, tmp_path: Path) -> None:
        import zipfile

        empty = tmp_path / "empty.task"
        with zipfile.ZipFile(empty, "w") as bundle:
            bundle.writestr("hello", "x")
        with pytest.raises(UsageError, match="cannot be loaded"):
            MediaPipeObserver(empty, trust_model=True)

    def test_a_missing_system_library_says_what_to_install(self) -> None:
        from posture.vision.mediapipe_models import missing_library

        error = ImportError("libGL.so.1: cannot open shared object file: No such file or directory")
        assert "apt install libgl1" in missing_library(error)
        assert issubclass(SetupError, Exception)


def test_the_core_loads_no_model_no_picture_library_and_no_page() -> None:
    code = (
        "import sys, posture, posture.pipeline; posture.pipeline.analyze, posture.Report, posture.Knowledge.load();"
        "print([m for m in ('cv2', 'mediapipe', 'streamlit', 'PIL', 'scipy', 'typer') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stdout.strip() == "[]"


def test_a_model_left_in_a_circle_of_references_does_no_harm() -> None:
    code = (
        "import gc\nfrom posture.vision.live_preview import LivePreview\n"
        "from posture.vision.mediapipe_pose import MediaPipeObserver\n"
        "class Circle: pass\n"
        "for make in (MediaPipeObserver, LivePreview):\n"
        "    one = Circle(); one.me, one.model = one, make()\n"
        "    del one; gc.collect()\n"
        "alive = MediaPipeObserver(), LivePreview()\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, timeout=120)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


class TestRealPhotos:
    """../shared/photos: small walking people and everything that must be refused."""

    @pytest.mark.slow
    def test_side_views_and_negatives(self, observer: MediaPipeObserver, shared: Path) -> None:
        import csv

        wrong = []
        for row in csv.DictReader((shared / "photos" / "MANIFEST.csv").open()):
            expected = faults(row)
            frame = read_photo(shared / "photos" / row["file"])
            report = analyze(frame, observer, options=Options(lenient=not expected))
            reasons = {reason.code for reason in report.reasons}
            if expected:
                good = report.status == "refused" and report.finding is None and bool(expected & reasons)
            else:
                good = report.facing == row["facing"] and set(ANGLES) <= set(quantities(report))
            if not good:
                wrong.append((row["file"], reasons))
        assert wrong == []

    @pytest.mark.parametrize("name", ["sports2d_walk_f106", "sports2d_walk_f090", "dipanjans_side_lowres"])
    def test_mirrored(self, observer: MediaPipeObserver, shared: Path, name: str) -> None:
        frame, lenient = read_photo(shared / "photos" / f"{name}.jpg"), Options(lenient=True)
        seen, reflected = (quantities(analyze(f, observer, options=lenient)) for f in (frame, mirrored(frame)))
        for measure in ANGLES:
            allowed = max(1.0, 0.5 * seen[measure].sem)
            assert abs(seen[measure].quantity.value - reflected[measure].quantity.value) <= allowed, measure

    @pytest.mark.parametrize("lenient", [False, True])
    @pytest.mark.parametrize("name", ["intel_empty_room_f1219", "skimage_coffee_noperson"])
    def test_no_finding_for_an_empty_room(self, observer, shared: Path, name: str, lenient: bool) -> None:
        report = analyze(read_photo(shared / "photos" / f"{name}.jpg"), observer, options=Options(lenient=lenient))
        assert report.finding is None
        assert {reason.code for reason in report.reasons} == {"no_person"}

    def test_the_landmarks_are_googles_own(self, observer: MediaPipeObserver, shared: Path) -> None:
        """MediaPipe's published landmarks for its test image, by another model file: equal to 2 % of the width."""
        import re

        frame = read_photo(shared / "groundtruth" / "pose.jpg")
        text = (shared / "groundtruth" / "pose_landmarks.pbtxt").read_text()
        pairs = re.findall(r"x: ([\d.]+)\s+y: ([\d.]+)", text)[:33]
        published = np.array(pairs, float) * (frame.width, frame.height)
        away = np.hypot(*(observer(frame).pose.xy_px - published)[11:29].T) / frame.width
        assert np.median(away) < 0.01
        assert away.max() < 0.03
