"""The clinic's pages in a real browser: twenty photos by keyboard, a client over the visits, the sign-in."""
# ruff: noqa: F811  fixtures of the other browser tests are named again where they are asked for

from __future__ import annotations

import hashlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pypdf
import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image

from posture.app.passphrase import hashed
from posture.batch.layout import photo_file
from posture.batch.review_queue import decisions, read_queue
from posture.clinic.archive import Archive
from posture.clinic.attachment import read_attachment
from posture.knowledge.load import Knowledge
from tests.batch.test_review_queue import REPORTS, results
from tests.clinic.test_pictures import saved
from tests.conftest import ROOT
from tests.e2e.test_steps import (  # noqa: F401
    DESK,
    PHONE,
    Person,
    _arrives,
    _barriers,
    _tab_to,
    browser,
    chromium,
    film,
    person,
    wait_until_drawn,
    wait_until_healthy,
)
from tests.followup.test_timeline import entry
from validation.record import SAMPLES, recorded

pytestmark = pytest.mark.e2e
PASSPHRASE = "four words nobody guesses"


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Address of client files that hold a client of six visits."""
    url = f"sqlite:///{tmp_path_factory.mktemp('files') / 'clinic.db'}"
    archive = Archive(url)
    for k, hip_deg in enumerate((4.0, 6.0, 7.0, 9.0, 10.0, 12.0), 1):
        seen = entry(f"2026-{k:02d}-01", hip_deg)
        archive.keep("long known", seen.date, "relaxed", seen.machine)
    return url


@pytest.fixture(scope="module")
def server(files: str) -> Iterator[tuple[str, int]]:
    """Address and process id of ``make app``'s server over those files."""
    port = _free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)],
        cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={**os.environ, "POSTURE_DB": files},
    )  # fmt: skip
    wait_until_healthy(url := f"http://127.0.0.1:{port}")
    yield url, process.pid
    process.terminate()
    process.wait(10)


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Twenty photos of one day: samples in twenty sizes, their names telling who."""
    folder = tmp_path_factory.mktemp("day")
    samples = sorted(SAMPLES.glob("*.jpg"))
    for k in range(20):
        picture = Image.open(samples[k % len(samples)])
        size = round(picture.width * (0.9 + 0.02 * k)), round(picture.height * (0.9 + 0.02 * k))
        picture.resize(size).save(folder / f"k{k:02d}_2026-10-05_relaxed.jpg", quality=92)
    return sorted(folder.iterdir())


def test_twenty_photos_are_reviewed_by_keyboard(person: Callable[..., Person], files: str, day: list[Path]) -> None:
    visitor = person()
    page = visitor.open("review")
    page.locator("input[type=file]").first.set_input_files([str(photo) for photo in day])
    page.wait_for_selector("text=0 of 20 looked at", timeout=120_000)
    _tab_to(page, "Your initials")
    page.keyboard.type("MK")
    page.keyboard.press("Enter")
    _leave_the_field(page)
    refused = 0
    for done in range(20):
        page.wait_for_selector(f"text={done} of 20 looked at")
        kind = "moved" if done == 5 else "refused" if done % 5 == 1 else "accepted"
        refused_by_machine = page.get_by_role("button", name="Another finding").is_disabled()
        if refused_by_machine:  # what has no numbers cannot be accepted
            assert page.get_by_role("button", name="Accept").is_disabled()
            kind = "refused"
        elif done % 5 == 3:
            kind = "overridden"
        refused += kind == "refused"
        if kind == "refused":
            page.keyboard.press("x")
            page.wait_for_selector("text=Why is it not used?")
            page.keyboard.press("2")
        elif kind == "overridden":
            page.keyboard.press("o")
            page.wait_for_selector("text=What do you find?")
            page.keyboard.press("8")
        else:
            if kind == "moved":
                _move_the_hip(page)
            page.keyboard.press("a")
    page.wait_for_selector("text=All photos have been looked at")
    page.get_by_role("button", name="To the clients").click()
    _arrives(page, "Clients")

    archive = Archive(files)
    kept = {name.pseudonym: archive.history(name.pseudonym) for name in archive.clients("k") if name.visits == 1}
    assert sorted(kept) == [f"k{k:02d}" for k in range(20)]
    reviews = [history[0].review for history in kept.values()]
    assert all(review is not None and review.reviewer == "MK" for review in reviews)
    verdicts = [review.verdict for review in reviews if review is not None]
    assert verdicts.count("refused") == refused
    assert refused >= 4
    assert 1 <= verdicts.count("overridden") <= 4
    assert {review.finding for review in reviews if review and review.finding} == {"no_sign"}
    assert {review.reason for review in reviews if review and review.verdict == "refused"} == {"moved or blurred"}
    revised = [history[0] for history in kept.values() if history[0].review and history[0].review.revised]
    assert [one.report(Knowledge.load()).by_hand for one in revised] == [("hip",)]
    assert revised[0].machine.by_hand == ()


def _move_the_hip(page: Any) -> None:
    """Set the hip joint two pixels further, all by keys."""
    page.keyboard.press("m")
    page.wait_for_selector("text=move both markers")
    _tab_to(page, "A joint was drawn in the wrong place")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=Which joint?")
    _tab_to(page, "ear")
    for _ in range(2):
        page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.innerText") == "hip joint"
    page.keyboard.press("Enter")
    page.wait_for_selector("text=Hip joint, by numbers")
    k = int(page.get_by_label("Client", exact=True).input_value().removeprefix("k"))
    samples = sorted(SAMPLES.glob("*.jpg"))
    seen = recorded(samples[k % len(samples)].stem).observation
    assert seen is not None
    across, down = seen.pose.point("hip", "left") * (0.9 + 0.02 * k) + 2
    for label, value in (("Across", f"{across:.0f}"), ("Down", f"{down:.0f}")):
        _tab_to(page, label)
        page.keyboard.type(value)
        page.keyboard.press("Enter")
    page.wait_for_selector("text=Take all points back")
    _leave_the_field(page)


def _leave_the_field(page: Any) -> None:
    """Keys that are typed into a field are words, not commands: put the focus on something else."""
    page.keyboard.press("Tab")
    page.wait_for_timeout(600)
    while page.evaluate("document.activeElement.tagName") == "INPUT":
        page.keyboard.press("Tab")


def test_a_batch_is_reviewed_by_keys_from_its_folder_over_reloads(
    person: Callable[..., Person], files: str, forty: Path
) -> None:
    page = person().open(f"review?folder={forty}&by=MK")
    for done in range(40):
        _decide_by_key(page, done)
        if done % 8 == 7:
            page.wait_for_selector(f"text={done + 1} of 40 looked at")
            page.reload()
    page.wait_for_selector("text=All photos have been looked at")
    made = decisions(forty)
    assert len(made) == 40
    assert {one.reviewer for one in made.values()} == {"MK"}
    assert len((forty / "review.jsonl").read_text().splitlines()) == 40
    archive = Archive(files)
    for one in made.values():
        (kept,) = archive.history(one.client)
        assert kept.review is not None
        assert kept.review.verdict == one.verdict


def test_two_reviewers_at_once_lose_nothing_and_the_last_word_counts(
    person: Callable[..., Person], files: str, forty: Path
) -> None:
    """MK looks at all forty; meanwhile and afterwards AB decides some anew, one of them while MK has it open."""
    first, second = person().open(f"review?folder={forty}&by=MK"), person()
    for done in range(40):
        if done == 16:
            first.wait_for_selector("text=16 of 40 looked at")
            other = second.open(f"review?folder={forty}&by=AB")
            other.wait_for_selector("text=16 of 40 looked at", timeout=90_000)  # what MK decided is there
            for photo in (14, 16):
                _back_to(other, photo)
                _press_in_turn(other, "x", "Why is it not used?", "3")
                _is_at(other, 17)
            _press_in_turn(other, "o", "What do you find?", "8")
            other.wait_for_selector("text=17 of 40 looked at")
        _decide_by_key(first, done)  # of 17, which AB has decided since it was drawn, MK has the last word
    first.wait_for_selector("text=All photos have been looked at")
    other.reload()
    other.wait_for_selector("text=All photos have been looked at", timeout=90_000)
    _back_to(other, 13)
    _press_in_turn(other, "x", "Why is it not used?", "3")
    other.wait_for_timeout(1000)

    places = {one.key: place for place, one in enumerate(read_queue(forty), 1)}
    made = {places[key]: one for key, one in decisions(forty).items()}
    assert len(made) == 40
    assert {place for place, one in made.items() if one.reviewer == "AB"} == {13, 14, 16}
    assert len((forty / "review.jsonl").read_text().splitlines()) == 44
    archive = Archive(files)
    for place, one in made.items():
        (kept,) = archive.history(one.client)
        assert kept.review is not None
        assert (kept.review.verdict, kept.review.reviewer) == (one.verdict, one.reviewer)
        said = [
            (line.what, line.by)
            for line in archive.log(one.client)
            if line.what not in ("client added", "report added")
        ]
        match place:
            case 13 | 14 | 16:
                assert said == [("report accepted", "MK"), ("report refused", "AB")]
            case 17:
                assert said == [("report overridden", "AB"), ("report accepted", "MK")]
            case _:
                assert said == [(f"report {one.verdict}", "MK")]


@pytest.fixture
def forty(tmp_path: Path, request: pytest.FixtureRequest, files: str) -> Path:
    """Results of a batch of forty photos, ten of them refused by the machine; their clients have no file yet."""
    for client in (one.pseudonym for one in Archive(files).clients("b")):
        Archive(files).erase(client)
    reports = [REPORTS[name] for name in ("typical", "mild", "turned", "posterior")]
    shas = [hashlib.sha256(f"{request.node.name} {k}".encode()).hexdigest() for k in range(40)]
    folder = results(tmp_path / "results", [
        replace(one, photo=replace(one.photo, sha256=sha)) for one, sha in zip(reports * 10, shas, strict=True)
    ])  # fmt: skip
    (folder / "overlays").mkdir()
    for k, sha in enumerate(shas):
        (folder / photo_file("overlays", k, sha)).write_bytes((SAMPLES / "typical.jpg").read_bytes())
    return folder


def _decide_by_key(page: Any, done: int) -> None:
    """Accept the photo that is shown, or refuse one that has no numbers."""
    page.wait_for_selector(f"text={done} of 40 looked at", timeout=90_000)  # a page that is loaded anew is slow
    page.wait_for_selector("[data-testid=stImage] img")
    page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]")
    if page.get_by_role("button", name="Accept").is_disabled():
        _press_in_turn(page, "x", "Why is it not used?", "2")
    else:
        page.keyboard.press("a")


def _press_in_turn(page: Any, key: str, asked: str, choice: str) -> None:
    """A key, and the number of a choice once it is asked for."""
    page.keyboard.press(key)
    page.wait_for_selector(f"text={asked}")
    page.keyboard.press(choice)


def _back_to(page: Any, photo: int) -> None:
    """Go back by the arrow key until a photo is shown."""
    wait_until_drawn(page)
    while (at := _place(page)) > photo:
        page.keyboard.press("ArrowLeft")
        _is_at(page, at - 1)


def _is_at(page: Any, photo: int) -> None:
    page.wait_for_function(f"new URLSearchParams(location.search).get('photo') === '{photo}'", timeout=30_000)
    wait_until_drawn(page)


def _place(page: Any) -> int:
    return int(page.evaluate("new URLSearchParams(location.search).get('photo')"))


def test_a_photo_without_an_id_is_not_kept(person: Callable[..., Person], tmp_path: Path) -> None:
    (tmp_path / "IMG 1.jpg").write_bytes((SAMPLES / "typical.jpg").read_bytes())
    (tmp_path / "note.jpg").write_text("Dear diary")
    page = person().open("review")
    page.locator("input[type=file]").first.set_input_files([str(path) for path in sorted(tmp_path.iterdir())])
    page.wait_for_selector("text=0 of 2 looked at")
    page.wait_for_selector("text=content is not a JPEG, PNG, WebP or HEIC picture")
    page.keyboard.press("ArrowRight")
    page.wait_for_selector("[data-testid=stImage] img")
    page.keyboard.press("a")
    page.wait_for_selector("text=Write your initials first")
    _tab_to(page, "Your initials")
    page.keyboard.type("MK")
    page.keyboard.press("Enter")
    _leave_the_field(page)
    page.keyboard.press("a")
    page.wait_for_selector("text=The client's id is missing")
    page.wait_for_selector("text=0 of 2 looked at")


def test_a_client_over_the_visits(person: Callable[..., Person], tmp_path: Path) -> None:
    visitor = person()
    page = visitor.open("clients")
    page.get_by_label("Search").fill("long")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="long known").click()
    _arrives(page, "long known")
    page.get_by_role("button", name="← Clients").click()
    _arrives(page, "Clients")
    page.get_by_role("button", name="long known").click()
    _arrives(page, "long known")
    drawn = page.locator("img[alt^='Hip angle (trunk on thigh). 2026-01-01: 4°; 2026-06-01: 12°: changed by more']")
    drawn.wait_for()
    assert drawn.evaluate("picture => picture.complete && picture.naturalWidth > 0")
    assert page.locator("img[alt^='Outlines of']").evaluate("picture => picture.naturalWidth > 0")
    _sign(page)
    page.get_by_label("A line about this client").fill("comes by <b>bicycle")
    page.get_by_role("button", name="Keep").click()
    page.wait_for_selector("text=comes by <b>bicycle")
    for name, check in (("Report of the visit (PDF)", _is_the_visits_pdf), ("FHIR", lambda data: b"Bundle" in data)):
        button = page.get_by_role("button", name=name)
        if not button.count():
            continue  # without Pango the page says so in its place
        with page.expect_download() as download:
            button.click()
        download.value.save_as(tmp_path / "file")
        assert check((tmp_path / "file").read_bytes())
    page.get_by_text("Erase this client").click()
    page.get_by_label("Client", exact=True).fill("long known")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Erase for good").click()
    page.wait_for_selector("text=What may still hold traces")
    _arrives(page, "Clients", "erased")


@pytest.mark.parametrize("viewport", [DESK, PHONE], ids=["desk", "phone"])
def test_saved_visits_are_attached_and_stand_before_and_after(
    person: Callable[..., Person], files: str, tmp_path: Path, viewport: dict[str, int]
) -> None:
    client = f"saved{viewport['width']}"
    archive = Archive(files)
    archive.attach(client, [read_attachment(saved("2026-01-01", 4.0, seed=1))], new=True)
    (tmp_path / "visit.zip").write_bytes(saved("2026-06-01", 12.0, seed=2))
    page = person(viewport=viewport).open("clients")
    page.get_by_label("Search").fill(client)
    page.keyboard.press("Enter")
    page.get_by_role("button", name=client).click()
    _arrives(page, client)
    assert page.locator("img[alt^='The photos of']").count() == 0
    _sign(page)
    page.get_by_text("Attach a saved visit").click()
    page.locator("input[type=file]").last.set_input_files(str(tmp_path / "visit.zip"))
    page.get_by_role("button", name="Attach", exact=True).click()
    page.wait_for_selector("text=2026-06-01: report added, its picture is kept.")
    both = page.locator("img[alt^='The photos of 2026-01-01 and 2026-06-01']")
    both.wait_for()
    assert both.evaluate("picture => picture.complete && picture.naturalWidth") > 1200
    assert page.get_by_text("Forward tilt of the pelvis: within error").count()
    wait_until_drawn(page)
    assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth") <= viewport["width"]
    if viewport == DESK:
        assert _barriers(Axe().run(page).response) == []
    assert archive.log(client)[-1].by == "MK"


def _sign(page: Any) -> None:
    """Give initials, without which nothing of a file is changed or taken out."""
    page.wait_for_selector("text=Write your initials above")
    page.get_by_label("Your initials").fill("MK")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=Erase this client")


def _is_the_visits_pdf(data: bytes) -> bool:
    import io

    text = " ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(data)).pages)
    return "visit of 2026-06-01" in text


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_serious_barrier(person: Callable[..., Person], scheme: str) -> None:
    page = person(color_scheme=scheme).open("review")
    barriers = {"empty": _barriers(Axe().run(page).response)}
    page.locator("input[type=file]").first.set_input_files(str(SAMPLES / "mild.jpg"))
    page.wait_for_selector("text=0 of 1 looked at")
    page.get_by_text("All photos", exact=True).click()
    page.wait_for_timeout(800)
    barriers["photo"] = _barriers(Axe().run(page).response)
    page.keyboard.press("o")
    page.wait_for_selector("text=What do you find?")
    page.wait_for_timeout(800)
    barriers["finding"] = _barriers(Axe().run(page).response)
    page.goto(page.url.replace("/review", "/clients"))
    page.wait_for_selector("h1:has-text('Clients')")
    barriers["clients"] = _barriers(Axe().run(page).response)
    page.locator("[data-testid=stBaseButton-secondary]:visible").first.click()
    _sign(page)
    page.get_by_text("Put this file right").click()
    page.wait_for_timeout(800)
    barriers["client"] = _barriers(Axe().run(page).response)
    assert {step: found for step, found in barriers.items() if found} == {}


def test_nothing_scrolls_sideways_on_a_phone(person: Callable[..., Person]) -> None:
    page = person(viewport=PHONE).open("review")
    page.locator("input[type=file]").first.set_input_files(str(SAMPLES / "mild.jpg"))
    page.wait_for_selector("text=0 of 1 looked at")
    wide = [page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth")]
    page.goto(page.url.replace("/review", "/clients"))
    page.wait_for_selector("h1:has-text('Clients')")
    page.locator("[data-testid=stBaseButton-secondary]:visible").first.click()
    _sign(page)
    page.get_by_text("Put this file right").click()
    page.wait_for_timeout(800)
    wide.append(page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth"))
    assert max(wide) <= PHONE["width"]


class TestSignIn:
    @pytest.fixture(scope="class")
    def clinic(self, files: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
        """Address of ``posture app --host``."""
        home = tmp_path_factory.mktemp("config")
        (home / "posture").mkdir()
        (home / "posture" / "passphrase").write_text(hashed(PASSPHRASE))
        port = _free_port()
        process = subprocess.Popen(
            [sys.executable, "-m", "posture", "app", "--host", "127.0.0.1", "--port", str(port), "--db", files],
            cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            env={**os.environ, "XDG_CONFIG_HOME": str(home)},
        )  # fmt: skip
        for _ in range(100):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.2)
        yield f"https://127.0.0.1:{port}"
        process.terminate()
        process.wait(10)

    @pytest.mark.parametrize("scheme", ["light", "dark"])
    def test_the_passphrase_opens_the_clinic(self, browser: Any, clinic: str, scheme: str) -> None:
        context = browser.new_context(ignore_https_errors=True, color_scheme=scheme, locale="en-GB")
        page = context.new_page()
        page.goto(f"{clinic}/clients")
        assert _barriers(Axe().run(page).response) == []
        page.get_by_label("The clinic's passphrase").fill("wrong")
        page.keyboard.press("Enter")
        page.wait_for_selector("text=This is not the passphrase.")
        page.get_by_label("The clinic's passphrase").fill(PASSPHRASE)
        page.keyboard.press("Enter")
        page.wait_for_selector("h1:has-text('Does my pelvis tip forward')")
        page.goto(f"{clinic}/clients")
        page.wait_for_selector("h1:has-text('Clients')")
        page.get_by_text("Sign out").click()
        page.wait_for_selector("text=You are signed out.")
        page.goto(clinic)
        page.get_by_label("The clinic's passphrase").wait_for()
        context.close()
