"""The web page: ``make app`` or ``streamlit run app.py``."""

from posture.ui.home import page

page()
