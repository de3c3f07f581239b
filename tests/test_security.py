"""What docs/security.md promises and no other test proves, and that every proof it names is there."""

from __future__ import annotations

import ast
import hashlib
import os
import re
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from posture.app.server import apologize
from posture.clinic.archive import Archive
from posture.errors import SetupError, UsageError
from posture.followup.timeline import Entry
from posture.knowledge.load import Knowledge
from posture.render.html.report import render
from posture.render.html.visit import Clinic, render_visit
from posture.report.report import PhotoInfo, Report
from posture.vision import mediapipe_models
from tests.conftest import ROOT

SOURCES = sorted((ROOT / "posture").rglob("*.py"))
HOSTILE = "{{7*7}}<script>alert(1)</script>.jpg"


def golden(name: str = "marked") -> Report:
    return Report.from_json((ROOT / "tests" / "golden" / f"{name}.json").read_text("utf-8"))


def test_every_proof_named_in_the_table_is_a_test() -> None:
    named = re.findall(r"`([\w/]*test_\w+)\.py::(\w+(?:::\w+)?)`", (ROOT / "docs" / "security.md").read_text("utf-8"))
    assert len(named) > 25
    for file, name in named:
        tree = ast.parse((ROOT / "tests" / f"{file}.py").read_text("utf-8"))
        scopes = {node.name: node for node in tree.body if isinstance(node, ast.ClassDef | ast.FunctionDef)}
        first, _, method = name.partition("::")
        assert first in scopes, (file, name)
        assert not method or method in {node.name for node in scopes[first].body if hasattr(node, "name")}, (file, name)


def dotted(called: ast.expr) -> str:
    """Name of what is called, as far as it is names: ``sql.text`` of ``sql.text(…)``, ``.get`` of ``f().get(…)``."""
    if isinstance(called, ast.Attribute):
        return f"{dotted(called.value)}.{called.attr}"
    return called.id if isinstance(called, ast.Name) else ""


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_unpickles_evaluates_or_starts_a_shell(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import | ast.ImportFrom):
            modules = [alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module or ""]
            assert not {m.split(".")[0] for m in modules} & {"pickle", "marshal", "shelve", "dill", "yaml"}
        if isinstance(node, ast.Call):
            called = dotted(node.func)
            assert "shell" not in {keyword.arg for keyword in node.keywords}
            assert called not in ("eval", "exec", "__import__", "os.system", "os.popen"), called
            # words of SQL are fixed in the program; what varies is bound
            sql = called in ("text", "sql.text") or called.rsplit(".", 1)[-1] in ("execute", "exec_driver_sql")
            if sql and node.args:
                assert not isinstance(node.args[0], ast.JoinedStr | ast.BinOp), ast.unparse(node)


def test_a_hostile_id_is_a_word_to_the_database(tmp_path: Path) -> None:
    archive = Archive(f"sqlite:///{tmp_path / 'clients.db'}")
    hostile = "p1'; DROP TABLE client; --"
    for client in ("p2", hostile):
        archive.keep(client, "2026-03-01", "", golden())
    assert [one.pseudonym for one in archive.clients()] == sorted([hostile, "p2"])
    assert [one.pseudonym for one in archive.clients("' OR '1'='1")] == []
    assert [one.pseudonym for one in archive.clients("%")] == []
    archive.erase(hostile)
    assert [one.pseudonym for one in archive.clients()] == ["p2"]


def test_a_name_is_a_word_to_every_page() -> None:
    report = replace(golden(), photo=PhotoInfo(HOSTILE, "0" * 64, 10, 10))
    entry = Entry("2026-03-01", "", report)
    knowledge = Knowledge.load()
    for page in (render(report, knowledge), render_visit(HOSTILE, entry, [entry], Clinic(HOSTILE), knowledge)):
        assert "<script>" not in page
        assert "49" not in re.findall(r"(\d+)&lt;script&gt;", page)


def test_a_logo_that_would_fill_the_memory_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "logo.png"
    Image.new("1", (20_000, 20_000)).save(file)
    with pytest.raises(UsageError, match="logo "):
        Clinic.with_logo("", file)


class TestModels:
    @pytest.mark.parametrize("content", [b"another model", None], ids=["replaced", "missing"])
    def test_a_file_that_is_not_the_one_checked_is_refused(
        self, content: bytes | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        folder = tmp_path / "data" / "models"
        folder.mkdir(parents=True)
        if content is not None:
            (folder / "face.tflite").write_bytes(content)
        monkeypatch.setattr(mediapipe_models.resources, "files", lambda _: tmp_path)
        with pytest.raises(SetupError, match=r"face\.tflite is .*nstall posture again"):
            mediapipe_models.face_model()

    def test_the_files_are_those_that_are_checked(self) -> None:
        folder = ROOT / "posture" / "data" / "models"
        files = {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in folder.iterdir()}
        assert files == mediapipe_models.SHA256


class TestLogs:
    def test_standard_error_comes_back_however_many_threads_kept_quiet(self, capfd: pytest.CaptureFixture[str]) -> None:
        inside = threading.Barrier(3)
        leave = [threading.Event(), threading.Event()]

        def hush(mine: threading.Event) -> None:
            with mediapipe_models.quiet():
                inside.wait(10)
                mine.wait(10)

        threads = [threading.Thread(target=hush, args=(event,)) for event in leave]
        for thread in threads:
            thread.start()
        inside.wait(10)
        for thread, event in zip(threads, leave, strict=True):
            os.write(2, b"unheard")
            event.set()
            thread.join()
        os.write(2, b"heard")
        assert capfd.readouterr().err == "heard"

    def test_no_name_and_no_traceback_of_a_bad_photo(self, tmp_path: Path) -> None:
        photo = tmp_path / "Anna Example 1970.jpg"
        photo.write_text("Dear diary")
        command = [sys.executable, "-m", "posture", "analyze", str(photo), "--json"]
        done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
        assert (done.returncode, done.stderr) == (1, "")

    def test_a_defect_of_the_page_is_logged_without_what_it_was_about(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.setattr("streamlit.error", lambda _: None)
        with pytest.raises(ValueError, match="Anna") as caught:
            raise ValueError("Anna Example 1970.jpg")
        assert apologize(caught.value)
        said = capsys.readouterr().err
        assert "Anna" not in said
        assert said.startswith("posture: ValueError at test_security.py:")


def test_no_pin_is_older_than_the_mended_version() -> None:
    """docs/security.md names the faults; the last lines are facts that two older ones leaned on, and stay true."""
    locked = dict(re.findall(r"^([a-z0-9-]+)==([0-9.]+)", (ROOT / "requirements.txt").read_text("utf-8"), re.MULTILINE))
    version = {name: tuple(map(int, number.strip(".").split("."))) for name, number in locked.items()}
    assert version["protobuf"] >= (6, 33, 5)
    assert version["opencv-python"] >= (4, 12)
    code = "\n".join(path.read_text("utf-8") for path in SOURCES)
    assert "json_format" not in code
    assert "imread" not in code
    assert code.count("imdecode") == 1  # of the picture that the package brings
