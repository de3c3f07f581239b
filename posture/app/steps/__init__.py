"""One page of the way a file (Streamlit claims the name "pages"); each has ``show()``, which draws it."""
