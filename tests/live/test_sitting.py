"""Sitting at a desk: minutes, breaks, and a slump that is told against one's own upright."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from posture.app.live.desk import Seated
from posture.body.pose import index
from posture.live.session import SittingSession
from posture.live.sitting import BREAK_S, SLUMP_S, Seat, SittingState, anew, seat_of, sit
from tests.live.test_coach import stick

UPRIGHT = Seat(-4.0, 100.0)


def fold(seats: list[tuple[float, Seat | None]], desk: SittingState | None = None) -> SittingState:
    """Each seat for so many seconds, ten frames a second."""
    now, at = desk or SittingState(), 0.0 if desk is None or desk.at_s is None else desk.at_s
    for seconds, seat in seats:
        for _ in range(round(10 * seconds)):
            at += 0.1
            now = sit(now, at, seat)
    return now


def test_minutes_of_sitting_make_a_break_due() -> None:
    desk = fold([(601, UPRIGHT)])
    assert desk.sitting_s == pytest.approx(601, abs=1)
    assert desk.break_due(10)
    assert not desk.break_due(30)


def test_only_an_absence_that_lasts_is_a_break() -> None:
    short = fold([(100, UPRIGHT), (BREAK_S - 5, None), (100, UPRIGHT)])
    assert short.sitting_s == pytest.approx(200, abs=1)
    assert short.breaks == 0
    whole = fold([(100, UPRIGHT), (BREAK_S + 30, None), (100, UPRIGHT)])
    assert whole.sitting_s == pytest.approx(100, abs=1)
    assert whole.total_s == pytest.approx(200, abs=1)
    assert whole.breaks == 1
    assert fold([(200, None)]).breaks == 0


@pytest.mark.parametrize("slumped", [Seat(12.0, 100.0), Seat(-20.0, 100.0), Seat(-4.0, 90.0)],
                         ids=["forward", "back", "shorter"])  # fmt: skip
def test_a_slump_is_said_when_it_lasts_and_gone_when_one_sits_up(slumped: Seat) -> None:
    desk = fold([(20, UPRIGHT), (SLUMP_S - 2, slumped)])
    assert not desk.slumps
    desk = fold([(4, slumped)], desk)
    assert desk.slumps
    assert not fold([(1, UPRIGHT)], desk).slumps


def test_upright_is_the_persons_own_and_can_be_told_anew() -> None:
    reclined = Seat(-22.0, 100.0)
    assert not fold([(60, reclined)]).slumps
    desk = fold([(20, UPRIGHT), (60, reclined)])
    assert desk.slumps
    assert not fold([(60, reclined)], anew(desk)).slumps


def test_who_stands_does_not_sit_and_a_camera_that_slept_counts_nothing() -> None:
    assert seat_of(stick(10.0)) is None
    seat = seat_of(stick(85.0))
    assert seat == Seat(pytest.approx(0.0), pytest.approx(100.0))
    bent = stick(85.0)
    xy = bent.xy_px.copy()
    for side in ("left", "right"):
        xy[index("shoulder", side), 0] += 100 * np.tan(np.radians(20))  # type: ignore[call-overload]
    assert seat_of(replace(bent, xy_px=xy)).trunk_deg == pytest.approx(20.0)  # type: ignore[union-attr]
    slept = sit(fold([(10, UPRIGHT)]), 1000.0, UPRIGHT)
    assert slept.sitting_s == pytest.approx(10, abs=0.5)


PAGE = """
import streamlit as st
from posture.app.live.desk import _go_on
_go_on(st.session_state["seated"], 30, False)
"""
SITTING = SittingState(at_s=1000.0, sitting_s=600.0, total_s=900.0, breaks=1, upright=UPRIGHT)


@pytest.mark.parametrize(
    ("desk", "words"),
    [
        (SittingState(), "Nobody sits here."),
        (replace(SITTING, up_since_s=990.0), "Nobody sits here."),
        (replace(SITTING, upright=None), "Sit upright for five seconds."),
        (SITTING, "You sit as you began."),
        (replace(SITTING, slumped_since_s=1000.0 - SLUMP_S), "You sit otherwise than upright."),
        (replace(SITTING, sitting_s=1800.0), "Time to get up."),
    ],
    ids=["nobody yet", "got up", "learning", "upright", "slumped", "break"],
)
@pytest.mark.usefixtures("components_looked_for_once")
def test_the_page_says_the_one_thing_to_do(desk: SittingState, words: str) -> None:
    seated = Seated()
    assert isinstance(seated.watcher.task, SittingSession)
    seated.watcher.task.desk = desk
    page = AppTest.from_string(PAGE, default_timeout=60)
    page.session_state["seated"] = seated
    page.run()
    assert not page.exception
    assert any(words in html.proto.body for html in page.get("html"))
    assert page.metric[0].value == f"{desk.sitting_s / 60:.0f}"
    page.button(key="upright_anew").click().run()
    assert seated.watcher.task.desk.upright is None
