"""``posture protocol``: relaxed, arched, tucked."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.console import Console

from posture.body.frame import Frame
from posture.errors import UnsuitablePhoto
from posture.followup.three_poses import POSES, ThreePoses, three_poses
from posture.io.photos import read_photo, shown
from posture.knowledge.load import Knowledge
from posture.pipeline import analyze_from_one_place
from posture.plan.intake import Intake
from posture.report.codec import rounded
from posture.report.refusal import refused
from posture.report.report import PhotoInfo, Report
from posture.text.labels import sentence
from posture.vision.mediapipe_pose import MediaPipeObserver


def run(photos: dict[str, Path], intake: Intake, as_json: bool) -> int:
    """Print where the relaxed pelvis stands in the person's own range; exit code 0, or 1 where it cannot be told."""
    knowledge = Knowledge.load()
    observer = MediaPipeObserver()
    unread: dict[str, Report] = {}
    frames: dict[str, Frame] = {}
    for pose in POSES:
        try:
            frames[pose] = read_photo(photos[pose])
        except UnsuitablePhoto as error:
            name = PhotoInfo(shown(photos[pose]), None, None, None)
            unread[pose] = refused(name, error.issue(), knowledge, None, observer)
    poses = three_poses(unread | analyze_from_one_place(frames, observer, knowledge, intake))
    if as_json:
        sys.stdout.write(json.dumps(to_dict(poses), ensure_ascii=False) + "\n")
    else:
        _print(poses)
    if any(reason.code == "missing_file" for reason in poses.reasons):
        return 2
    return 0 if poses.position is not None else 1


def to_dict(poses: ThreePoses) -> dict[str, Any]:
    """The result as the contract's object."""
    return {
        "position": None if poses.position is None else rounded(poses.position.value),
        "position_sigma": None if poses.position is None else rounded(poses.position.sigma),
        "range_deg": None if poses.range is None else rounded(poses.range.value),
        "range_sigma": None if poses.range is None else rounded(poses.range.sigma),
        "cue": poses.cue,
        "comparable": poses.comparable,
        "reasons": [asdict(reason) for reason in poses.reasons],
    }


def _print(poses: ThreePoses) -> None:
    console = Console(width=None if sys.stdout.isatty() else 120)
    for reason in poses.reasons:
        console.print(f"{sentence(reason.message)}. Next time: {reason.retake}.", markup=False)
    if poses.position is not None and poses.range is not None:
        low, at, high = (
            min(100, max(0, round(100 * share)))
            for share in (poses.position.low95, poses.position.value, poses.position.high95)
        )
        console.print(
            f"Relaxed, the pelvis stands at {at} of 100 between fully tucked (0) and fully "
            f"arched (100), likely {low} to {high}. People stand at about 43."
        )
        console.print(f"Own range: {poses.range.value:.0f}° ± {poses.range.sigma:.0f}°. From: {poses.cue}.")
        console.print("No limit of this number has been validated; it is for following one person.")
