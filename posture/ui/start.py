"""What ``posture app`` runs; ``app.py`` does the same for ``make app``."""

from streamlit.starlette import App

from posture.ui.server import settings

app = App(**settings())
