"""The camera of a live page: its picture in the browser, its newest frames for a watcher.

The picture goes from the browser to this computer alone, straight from one to the other: no server that finds ways
through networks (STUN, TURN) is asked unless POSTURE_ICE_SERVERS names some. It is not sent back: what a person sees is
their own browser's picture, which no fault here can freeze.
"""

from __future__ import annotations

import os
from functools import cache
from typing import Any

import streamlit as st

from posture.adapters.camera import ASKED_PX
from posture.ui.flow import say
from posture.ui.live.watcher import Watcher

#: Addresses of STUN or TURN servers, separated by blanks; they learn the address of this computer and of the browser.
SERVERS = "POSTURE_ICE_SERVERS"
#: What 720 lines of somebody standing need; within one computer or one network it costs nothing.
KBIT_S = 2500
#: The component shows no picture of a stream that is only sent. Its frame is of this very page: when it is given the
#: camera, the page shows the same stream as a mirror, and takes it away when the stream ends.
MIRROR = """<div id="posture-mirror"></div><script>
(() => {
  const place = () => document.getElementById("posture-mirror");
  const show = stream => {
    const mirror = Object.assign(document.createElement("video"), {muted: true, autoplay: true, playsInline: true});
    mirror.style.cssText = "width:100%;transform:scaleX(-1);border-radius:0.6rem;background:#000";
    mirror.setAttribute("aria-label", "camera");
    mirror.srcObject = stream;
    place().replaceChildren(mirror);
    const over = setInterval(() => {
      if (stream.active && place()?.contains(mirror)) return;
      mirror.srcObject = null;
      mirror.remove();
      clearInterval(over);
    }, 500);
  };
  const listen = setInterval(() => {
    if (!place()) return clearInterval(listen);
    for (const frame of document.querySelectorAll('iframe[title^="streamlit_webrtc"]')) {
      const media = frame.contentWindow?.navigator?.mediaDevices;
      if (!media || media.postureShows) continue;
      const ask = media.getUserMedia.bind(media);
      media.getUserMedia = async wanted => {
        const stream = await ask(wanted);
        show(stream);
        return stream;
      };
      media.postureShows = true;
    }
  }, 200);
})();
</script>"""


def picture_of(watcher: Watcher, key: str) -> bool:
    """Show the camera with its Start and Stop, and hand its frames to the watcher; whether it is on.

    Raises ImportError where streamlit-webrtc is not installed.
    """
    # A component is served only when a visitor's own run imports it.
    from streamlit_webrtc import WebRtcMode, create_video_sink_track, webrtc_streamer

    _ask_for_whole_pictures()
    servers = os.environ.get(SERVERS, "").split()
    if servers:
        st.warning(
            say(
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
            "video": {"width": {"ideal": wide}, "height": {"ideal": tall}, "frameRate": {"ideal": 30}},
            "audio": False,
        },
        sink_video_track=create_video_sink_track(watcher.offer, key=f"{key}_frames", on_ended=watcher.end),
        media_toggle_controls=False,
        translations={
            "start": say("Switch the camera on"),
            "stop": say("Stop"),
            "select_device": say("Another camera"),
            "select_camera": say("Camera"),
            "media_api_not_available": say(
                "The browser gives no camera to this page: open it as https, or on the computer that runs posture."
            ),
            "device_ask_permission": say("Please allow the camera in your browser."),
            "device_not_available": say("No camera was found, or another program has it."),
            "device_access_denied": say("The browser was told to refuse the camera: allow it beside the address."),
        },
    )  # fmt: skip
    st.html(MIRROR, unsafe_allow_javascript=True)
    return bool(context.state.playing)


@cache
def _ask_for_whole_pictures() -> None:
    """Chromium begins with small pictures and takes half a minute to send whole ones: ask for them at once.

    Its engine reads these two from the answer to its offer (kbit/s); other browsers pass them over.
    """
    from aiortc.codecs import CODECS

    for codec in CODECS["video"]:
        if codec.mimeType == "video/VP8":
            codec.parameters |= {"x-google-start-bitrate": KBIT_S, "x-google-min-bitrate": KBIT_S}
