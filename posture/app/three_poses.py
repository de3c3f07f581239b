"""Three photos, relaxed, arched and tucked: where somebody stands in their own range."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from posture.app import questionnaire, session
from posture.app.kept_photo import photo_field
from posture.app.navigation import chosen_language, drawing, picture, refusal, tr
from posture.app.photo import observer
from posture.errors import UnsuitablePhoto
from posture.followup.three_poses import ThreePoses, three_poses
from posture.pipeline import analyze_from_one_place
from posture.render.charts.bell import own_range
from posture.render.drawings import standing_alone

#: The poses beside the relaxed one, and what their photos are called.
POSES = {"arched": "Fully arched", "tucked": "Fully tucked"}


def ask_three_poses() -> None:
    """Arched and tucked beside the relaxed photo of the result."""
    drawing("guide_three_poses", tr("Three photos: relaxed, arched, tucked"), 420)
    st.write(tr("Camera, place and clothes stay as they are. Arch and tuck as far as you can without pain."))
    now = session.current()
    if now is None:
        st.info(tr("The relaxed photo comes first: bring it on the page of photos."))
        return
    frames = {"relaxed": now.photo.frame}
    try:
        for (pose, label), column in zip(POSES.items(), st.columns(2), strict=True):
            with column:
                photo = photo_field(pose, tr(label))
            if photo is not None:
                frames[pose] = photo.frame
        if len(frames) <= len(POSES):
            return
        with st.spinner(tr("Measuring …")):
            person = replace(questionnaire.intake(), range_position=None)
            poses = session.once(
                "poses",
                (*(frame.sha256 for frame in frames.values()), repr(person)),
                lambda: three_poses(analyze_from_one_place(frames, observer(), intake=person)),
            )
    except UnsuitablePhoto as error:
        refusal(error.issue())
        return
    show_range(poses)


def show_range(poses: ThreePoses) -> None:
    """Position within the person's own range, kept for the plan, or the reason why it is not known."""
    st.session_state[questionnaire.ANSWER_KEY + "range_position"] = (
        None if poses.position is None else poses.position.value
    )
    for reason in poses.reasons:
        refusal(reason)
    drawn_range = own_range(poses, chosen_language())
    if drawn_range is not None:
        picture(standing_alone(drawn_range[1]), drawn_range[0], "640px")
        st.caption(
            tr("People stand at about 43 % of their range. No limit has been validated: it is for following yourself.")
        )
