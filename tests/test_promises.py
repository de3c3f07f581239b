"""What posture promises about its words, its lock and its layout."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.conftest import ROOT


@pytest.mark.parametrize("lock", ["requirements.txt", "requirements-test.txt"])
class TestLock:
    def test_every_package_has_hashes_and_no_address(self, lock: str) -> None:
        text = (ROOT / lock).read_text("utf-8")
        assert "://" not in text
        assert "index-url" not in text
        packages = re.findall(r"^([a-z0-9._-]+)==[^\s;]+(?: ; [^\\]+)? \\\n    --hash=sha256:", text, re.MULTILINE)
        assert len(packages) == len(re.findall(r"^[a-z0-9]", text, re.MULTILINE))

    def test_what_posture_never_imports_is_left_out(self, lock: str) -> None:
        names = set(re.findall(r"^([a-z0-9._-]+)==", (ROOT / lock).read_text("utf-8"), re.MULTILINE))
        assert not names & {"sounddevice", "opencv-contrib-python"}
        assert {"mediapipe", "opencv-python", "numpy", "streamlit", "uv"} <= names

    def test_the_core_draws_no_plots(self, lock: str) -> None:
        drawn = re.search(r"^matplotlib==", (ROOT / lock).read_text("utf-8"), re.MULTILINE)
        assert bool(drawn) == (lock == "requirements-test.txt")

    def test_pins_of_the_design(self, lock: str) -> None:
        pins = dict(re.findall(r"^([a-z0-9._-]+)==([^\s;\\]+)", (ROOT / lock).read_text("utf-8"), re.MULTILINE))
        assert pins["mediapipe"] == "0.10.31"
        assert pins["numpy"].startswith("2.")
        assert pins["streamlit"].startswith("1.67.")
        assert pins["starlette"].startswith("1.10.")


def test_the_tests_environment_holds_the_same_versions() -> None:
    pins = [
        dict(re.findall(r"^([a-z0-9._-]+)==([^\s;\\]+)", (ROOT / lock).read_text("utf-8"), re.MULTILINE))
        for lock in ("requirements.txt", "requirements-test.txt")
    ]
    assert pins[0].items() <= pins[1].items()


def test_package_data_is_part_of_the_package() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    assert project["build-system"]["build-backend"] == "flit_core.buildapi"  # packs every file under posture/
    for name in ("data/limits.toml", "data/self_test.jpg", "render/html/templates/report.html"):
        assert (ROOT / "posture" / name).is_file()


#: How the extras are asked for by the name that belongs to another author's program on the package index.
BY_NAME = re.compile(r"""\b(?:pipx?|uv) (?:install|add|run)\b[^\n`]*?(?<![\w/.-])posture(?=["'`\s]|$)""", re.MULTILINE)


def _read_by_people() -> list[Path]:
    folders = ("posture", "docs", "notebooks", "tools", "sample_images", "validation", "tests")
    kinds = {".py", ".md", ".toml", ".html", ".ipynb", ".sh", ".txt", ".yml"}
    found = [file for folder in folders for file in (ROOT / folder).rglob("*") if file.suffix in kinds]
    return [file for file in (*ROOT.glob("*"), *found) if file.is_file() and file.suffix in {*kinds, ""}]


def test_nothing_tells_to_install_another_authors_program() -> None:
    said = "run pip install 'posture[app]'", "pipx install posture", "`uv pip install posture`", "posture[clinic]"
    assert all(map(_by_name, said))
    for fine in ("pip install '.[app]'", "pip install './posture_tilt-1.0.0-py3-none-any.whl[app]'", "cd posture"):
        assert not _by_name(fine)
    files = _read_by_people()
    assert len(files) > 250
    found = {str(file.relative_to(ROOT)) for file in files if _by_name(file.read_text("utf-8", "replace"))}
    assert found == {"tests/test_promises.py"}


def _by_name(text: str) -> bool:
    extra = re.search(r"(?<![\w/.-])posture\[(app|live|clinic|cluster|validate|extra|\{)", text)
    return bool(extra or BY_NAME.search(text))


def test_the_hint_names_a_checkout_and_the_wheel_of_this_version() -> None:
    import posture
    from posture.errors import install_hint

    hint = install_hint("live")
    assert "'.[live]'" in hint
    assert f"posture_tilt-{posture.__version__}-py3-none-any.whl[live]" in hint


def test_every_public_name_can_be_had() -> None:
    import posture

    for name in posture.__all__:
        assert getattr(posture, name).__name__
    assert len(posture.__all__) <= 23
    with pytest.raises(AttributeError, match="nothing_such"):
        posture.nothing_such  # noqa: B018


def test_the_public_names_are_listed_before_one_is_loaded() -> None:
    code = (
        "import sys, posture; assert {*posture.__all__, '__version__'} <= {*dir(posture)};"
        "print([name for name in sys.modules if name.startswith('posture.') and name != 'posture._version'])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stdout.strip() == "[]"


def _imports() -> dict[str, set[str]]:
    """Which module of the package imports which, those loaded late and for types alone included."""
    files = {".".join(f.relative_to(ROOT).with_suffix("").parts): f for f in (ROOT / "posture").rglob("*.py")}
    files = {name.removesuffix(".__init__"): file for name, file in files.items()}
    found = {}
    for name, file in files.items():
        nodes = list(ast.walk(ast.parse(file.read_text("utf-8"))))
        froms = [(node.module or "", alias.name) for node in nodes if isinstance(node, ast.ImportFrom)
                 for alias in node.names]  # fmt: skip
        wholes = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
        parts = {f"{module}.{part}" if f"{module}.{part}" in files else module for module, part in froms}
        found[name] = (parts | wholes) & set(files)
    return found


def test_no_module_imports_itself_by_way_of_others() -> None:
    imports = _imports()
    assert imports["posture.pipeline"]

    def reached(name: str) -> set[str]:
        seen, ahead = set[str](), [*imports[name]]
        while ahead:
            one = ahead.pop()
            if one not in seen:
                seen.add(one)
                ahead += imports[one]
        return seen

    assert [name for name in imports if name in reached(name)] == []


def test_the_build_reads_the_version_that_is_told() -> None:
    from flit_core.common import Module, get_info_from_module

    import posture

    assert get_info_from_module(Module("posture", ROOT), ["version"])["version"] == posture.__version__


@pytest.mark.parametrize("document", ["README.md", "docs/guide/python.md"])
def test_the_python_of_a_document_prints_what_stands_under_it(
    document: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    blocks = re.findall(r"```(python|text)\n(.*?)```", (ROOT / document).read_text("utf-8"), re.DOTALL)
    (tmp_path / "sample_images").symlink_to(ROOT / "sample_images")
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    for kind, text in blocks:
        if kind == "python":
            exec(compile(text, document, "exec"), names)
        else:
            assert capsys.readouterr().out == text
    assert [kind for kind, _ in blocks].count("text") >= 1


@pytest.mark.parametrize("document", ["README.md", "docs/clients.md"])
def test_every_option_that_is_shown_exists(document: str) -> None:
    source = "".join(file.read_text("utf-8") for file in (ROOT / "posture" / "cli").glob("*.py"))
    for option in set(re.findall(r"(?<![\w-])--([a-z][a-z-]*)", (ROOT / document).read_text("utf-8"))):
        assert f'"--{option}"' in source or f"{option.replace('-', '_')}: Annotated" in source, option


def test_the_readme_names_commands_that_exist() -> None:
    readme, makefile = (ROOT / "README.md").read_text("utf-8"), (ROOT / "Makefile").read_text("utf-8")
    commands = set(re.findall(r"(?:^    |`)make ([a-z0-9-]+)", readme, re.MULTILINE))
    assert {"demo", "test", "app"} <= commands
    for command in commands:
        assert re.search(rf"^{command}:", makefile, re.MULTILINE), command


def test_the_citation_names_this_version() -> None:
    import posture

    assert f"\nversion: {posture.__version__}\n" in (ROOT / "CITATION.cff").read_text("utf-8")


def test_every_package_that_is_asked_for_is_named_with_its_licence() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    asked = [*project["dependencies"], *(name for extra in project["optional-dependencies"].values() for name in extra)]
    table = (ROOT / "THIRD_PARTY.md").read_text("utf-8").split("## Packages")[1]
    cells = [line.split("|")[1] for line in table.splitlines() if line.startswith("| ")]
    named = {word for cell in cells for word in re.split(r"[ ,]+", re.sub(r"\(.*?\)", "", cell.lower()))}
    for requirement in asked:
        name = re.split(r"[\[<>=!~ ;]", requirement)[0]
        assert name == project["name"] or name in named, name
