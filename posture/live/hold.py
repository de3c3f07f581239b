"""The frames of a hold as one report."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from posture.body.frame import Frame, Pixels
from posture.body.observation import Observation, ReplayObserver
from posture.errors import UnsuitablePhoto
from posture.followup.live_report import FrameSpread, live_report
from posture.knowledge.load import Knowledge
from posture.plan.intake import Intake
from posture.report.report import Report

if TYPE_CHECKING:
    from posture.vision.mediapipe_pose import MediaPipeObserver

#: Looks at each frame that is measured: as it is and mirrored.
PASSES = 2


def observe_frames(
    frames: Iterable[Frame], observe: Callable[..., Observation]
) -> Iterator[tuple[Frame, Observation | UnsuitablePhoto]]:
    """Observations of a pose model for each frame of a hold, as it is and mirrored.

    The camera's roll and stickers are looked for in the first frame that shows somebody: the roll is the same in all,
    and stickers are looked for in the others only where that one has some.
    """
    first: Observation | None = None
    for frame in frames:
        stickers = first is None or first.found_marks is not None
        try:
            seen = observe(frame, passes=PASSES, stickers=stickers, roll=first is None)
        except UnsuitablePhoto as error:
            yield frame, error.anew()
            continue
        first = first or seen
        yield frame, replace(seen, found_roll=first.found_roll)


def measure(
    frames: Sequence[Pixels], observe: MediaPipeObserver, knowledge: Knowledge, intake: Intake
) -> tuple[Report, dict[str, FrameSpread]]:
    """The report of the frames of a hold, each measured like a photo, and how they scattered."""
    from posture.io.camera import still
    from posture.pipeline import analyze

    observed = observe_frames([still(pixels) for pixels in frames], observe)
    reports = [
        analyze(frame, ReplayObserver(seen, observe.model_sha256), knowledge, intake) for frame, seen in observed
    ]
    return live_report(reports, knowledge, intake)
