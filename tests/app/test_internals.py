"""What the page takes from the inside of Streamlit and Starlette is still there and does the same."""

from __future__ import annotations

import inspect
import re
from functools import cache
from pathlib import Path
from types import SimpleNamespace

import pytest
import streamlit
from starlette.formparsers import MultiPartParser
from streamlit import runtime
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.memory_session_storage import MemorySessionStorage
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.runtime import Runtime
from streamlit.runtime.session_manager import SessionManager
from streamlit.runtime.state import SessionState

from posture.app import internals


def test_starlette_still_has_a_limit_above_which_it_writes_to_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(MultiPartParser, "spool_max_size", MultiPartParser.spool_max_size)
    internals.keep_uploads_in_memory(7)
    assert MultiPartParser.spool_max_size == 7 * 2**20
    assert "spool_max_size" in inspect.getsource(MultiPartParser)


def test_streamlits_visitors_are_still_kept_where_they_are_let_go_of() -> None:
    assert "_session_mgr" in inspect.getsource(Runtime.__init__)
    assert callable(MemorySessionStorage()._cache.expire)


def test_uploads_are_still_let_go_of_by_visitor_and_by_file() -> None:
    assert isinstance(inspect.getattr_static(Runtime, "uploaded_file_mgr"), property)
    assert list(inspect.signature(MemoryUploadedFileManager.remove_file).parameters) == [
        "self",
        "session_id",
        "file_id",
    ]
    assert list(inspect.signature(MemoryUploadedFileManager.remove_session_files).parameters) == ["self", "session_id"]


def test_a_visitors_session_still_says_what_it_holds_and_can_be_emptied() -> None:
    assert list(inspect.signature(SessionManager.get_session_info).parameters) == ["self", "session_id"]
    assert isinstance(inspect.getattr_static(AppSession, "session_state"), property)
    state = SessionState()
    state["told_age"] = 40
    session = SimpleNamespace(session_state=state)
    assert internals.state_of(session) == {"told_age": 40}
    internals.empty(session)
    assert internals.state_of(session) == {}
    assert AppSession.__weakrefoffset__  # type: ignore[attr-defined]  # it can be looked at without being kept


def test_outside_of_a_visitors_run_nothing_is_let_go_of() -> None:
    assert not runtime.exists()
    internals.let_go_of_uploads()
    internals.let_go_of_uploads("a file")
    assert internals.visitor() is None


STATIC = Path(streamlit.__file__).parent / "static"


@cache
def browser_code() -> str:
    """All that Streamlit runs in a browser."""
    return "".join(file.read_text("utf-8") for file in sorted((STATIC / "static" / "js").glob("*.js")))


@pytest.mark.parametrize("words", internals.OWN_WORDS)
def test_streamlit_still_says_the_words_that_are_said_anew(words: str) -> None:
    assert f"`{words}`" in browser_code()


def test_streamlit_still_says_the_size_of_an_upload_as_it_is_looked_for() -> None:
    for words in (" per file`", "File must be ${", " or smaller.`", " files are not allowed.`"):
        assert words in browser_code()
        assert words.strip("`${.") in internals.SAY


def test_streamlit_still_names_what_style_and_scripts_look_for() -> None:
    said = internals.STYLE + internals.SAY + internals.MOMENT
    names = set(re.findall(r"\bst[A-Z]\w+", said))
    assert {"stFileUploader", "stFullScreenFrame", "stButtonGroup", "stMain"} <= names
    assert {name for name in names if f"`{name}`" not in browser_code() and f'"{name}"' not in browser_code()} == set()


def test_streamlits_page_still_begins_where_the_moment_is_put() -> None:
    page = (STATIC / "index.html").read_bytes()
    waiting = internals.with_moment(page, "<One> moment …").decode()
    assert waiting.count("&lt;One&gt; moment …") == 1
    assert len(waiting) > len(page.decode())
    component = b'<title>A component</title><div id="root"></div>'
    assert internals.with_moment(component, "One moment …") == component


def test_own_words_are_said_by_the_language_and_end_no_script() -> None:
    script = internals.own_words(lambda text: f"</script>{text}!")
    assert '"Upload": "<\\/script>Choose a file!"' in script
    assert script.count("</script>") == 1


def test_nothing_else_of_the_page_reaches_inside() -> None:
    reaching = {
        file.name
        for file in Path(internals.__file__).parent.rglob("*.py")
        if any(word in file.read_text("utf-8") for word in ("streamlit import runtime", "scriptrunner", "formparsers"))
    }
    assert reaching == {"internals.py"}
