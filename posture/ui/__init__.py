"""The pages behind ``app.py``: with it the only code that imports Streamlit. No reasoning lives here."""
