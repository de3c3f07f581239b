"""``posture live``: a camera or a clip guides the person, takes the measurement itself, and goes on showing numbers."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from posture.body.frame import Pixels
from posture.errors import Issue
from posture.knowledge.load import Knowledge
from posture.live.capture import Live
from posture.live.hold import measure
from posture.live.smoothing import Smoothed
from posture.measures.measurement import ESTIMATED, MARKED
from posture.plan.intake import Intake
from posture.report.codec import rounded
from posture.report.report import Report
from posture.text.labels import sentence
from posture.text.presentation import present

if TYPE_CHECKING:
    from posture.cli.live_window import Window

#: A line is written when something changes, and this often where nothing does, seconds.
EVERY_S = 1.0


@dataclass(frozen=True, slots=True)
class Request:
    """One request of the command line.

    video : in place of the camera · headless : JSON, a line each · sound : the terminal's bell where words change
    """

    camera: int
    video: Path | None
    at_its_pace: bool
    headless: bool
    intake: Intake
    sound: bool = False


def run(request: Request) -> int:
    """Watch until the clip ends or somebody stops it; 0 where a measurement was taken, 1 where none was.

    People see a window where the computer shows any, else words alone, and then a camera's run ends with the report.
    """
    from posture.cli.live_window import open_window
    from posture.io.camera import from_camera, from_file

    frames = from_camera(request.camera) if request.video is None else from_file(request.video, request.at_its_pace)
    teller = LiveReporter(request.headless, request.sound)
    window = None if request.headless else open_window()
    if window is None and not request.headless and request.video is None:
        frames = until_measured(frames, teller)
    try:
        report = watch(frames, teller, request.intake, window)
    except KeyboardInterrupt:
        report = teller.report
    finally:
        if window is not None:
            window.close()
    return 0 if report is not None and report.status == "analyzed" else 1


def until_measured(frames: Iterable[tuple[float, Pixels]], teller: LiveReporter) -> Iterator[tuple[float, Pixels]]:
    """The frames until there is a report."""
    for frame in frames:
        if teller.report is not None:
            return
        yield frame


def watch(
    frames: Iterable[tuple[float, Pixels]], teller: LiveReporter, intake: Intake, window: Window | None = None
) -> Report | None:
    """Guide, take the frames, measure them once, and go on with live numbers; the report, None where it never came."""
    from posture.live.session import Capture, FrameAnalyzer
    from posture.vision.mediapipe_pose import MediaPipeObserver

    analyzer, check, observe = FrameAnalyzer(Knowledge.load()), Capture(), MediaPipeObserver()
    try:
        for at_s, pixels in frames:
            seen = analyzer.analyze(pixels, at_s)
            check.see(seen, pixels)
            teller.tell(at_s, check.state, analyzer.live)
            if window is not None:
                state, pose = check.state, None if seen.observation is None else seen.observation.pose
                if not window.show(pixels, pose, _words(state.phase, state.asked), state.phase, state.done_share):
                    break
            if held := check.take():
                teller.measured(*measure(held[1], observe, analyzer.knowledge, intake))
    finally:
        analyzer.close()
    return teller.report


class LiveReporter:
    """Says what happens, for programs or for people; it keeps the report, and the code of what was asked last."""

    def __init__(self, headless: bool, sound: bool = False) -> None:
        self._headless, self._bell, self._said, self._at_s = headless, "\a" if sound else "", "", -EVERY_S
        self.report: Report | None = None
        self.asked = ""

    def tell(self, at_s: float, state: Live, live: Mapping[str, Smoothed | None]) -> None:
        """A line where something changed, or every second; words only where they change."""
        self.asked = state.asked.code if state.asked else self.asked
        prompt = f"{state.phase} {state.asked.code if state.asked else ''}"
        if prompt == self._said and (not self._headless or at_s - self._at_s < EVERY_S):
            return
        changed, self._said, self._at_s = prompt != self._said, prompt, at_s
        if self._headless:
            numbers = {name: None if one is None else rounded(one.value) for name, one in live.items()}
            asked = None if state.asked is None else asdict(state.asked)
            line = {"at_s": rounded(at_s), "phase": state.phase, "ask": asked, "taken": state.done_share, **numbers}
            self._line(line)
        elif changed and self.report is None:
            sys.stdout.write(f"{_words(state.phase, state.asked)}{self._bell}\n")
            sys.stdout.flush()

    def measured(self, report: Report, spreads: dict[str, Any]) -> None:
        """The report, and how the frames scattered."""
        self.report = report
        if self._headless:
            self._line({"report": report.to_dict(), "frames": {name: asdict(one) for name, one in spreads.items()}})
            return
        shown = present(report, Knowledge.load())
        if shown.alert is not None:
            sys.stdout.write(f"{shown.alert}\n")
            return
        for message, retake in shown.reasons:
            sys.stdout.write(f"Not measured: {message}. Next time: {retake}.\n")
            return
        if report.plan is not None and report.plan.mode == "refer":
            sys.stdout.write(report.plan.message + "\n")
        lines = [shown.headline] if report.finding is not None else []
        lines += [] if shown.tilt is None else [shown.tilt.line, *shown.chances]
        lines += [
            f"  {one.name}: {one.value} ({one.interval})"
            for one in shown.numbers
            if one.measure not in (MARKED, ESTIMATED)
        ]
        sys.stdout.write("\n".join(lines) + "\n")

    def _line(self, line: dict[str, Any]) -> None:
        sys.stdout.write(json.dumps(line, ensure_ascii=False) + "\n")
        sys.stdout.flush()


def _words(phase: str, asked: Issue | None) -> str:
    if asked is not None:
        return f"{sentence(asked.message)}: {asked.retake}."
    return {
        "guide": "Come into the picture, side on.",
        "hold": "Good. Stay like this.",
        "measure": "Measuring, stay like this.",
        "taken": "Thank you.",
    }[phase]
