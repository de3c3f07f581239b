"""Every use of the inside of Streamlit and Starlette, which neither promises to keep.

tests/app/test_internals.py fails where an upgrade has changed one of them. What else a browser is told of Streamlit's
page stands in script.py, and the browser suite holds that.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from html import escape
from typing import Any

from starlette.formparsers import MultiPartParser
from streamlit import runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx

#: Words that Streamlit's own code shows or reads aloud in English alone, and what this page says instead.
OWN_WORDS = {
    "Upload": "Choose a file",
    "Add files": "Add files",
    "Uploading...": "Reading …",
    "Drag and drop files here": "Drop files here",
    "Drag and drop a file here": "Drop a file here",
    "Fullscreen": "Enlarge",
    "Close fullscreen": "Make small again",
    "Take Photo": "Take the photo",
    "Switch camera": "Switch camera",
    "This app would like to use your camera.": "This page would like to use your camera.",
    "Learn how to allow access.": "How to allow it.",
    "No results": "Nothing found",
    "Select all": "Select all",
    "Clear all": "Clear all",
    "Clear value": "Clear",
    "Clear time": "Clear",
    "Increment": "One more",
    "Decrement": "One less",
    "Number is above the allowed range.": "This number is too high.",
    "Number is below the allowed range.": "This number is too low.",
}
#: What the size of an upload becomes, beside its field and where a file is larger or of another kind.
EACH, TOO_LARGE = "up to {megabytes} MB each", "Too large: {megabytes} MB is the most."
REFUSED = "Files of this kind are not read here: {kind}."
#: The sign that enlarges a picture lies on the picture, not on the words above it; pills take a second line.
STYLE = """<style>
[data-testid="stFullScreenFrame"]:has([data-testid="stImage"]) [data-testid="stElementToolbar"] {
  top: 0.4rem; right: 0.4rem; }
[data-testid="stButtonGroup"] [role="toolbar"]:has([data-variant="pills"]) { flex-wrap: wrap; row-gap: 0.4rem; }
@media (max-width: 640px) {
  [data-testid="stButtonGroup"] > div { flex-wrap: wrap; gap: 0.4rem; }
  [data-testid="stButtonGroup"] > div > button { border-radius: 0.6rem; margin: 0;
    border: 1px solid color-mix(in srgb, currentColor 25%, transparent) !important; }
}
</style>"""
#: Texts and names of Streamlit's own widgets are said anew, in the language chosen, whenever they change.
SAY = r"""<script>
window.postureWords = WORDS;
if (!window.postureSay) {
  const before = new WeakMap();
  const ours = text => {
    const {own, each, large, refused} = window.postureWords, size = /^(\d+)MB per file(.*)$/s.exec(text);
    if (size) return each.replace("{megabytes}", size[1]) + size[2];
    const most = /^File must be (\d+)[.\d]*MB or smaller\.$/.exec(text);
    if (most) return large.replace("{megabytes}", most[1]);
    const kind = /^(.*) files are not allowed\.$/.exec(text);
    if (kind) return refused.replace("{kind}", kind[1]);
    const named = /^(Fullscreen|Close fullscreen)(: .*)$/s.exec(text);
    return named ? own[named[1]] + named[2] : own[text];
  };
  const say = (node, key, now, put) => {
    if (!before.has(node)) before.set(node, {});
    const kept = before.get(node)[key];
    const text = kept && kept.said === now ? kept.text : now, said = ours(text);
    if (said === undefined) return;
    before.get(node)[key] = {text, said};
    if (said !== now) put(said);
  };
  const widgets = ["stFileUploader", "stCameraInput", "stElementToolbar", "stNumberInput", "stMultiSelect",
    "stSelectbox", "stTimeInput"].map(name => `[data-testid="${name}"]`).join(",") + ',[role="listbox"]';
  window.postureSay = () => document.querySelectorAll(widgets).forEach(widget => {
    const texts = document.createTreeWalker(widget, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
      const node = texts.currentNode;
      say(node, "text", node.data, said => { node.data = said; });
    }
    widget.querySelectorAll("[aria-label]").forEach(
      named => say(named, "name", named.getAttribute("aria-label"), said => named.setAttribute("aria-label", said)));
  });
  new MutationObserver(window.postureSay).observe(document.body, {
    childList: true, subtree: true, characterData: true, attributes: true, attributeFilter: ["aria-label"]});
}
window.postureSay();
</script>"""
#: Streamlit's own page, where it begins to draw itself, and what stands there until it has drawn something.
TITLE, ROOT = b"<title>Streamlit</title>", b'<div id="root"></div>'
MOMENT = """<div id="posture-moment" role="status" style="position:fixed;inset:0;z-index:1;display:grid;\
place-items:center;pointer-events:none;font:1.1rem system-ui,sans-serif;color:#777">WORDS</div>
<script>
new MutationObserver((_, watching) => {
  if (!document.querySelector('[data-testid="stMain"] :is(h1, hr, [role="alert"])')) return;
  document.getElementById("posture-moment")?.remove();
  watching.disconnect();
}).observe(document.body, {childList: true, subtree: true});
</script>"""


def own_words(tr: Callable[[str], str]) -> str:
    """The script by which Streamlit's own words are said as ``tr`` says them."""
    own = {words: tr(ours) for words, ours in OWN_WORDS.items()}
    words = {"own": own, "each": tr(EACH), "large": tr(TOO_LARGE), "refused": tr(REFUSED)}
    return SAY.replace("WORDS", json.dumps(words, ensure_ascii=False).replace("</", "<\\/"))


def with_moment(html: bytes, words: str) -> bytes:
    """Streamlit's empty page with ``words`` on it until something is drawn; any other page as it is."""
    if TITLE not in html:  # a component has a root of its own, in a frame
        return html
    return html.replace(ROOT, ROOT + MOMENT.replace("WORDS", escape(words)).encode(), 1)


def keep_uploads_in_memory(most_mb: int) -> None:
    """Starlette writes uploads of more than 1 MB into a temporary file; photos stay in memory."""
    MultiPartParser.spool_max_size = most_mb * 2**20


def expire_visitors() -> None:
    """Let go of the visitors whose time is over. Streamlit does so only when another one leaves."""
    runtime.get_instance()._session_mgr._session_storage._cache.expire()


def visitor() -> Any:
    """Streamlit's session of the visitor whose page is drawn; None outside of a run."""
    session = get_script_run_ctx()
    if not runtime.exists() or session is None:
        return None
    known = runtime.get_instance()._session_mgr.get_session_info(session.session_id)
    return None if known is None else known.session


def state_of(session: Any) -> dict[str, Any]:
    """Values of a session by the keys of its state, those of its widgets too."""
    return dict(session.session_state.filtered_state)


def empty(session: Any) -> None:
    """Let go of all that a session holds."""
    session.session_state.clear()


def let_go_of_uploads(file_id: str | None = None) -> None:
    """Let go of one upload of this visitor, or of all."""
    session = get_script_run_ctx()
    if not runtime.exists() or session is None:
        return
    files = runtime.get_instance().uploaded_file_mgr
    if file_id is None:
        files.remove_session_files(session.session_id)
    else:
        files.remove_file(session.session_id, file_id)
