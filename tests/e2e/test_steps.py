"""The page and the HTML report in a real browser, as a person meets them (make test-e2e)."""

from __future__ import annotations

import io
import os
import re
import shutil
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import expect

from posture.app import navigation
from tests.conftest import ROOT
from validation.record import SAMPLES

pytestmark = pytest.mark.e2e
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync", "--use-fake-ui-for-media-stream",
         "--use-fake-device-for-media-stream"]  # fmt: skip
DESK, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}


@pytest.fixture(scope="session")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the fake camera sees: the typical sample, standing still, as uncompressed video (Y4M)."""
    wide, tall = 1280, 720
    picture = Image.new("RGB", (wide, tall), (186, 182, 174))
    person = Image.open(SAMPLES / "typical.jpg")
    picture.paste(person.resize((tall * person.width // person.height, tall)), (420, 0))
    y, cb, cr = picture.convert("YCbCr").split()
    half = (wide // 2, tall // 2)
    frame = b"FRAME\n" + b"".join(part.tobytes() for part in (y, cb.resize(half), cr.resize(half)))
    file = tmp_path_factory.mktemp("film") / "still.y4m"
    file.write_bytes(f"YUV4MPEG2 W{wide} H{tall} F5:1 Ip A1:1 C420jpeg\n".encode() + frame * 5)
    return file


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """What starts Debian's chromium."""
    from playwright.sync_api import sync_playwright

    path = shutil.which("chromium")
    if path is None:
        pytest.skip("SKIPPED LOUDLY: no chromium here; the page was not driven")
    with sync_playwright() as playwright:
        kind = playwright.chromium
        yield SimpleNamespace(
            launch=partial(kind.launch, executable_path=path),
            launch_persistent_context=partial(kind.launch_persistent_context, executable_path=path),
        )


@pytest.fixture(scope="module")
def browser(chromium: Any, film: Path) -> Iterator[Any]:
    started = chromium.launch(args=[*QUIET, f"--use-file-for-fake-video-capture={film}"])
    yield started
    started.close()


@pytest.fixture(scope="module")
def server() -> Iterator[tuple[str, int]]:
    """Address and process id of ``make app``'s server."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)],
        cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    wait_until_healthy(url := f"http://127.0.0.1:{port}")
    yield url, process.pid
    process.terminate()
    process.wait(10)


def forget(page: Any) -> None:
    """Have everything forgotten; it is asked once."""
    page.get_by_role("button", name="Forget everything", exact=True).click()
    page.get_by_role("button", name="Yes, forget everything").click()


def wait_until_drawn(page: Any) -> None:
    """Come back once a page's run has ended and nothing fades any more."""
    page.wait_for_timeout(500)
    page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]", timeout=60_000)
    page.wait_for_timeout(500)


def wait_until_healthy(url: str) -> None:
    """Come back once the server answers, or after half a minute."""
    for _ in range(150):
        try:
            urllib.request.urlopen(f"{url}/_stcore/health", timeout=2)
            return
        except OSError:
            time.sleep(0.2)


class Person:
    """Somebody at the page; what the browser asks for and complains about is kept."""

    def __init__(self, browser: Any, url: str, **context: Any) -> None:
        self.context = browser.new_context(**{"viewport": DESK, "locale": "en-GB", **context})
        self.page = self.context.new_page()
        self.url = url
        self.requests: list[str] = []
        self.refused: list[str] = []
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("console", self._heard)

    def _heard(self, message: Any) -> None:
        if "Content Security Policy" in message.text:
            self.refused.append(message.text)

    def open(self, step: str = "") -> Any:
        self.page.goto(f"{self.url}/{step}")
        self.page.wait_for_selector("h1")
        return self.page

    def go(self, step: str, title: str) -> Any:
        self.page.locator(f"a[href$='/{step}']").first.click()
        self.page.wait_for_selector(f"h1:has-text('{title}')")
        return self.page

    def bring(self, *photos: Path) -> Any:
        wait_until_drawn(self.open("photo"))  # a tab that is loaded anew is drawn twice
        self.page.locator("input[type=file]").first.set_input_files([str(photo) for photo in photos])
        return self.page

    def set_hip_bones(self, front: tuple[float, float], back: tuple[float, float]) -> None:
        """Tap both hip bones at shares of the enlarged part, and say that they were felt."""
        for bone, (across, down) in (("front", front), ("back", back)):
            picture = self.page.locator(".picture img")
            picture.scroll_into_view_if_needed()
            box = picture.bounding_box()
            self.page.mouse.click(box["x"] + across * box["width"], box["y"] + down * box["height"])
            self.page.get_by_text(f"I felt the {bone} bone here").click()
            self.page.wait_for_timeout(800)

    def asked_elsewhere(self) -> list[str]:
        return [url for url in self.requests if "127.0.0.1" not in url and not url.startswith(("data:", "blob:"))]


