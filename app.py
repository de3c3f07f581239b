"""The web page: ``make app``, ``posture app`` or ``streamlit run app.py``."""

from streamlit.starlette import App

from posture.app.server import settings

app = App(**settings())
