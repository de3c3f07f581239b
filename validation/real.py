"""Real photos and clips as a scored suite: what each must come to, and how far points and outline lie from set ones.

    python -m validation.real ../shared [--write] [--overlays DIR]          (``make real``)

The photos' manifest says what each shows; in those that show a side the points of `POINTS` and the back line on twelve
rows were set twice by looking, before any overlay was seen (``real_points.json``). No photo is part of this project.
"""

from __future__ import annotations

import csv
import hashlib
import json
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from posture.io.camera import from_file, still
from posture.io.photos import read_photo
from posture.knowledge.load import Knowledge
from posture.measures.measurement import Measurement
from posture.pipeline import Examination, Options, examine
from posture.render.overlay import draw, jpeg
from posture.report.report import Report
from posture.vision.mediapipe_pose import MediaPipeObserver
from validation.renders import DOCUMENT
from validation.tables import put, table

Array = NDArray[np.float64]
POINTS_FILE = Path(__file__).with_name("real_points.json")
POINTS = ("ear", "shoulder", "hip", "knee", "ankle", "heel")
ANGLES = ("hip_angle", "knee_flexion", "trunk_incl")
#: The outline has to lie within the greater of this share of stature, percent, and twice the repeat SD.
OUTLINE_PCT = 1.0
#: Frames of a clip that are measured: every so many.
EVERY = 5


def faults(row: dict[str, str]) -> set[str]:
    """The refusal codes that the manifest's words of a photo ask for; empty for a true side view."""
    view, pose, people = row["view"], row["pose"], int(row["people"])
    found = set()
    if people == 0:
        return {"no_person"}
    if people > 1:
        found.add("several_people")
    if view.startswith(("front", "back", "oblique")) or "3/4" in view:
        found.add("not_side_view")
    if pose == "sitting":
        found.add("sitting")
    if pose == "squat":
        found.add("squatting")
    if "lunge" in pose:
        found.add("stepping")
    if "lying" in pose:
        found.add("lying")
    if "cut off" in pose or pose.startswith("standing, cut"):
        found.add("cropped")
    return found


def walks(row: dict[str, str]) -> bool:
    """Whether the manifest says that somebody walks: measured with lenient rules, and no verdict said."""
    return row["pose"].startswith("walking")


def verdict(report: Report) -> str:
    """What is said of the pelvis; empty where nothing is."""
    return "" if report.finding is None or report.finding.kind == "undetermined" else report.finding.kind


def as_expected(row: dict[str, str], strict: Report, lenient: Report) -> str:
    """What is not as the manifest asks; empty where all is."""
    expected, reasons = faults(row), {reason.code for reason in strict.reasons}
    if expected:
        wrong = [] if strict.status == "refused" and expected & reasons else ["not refused for its fault"]
        return ", ".join(wrong + (["verdict"] if verdict(lenient) and not lenient.reasons else []))
    wrong = []
    if lenient.status != "analyzed" or any(not isinstance(lenient.measurements[name], Measurement) for name in ANGLES):
        wrong.append("no angles with --lenient")
    elif lenient.facing != row["facing"]:
        wrong.append(f"faces {lenient.facing}")
    if walks(row):
        wrong += [f"verdict {rules}" for rules, one in (("strict", strict), ("lenient", lenient)) if verdict(one)]
    return ", ".join(wrong)


@dataclass(frozen=True, eq=False)
class Readings:
    """Points (6, 2) and back line (12,) of one photo in two readings, px, nan where one could not be set.

    hidden : rows on which an arm is the rearmost thing in either reading
    """

    points: Array
    rows: Array
    backs: Array
    hidden: NDArray[np.bool_]

    @classmethod
    def of(cls, photo: Path) -> Readings | None:
        """Those of a photo; None where none were set. Raises ValueError where the photo is another."""
        told = json.loads(POINTS_FILE.read_text()).get(photo.name)
        if told is None:
            return None
        if hashlib.sha256(photo.read_bytes()).hexdigest() != told["sha256"]:
            raise ValueError(f"{photo.name} is not the photo on which the points were set")
        both = (told["first"], told["second"])
        points = [[one[name] or (np.nan, np.nan) for name in POINTS] for one in both]
        backs = [[np.nan if x is None else x for x in one["back"]] for one in both]
        hidden = np.isin(np.arange(len(told["rows"])), [row for one in both for row in one["covered"]])
        return cls(np.array(points), np.array(told["rows"], float), np.array(backs), hidden)


@dataclass(slots=True)
class Errors:
    """Distances in percent of stature, gathered over photos."""

    points: list[Array]
    point_repeats: list[Array]
    back: list[Array]
    back_repeats: list[Array]

    def add(self, seen: Examination, hand: Readings) -> Array:
        """Errors (12,) of the outline in this photo, nan where a row has none."""
        view, observation = seen.view, seen.observation
        if view is None or observation is None or view.facing is None or observation.silhouette is None:
            return np.full(len(hand.rows), np.nan)
        pct = 100 / observation.stature_px
        scale = observation.photo_px_per_px
        found = np.array([observation.pose.point(name, view.facing) * scale for name in POINTS])
        self.points.append(np.hypot(*(found - hand.points.mean(axis=0)).T) * pct / scale)
        self.point_repeats.append(np.hypot(*(hand.points[0] - hand.points[1]).T) * pct / scale)
        edge = observation.silhouette.refined.edge(view.orientation.dorsal) * scale
        x = np.interp(hand.rows, edge[:, 1], edge[:, 0], left=np.nan, right=np.nan)
        usable = ~hand.hidden & (np.abs(hand.backs[0] - hand.backs[1]) * pct / scale < 3)  # else another edge was meant
        error = np.where(usable, (x - hand.backs.mean(axis=0)) * pct / scale, np.nan)
        self.back.append(error)
        self.back_repeats.append(np.where(usable, (hand.backs[0] - hand.backs[1]) * pct / scale, np.nan))
        return error

    def repeat_sd(self) -> float:
        """SD of one reading of the back line, percent of stature: that of the differences over the root of two."""
        return float(np.sqrt(np.nanmean(np.concatenate(self.back_repeats) ** 2) / 2))

    def rows(self) -> list[tuple[str, ...]]:
        """One row a point, and one for the outline: n, RMS and median error, repeat SD."""
        found, repeats = np.array(self.points), np.array(self.point_repeats)
        rows = [(name, *_summed(found[:, k], repeats[:, k] / np.sqrt(2))) for k, name in enumerate(POINTS)]
        return [*rows, ("back line, across", *_summed(np.concatenate(self.back), np.concatenate(self.back_repeats)))]