@pytest.fixture
def person(browser: Any, server: tuple[str, int]) -> Iterator[Callable[..., Person]]:
    """Makes people who come to the page, each with a browser of their own."""
    people: list[Person] = []

    def come(**context: Any) -> Person:
        people.append(Person(browser, server[0], **context))
        return people[-1]

    yield come
    for one in people:
        assert one.asked_elsewhere() == []
        assert one.refused == []
        one.context.close()


def test_from_the_first_page_to_a_report_in_the_hand(person: Callable[..., Person], tmp_path: Path) -> None:
    visitor = person()
    page = visitor.open()
    page.get_by_role("button", name="I have a photo").click()
    page.wait_for_selector("h1:has-text('Your photo')")
    page.locator("input[type=file]").first.set_input_files(str(SAMPLES / "mild.jpg"))
    page.wait_for_selector("h1:has-text('Your pelvis')")
    likely = page.get_by_text("Likely between").inner_text()

    page.get_by_text("Set stickers, hip bones or joints by hand").click()
    page.wait_for_selector("text=move both markers")
    visitor.set_hip_bones((0.66, 0.43), (0.35, 0.33))
    page.wait_for_selector("text=marked ASIS and PSIS")
    expect(page.get_by_text("Likely between")).not_to_have_text(likely)
    headline = page.locator("h1").inner_text()

    page.get_by_text("Show me the numbers").click()
    page.wait_for_selector("text=Set by hand, not found by the model: front hip bone (ASIS), back hip bone (PSIS)")
    visitor.go("safety", "Before you begin")
    page.get_by_role("button", name="Continue").click()
    page.wait_for_selector("h1:has-text('Your plan')")
    page.get_by_text("Dead bug").last.click() if page.get_by_text("Dead bug").count() else None
    page.wait_for_selector("text=The exercises")
    visitor.go("take_away", "Save and print")
    texts = {}
    for name in ("Report (PDF)", "Report (web page)", "Picture (JPEG)", "Numbers (CSV)", "Everything (JSON)"):
        with page.expect_download(timeout=60_000) as download:
            page.get_by_role("button", name=name).click()
        texts[name] = Path(download.value.path()).read_bytes()
    assert texts["Report (PDF)"].startswith(b"%PDF-")
    read = _pdf_text(texts["Report (PDF)"], tmp_path)
    assert headline in read
    assert "Set by hand" in read
    assert headline in texts["Report (web page)"].decode()
    assert b"asis" in texts["Everything (JSON)"]
    assert b"asis psis" in texts["Numbers (CSV)"]
    picture = Image.open(io.BytesIO(texts["Picture (JPEG)"]))
    assert not picture.getexif()
    visitor.go("result", headline)  # nothing is lost on going back


def _pdf_text(data: bytes, folder: Path) -> str:
    """The words of a PDF, by the browser-independent reader of the test environment."""
    from pypdf import PdfReader

    (folder / "report.pdf").write_bytes(data)
    reader = PdfReader(folder / "report.pdf")
    return re.sub(r"\s+", " ", " ".join(page.extract_text() for page in reader.pages))


def test_a_photo_from_the_camera(person: Callable[..., Person]) -> None:
    page = person(permissions=["camera"]).open("photo")
    page.get_by_text("Take it with this device's camera").click()
    page.get_by_text("Switch the camera on").click()
    page.wait_for_function("document.querySelector('video')?.videoWidth > 0")
    assert page.evaluate("document.querySelector('video').videoHeight") >= 720
    page.get_by_role("button", name="Take the photo").click()
    page.wait_for_selector("h1:has-text('Your pelvis')", timeout=60_000)


def test_a_refusal_is_a_card_with_the_drawing(person: Callable[..., Person]) -> None:
    page = person().bring(SAMPLES / "turned.jpg")
    page.wait_for_selector("h1:has-text('This photo could not be measured')", timeout=60_000)
    page.wait_for_selector("text=Next time: turn until one shoulder hides the other")
    assert page.locator("img[alt='How to take the photo']").count() == 1


@pytest.mark.parametrize("name", ["diary.jpg", "book.pdf.jpg", "half.jpg", "bomb.png"])
def test_what_is_no_photo_gets_a_sentence(person: Callable[..., Person], tmp_path: Path, name: str) -> None:
    contents = {
        "diary.jpg": b"Dear diary",
        "book.pdf.jpg": b"%PDF-1.7 a book",
        "half.jpg": (SAMPLES / "typical.jpg").read_bytes()[:30_000],
        "bomb.png": _bomb(),
    }
    (tmp_path / name).write_bytes(contents[name])
    page = person().bring(tmp_path / name)
    page.wait_for_selector("text=Next time:", timeout=60_000)
    assert page.get_by_text("Traceback").count() == 0
    page.locator("input[type=file]").first.set_input_files(str(SAMPLES / "typical.jpg"))
    page.wait_for_selector("h1:has-text('Your pelvis')", timeout=60_000)


