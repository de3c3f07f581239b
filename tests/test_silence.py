"""No process of the tool speaks to anything but its own loopback server: watched from outside, by the system's calls.

A Python guard would not see what TensorFlow Lite or OpenCV do in C++; strace sees every call of every process.
"""

from __future__ import annotations

import asyncio
import re
import shutil
import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
from elftools.elf.elffile import ELFFile
from packaging.utils import canonicalize_name

from tests.app.test_steps import _free_port, _messages, _wait_until_healthy
from tests.conftest import ROOT
from tests.live.test_capture import film
from validation.record import SAMPLES

POSTURE = [sys.executable, "-m", "posture"]
#: Calls that name a partner or a place to listen, as strace prints their address.
ADDRESS = re.compile(
    r'sa_family=AF_INET6?, .*?(?:sin_addr=inet_addr\("([^"]+)"\)|inet_pton\(AF_INET6, "([^"]+)")', re.DOTALL
)
OWN = ("127.0.0.1", "::1")
INSTALLED = {canonicalize_name(one.name): one for one in metadata.distributions()}


@pytest.fixture
def watch(tmp_path: Path) -> list[str]:
    """The beginning of a command line that writes every network call of a command and its children down."""
    if shutil.which("strace") is None:
        pytest.skip("SKIPPED LOUDLY: strace is not here (Debian: apt install strace); nobody watched the network")
    log = tmp_path / "calls"
    allowed = subprocess.run(["strace", "-o", str(log), "true"], capture_output=True, check=False)
    if allowed.returncode:
        pytest.skip("SKIPPED LOUDLY: this machine does not let strace watch; nobody watched the network")
    return ["strace", "-f", "-qq", "--seccomp-bpf", "-e", "trace=connect,bind,sendto,sendmsg,sendmmsg", "-o", str(log)]


def spoken_to(watch: list[str]) -> set[str]:
    """The internet addresses in what was written down that are not this machine's own."""
    calls = Path(watch[-1]).read_text("utf-8", errors="replace")
    return {four or six for four, six in ADDRESS.findall(calls)} - set(OWN)


def run(watch: list[str], *command: object, code: int = 0) -> None:
    done = subprocess.run([*watch, *map(str, command)], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == code, done.stderr


def test_a_planted_request_is_seen(watch: list[str]) -> None:
    """In a child process, by name server or by number: the watch is not blind."""
    by_number = "import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM).connect(('192.0.2.7', 9))"
    child = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {by_number!r}])"
    run(watch, sys.executable, "-c", child)
    assert "192.0.2.7" in spoken_to(watch)


def test_this_machines_own_is_allowed_and_listening_to_all_is_not(watch: list[str]) -> None:
    listen = "import socket; socket.socket().bind(({!r}, 0))"
    run(watch, sys.executable, "-c", listen.format("127.0.0.1"))
    assert spoken_to(watch) == set()
    run(watch, sys.executable, "-c", listen.format("0.0.0.0"))
    assert spoken_to(watch) == {"0.0.0.0"}


def test_one_photo(watch: list[str], tmp_path: Path) -> None:
    run(watch, *POSTURE, "analyze", SAMPLES / "mild.jpg", "--out", tmp_path / "out")
    assert (tmp_path / "out" / "mild.html").is_file()
    assert spoken_to(watch) == set()


def test_a_batch_of_two_workers(watch: list[str], tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    for name in ("mild", "typical"):
        shutil.copy(SAMPLES / f"{name}.jpg", tmp_path / "photos")
    run(watch, *POSTURE, "batch", tmp_path / "photos", "--out", tmp_path / "out", "--workers", 2)
    assert spoken_to(watch) == set()


def test_the_doctor(watch: list[str]) -> None:
    run(watch, *POSTURE, "doctor")
    assert spoken_to(watch) == set()


def test_a_live_clip(watch: list[str], tmp_path: Path) -> None:
    """Too short to be measured, which the photo above was by the same eyes: exit code 1."""
    clip = film(tmp_path / "still.mp4", 0.8, frames_=20)
    run(watch, *POSTURE, "live", "--headless", "--video", clip, code=1)
    assert spoken_to(watch) == set()


def test_the_page_and_a_visitor(watch: list[str]) -> None:
    port = _free_port()
    server = subprocess.Popen(
        [*watch, *POSTURE, "app", "--port", str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _wait_until_healthy(port)
        assert asyncio.run(_runs_to_its_end(port))
    finally:
        subprocess.run(["pkill", "-TERM", "-P", str(server.pid)], check=False)
        server.wait(20)
    assert '"127.0.0.1"' in Path(watch[-1]).read_text("utf-8"), "the watch did not even see the page being served"
    assert spoken_to(watch) == set()


#: What a library without these cannot do: name a partner.
CALLS = {"connect", "sendto", "sendmsg", "getaddrinfo", "gethostbyname", "gethostbyname_r"}


@pytest.mark.skipif(sys.platform != "linux", reason="SKIPPED LOUDLY: reads the libraries of Linux alone")
def test_which_libraries_can_open_a_connection() -> None:
    """Of all that the core installs; docs/security.md says why each of these is never asked to. MediaPipe cannot."""
    assert "mediapipe" in _core()
    able = {name for name in _core() for library in _libraries(name) if CALLS & _imports(library)}
    assert able == {"opencv-python", "pillow"}


def _core() -> set[str]:
    """The distributions that posture needs, and what those need, extras left aside."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    known, new = set[str](), {_named(requirement) for requirement in project["dependencies"]}
    while new:
        known |= new
        found = [name for name in new if name in INSTALLED]
        asked = [one for name in found for one in INSTALLED[name].requires or [] if "extra ==" not in one]
        new = {_named(one) for one in asked} - known
    return known & INSTALLED.keys()


def _named(requirement: str) -> str:
    return canonicalize_name(re.split(r"[\[<>=!~ ;(]", requirement)[0])


def _libraries(name: str) -> list[Path]:
    files = [Path(str(file.locate())) for file in INSTALLED[name].files or [] if ".so" in file.name]
    return [file for file in files if file.read_bytes()[:4] == b"\x7fELF"]


def _imports(library: Path) -> set[str]:
    with library.open("rb") as file:
        symbols = ELFFile(file).get_section_by_name(".dynsym").iter_symbols()
        return {symbol.name for symbol in symbols if symbol["st_shndx"] == "SHN_UNDEF"}


async def _runs_to_its_end(port: int) -> bool:
    """Whether the page's script, asked for as by a browser, runs to its end."""
    async for message in _messages(port):
        if message.WhichOneof("type") == "script_finished":
            return True
    return False
