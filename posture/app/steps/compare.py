"""Before and after: a saved visit beside today's, or two saved ones; both pictures at one scale."""

from __future__ import annotations

import streamlit as st

from posture.app import saved_answers, session
from posture.app.navigation import chosen_language, navigate, on_and_back, table, tr
from posture.app.safety_gate import emergency
from posture.app.visits import VERDICTS, changes, visit_of_today
from posture.errors import PostureError, UsageError
from posture.export.visit_file import MOST_BYTES, Visit, read_visit
from posture.followup.change import Change
from posture.knowledge.load import Knowledge
from posture.render.before_after import alone, side_by_side
from posture.render.overlay import jpeg
from posture.text.labels import NAMES, TILT, number, sentence
from posture.text.presentation import present

MOST_VISITS = 2


def show() -> None:
    """Draw the page."""
    if emergency():
        return
    st.title(tr("Before and after"), anchor=False)
    st.write(tr("Open a visit that you saved. It stands beside today's result, or beside a second saved visit."))
    opened = _opened()
    now = session.current()
    today = None if now is None else session.once(
        "today", (now.photo.frame.sha256, now.examination.report), lambda: visit_of_today(now, with_picture=True)
    )  # fmt: skip
    visits = sorted(opened, key=lambda visit: visit.date)
    if len(visits) < MOST_VISITS and today is not None and visits:
        visits.append(today)
    if len(visits) == MOST_VISITS:
        _two(visits[0], visits[1])
    elif visits:
        asked = "Bring a photo of today, or open a second visit: then the two are compared."
        st.info(f"{tr(asked)} {tr('Show the camera the same side as then.')}")
        if st.button(tr("Bring a photo of today"), type="primary"):
            navigate("photo")
        _one(visits[0])
    else:
        st.caption(tr("No saved visit yet? Measure a photo; the page Save and print then saves the visit as a file."))
    on_and_back("compare")


def _opened() -> list[Visit]:
    """The saved visits of this visitor, with the field that opens them."""
    mine: list[Visit] = st.session_state.setdefault("visits", [])
    if len(mine) < MOST_VISITS:
        file = st.file_uploader(
            tr("A saved visit"),
            ["zip"],
            key=f"visit_{len(mine)}_{session.generation()}",
            max_upload_size=MOST_BYTES >> 20,
        )
        if file is not None:
            try:
                mine.append(read_visit(file.getvalue()))
            except UsageError as error:
                st.error(f"{sentence(tr(str(error)))}.")
            else:
                session.let_go(file)
                st.rerun()
    for k, visit in enumerate(mine):
        words, button = st.columns([3, 1], vertical_alignment="center")
        words.write(tr("Saved on {date}: {verdict}", date=tr(visit.date), verdict=_verdict(visit)))
        if button.button(tr("Close"), key=f"close_{k}", icon=":material/close:", width="stretch"):
            del mine[k]
            st.rerun()
    if mine:
        _offer_answers(max(mine, key=lambda visit: visit.date))
    return mine


def _offer_answers(visit: Visit) -> None:
    """The answers of the newest visit for the fields that are still empty; nothing where it has none for them."""
    answers = saved_answers.answers_for(visit.intake)
    if not answers:
        return
    words, button = st.columns([3, 1], vertical_alignment="center")
    names = ", ".join(tr(saved_answers.FIELDS[name]) for name in answers)
    words.caption(tr("It holds answers that are empty here: {names}. Safety questions are asked anew.", names=names))
    button.button(
        tr("Use these answers"),
        icon=":material/assignment_return:",
        width="stretch",
        key="use_answers",
        on_click=saved_answers.use,
        args=(answers,),
    )


def _verdict(visit: Visit) -> str:
    return present(visit.report, Knowledge.load(), chosen_language()).headline


def _one(visit: Visit) -> None:
    shown = present(visit.report, Knowledge.load(), chosen_language())
    if shown.tilt is not None:
        st.metric(shown.tilt.name, shown.tilt.value)
    if visit.picture is not None:
        of_day = tr("The visit of {date}", date=tr(visit.date))
        st.image(jpeg(alone(visit.picture), 88), width=360, alt=f"{of_day}. {_verdict(visit)}")


def _two(before: Visit, after: Visit) -> None:
    try:
        found = changes(before, after)
    except PostureError as error:
        st.warning(f"{sentence(tr('not comparable'))}: {tr(str(error))}.")
        found = []
    words = _words(found[0]) if found else ""
    if words:
        st.header(words, anchor=False)
        if found[0].verdict == "not_comparable":
            st.write(f"{sentence(tr(found[0].because))}.")
        if found[0].mdc95 is not None:
            least = number(found[0].mdc95, found[0].unit)
            said = "Only {least} or more is a real change; less can be the error of two photos."
            st.write(tr(said, least=least))
    pictures = before.picture, after.picture
    if pictures[0] is not None and pictures[1] is not None:
        both = tr("The photos of {before} and {after}", before=tr(before.date), after=tr(after.date))
        st.image(
            jpeg(side_by_side(pictures[0], pictures[1]), 88),
            f"{both}. {tr('Both bodies have one height. Dashed pink: plumb line through the ankle.')}",
            alt=f"{both}. {words}",
        )
    else:
        st.caption(tr("One of the two visits holds no picture."))
    if found:
        table([_row(change) for change in found])
        others = [change.because for change in found if change.verdict == "not_comparable"]
        for because in dict.fromkeys(one for one in others if one != found[0].because):
            st.caption(f"{sentence(tr('not comparable'))}: {tr(because)}.")
        st.caption(tr("One pair of photos is no trend; three visits are the least that can show one."))


def _words(tilt: Change) -> str:
    """The change of the tilt in one sentence."""
    diff = "" if tilt.diff is None else f"{_signed(tilt.diff, tilt.unit)}, "
    return f"{tr(TILT)}: {diff}{tr(VERDICTS[tilt.verdict])}"


def _signed(value: float, unit: str) -> str:
    return ("+" if value > 0 else "") + number(value, unit)


def _row(change: Change) -> dict[str, str]:
    numbers = [change.before, change.after, change.diff, change.mdc95]
    cells = ["–" if value is None else number(value, change.unit) for value in numbers]
    # the verdict before the numbers: a phone shows the first columns alone
    columns = ("What", "Verdict", "Before", "After", "Difference", "Smallest real change")
    first = tr(NAMES[change.measure]), tr(VERDICTS[change.verdict])
    return dict(zip([tr(column) for column in columns], [*first, *cells], strict=True))
