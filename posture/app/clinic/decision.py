"""Decision on the photo that is shown: accepted, refused, another finding, or its points moved, each by a key."""

from __future__ import annotations

import streamlit as st

from posture.app import questionnaire
from posture.app.clinic.actor import actor
from posture.app.clinic.cases import Case
from posture.app.clinic.folder import attach_photo, keep_decision, opened
from posture.app.navigation import chosen_language, plain, tr
from posture.errors import UsageError
from posture.findings.verdict import WORDS
from posture.followup.timeline import Review
from posture.pipeline import Examination
from posture.render.html.visit import reason_words
from posture.text.labels import REVIEW_REASONS


def decision_words(review: Review) -> str:
    """A decision in words: "Accepted", "Your finding: sway-back", "Not to be used: moved or blurred"."""
    if review.verdict == "accepted":
        return tr("Accepted")
    if review.finding is not None:
        return f"{tr('Your finding')}: {tr(WORDS[review.finding])}"
    return f"{tr('Not to be used')}: {plain(reason_words(review.reason, chosen_language()))}"


def decide(case: Case, examination: Examination | None, at: int, mine: list[Case]) -> None:
    """The buttons; each has a key of the keyboard."""
    mode = st.session_state.get("review_mode")
    if mode == "refuse":
        _choose(case, at, mine, list(REVIEW_REASONS.values()), tr("Why is it not used?"))
        return
    if mode == "override":
        _choose(case, at, mine, list(WORDS.values()), tr("What do you find?"))
        return
    if (
        case.photo is None
        and case.batch is None
        and st.button(tr("Leave it out"), icon=":material/close:", width="stretch")
    ):
        mine.remove(case)
        go_to(max(0, at - 1))
    measured = case.measurable(examination)
    if st.button(tr("Accept"), type="primary", shortcut="A", width="stretch", disabled=not measured):
        _settle(case, Review("accepted"), at, mine)
    refuse, other = st.columns(2)
    if refuse.button(tr("Do not use"), shortcut="X", width="stretch"):
        _set_mode("refuse")
    if other.button(tr("Another finding"), shortcut="O", width="stretch", disabled=case.machine.status == "refused"):
        _set_mode("override")
    points, back, on = st.columns([2, 1, 1])
    points.button(
        tr("Move points"),
        shortcut="M",
        width="stretch",
        disabled=case.machine.facing is None,
        on_click=_move_points,
        args=(case,),
    )
    if back.button("←", shortcut="Left", width="stretch", disabled=at == 0, help=tr("Photo before")):
        go_to(at - 1)
    if on.button("→", shortcut="Right", width="stretch", disabled=at == len(mine) - 1, help=tr("Next photo")):
        go_to(at + 1)
    st.text_input(tr("Your initials"), key=questionnaire.ANSWER_KEY + "reviewer", max_chars=20)


def _move_points(case: Case) -> None:
    """Open the editor of points in the photo's place, or close it; before the page is drawn, as Streamlit wants it.

    A photo of a batch is read from its folder then.
    """
    key = questionnaire.ANSWER_KEY + "by_hand"
    if case.photo is None and case.batch is not None:
        try:
            attach_photo(case, st.query_params.get("photos", ""))
        except UsageError as error:
            st.session_state["review_said"] = [str(error)]
            return
    st.session_state[key] = not st.session_state.get(key, False)


def _choose(case: Case, at: int, mine: list[Case], choices: list[str], title: str) -> None:
    """Reasons or findings, each by its number."""
    st.markdown(f"**{title}**")
    words = st.text_input(tr("In your own words, where you like"), key=f"words_{case.key}")
    for k, choice in enumerate(choices, 1):
        if st.button(tr(choice), shortcut=str(k), width="stretch", key=f"choice_{k}"):
            kind = next((kind for kind, said in WORDS.items() if said == choice), None)
            review = Review("refused", reason=words or choice) if kind is None else Review("overridden", kind, words)
            _settle(case, review, at, mine)
    if st.button(tr("Back"), shortcut="Esc", width="stretch"):
        _set_mode(None)


def _settle(case: Case, review: Review, at: int, mine: list[Case]) -> None:
    """Keep the decision and go on to the next photo that nobody looked at."""
    try:
        reviewer = str(questionnaire.answer("reviewer") or "").strip()
        case.decide(Review(review.verdict, review.finding, review.reason, reviewer), actor())
        if case.batch is not None and (folder := opened()) is not None:
            keep_decision(folder, case)
    except UsageError as error:
        st.session_state["review_said"] = [str(error)]
        st.rerun()
    st.session_state["points_done"] = True
    left = [k for k, other in enumerate(mine) if other.review is None]
    st.session_state["review_mode"] = None
    go_to(next((k for k in left if k > at), left[0] if left else at))


def _set_mode(mode: str | None) -> None:
    st.session_state["review_mode"] = mode
    st.rerun()


def go_to(at: int) -> None:
    """Show the photo at a place of the list."""
    st.session_state["case"] = at
    st.rerun()
