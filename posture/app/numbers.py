"""Everything behind the result: place among people, every number with its doubt, and what it does not say."""

from __future__ import annotations

import streamlit as st

from posture.app.navigation import chosen_language, picture, table, tr
from posture.knowledge.load import Knowledge
from posture.render.charts.bell import among_people
from posture.render.drawings import standing_alone
from posture.report.report import Report
from posture.text.labels import LENGTHS, NAMES, POINTS, number
from posture.text.presentation import Presentation, chance_details


def show_numbers(report: Report, shown: Presentation) -> None:
    """Everything behind the sentence."""
    for words, svg in among_people(report, Knowledge.load(), chosen_language()):
        picture(standing_alone(svg), "", "640px")
        st.caption(words)
    if shown.issues:
        with st.expander(tr("What made this photo less sure")):
            for message, retake in shown.issues:
                st.markdown(f"- {message}. {tr('Better')}: {retake}.")
    for message, retake in shown.notes:
        st.caption(f"{tr('Note')}: {message}. {tr('Better')}: {retake}.")
    with st.expander(tr("Show me the numbers")):
        table(_rows(shown))
        for one in shown.numbers:
            norm = f"; {tr('norm')} {one.norm}" if one.norm else ""
            st.caption(f"**{one.name}**: {one.sign}{norm}.")
        for words in chance_details(report.finding, chosen_language()):
            st.markdown(f"- {words}")
        if report.lengths_cm:
            lengths = (f"{tr(LENGTHS[name])} {number(one.value, 'cm')}" for name, one in report.lengths_cm.items())
            st.write("; ".join(lengths) + ".")
        for name, unmeasured in report.measurements.unmeasured().items():
            st.caption(f"{tr(NAMES[name])}: {tr('not measured')}, {tr(unmeasured.reason)}.")
        if report.by_hand:
            names = ", ".join(tr(POINTS[name]) for name in report.by_hand)
            st.caption(f"{tr('Set by hand, not found by the model')}: {names}.")
        st.caption(
            tr(
                "Grades: A marked bone points, B change in the same person, C outline of the back, D joint points "
                "only. Known offsets of the pose model are taken off."
            )
        )
    if report.finding is not None and len(report.finding.next_steps) > 1:
        with st.expander(tr("What else would make it more reliable")):
            for step in report.finding.next_steps[1:]:
                st.markdown(f"- {tr(step)}")
    with st.expander(tr("What this does not say")):
        st.write(
            tr(
                "A photo shows how somebody stands. It does not show bone shape, whether a muscle is tight or weak, "
                "or why something hurts. An unusual stance is no illness, and changing it is optional."
            )
        )


def _rows(shown: Presentation) -> list[dict[str, str]]:
    columns = [tr(name) for name in ("What", "Value", "95 % interval", "Among people", "Smallest real change", "Grade")]
    return [
        dict(zip(columns, (one.name, one.value, one.interval, one.place, one.mdc95, one.grade), strict=True))
        for one in shown.numbers
    ]
