"""The hip bones set by the guide, in a real browser: by mouse, by touch and by keys; and no grade A without them."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from math import hypot
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.e2e.test_steps import (  # noqa: F401
    PHONE,
    Person,
    browser,
    chromium,
    film,
    person,
    server,
)

pytestmark = pytest.mark.e2e
#: People painted with known bones, facing both ways.
PEOPLE = ("s301_003", "s301_005", "s301_006", "s301_010", "s301_013", "s301_015")
BONES = {"asis": "front", "psis": "back"}
#: How far a marker may lie from its bone, percent of the body's height.
NEAR_PCT = 1.5


def truth_of(shared: Path, name: str) -> tuple[dict[str, tuple[float, float]], float]:
    """The true bone points of a painted person, px of the photo, and the body's height in px."""
    with (shared / "renders" / "truth.csv").open() as file:
        row = next(row for row in csv.DictReader(file) if row["image"] == f"{name}.jpg")
    places = {bone: (float(row[f"{bone}_x"]), float(row[f"{bone}_y"])) for bone in BONES}
    return places, float(row["body_px"])


def open_editor(page: Any, photo: Path) -> None:
    page.locator("input[type=file]").first.set_input_files(str(photo))
    page.wait_for_selector("h1:has-text('Your pelvis')", timeout=60_000)
    page.get_by_text("Set stickers, hip bones or joints by hand").click()
    page.locator(".marker.asis").scroll_into_view_if_needed()


def place_of(page: Any, bone: str) -> tuple[float, float]:
    """Where a marker lies by the page's own words, px of the photo, once it was let go."""
    heard = page.locator(".heard")
    expect(heard).to_have_text(re.compile(rf"^{BONES[bone].capitalize()} hip bone .*across.*down"))
    across, down = re.findall(r"(\d+) (?:across|down)", heard.inner_text())
    return float(across), float(down)


def on_screen(page: Any, xy: tuple[float, float]) -> tuple[float, float]:
    """Where a pixel of the photo is shown; two markers whose pixels are told give the scale."""
    corner, side = page.locator(".bones").evaluate(
        "({parentNode: at}) => (({data}) => [data.corner, data.side])(at.hipBones || at.host.hipBones)"
    )
    box = page.locator(".picture img").bounding_box()
    return tuple(  # type: ignore[return-value]
        box[start] + (value - edge) / side * box["width"]
        for start, value, edge in zip(("x", "y"), xy, corner, strict=True)
    )


def by_mouse(page: Any, bone: str, xy: tuple[float, float]) -> None:
    box = page.locator(f".marker.{bone}").bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(*on_screen(page, xy), steps=5)
    expect(page.locator(".loupe")).to_be_visible()
    page.mouse.up()


def by_touch(page: Any, bone: str, xy: tuple[float, float]) -> None:  # noqa: ARG001
    page.touchscreen.tap(*on_screen(page, xy))


def by_keys(page: Any, bone: str, xy: tuple[float, float]) -> None:
    """Arrow keys, as far as the words say that it still is away."""
    marker = page.locator(f".marker.{bone}")
    marker.focus()
    marker.press("ArrowRight")
    at = place_of(page, bone)
    marker.press("ArrowRight")
    page.wait_for_timeout(1500)
    step = (place_of(page, bone)[0] - at[0]) or 1.0
    at = place_of(page, bone)
    for keys, away in ((("ArrowLeft", "ArrowRight"), xy[0] - at[0]), (("ArrowUp", "ArrowDown"), xy[1] - at[1])):
        for _ in range(round(abs(away) / step)):
            marker.press(keys[away > 0])
    page.wait_for_timeout(1500)


WAYS = {"mouse": by_mouse, "touch": by_touch, "keys": by_keys}


@pytest.mark.parametrize("way", sorted(WAYS))
@pytest.mark.parametrize("name", PEOPLE)
def test_both_markers_are_set_near_the_true_bones(
    person: Callable[..., Person],  # noqa: F811
    shared: Path,
    name: str,
    way: str,
) -> None:
    truth, height = truth_of(shared, name)
    page = person(viewport=PHONE, has_touch=True) if way == "touch" else person()
    page = page.open("photo")
    open_editor(page, shared / "renders" / f"{name}.jpg")
    for bone, xy in truth.items():
        WAYS[way](page, bone, xy)
        at = place_of(page, bone)
        assert 100 * hypot(at[0] - xy[0], at[1] - xy[1]) / height < NEAR_PCT, (bone, at, xy)
        page.wait_for_timeout(800)
    expect(page.get_by_text("tick both bones that you felt")).to_be_visible()
    expect(page.get_by_text("Evidence grade A")).to_have_count(0)
    for bone in BONES.values():
        page.get_by_text(f"I felt the {bone} bone here").click()
    expect(page.get_by_text("Evidence grade A")).to_be_visible()
    line = re.findall(r"\d+", page.locator(".angle").inner_text())[0]
    shown = re.findall(r"\d+", page.get_by_test_id("stMetricValue").inner_text())[0]
    assert abs(int(line) - int(shown)) <= 1


def test_markers_that_nobody_moved_give_no_grade_a(person: Callable[..., Person], shared: Path) -> None:  # noqa: F811
    page = person().open("photo")
    open_editor(page, shared / "renders" / f"{PEOPLE[0]}.jpg")
    for bone in BONES.values():
        expect(page.get_by_label(f"I felt the {bone} bone here")).to_be_disabled()
    expect(page.get_by_text("Evidence grade A")).to_have_count(0)
    page.locator(".marker.asis").click()  # held and let go where it was
    page.wait_for_timeout(1000)
    expect(page.get_by_label("I felt the front bone here")).to_be_disabled()


def test_a_marker_beside_the_body_goes_back_and_says_so(person: Callable[..., Person], shared: Path) -> None:  # noqa: F811
    page = person().open("photo")
    open_editor(page, shared / "renders" / f"{PEOPLE[0]}.jpg")
    box = page.locator(".picture img").bounding_box()
    marker = page.locator(".marker.asis").bounding_box()
    page.mouse.move(marker["x"] + 22, marker["y"] + 22)
    page.mouse.down()
    page.mouse.move(box["x"] + 0.03 * box["width"], box["y"] + 0.9 * box["height"], steps=4)
    expect(page.locator(".angle")).to_have_text("This spot lies beside the body.")
    page.mouse.up()
    expect(page.locator(".heard")).to_contain_text("went back")
    after = page.locator(".marker.asis").bounding_box()
    assert (after["x"], after["y"]) == pytest.approx((marker["x"], marker["y"]), abs=1)
    expect(page.get_by_label("I felt the front bone here")).to_be_disabled()
