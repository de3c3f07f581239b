"""The web page: what it shows, what it asks first, and that its pictures are really served."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
import tomllib
import urllib.request
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from posture.frontends.app import SETTINGS
from tests.conftest import ROOT


@pytest.fixture
def page() -> AppTest:
    """The page with the generated person on it."""
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run()
    assert not app.exception
    assert app.title[0].value == "How do you stand?"
    app.toggle[0].set_value(True).run()
    assert not app.exception
    return app


def texts(app: AppTest) -> str:
    return " ".join(
        str(part.value)
        for kind in ("markdown", "caption", "subheader", "error", "info", "success")
        for part in app.get(kind)
    )


def answer(app: AppTest, *ticked: str) -> AppTest:
    """Submit the safety form with the named questions ticked."""
    for name in ticked:
        app.checkbox(key=f"ask_{name}").check()
    next(button for button in app.button if button.label == "These are my answers").click()
    app.run()
    assert not app.exception
    return app


def exercises(app: AppTest) -> list[str]:
    return [part.label for part in app.expander if "**" in part.label]


def test_the_generated_person_gets_a_headline_numbers_and_a_next_step(page: AppTest) -> None:
    assert "curve" in page.subheader[0].value
    assert "Next step that would tell more" in texts(page)
    assert len(page.table) == 1
    assert page.metric[0].value.endswith("°")


def test_no_exercise_before_the_safety_questions(page: AppTest) -> None:
    assert exercises(page) == []
    assert "after the safety questions" in texts(page)
    answer(page)
    assert exercises(page)


def test_an_emergency_shows_its_message_and_no_exercise(page: AppTest) -> None:
    answer(page, "saddle_numbness")
    assert exercises(page) == []
    assert "emergency department now" in texts(page)


def test_a_condition_leaves_its_exercises_out(page: AppTest) -> None:
    every = exercises(answer(page))
    fewer = exercises(answer(page, "recent_surgery"))
    assert set(fewer) < set(every)


def test_tests_decide_the_plan_and_are_kept_by_the_safety_form(page: AppTest) -> None:
    for side in ("left", "right"):
        page.number_input(key=f"thigh_{side}").set_value(9.0)
        page.number_input(key=f"hold_{side}").set_value(30.0)
    page.run()
    for side in ("left", "right"):
        page.checkbox(key=f"flat_{side}").check()
    page.run()
    answer(page)
    assert "Tested short, strength fine" in texts(page)
    assert page.number_input(key="thigh_left").value == 9.0


def test_the_week_keeps_to_the_minutes_told(page: AppTest) -> None:
    next(box for box in page.number_input if box.label == "Minutes for exercise a day").set_value(5)
    page.run()
    answer(page)
    weeks = [part.label for part in page.expander if part.label.startswith("Weeks")]
    assert len(weeks) == 4
    assert all(int(label.split("up to ")[1].split()[0]) <= 5 for label in weeks)


def give_hip_bones(page: AppTest, front: tuple[float, float], back: tuple[float, float]) -> None:
    values = dict(zip(("Front bone, across", "Front bone, down", "Back bone, across", "Back bone, down"),
                      (*front, *back), strict=True))  # fmt: skip
    for box in page.number_input:
        if box.label in values:
            box.set_value(values[box.label])
    page.run()
    assert not page.exception


def test_hip_bones_given_on_the_page_are_measured(page: AppTest) -> None:
    give_hip_bones(page, front=(250, 575), back=(380, 550))
    assert "marked pelvis tips forward by about 11°" in page.subheader[0].value


def test_hip_bones_the_wrong_way_round_are_asked_about(page: AppTest) -> None:
    give_hip_bones(page, front=(380, 550), back=(250, 575))
    assert "were the two swapped" in page.error[0].value


def test_the_command_and_the_config_agree() -> None:
    config = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text("utf-8"))
    told = {f"{section}.{name}": str(value) for section, table in config.items() for name, value in table.items()}
    assert {name: value.lower() for name, value in told.items()} == SETTINGS


def test_the_command_serves_the_page_to_this_computer_alone() -> None:
    port = _free_port()
    server = subprocess.Popen(
        [sys.executable, "-m", "posture", "app", "--port", str(port)],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    try:
        _wait_until_healthy(port)
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(10)


def test_saying_loose_clothes_takes_the_curve_away(page: AppTest) -> None:
    page.selectbox[0].set_value("loose").run()
    assert not page.exception
    assert "cannot tell" in page.subheader[0].value


def test_served_pictures_arrive(tmp_path: Path) -> None:
    """Streamlit with a too new Starlette answers every picture with HTTP 500 while page tests stay green."""
    script = tmp_path / "one_picture.py"
    script.write_text("import numpy as np, streamlit as st\nst.image(np.full((8, 8, 3), 200, np.uint8))\n")
    port = _free_port()
    server = subprocess.Popen(
        [sys.executable, "-m", "streamlit", "run", str(script), "--server.port", str(port),
         "--server.address", "127.0.0.1", "--server.headless", "true", "--browser.gatherUsageStats", "false"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=tmp_path,
    )  # fmt: skip
    try:
        _wait_until_healthy(port)
        address = asyncio.run(_address_of_the_picture(port))
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{address}", timeout=10) as answer_:
            assert answer_.status == 200
            assert answer_.headers["Content-Type"].startswith("image/")
            assert len(answer_.read()) > 20
    finally:
        server.terminate()
        server.wait(10)


def _free_port() -> int:
    """A port of this machine's own loopback; a machine that has even that switched off cannot serve a page."""
    with socket.socket() as server, socket.socket() as client:
        server.bind(("127.0.0.1", 0))
        server.listen()
        try:
            client.connect(server.getsockname())
        except OSError:
            pytest.skip("SKIPPED LOUDLY: the loopback interface is down; no page can be served")
        return int(server.getsockname()[1])


def _wait_until_healthy(port: int) -> None:
    for _ in range(150):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=2) as health:
                if health.status == 200:
                    return
        except OSError:
            time.sleep(0.2)
    raise AssertionError("the page did not start within 30 seconds")


async def _address_of_the_picture(port: int) -> str:
    """Ask for the page as a browser does and wait for the message that holds the picture's address."""
    import websockets
    from streamlit.proto.BackMsg_pb2 import BackMsg
    from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

    async with websockets.connect(
        f"ws://127.0.0.1:{port}/_stcore/stream", subprotocols=["streamlit"], max_size=None
    ) as stream:
        ask = BackMsg()
        ask.rerun_script.query_string = ""
        await stream.send(ask.SerializeToString())
        async with asyncio.timeout(30):
            async for data in stream:
                message = ForwardMsg()
                message.ParseFromString(data)
                if message.delta.new_element.imgs.imgs:
                    return str(message.delta.new_element.imgs.imgs[0].url)
    raise AssertionError("no picture came")
