"""What Streamlit runs: ``posture app`` runs this file, ``make app`` runs app.py, which calls it."""

from __future__ import annotations

import streamlit as st


def show() -> None:
    """Draw the page, or say which library is missing."""
    try:
        from posture.ui.home import page
    except ImportError as error:
        from posture.adapters.mediapipe_models import missing_library

        st.error(missing_library(error))
        st.stop()
    page()


if __name__ == "__main__":
    show()