def _bomb() -> bytes:
    """A picture of 400 megapixels in 50 kB."""
    data = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(data, "PNG")
    return data.getvalue()


def test_a_file_too_large_is_refused_before_it_is_read(person: Callable[..., Person], tmp_path: Path) -> None:
    huge = tmp_path / "huge.jpg"
    with huge.open("wb") as file:
        file.truncate(200 * 2**20)
    page = person().bring(huge)
    page.wait_for_selector("text=Too large: 60 MB is the most.", timeout=60_000)


def test_twenty_photos_at_once(person: Callable[..., Person], tmp_path: Path) -> None:
    photos = []
    for k in range(20):
        photos.append(tmp_path / f"{k}.jpg")
        Image.open(SAMPLES / "typical.jpg").resize((360 + 9 * k, 640 + 16 * k)).save(photos[-1], "JPEG")
    page = person().bring(*photos)
    page.wait_for_selector("text=No more than 8 photos at a time", timeout=120_000)
    page.wait_for_function(
        "[...document.querySelectorAll('button')].filter(b => b.innerText.match('Remove')).length == 8"
    )
    page.get_by_role("button", name="Result →").click()
    page.wait_for_selector("h1:has-text('Your pelvis')")


def test_two_people_at_once_never_see_each_other(person: Callable[..., Person]) -> None:
    one, other = person(), person()
    one.bring(SAMPLES / "sway_back.jpg")
    other.bring(SAMPLES / "posterior.jpg")
    headlines = []
    for visitor in (one, other):
        visitor.page.wait_for_selector("[data-testid=stMetric], h1:has-text('signs')", timeout=60_000)
        headlines.append(visitor.page.locator("h1").inner_text())
    assert headlines[0] != headlines[1]
    forget(one.page)
    one.page.wait_for_selector("h1:has-text('Does my pelvis tip forward')")
    one.go("result", "Your result")
    other.go("guide", "How to take the photo")
    other.go("result", headlines[1][:30])


def test_forgetting_empties_every_answer(person: Callable[..., Person]) -> None:
    visitor = person()
    page = visitor.open("safety")
    page.get_by_text("Do you have a fever or chills?").click()
    page.get_by_role("button", name="Continue").click()
    page.wait_for_selector("text=doctor")
    forget(page)
    page.wait_for_selector("h1:has-text('Does my pelvis tip forward')")
    visitor.go("safety", "Before you begin")
    assert not page.get_by_label("Do you have a fever or chills?").is_checked()
    visitor.go("plan", "Your plan")
    page.wait_for_selector("text=after the safety questions")


def test_a_tab_that_is_loaded_anew_goes_on_where_it_was(person: Callable[..., Person]) -> None:
    visitor, stranger = person(), person()
    page = visitor.open("safety")
    page.get_by_text("Do you have a fever or chills?").click()
    page.get_by_role("button", name="Continue").click()
    page.wait_for_selector("text=doctor")
    visitor.bring(SAMPLES / "mild.jpg")
    page.wait_for_selector("[data-testid=stMetric]", timeout=60_000)
    headline = page.locator("h1").inner_text()
    for _ in range(2):
        page.reload()
        page.wait_for_selector("[data-testid=stMetric]", timeout=60_000)
        assert page.locator("h1").inner_text() == headline
    visitor.go("safety", "Before you begin")
    expect(page.get_by_label("Do you have a fever or chills?")).to_be_checked()
    stranger.open("result")
    stranger.page.wait_for_timeout(1500)
    expect(stranger.page.get_by_text("There is no photo yet")).to_be_visible()
    second = visitor.context.new_page()  # another tab of the same browser begins anew
    second.goto(f"{visitor.url}/result")
    expect(second.get_by_text("There is no photo yet")).to_be_visible(timeout=20_000)
    forget(page)
    page.wait_for_selector("h1:has-text('Does my pelvis tip forward')")
    page.reload()
    page.wait_for_selector("h1:has-text('Does my pelvis tip forward')")
    page.wait_for_timeout(1500)
    visitor.go("result", "Your result")
    visitor.go("safety", "Before you begin")
    expect(page.get_by_label("Do you have a fever or chills?")).not_to_be_checked()


