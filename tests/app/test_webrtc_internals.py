"""What the live pages take from the inside of aiortc and streamlit-webrtc is still there and does the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from posture.app.live import camera, webrtc_internals


def test_the_answer_to_a_browser_still_carries_the_parameters_of_a_codec() -> None:
    codecs = pytest.importorskip("aiortc.codecs")
    rtc = pytest.importorskip("aiortc.rtcpeerconnection")
    webrtc_internals.ask_for_whole_pictures()
    asked = [codec for codec in codecs.CODECS["video"] if codec.mimeType == "video/VP8"]
    assert asked
    assert all(codec.parameters["x-google-min-bitrate"] == webrtc_internals.KBIT_S for codec in asked)
    common = rtc.find_common_codecs(codecs.CODECS["video"], asked)
    assert any(codec.parameters.get("x-google-start-bitrate") == webrtc_internals.KBIT_S for codec in common)


def test_the_component_still_has_the_name_that_the_page_s_script_looks_for() -> None:
    component = pytest.importorskip("streamlit_webrtc.component")
    assert component._component_func.name.startswith(webrtc_internals.FRAME_TITLE)
    assert f'iframe[title^="{webrtc_internals.FRAME_TITLE}"]' in camera.MIRROR


def test_nothing_else_of_the_live_pages_reaches_inside() -> None:
    folder = Path(camera.__file__).parent
    reaching = {file.name for file in folder.glob("*.py") if "aiortc" in file.read_text("utf-8")}
    assert reaching == {"webrtc_internals.py"}
