"""Words of the field, explained by a tap where a page first uses them."""

from __future__ import annotations

import streamlit as st

from posture.app.navigation import tr
from posture.text.labels import sentence

#: What a word means, in words that need no other.
MEANINGS = {
    "interval": "the range in which the true value lies in 95 of 100 cases",
    "chance": "how many people with such a photo really tip that far; that most people tip less is counted in",
    "evidence grade": "what the number rests on: A marked bones, B change in one person, C the outline, D joints alone",
    "ASIS": "the hip bone in front, the corner under your hand when you put it on your hip",
    "PSIS": "the hip bone at the back, under the dimple beside the spine",
    "hip flexors": "the muscles in front of the hip that lift the thigh",
    "tuck": "tip the pelvis back, as if you pull the pubic bone up to the ribs",
    "tempo": "how long each part of a repetition takes, in seconds",
}


def explain(*words: str) -> None:
    """A button that opens what some words mean."""
    with st.popover(tr("What do these words mean?"), icon=":material/help:", type="tertiary"):
        st.markdown("\n".join(f"- **{sentence(tr(word))}**: {tr(MEANINGS[word])}." for word in words))