def _summed(error: Array, repeat: Array) -> tuple[str, str, str, str]:
    error, repeat = error[np.isfinite(error)], repeat[np.isfinite(repeat)]
    rms = [float(np.sqrt(np.mean(one**2))) for one in (error, repeat / np.sqrt(2))]
    return f"{len(error)}", f"{rms[0]:.1f}", f"{np.median(np.abs(error)):.1f}", f"{rms[1]:.1f}"


def photos(folder: Path, observer: MediaPipeObserver, overlays: Path | None) -> tuple[list[list[str]], Errors]:
    """One row a photo, and how far points and outlines lie from where they were set by hand."""
    with (folder / "MANIFEST.csv").open(newline="") as file:
        manifest = list(csv.DictReader(file))
    rows, errors = [], Errors([], [], [], [])
    for row in manifest:
        frame = read_photo(folder / row["file"])
        strict, seen = (examine(frame, observer, options=Options(lenient=lenient)) for lenient in (False, True))
        if overlays is not None:
            (overlays / row["file"]).write_bytes(jpeg(draw(frame, seen, Knowledge.load())))
        hand = Readings.of(folder / row["file"])
        near = "–" if hand is None else _greatest(errors.add(seen, hand))
        reasons = ", ".join(sorted(reason.code for reason in strict.report.reasons))
        said = verdict(strict.report) or verdict(seen.report) or "–"
        wrong = as_expected(row, strict.report, seen.report)
        rows.append([row["file"], row["pose"], reasons or "none", *_angles(seen.report), said, near, wrong or "yes"])
    return rows, errors


def _greatest(error: Array) -> str:
    return f"{np.nanmax(np.abs(error)):.1f}" if np.isfinite(error).any() else "–"


def _angles(report: Report) -> Iterator[str]:
    for name in ANGLES:
        one = report.measurements.get(name)
        yield f"{one.quantity.value:.0f} ± {one.quantity.sigma:.0f}" if isinstance(one, Measurement) else "–"


def clips(folder: Path, observer: MediaPipeObserver) -> list[list[str]]:
    """One row a clip: frames looked at, what they were refused for, and verdicts by strict and lenient rules."""
    rows = []
    for clip in sorted(folder.glob("*.mp4")):
        refused, said = Counter[str](), Counter[str]()
        n = 0
        for k, (_, pixels) in enumerate(from_file(clip)):
            if k % EVERY:
                continue
            n += 1
            for lenient in (False, True):
                report = examine(still(pixels), observer, options=Options(lenient=lenient)).report
                if not lenient:
                    refused.update(reason.code for reason in report.reasons)
                said.update({f"{'lenient' if lenient else 'strict'} {verdict(report)}": 1} if verdict(report) else {})
        told = ", ".join(f"{code} {count}" for code, count in refused.most_common(4))
        rows.append([clip.name, f"{n}", told, ", ".join(f"{k} {c}" for k, c in said.items()) or "none",
                     "NO" if said else "yes"])  # fmt: skip
    return rows


def main(shared: Path, write: bool, overlays: Path | None) -> int:
    if overlays is not None:
        overlays.mkdir(parents=True, exist_ok=True)
    observer = MediaPipeObserver()
    photo_rows, errors = photos(shared / "photos", observer, overlays)
    clip_rows = clips(shared / "videos", observer)
    off = np.concatenate(errors.back)
    within = max(OUTLINE_PCT, 2 * errors.repeat_sd())
    near = float(np.mean(np.abs(off[np.isfinite(off)]) <= within))
    tables: dict[str, str] = {
        "photos": table(
            ("photo", "shows", "refused for", *ANGLES, "verdict", "outline off, %", "as expected"), photo_rows
        ),
        "clips": table(("clip", "frames", "refused for", "verdicts", "as expected"), clip_rows),
        "points": table(("point", "n", "RMS, % of stature", "median", "repeat SD"), errors.rows()),
    }
    good = [row[-1] == "yes" for row in (*photo_rows, *clip_rows)]
    summary = (f"{sum(good)} of {len(good)} as expected; outline within {within:.1f} % of stature of the hand-set line "
               f"at {near:.0%} of {np.isfinite(off).sum()} points (repeat SD {errors.repeat_sd():.2f} %).")  # fmt: skip
    print("\n\n".join((*tables.values(), summary)))
    if write:
        for name, text in tables.items():
            put(DOCUMENT, name, text if name != "points" else f"{text}\n\n{summary}")
    return int(not all(good) or near < 0.95)


if __name__ == "__main__":
    arguments: list[Any] = sys.argv[1:]
    target = Path(arguments[arguments.index("--overlays") + 1]) if "--overlays" in arguments else None
    sys.exit(main(Path(arguments[0]), "--write" in arguments, target))
