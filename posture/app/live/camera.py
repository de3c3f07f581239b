"""The camera of a live page: its picture in the browser, its newest frames for a watcher.

The picture goes from the browser to this computer alone, straight from one to the other: no server that finds ways
through networks (STUN, TURN) is asked unless POSTURE_ICE_SERVERS names some. It is not sent back: what a person sees is
their own browser's picture, which no fault here can freeze.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from typing import Any, Protocol

import streamlit as st

from posture.app import questionnaire
from posture.app.live.banner import EVERY_S, instruct
from posture.app.live.watcher import Watcher
from posture.app.live.webrtc_internals import ask_for_whole_pictures
from posture.app.navigation import tr
from posture.io.camera import ASKED_PX
from posture.render import theme

#: Addresses of STUN or TURN servers, separated by blanks; they learn the address of this computer and of the browser.
SERVERS = "POSTURE_ICE_SERVERS"
#: The component shows no picture of a stream that is only sent, and a failure in the browser's own terms. Its frame is
#: of this very page: when it is given the camera, the page shows the same stream as a mirror and takes it away when the
#: stream ends; when it is refused, the page says what to do.
MIRROR = """<div id="posture-mirror"></div><script>
(() => {
  const words = WORDS, outline = OUTLINE;
  const place = () => document.getElementById("posture-mirror");
  const tell = problem => {
    const said = document.createElement("p");
    said.setAttribute("role", "alert");
    said.style.cssText = "font-weight:600;margin:0.5rem 0";
    said.textContent = words[problem] || words.other;
    place().replaceChildren(said);
  };
  const show = stream => {
    const mirror = Object.assign(document.createElement("video"), {muted: true, autoplay: true, playsInline: true});
    mirror.style.cssText = "width:100%;transform:scaleX(-1);border-radius:0.6rem;background:#000";
    mirror.setAttribute("aria-label", words.camera);
    mirror.srcObject = stream;
    place().replaceChildren(mirror);
    if (outline) {
      const shape = document.createElement("div");
      shape.id = "posture-outline";
      shape.setAttribute("aria-hidden", "true");
      shape.style.cssText = "position:absolute;inset:4% 0;display:flex;justify-content:center;pointer-events:none;" +
        "filter:brightness(0) invert(1);opacity:0.55";
      shape.innerHTML = outline;
      shape.firstChild.style.cssText = "height:100%;width:auto";
      place().style.position = "relative";
      place().append(shape);
    }
    const over = setInterval(() => {
      if (stream.active && place()?.contains(mirror)) return;
      mirror.srcObject = null;
      document.getElementById("posture-outline")?.remove();
      mirror.remove();
      clearInterval(over);
    }, 500);
  };
  const listen = setInterval(() => {
    if (!place()) return clearInterval(listen);
    for (const frame of document.querySelectorAll('iframe[title^="streamlit_webrtc"]')) {
      const seen = frame.contentWindow;
      if (!seen || seen.document.readyState !== "complete" || seen.postureShows) continue;
      seen.postureShows = true;
      const media = seen.navigator.mediaDevices;
      if (!media) { tell("insecure"); continue; }
      const ask = media.getUserMedia.bind(media);
      media.getUserMedia = async wanted => {
        try {
          const stream = await ask(wanted);
          show(stream);
          return stream;
        } catch (error) {
          tell(error.name);
          throw error;
        }
      };
    }
  }, 200);
})();
</script>"""


class Stage(Protocol):
    """Somebody before a camera. watcher : who looks · since_s : when the camera was switched on, monotonic clock"""

    watcher: Watcher
    since_s: float


def before_camera(stage: Stage, key: str, go_on: Callable[[bool], None], outline: str = "") -> None:
    """The camera, and beside it what ``go_on`` draws anew while it is on, told whether to say it aloud.

    outline : an SVG that lies over the mirror, for a person to step into
    """
    words, shown = st.columns([2, 3], gap="medium")  # words first: a phone shows them above its picture
    with shown:
        on = picture_of(stage.watcher, key, outline)
        st.toggle(tr("Show technical figures"), key=questionnaire.ANSWER_KEY + "live_figures")
    with words:
        aloud = st.toggle(tr("Say it aloud"), value=True, key=questionnaire.ANSWER_KEY + "aloud")
    if not on:
        stage.since_s = time.monotonic()
    with words:
        if on:
            st.fragment(go_on, run_every=EVERY_S)(aloud)
        else:
            instruct(tr("Switch the camera on"), tr("The picture goes to this computer alone."), theme.SOFT)


def picture_of(watcher: Watcher, key: str, outline: str = "") -> bool:
    """Show the camera with its Start and Stop, and hand its frames to the watcher; whether it is on.

    Raises ImportError where streamlit-webrtc is not installed.
    """
    # A component is served only when a visitor's own run imports it.
    from streamlit_webrtc import WebRtcMode, create_video_sink_track, webrtc_streamer

    ask_for_whole_pictures()
    servers = os.environ.get(SERVERS, "").split()
    if servers:
        st.warning(
            tr(
                "Servers abroad help the camera through the network, and learn its address: {names}.",
                names=", ".join(servers),
            )
        )
    rtc: dict[str, Any] = {"iceServers": [{"urls": servers}] if servers else []}
    wide, tall = ASKED_PX
    context = webrtc_streamer(
        key,
        mode=WebRtcMode.SENDONLY,
        rtc_configuration=rtc,
        media_stream_constraints={
            # none: a size of the camera's own; else a browser cuts a camera that stands upright down to a square
            "video": {
                "width": {"ideal": wide},
                "height": {"ideal": tall},
                "frameRate": {"ideal": 30},
                "resizeMode": {"ideal": "none"},
            },
            "audio": False,
        },
        sink_video_track=create_video_sink_track(watcher.offer, key=f"{key}_frames", on_ended=watcher.end),
        media_toggle_controls=False,
        translations={
            "start": tr("Switch the camera on"),
            "stop": tr("Stop"),
            "select_device": tr("Another camera"),
            "select_camera": tr("Camera"),
            "device_ask_permission": tr("Please allow the camera in your browser."),
        },
    )
    st.html(MIRROR.replace("WORDS", _failures()).replace("OUTLINE", _in_script(outline)), unsafe_allow_javascript=True)
    return bool(context.state.playing)


def _failures() -> str:
    """Words for a browser that gives no camera, by the browser's name of the reason, as JSON."""
    said = {
        "camera": tr("Camera"),
        "insecure": tr(
            "The browser gives no camera to this page: open it as https, or on the computer that runs posture."
        ),
        "NotFoundError": tr("No camera was found: plug one in, and switch it on again."),
        "NotReadableError": tr("Another program has the camera: close it, and switch the camera on again."),
        "NotAllowedError": tr("The browser was told to refuse the camera: allow it beside the address."),
        "other": tr("The browser could not open the camera: choose another one, or plug it in again."),
    }
    return _in_script(said)


def _in_script(value: object) -> str:
    """A value as JSON that cannot end the script it stands in."""
    return json.dumps(value).replace("<", "\\u003c")
