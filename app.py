"""The web page: ``make app`` or ``streamlit run app.py``."""

import streamlit as st

try:
    from posture.ui.home import page
except ImportError as error:
    from posture.adapters.mediapipe_models import missing_library

    st.error(missing_library(error))
    st.stop()
page()