def test_photos_of_poses_and_tests_are_there_again(person: Callable[..., Person]) -> None:
    visitor = person()
    page = visitor.bring(SAMPLES / "mild.jpg")
    page.wait_for_selector("[data-testid=stMetric]", timeout=60_000)
    visitor.go("safety", "Before you begin")
    page.get_by_role("button", name="Continue").click()
    page.wait_for_selector("h1:has-text('Your plan')")
    visitor.go("refine", "Get a more reliable result")
    page.get_by_text("Three photos: relaxed, arched, tucked").first.click()
    again = page.locator("[class*=st-key-other_]")
    for name, (box, sample) in enumerate((("Fully arched", "typical"), ("Fully tucked", "posterior")), 1):
        page.locator(f"input[aria-label='{box}']").set_input_files(str(SAMPLES / f"{sample}.jpg"))
        expect(again).to_have_count(name, timeout=60_000)
    thomas = page.locator("input[aria-label='Read it off a photo of the test, from the side']")
    thomas.set_input_files(str(SAMPLES / "typical.jpg"))
    expect(again).to_have_count(3, timeout=60_000)
    visitor.go("plan", "Your plan")
    visitor.go("refine", "Get a more reliable result")
    expect(again).to_have_count(3, timeout=60_000)
    page.reload()
    expect(again).to_have_count(3, timeout=60_000)
    page.get_by_text("Three photos: relaxed, arched, tucked").first.click()
    wait_until_drawn(page)
    again.locator("button").last.click()
    expect(again).to_have_count(2, timeout=60_000)


def test_a_served_picture_arrives(person: Callable[..., Person]) -> None:
    visitor = person()
    answers: list[tuple[str, int]] = []
    visitor.page.on("response", lambda answer: answers.append((answer.url, answer.status)))
    visitor.bring(SAMPLES / "typical.jpg")
    visitor.page.wait_for_function("[...document.images].some(i => i.src.includes('/media/') && i.naturalHeight > 500)")
    media = [status for url, status in answers if "/media/" in url]
    assert media
    assert set(media) <= {200, 304}


