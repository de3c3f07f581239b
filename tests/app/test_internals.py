"""What the page takes from the inside of Streamlit and Starlette is still there and does the same."""

from __future__ import annotations

import inspect
from pathlib import Path

import pytest
from starlette.formparsers import MultiPartParser
from streamlit import runtime
from streamlit.runtime.memory_session_storage import MemorySessionStorage
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.runtime import Runtime

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


def test_outside_of_a_visitors_run_nothing_is_let_go_of() -> None:
    assert not runtime.exists()
    internals.let_go_of_uploads()
    internals.let_go_of_uploads("a file")


def test_nothing_else_of_the_page_reaches_inside() -> None:
    reaching = {
        file.name
        for file in Path(internals.__file__).parent.rglob("*.py")
        if any(word in file.read_text("utf-8") for word in ("streamlit import runtime", "scriptrunner", "formparsers"))
    }
    assert reaching == {"internals.py"}
