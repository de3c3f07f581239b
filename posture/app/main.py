"""The script of ``posture app``; ``app.py`` does the same for ``make app``."""

from streamlit.starlette import App

from posture.app.server import settings

app = App(**settings())