def test_a_closed_browser_keeps_no_picture(chromium: Any, server: tuple[str, int], tmp_path: Path) -> None:
    """Searches the whole profile of a browser that showed a result, for the bytes of every picture that it was sent."""
    photo, profile = tmp_path / "photo.jpg", tmp_path / "profile"
    Image.open(SAMPLES / "typical.jpg").resize((720, 1280)).save(photo, "JPEG", quality=93)
    sent: dict[str, bytes] = {"the photo itself": photo.read_bytes()}
    code: list[bytes] = []

    def keep(answer: Any) -> None:
        if f"{server[0]}/media/" in answer.url:
            sent[answer.url] = answer.body()
        elif answer.url.endswith(".js"):
            code.append(answer.url.encode())

    person = chromium.launch_persistent_context(profile, args=QUIET)
    page = person.pages[0]
    page.on("response", keep)
    page.goto(f"{server[0]}/photo")
    page.locator("input[type=file]").first.set_input_files(str(photo))
    page.wait_for_selector("h1:has-text('Your pelvis')", timeout=60_000)
    page.wait_for_function("[...document.images].some(i => i.src.includes('/media/') && i.naturalHeight > 500)")
    page.wait_for_timeout(1000)
    page.goto("about:blank")
    person.close()
    files = {file.relative_to(profile): file.read_bytes() for file in profile.rglob("*") if file.is_file()}
    assert any(address in data for data in files.values() for address in code)  # the search does find what is kept
    assert max(map(len, sent.values())) > 50_000
    for what, picture in sent.items():
        middle = picture[len(picture) // 2 :][:64]
        assert [str(name) for name, data in files.items() if middle in data or what.encode() in data] == [], what


def test_a_large_photo_touches_no_disk(person: Callable[..., Person], server: tuple[str, int], tmp_path: Path) -> None:
    """Watches the server's open files while 20 MB arrive."""
    noise = Image.frombytes("RGB", (2600, 2600), os.urandom(3 * 2600 * 2600))
    noise.save(tmp_path / "noise.png", compress_level=0)
    assert (tmp_path / "noise.png").stat().st_size > 20e6
    seen: set[str] = set()
    done = threading.Event()

    def watch() -> None:
        while not done.is_set():
            seen.update(_files_open_for_writing(server[1]))

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        with (tmp_path / "planted").open("wb"):  # the watch does see a file that is open for writing
            assert any("planted" in name for name in _files_open_for_writing(os.getpid()))
        page = person().bring(tmp_path / "noise.png")
        page.wait_for_selector("h1:has-text('This photo could not be measured')", timeout=60_000)
    finally:
        done.set()
        watcher.join()
    assert seen == set()


def _files_open_for_writing(process: int) -> set[str]:
    found = set()
    for link in Path(f"/proc/{process}/fd").iterdir():
        try:
            target = str(link.readlink())
            flags = int((Path(f"/proc/{process}/fdinfo") / link.name).read_text().split("flags:")[1].split()[0], 8)
        except (OSError, IndexError):
            continue
        if target.startswith("/") and not target.startswith(("/dev/", "/proc/")) and flags & 3:
            found.add(target)
    return found


STEPS = {
    "": "Does my pelvis tip forward",
    "safety": "Before you begin",
    "guide": "How to take the photo",
    "photo": "Your photo",
    "refine": "Get a more reliable result",
    "plan": "Your plan",
    "take_away": "Save and print",
    "compare": "Before and after",
}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_serious_barrier_on_any_page(person: Callable[..., Person], scheme: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    visitor = person(color_scheme=scheme)
    page = visitor.bring(SAMPLES / "mild.jpg")
    page.wait_for_selector("[data-testid=stMetric]", timeout=60_000)
    page.get_by_text("Show me the numbers").click()
    page.get_by_text("About you").click()
    page.get_by_text("Set stickers, hip bones or joints by hand").click()
    wait_until_drawn(page)  # what is drawn anew is pale
    barriers = {"result": _barriers(Axe().run(page).response)}
    visitor.go("safety", "Before you begin")
    page.get_by_role("button", name="Continue").click()
    page.wait_for_selector("h1:has-text('Your plan')")
    for step, title in STEPS.items():
        visitor.go(step, title)
        page.wait_for_timeout(500)
        barriers[step] = _barriers(Axe().run(page).response)
    assert {step: found for step, found in barriers.items() if found} == {}


#: Names of ours that are for programs: ids, keys, icons, addresses inside of Streamlit.
INTERNAL = re.compile(r"\b[a-z]+_[a-z0-9_]+\b|material/|:material|st[A-Z]\w+|\bNone\b|\{\w*\}")


@pytest.mark.parametrize("language", ["en-GB", "de-DE"])
def test_no_name_of_the_inside_is_shown_or_read_aloud(person: Callable[..., Person], language: str) -> None:
    visitor = person(locale=language)
    page = visitor.bring(SAMPLES / "mild.jpg")
    page.wait_for_selector("[data-testid=stMetric]", timeout=60_000)
    visitor.open("safety")
    page.locator("[data-testid=stBaseButton-primary]").first.click()
    page.wait_for_timeout(2000)
    found = {}
    for step in [*(name for name, _, _ in navigation.STEPS), "live", "coach", "desk"]:
        visitor.open(step)
        page.wait_for_timeout(2500)
        for summary in page.locator("[data-testid=stMain] summary").all():
            summary.click()
        page.wait_for_timeout(500)
        heard = re.sub(r"/url: .*", "", page.locator("body").aria_snapshot())
        said = page.evaluate(
            "[...document.querySelectorAll('[data-testid=stMarkdownContainer], [data-testid=stCaptionContainer],"
            " label')].map(part => part.innerText).join('\\n')"
        )
        found[step] = sorted({one.group() for text in (heard, said) for one in INTERNAL.finditer(text)})
        assert page.locator("h1").count() == 1, step
    assert {step: names for step, names in found.items() if names} == {}


def _barriers(response: Any) -> list[str]:
    serious = [found for found in response["violations"] if found["impact"] in ("moderate", "serious", "critical")]
    return [f"{found['id']}: {node['html'][:150]}" for found in serious for node in found["nodes"]]


def test_on_a_phone_the_list_of_pages_closes_once_one_is_chosen(person: Callable[..., Person]) -> None:
    page = person(viewport=PHONE).open()
    page.get_by_test_id("stExpandSidebarButton").click()
    page.wait_for_timeout(800)
    page.locator("a[href$='/guide']").first.click()
    page.wait_for_selector("h1:has-text('How to take the photo')")
    page.wait_for_function("document.querySelector('[data-testid=stSidebar]').getBoundingClientRect().right <= 0")


#: Every page by its link, and what its heading begins with.
LINKS = STEPS | {
    "result": "Your pelvis",
    "live": "Live",
    "coach": "Coach",
    "desk": "At the desk",
    "review": "Review photos",
    "clients": "Clients",
}


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_every_way_ends_at_what_it_names(person: Callable[..., Person], size: dict[str, int]) -> None:
    """All links, and all buttons that lead somewhere, each pressed at the lower end of its page."""
    visitor = person(viewport=size)
    page = visitor.open("photo")
    page.locator("input[type=file]").first.set_input_files(str(SAMPLES / "typical.jpg"))
    _arrives(page, LINKS["result"])
    for step, title in [*LINKS.items(), ("start", LINKS[""])][1:]:
        _follow(page, step.replace("start", ""))
        _arrives(page, title)

    def press(name: str, title: str, box: str = "", step: str | None = None) -> None:
        if step is not None:
            _follow(page, step)
            _arrives(page, LINKS[step])
        _to_the_end(page)
        page.get_by_role("button", name=name, exact=True).last.click()
        _arrives(page, title, box)

    press("I have a photo", LINKS["photo"])
    press("See the sample's result", LINKS["result"], step="")
    press("Compare with a saved visit", LINKS["compare"], step="")
    press("How to take the photo", LINKS["guide"], step="")
    press("← Start", LINKS[""])
    press("Your plan", LINKS["plan"], step="result")
    press("The two tests", LINKS["refine"], step="result")
    press("To the safety questions", LINKS["safety"], step="plan")
    press("To the safety questions", LINKS["safety"], step="coach")
    press("Continue", LINKS["plan"])
    page.go_back()
    _arrives(page, LINKS["safety"])
    press("How to do that", LINKS["refine"], "stickers", step="result")
    press("Another photo", LINKS["photo"])
    press("Set them by hand", LINKS["result"], "told_by_hand", step="refine")
    expect(page.get_by_text("Front (ASIS):")).to_be_in_viewport()
    _follow(page, "guide")
    _arrives(page, LINKS["guide"])
    for step in ("photo", "result", "safety"):
        press(f"{_name(step)} →", LINKS[step])
    press(f"{_name('plan')} →", LINKS["plan"], step="refine")
    for step in ("refine", "safety", "result", "photo", "guide"):
        press(f"← {_name(step)}", LINKS[step])
    press("Save and print →", LINKS["take_away"], step="plan")
    press("Before and after →", LINKS["compare"])
    press("← Save and print", LINKS["take_away"])
    press("← Plan", LINKS["plan"])
    forget(page)
    _arrives(page, LINKS[""])
    forget(page)  # there already: at its top again
    _arrives(page, LINKS[""])
    _follow(page, "result")
    _arrives(page, "Your result")
    press("Bring a photo", LINKS["photo"])


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_an_emergency_is_seen_and_heard_under_its_tick(person: Callable[..., Person], size: dict[str, int]) -> None:
    visitor = person(viewport=size)
    page = visitor.open("safety")
    for flag in ("saddle_numbness", "sciatica_both_legs"):
        tick, box = page.locator(f".st-key-told_ask_{flag}"), page.locator(".st-key-emergency [role=alert]")
        tick.locator("label").click()
        page.wait_for_function(
            """flag => {
              const [tick, box] = [".st-key-told_ask_" + flag, ".st-key-emergency [role=alert]"].map(
                name => document.querySelector(name)?.getBoundingClientRect());
              return box && box.top - tick.bottom >= 0 && box.top - tick.bottom < 40;
            }""",
            arg=flag,
        )
        _arrives(page, LINKS["safety"], "emergency")
        expect(box).to_be_focused()
        expect(box).to_be_in_viewport(ratio=1)
        expect(box).to_contain_text("emergency department now")
        expect(tick).to_be_in_viewport(ratio=1)
    assert page.locator("[data-testid^=stBaseButton-primary]").count() == 0
    for step in ("plan", "coach", "result"):
        _follow(page, step)
        _arrives(page, "Get help now")
    page.get_by_role("button", name="To the safety questions").click()
    _arrives(page, LINKS["safety"], "emergency")


def _name(step: str) -> str:
    """A page's name in the menu and on buttons."""
    return next(title for name, title, _ in navigation.STEPS if name == step)


def _to_the_end(page: Any) -> None:
    page.evaluate("(main => main.scrollTo(0, main.scrollHeight))(document.querySelector('[data-testid=stMain]'))")


def _follow(page: Any, step: str) -> None:
    """Press a page's link from the lower end of another one: in the head of a wide page, in the list on a phone."""
    _to_the_end(page)
    link = page.locator(f"a[href$='/{step}']").last
    if page.viewport_size == PHONE:
        page.get_by_test_id("stExpandSidebarButton").click()
    elif not link.count():
        section = "Clinic" if step in ("review", "clients") else "Live"
        page.get_by_test_id("stTopNavSection").get_by_text(section).click()
    link.click()


def _arrives(page: Any, title: str, box: str = "") -> None:
    """The page of this heading is shown from its top, its heading focused; or the box of this key, something in it.

    A box is seen whole, or begins in the upper half.
    """
    page.wait_for_selector(f"h1:has-text({title!r})", timeout=60_000)
    state = """([title, box]) => {
      const main = document.querySelector("[data-testid=stMain]"), on = document.activeElement;
      const still = document.querySelector("[data-testid=stApp]").dataset.testScriptState === "notRunning";
      const at = box ? document.querySelector(".st-key-" + box) : document.querySelector("h1");
      const {top, bottom} = at ? at.getBoundingClientRect() : {};
      const seen = top >= 50 && (bottom <= innerHeight || top < innerHeight / 2);
      const ends = box ? seen && at.contains(on) : main.scrollTop === 0 && at === on;
      return still && ends && (box || at.innerText.startsWith(title)) ? "" :
        JSON.stringify([still, main.scrollTop, top, on.outerHTML.slice(0, 120)]);
    }"""
    for _ in range(600):  # as long as a busy machine may take
        seen = page.evaluate(state, [title, box])
        if not seen:
            page.wait_for_timeout(150)
            seen = page.evaluate(state, [title, box])  # and stays there
            if not seen:
                return
        page.wait_for_timeout(100)
    raise AssertionError(f"{title} {box}: {seen}")


def test_on_a_phone_verdict_and_number_stand_in_the_first_screen(person: Callable[..., Person]) -> None:
    visitor = person(viewport=PHONE)
    for sample in ("mild", "posterior"):
        page = visitor.bring(SAMPLES / f"{sample}.jpg")
        page.wait_for_selector("[data-testid=stMetric]", timeout=60_000)
        page.wait_for_timeout(1000)
        for part in ("h1", "[data-testid=stMetricValue]"):
            box = page.locator(part).bounding_box()
            assert box["y"] >= 0, part
            assert box["y"] + box["height"] <= PHONE["height"], part


def test_two_taps_tell_that_the_camera_was_not_level(person: Callable[..., Person]) -> None:
    page = person().bring(SAMPLES / "typical.jpg")
    page.wait_for_selector("[data-testid=stMetric]", timeout=60_000)
    page.get_by_text("Was the camera level?").click()
    for across, down in ((0.10, 0.1), (0.12, 0.9)):
        picture = page.frame_locator(".st-key-level iframe").locator("#image")
        picture.scroll_into_view_if_needed()
        box = picture.bounding_box()
        page.mouse.click(box["x"] + across * box["width"], box["y"] + down * box["height"])
        page.wait_for_timeout(2500)
    # 0.02 of the width over 0.8 of the height of a picture of 720 × 1280
    expect(page.get_by_text("The camera was rolled by 0.8°")).to_be_visible(timeout=20_000)
    page.get_by_role("button", name="Take this back").click()
    expect(page.get_by_text("The camera was rolled by")).to_have_count(0)


@pytest.mark.parametrize("size", ["phone", "twice the text"])
def test_nothing_scrolls_sideways(person: Callable[..., Person], size: str) -> None:
    """On a phone, and on a desk with text at 200 %, which is a page of half the width at twice the scale."""
    context = {"viewport": PHONE} if size == "phone" else {"viewport": {"width": 640, "height": 450}}
    visitor = person(**context)
    page = visitor.bring(SAMPLES / "mild.jpg")
    page.wait_for_selector("[data-testid=stMetric]", timeout=60_000)
    page.get_by_text("Show me the numbers").click()
    wide = {}
    for step in ("result", *STEPS):
        if step != "result":
            visitor.open(step)
        page.wait_for_timeout(400)
        wide[step] = page.evaluate(
            "Math.max(document.documentElement.scrollWidth, "
            "...[...document.querySelectorAll('[data-testid=stMain]')].map(main => main.scrollWidth))"
        )
    assert {step: width for step, width in wide.items() if width > context["viewport"]["width"]} == {}


def test_the_way_is_walked_by_keyboard_alone(person: Callable[..., Person]) -> None:
    visitor = person()
    page = visitor.open()
    visitor.open("safety")
    _tab_to(page, "Do you have a fever or chills?")
    page.keyboard.press("Space")
    _press_until(page, "Continue")
    page.wait_for_selector("[data-testid=stAlert] >> text=doctor")
    visitor.open("photo")
    _press_until(page, "Show me with a computer-generated person")
    page.wait_for_selector("[data-testid=stMetric]", timeout=60_000)
    _tab_to(page, "Set stickers, hip bones or joints by hand")
    page.keyboard.press("Space")
    page.wait_for_selector("text=move both markers")
    for bone in ("Front", "Back"):
        _tab_to(page, f"{bone} hip bone")
        page.keyboard.press("ArrowDown")
        page.wait_for_selector(f"text=/{bone} hip bone .*: \\d+ across, \\d+ down/")
    for bone in ("front", "back"):
        _tab_to(page, f"I felt the {bone} bone here")
        page.keyboard.press("Space")
    page.wait_for_selector("text=read from this line")


def test_the_focus_is_seen_and_the_menu_can_be_skipped(person: Callable[..., Person]) -> None:
    page = person(locale="de-DE").open()
    expect(page.locator("a[href='#stMain']")).to_have_text("Direkt zum Inhalt")
    page.wait_for_timeout(1500)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.innerText") == "Direkt zum Inhalt"
    expect(page.locator("a[href='#stMain']")).to_be_in_viewport()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('[data-testid=stMain]') !== null")  # no link of the menu
    _tab_to(page, "Ich habe ein Foto")
    ring = page.evaluate("(on => [on.outlineStyle, on.outlineWidth])(getComputedStyle(document.activeElement))")
    assert ring == ["solid", "3px"]


@pytest.mark.parametrize("viewport", [DESK, PHONE], ids=["desk", "phone"])
def test_language_and_forgetting_are_at_hand_without_scrolling(
    person: Callable[..., Person], viewport: dict[str, int]
) -> None:
    page = person(viewport=viewport).open("safety")
    wait_until_drawn(page)
    expect(page.get_by_role("button", name="Forget everything", exact=True)).to_be_in_viewport()
    page.get_by_role("radio", name="Deutsch").click()
    page.wait_for_selector("h1:has-text('Bevor Sie beginnen')")
    expect(page.get_by_role("button", name="Alles vergessen", exact=True)).to_be_in_viewport()


def test_a_field_in_use_shows_its_ring_whole(person: Callable[..., Person]) -> None:
    page = person().open("safety")
    wait_until_drawn(page)
    for field in (page.get_by_label("For how many weeks?").first, page.get_by_role("combobox", name="Pain in a leg")):
        field.focus()
        page.keyboard.press("Shift+Tab")
        page.keyboard.press("Tab")
        rings = field.evaluate("on => [on, on.parentElement].map(one => getComputedStyle(one).outlineStyle)")
        assert rings == ["none", "solid"]


def _tab_to(page: Any, label: str) -> None:
    """Press Tab until the focus is on what is called so, by its own words or its label."""
    for _ in range(120):
        page.keyboard.press("Tab")
        focused = page.evaluate(
            "(() => { let on = document.activeElement; "
            "while (on.shadowRoot?.activeElement) on = on.shadowRoot.activeElement; "
            "if (['BODY', 'MAIN'].includes(on.tagName)) return ''; "
            "const named = on.getAttribute('aria-label') || ''; "
            "return [named, on.innerText || '', on.closest('label')?.innerText || ''].join('|') })()"
        )
        if label in focused:
            return
    raise AssertionError(f"120 presses of Tab never came to {label!r}")


def _press_until(page: Any, label: str) -> None:
    _tab_to(page, label)
    page.keyboard.press("Enter")


def test_the_page_speaks_the_browsers_language(person: Callable[..., Person]) -> None:
    page = person(locale="de-DE").open()
    page.wait_for_selector("h1:has-text('Kippt mein Becken nach vorn?')")
    page.wait_for_function("document.documentElement.lang === 'de'")


def test_streamlits_own_words_are_german_and_follow_the_language(person: Callable[..., Person]) -> None:
    page = person(locale="de-DE").open("photo")
    field = page.get_by_test_id("stFileUploader")
    expect(field.get_by_role("button", name="Datei wählen")).to_be_visible()
    expect(field).to_contain_text("je bis zu 60 MB")
    page.get_by_role("radio", name="English").click()
    expect(field.get_by_role("button", name="Choose a file")).to_be_visible()
    expect(field).to_contain_text("up to 60 MB each")


def test_the_sign_that_enlarges_a_picture_lies_on_it(person: Callable[..., Person]) -> None:
    page = person(locale="de-DE").bring(SAMPLES / "mild.jpg")
    page.wait_for_selector("[data-testid=stMetric]", timeout=60_000)
    picture = page.get_by_test_id("stImage").first
    picture.hover()
    both = [page.get_by_role("button", name="Vergrößern").first.element_handle(), picture.element_handle()]
    # both at one moment: the page may still be moving
    sign, shown = page.evaluate("both => both.map(one => one.getBoundingClientRect().toJSON())", both)
    assert shown["x"] <= sign["x"]
    assert sign["x"] + sign["width"] <= shown["x"] + shown["width"]
    assert sign["y"] >= shown["y"]


def test_a_page_that_comes_says_so(browser: Any, server: tuple[str, int]) -> None:
    context = browser.new_context(locale="de-DE")
    page = context.new_page()
    page.route("**/static/js/*", lambda route: route.abort())
    page.goto(server[0])
    expect(page.get_by_text("Einen Moment …")).to_be_visible()
    page.unroute("**/static/js/*")
    page.goto(server[0])
    page.wait_for_selector("h1")
    expect(page.get_by_text("Einen Moment …")).to_have_count(0)
    context.close()


def test_the_report_page_on_a_phone_and_a_desk(browser: Any, tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "posture", "analyze", str(SAMPLES / "mild.jpg"), "--out", str(tmp_path)],
        check=True, cwd=ROOT, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    for width in (390, 1100):
        page = browser.new_page(viewport={"width": width, "height": 800})
        errors: list[str] = []
        page.on("console", lambda message, errors=errors: errors.append(message.text))
        page.goto((tmp_path / "mild.html").as_uri())
        assert page.locator("h1").first.is_visible()
        assert page.evaluate("document.images[0].naturalWidth") > 1000
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        assert errors == []
