"""The command line as a user meets it: exit codes, rows, files, errors without tracebacks."""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import pytest
from PIL import Image
from typer.testing import CliRunner

from posture import __version__
from posture.cli import main
from posture.errors import install_hint
from posture.render.drawings import drawing_file
from tests.conftest import ROOT
from validation.guides import NAMES
from validation.record import SAMPLES

GOOD = SAMPLES / "mild.jpg"


def run(*arguments: object, monkeypatch: pytest.MonkeyPatch) -> int:
    """`posture ARGUMENTS` in this process: its exit code."""
    monkeypatch.setattr(sys, "argv", ["posture", *map(str, arguments)])
    with pytest.raises(SystemExit) as ended:
        main.main()
    return int(ended.value.code or 0)


def said(*arguments: object) -> tuple[int, str, str]:
    """Exit code, standard output and standard error of `posture ARGUMENTS` in this process."""
    with (
        pytest.MonkeyPatch.context() as patch,
        redirect_stdout(io.StringIO()) as out,
        redirect_stderr(io.StringIO()) as error,
    ):
        code = run(*arguments, monkeypatch=patch)
    return code, out.getvalue(), error.getvalue()


@pytest.fixture
def posture(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    def command(*arguments: object) -> tuple[int, str, str]:
        code = run(*arguments, monkeypatch=monkeypatch)
        out, err = capsys.readouterr()
        return code, out, err

    return command


@pytest.fixture
def bad(tmp_path: Path) -> dict[str, Path]:
    files = {name: tmp_path / f"{name}.jpg" for name in ("text", "truncated", "empty", "nobody")}
    files["text"].write_text("Dear diary")
    files["truncated"].write_bytes(GOOD.read_bytes()[:20_000])
    files["empty"].write_bytes(b"")
    Image.new("RGB", (640, 480), (120, 130, 140)).save(files["nobody"])
    return files


def test_one_photo_as_json(posture) -> None:
    code, out, _ = posture("analyze", GOOD, "--json")
    report = json.loads(out)
    assert code == 0
    assert report["photo"]["file"] == str(GOOD)
    assert report["status"] == "analyzed"


def test_table(posture) -> None:
    code, out, _ = posture("analyze", GOOD)
    assert code == 0
    for word in ("mild.jpg", "tips forward more than usual", "Forward tilt", "Over 15°", "1 in 9", "Safety questions"):
        assert word in out


def test_bad_files_get_rows_and_the_others_are_measured(posture, bad: dict[str, Path]) -> None:
    code, out, _ = posture("analyze", *bad.values(), GOOD, "--json")
    rows = [json.loads(line) for line in out.splitlines()]
    assert code == 1
    assert [row["reasons"][0]["code"] for row in rows[:-1]] == [
        "not_an_image",
        "unreadable",
        "not_an_image",
        "no_person",
    ]
    assert rows[-1]["status"] == "analyzed"
    for row in rows[:-1]:
        assert row["reasons"][0]["retake"]
        assert row["finding"] is None


def test_a_missing_file_is_a_row_and_exit_2(posture, tmp_path: Path) -> None:
    code, out, _ = posture("analyze", tmp_path / "gone.jpg", GOOD, "--json")
    rows = [json.loads(line) for line in out.splitlines()]
    assert code == 2
    assert rows[0]["reasons"][0]["code"] == "missing_file"
    assert rows[0]["photo"]["sha256"] is None
    assert rows[1]["status"] == "analyzed"


def test_files_of_each_photo(posture, bad: dict[str, Path], tmp_path: Path) -> None:
    out = tmp_path / "deep" / "out"
    code, text, _ = posture("analyze", GOOD, bad["text"], bad["nobody"], "--out", out)
    assert code == 1
    assert str(out) in text.replace("\n", "")
    names = {file.name for file in out.iterdir()}
    assert names == {
        "mild.json", "mild.html", "mild_handout.html", "mild_overlay.jpg",
        "text.json", "text.html",
        "nobody.json", "nobody.html", "nobody_overlay.jpg",
    }  # fmt: skip
    picture = Image.open(out / "mild_overlay.jpg")
    assert not picture.getexif()
    assert json.loads((out / "mild.json").read_text())["status"] == "analyzed"
    assert "safety questions were not answered" in (out / "mild_handout.html").read_text("utf-8")


def test_a_handout_has_the_week_once_the_questions_are_answered(posture, tmp_path: Path) -> None:
    intake = tmp_path / "intake.toml"
    intake.write_text("[safety]\nasked = true\n")
    assert posture("analyze", GOOD, "--intake", intake, "--out", tmp_path / "out", "--lang", "de")[0] == 0
    page = (tmp_path / "out" / "mild_handout.html").read_text("utf-8")
    assert "Ihre Woche" in page
    assert "data:image/jpeg" in page


def test_a_handout_in_an_emergency_is_the_message(posture, tmp_path: Path) -> None:
    intake = tmp_path / "intake.toml"
    intake.write_text('[safety]\nasked = true\nflags = ["saddle_numbness"]\n')
    posture("analyze", GOOD, "--intake", intake, "--out", tmp_path / "out")
    page = (tmp_path / "out" / "mild_handout.html").read_text("utf-8")
    assert "Go to an emergency department now" in page
    assert "°" not in re.sub(r"<style.*?</style>", "", page, flags=re.S)


def test_equal_stems_get_the_hash(posture, tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    shutil.copy(GOOD, tmp_path / "a" / "same.jpg")
    shutil.copy(SAMPLES / "typical.jpg", tmp_path / "b" / "same.jpg")
    posture("analyze", tmp_path / "a" / "same.jpg", tmp_path / "b" / "same.jpg", "--out", tmp_path / "out")
    stems = sorted(file.stem for file in (tmp_path / "out").glob("*.json"))
    assert len(stems) == 2
    assert all(stem.startswith("same_") and len(stem) == len("same_") + 8 for stem in stems)


def test_marks(posture) -> None:
    _, out, _ = posture("analyze", GOOD, "--json", "--asis", "474.8,580.3", "--psis", "351.4,543.6")
    tilt = json.loads(out)["measurements"]["asis_psis_tilt"]
    # the generator's own points of the near side, rounded to 0.1 px; truth.csv: 18.5 for the middle of both sides
    assert tilt["value"] == pytest.approx(16.6, abs=0.5)
    assert tilt["grade"] == "A"


def test_a_mark_beside_the_body_is_a_wrong_request(posture) -> None:
    code, out, err = posture("analyze", GOOD, "--json", "--asis", "475,580", "--psis", "270,544")
    assert (code, out) == (2, "")
    assert err.startswith("posture: PSIS (270, 544) lies 6")
    assert err.endswith("% of its height): set it on the body\n")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--asis", "1,2"], "go together"),
        (["--asis", "5,5", "--psis", "5,5"], "same point (5, 5)"),
        (["--asis", "9999,5", "--psis", "5,5"], "(9999, 5) lies outside the photo of 720 × 1280"),
        (["--asis", "a,b", "--psis", "5,5"], "--asis a,b: give 2 numbers"),
        (["--plumb", "1,2,3"], "--plumb 1,2,3: give 4 numbers"),
        (["--plumb", "3,4,3,4"], "--plumb 3,4,3,4: both ends are the same point"),
        (["--sex", "x"], "person.sex: 'x' is not one of f, m"),
        (["--stature-cm", "5"], "person.stature_cm: 5.0 is not a number from 50 to 250"),
        (["--clothing", "silk"], "not one of tight, normal, loose"),
        (["--passes", "99"], "--passes"),
        (["--intake", "nowhere.toml"], "No such file"),
        (["--model", "nowhere.task"], "No such file"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_requests_that_cannot_be_meant(posture, arguments: list[str], says: str) -> None:
    code, out, err = posture("analyze", GOOD, *arguments)
    assert code == 2
    assert says in err
    assert "Traceback" not in err
    assert out == ""


def test_names_of_any_bytes(posture, tmp_path: Path) -> None:
    odd = tmp_path / os.fsdecode(b"n\xfc.jpg")
    shutil.copy(GOOD, odd)
    red = tmp_path / "\x1b[31mred.jpg"
    shutil.copy(SAMPLES / "turned.jpg", red)
    code, out, err = posture("analyze", odd, red, "--out", tmp_path / "out")
    assert code == 1
    assert "Traceback" not in err
    assert "n\\xfc.jpg" in out
    assert "\x1b" not in out
    report = (tmp_path / "out" / os.fsdecode(b"n\xfc.json")).read_text("utf-8")
    assert json.loads(report)["photo"]["file"].endswith("n\\xfc.jpg")
    assert "xfc" in posture("analyze", odd, "--json")[1]


def test_a_folder_in_place_of_a_photo_writes_into_out(posture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert posture("analyze", ".", "--out", "res")[0] == 1
    assert sorted(path.name for path in tmp_path.rglob("*.*")) == ["photo.html", "photo.json"]


def test_shots_of_which_none_can_be_measured_are_not_combined(posture) -> None:
    code, out, err = posture("analyze", SAMPLES / "turned.jpg", ROOT / "tests" / "conftest.py", "--repeat")
    assert code == 1
    assert "none of the shots could be measured" in err
    assert "together" not in out


def test_points_with_several_photos(posture) -> None:
    code, _, err = posture("analyze", GOOD, GOOD, "--asis", "1,2", "--psis", "3,4")
    assert code == 2
    assert "one photo" in err


def test_out_in_the_way_of_a_file(posture, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    code, _, err = posture("analyze", GOOD, "--out", tmp_path / "file")
    assert code == 2
    assert "--out" in err


def test_lenient_measures_what_is_refused_strictly(posture, tmp_path: Path) -> None:
    small = tmp_path / "small.png"
    Image.open(GOOD).resize((180, 320)).save(small)
    assert posture("analyze", small, "--json")[0] == 1
    code, out, _ = posture("analyze", small, "--json", "--lenient")
    assert code == 0
    assert "too_small" in {warning["code"] for warning in json.loads(out)["warnings"]}


def test_an_emergency_is_said_and_nothing_else_is_planned(posture, tmp_path: Path) -> None:
    intake = tmp_path / "intake.toml"
    intake.write_text('[safety]\nasked = true\nflags = ["saddle_numbness"]\n')
    code, out, _ = posture("analyze", GOOD, "--intake", intake)
    assert code == 0
    assert out.replace("\n", " ").startswith("Go to an emergency department now")
    assert "°" not in out  # no posture talk beside it


def test_a_red_flag_is_said_at_any_age(posture, tmp_path: Path) -> None:
    intake = tmp_path / "intake.toml"
    intake.write_text('[person]\nage_years = 16\n[safety]\nasked = true\nflags = ["saddle_numbness"]\n')
    for command in (("analyze", GOOD), ("plan", "--finding", "no_sign")):
        _, out, _ = posture(*command, "--intake", intake)
        assert "emergency department now" in out.replace("\n", " ")


def test_a_missing_system_library_gets_a_sentence(tmp_path: Path) -> None:
    """OpenCV that cannot find libGL, as on a bare server."""
    (tmp_path / "cv2.py").write_text("raise ImportError('libGL.so.1: cannot open shared object file')\n")
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    command = [sys.executable, "-m", "posture", "analyze", str(GOOD)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env=environment, check=False)
    assert done.returncode == 2
    assert "apt install libgl1" in done.stderr
    assert "Traceback" not in done.stderr


def test_doctor(posture) -> None:
    code, out, _ = posture("doctor")
    assert code == 0, out
    assert "FAIL" not in out
    code, out, _ = posture("doctor", "--json")
    checks = json.loads(out)["checks"]
    assert {"Python", "mediapipe", "extra app", "pose model", "self-test"} <= {check["name"] for check in checks}


def test_without_the_extra_the_page_says_what_to_install(posture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("posture.app.launch.find_spec", lambda name: None)  # noqa: ARG005
    code, _, err = posture("app")
    assert code == 2
    assert install_hint("app") in err


def test_doctor_says_what_is_wrong(posture, monkeypatch: pytest.MonkeyPatch) -> None:
    from posture.cli import doctor

    monkeypatch.setattr(doctor, "SELF_TEST", {"hip_angle": 90.0})
    monkeypatch.setattr(doctor, "PACKAGES", ("no-such-package",))
    code, out, _ = posture("doctor")
    assert code == 2
    assert "no-such-package: not installed; run: pip install no-such-package" in out
    assert "instead of 90.0" in out


def test_the_installed_command_in_its_own_process(tmp_path: Path) -> None:
    """Real process: JSON alone on standard output, no chatter of the model on standard error, no traceback."""
    command = [sys.executable, "-m", "posture", "analyze", str(GOOD), str(tmp_path / "none.jpg"), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode == 2
    assert [json.loads(line)["status"] for line in done.stdout.splitlines()] == ["analyzed", "refused"]
    assert done.stderr == ""


@pytest.mark.parametrize("command", sorted(one.name or one.callback.__name__ for one in main.app.registered_commands))
def test_every_command_prints_json_and_shows_an_example(command: str) -> None:
    shown = CliRunner().invoke(main.app, [command, "--help"]).stdout
    assert "--json" in shown
    assert f"Example: posture {command}" in " ".join(shown.split())


def test_the_page_of_further_ways_draws_every_guide_and_holds_its_figures() -> None:
    page = (ROOT / "docs" / "refine.md").read_text("utf-8")
    for name in NAMES:
        assert f"refine/{name}.svg" in page
        assert (ROOT / "docs" / "refine" / f"{name}.svg").read_text("utf-8") == drawing_file(name)
    for mark in ("stickers", "poses", "thomas", "change"):
        assert len(page.split(f"<!-- {mark} -->")[1].split(f"<!-- /{mark} -->")[0]) > 100, mark


class TestOfEveryCommand:
    def test_it_tells_its_version(self) -> None:
        assert said("--version") == (0, f"posture {__version__}\n", "")

    @pytest.mark.parametrize("command", [[], ["analyze"], ["clients"], ["clients", "add"]])
    def test_a_short_help(self, command: list[str]) -> None:
        code, out, _ = said(*command, "-h")
        assert (code, out) == said(*command, "--help")[:2]
        assert code == 0
        assert "Usage: posture" in out

    def test_quiet_and_verbose(self) -> None:
        code, _, err = said("analyze", GOOD, "-v")
        assert (code, err) == (0, "mild.jpg probably tips forward more than usual\n")
        assert said("analyze", GOOD, "-q")[2] == ""
        code, _, err = said("analyze", GOOD, "-q", "-v")
        assert (code, err) == (2, "posture: --quiet and --verbose contradict each other: give one\n")

    def test_a_photo_that_cannot_tell_says_the_next_step(self) -> None:
        code, out, _ = said("analyze", SAMPLES / "arm_over_back.jpg")
        assert code == 0
        assert "arm_over_back.jpg: Take the photo again: " in out
