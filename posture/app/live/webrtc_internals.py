"""Every use of the inside of aiortc and of streamlit-webrtc, which neither promises to keep.

tests/app/test_webrtc_internals.py fails where an upgrade has changed one of them.
"""

from __future__ import annotations

from functools import cache

#: What 720 lines of somebody standing need; within one computer or one network it costs nothing.
KBIT_S = 2500
#: How the component's own frame begins its title, by which the page's script finds it.
FRAME_TITLE = "streamlit_webrtc"


@cache
def ask_for_whole_pictures() -> None:
    """Chromium begins with small pictures and takes half a minute to send whole ones: ask for them at once.

    Its engine reads these two from the answer to its offer (kbit/s); other browsers pass them over.
    """
    from aiortc.codecs import CODECS

    for codec in CODECS["video"]:
        if codec.mimeType == "video/VP8":
            codec.parameters |= {"x-google-start-bitrate": KBIT_S, "x-google-min-bitrate": KBIT_S}
