"""The web page: ``make app``, ``posture app`` or ``streamlit run app.py``."""

from posture.ui.start import show

show()
