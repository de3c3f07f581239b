"""What the page takes from the inside of Streamlit and Starlette, all of it: neither promises to keep it.

tests/app/test_internals.py fails where an upgrade has changed one of them. What a browser is told of Streamlit's page
stands in script.py, and the browser suite holds that.
"""

from __future__ import annotations

from typing import Any

from starlette.formparsers import MultiPartParser
from streamlit import runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx


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
    """What a session holds by the keys of its state, its widgets' values too."""
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
