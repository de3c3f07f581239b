"""How far the back's outline lies from the true silhouette, by region of the body, on ray-traced pictures.

    python -m validation.outline PICTURES NAME... [--from N]    NAME: sets of the ray tracer, from their Nth picture on

Pictures that are not there are left out. Then the back from seat to thorax where it is measured: its error at a hem and
elsewhere, by what stands behind, jumps between the legs, and how often it is measured where an arm covers it.

The true silhouette is that of the dressed body, drawn at twice the picture's size; rows on which an arm is the outline
do not count. Beside the outline that is measured stand the raw mask of the pose model and that of the second model.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from posture.body.observation import Observation
from posture.body.orientation import orientation_of
from validation.judge import SIDE_ON_DEG, Judged, judge
from validation.people.body import Body
from validation.people.camera import HEIGHT
from validation.people.outfit import dress, fitted, on_arm
from validation.people.person import Person
from validation.people.sets import SETS, name_of, observe, truth
from validation.tables import put, table

Array = NDArray[np.float64]
#: Statures above the hip joint between which each region lies.
REGIONS = {"neck": (0.29, 0.36), "thorax": (0.18, 0.29), "lumbar": (0.06, 0.18), "seat": (-0.06, 0.06),
           "thigh": (-0.20, -0.06), "calf": (-0.42, -0.20), "heel": (-0.50, -0.42)}  # fmt: skip
DOCUMENT = Path(__file__).parent.parent / "docs" / "other_pictures.md"
OUTLINES = ("refined", "masked", "second")
#: Rows on which an arm moves the true outline by more than this, percent of stature, do not count.
ARM_PCT = 0.3
#: Statures above the hip joint: from the seat to the thorax, between the legs; a hem's rows lie within HEM of it.
BACK, LEGS, HEM = (-0.06, 0.29), (-0.42, -0.06), 0.015
_FINER = 2


def true_edge(person: Person, body: Body, side: str, height: int, arms: bool) -> Array:
    """x of the true silhouette's edge on every row of a picture of that height, px; nan where nothing is."""
    camera = replace(person.camera, scale=_FINER * height / HEIGHT)
    wide, tall = camera.size
    mask = np.zeros((tall, wide), np.uint8)
    for part in fitted(dress(body.vertices, person.outfit)):
        faces = part.faces
        if not arms:
            faces = faces[on_arm()[np.minimum(faces, len(on_arm()) - 1)].mean(axis=1) < 0.5]
        corners = np.round((camera.project(part.vertices)[0][faces] + 0.5) * 16).astype(np.int32)
        for corner in corners:
            cv2.fillConvexPoly(mask, corner, 255, lineType=cv2.LINE_8, shift=4)
    rows = mask[_FINER // 2 :: _FINER] > 0
    edge = rows.argmax(axis=1) if side == "left" else wide - rows[:, ::-1].argmax(axis=1)
    return np.where(rows.any(axis=1), edge / _FINER - 0.5, np.nan)


def errors(seen: Observation, person: Person, body: Body) -> dict[str, tuple[Array, Array]]:
    """Height above the hip (n,) in statures and error (n,) in percent of stature, + inside the body, by outline."""
    orientation = orientation_of(seen.pose, None)
    if orientation.facing is None or seen.silhouette is None:
        return {}
    side, hip_y = orientation.dorsal, float(seen.pose.point("hip", orientation.near)[1])
    true, armless = (true_edge(person, body, side, seen.height_px, arms) for arms in (True, False))
    counts = np.abs(true - armless) < ARM_PCT / 100 * seen.stature_px
    found = {}
    for name in OUTLINES:
        outline = getattr(seen.silhouette, name)
        if outline is None:
            continue
        edge = outline.edge(side)
        rows = edge[:, 1].astype(int)
        inside = (rows < len(true)) & counts[np.minimum(rows, len(true) - 1)]
        away = (edge[inside, 0] - true[rows[inside]]) * (1 if side == "left" else -1)
        found[name] = ((hip_y - edge[inside, 1]) / seen.stature_px, 100 * away / seen.stature_px)
    return found


@dataclass(frozen=True, eq=False)
class Picture:
    """One picture: who was painted, what the pipeline said, errors by outline (see `errors`) and of the back."""

    person: Person
    arm_pct: float
    judged: Judged
    found: dict[str, tuple[Array, Array]]
    hem: float | None

    @property
    def answered(self) -> bool:
        """Whether the outline of the back was measured."""
        return self.judged.body is not None and self.judged.body.contour is not None

    def back(self, at_hem: bool | None = None) -> Array:
        """Size of the measured outline's error from seat to thorax, percent of stature; at the hem alone, or off it."""
        if "refined" not in self.found:
            return np.zeros(0)
        height, error = self.found["refined"]
        kept = (height >= BACK[0]) & (height < BACK[1]) & np.isfinite(error)
        if at_hem is not None:
            near = np.zeros(len(height), bool) if self.hem is None else np.abs(height - self.hem) < HEM
            kept &= near == at_hem
        size: Array = np.abs(error[kept])
        return size

    @property
    def jump(self) -> float:
        """Largest step of the error from row to row between the legs, percent of stature; nan where nothing is read."""
        if "refined" not in self.found:
            return float("nan")
        height, error = self.found["refined"]
        between = np.abs(np.diff(error[(height >= LEGS[0]) & (height < LEGS[1]) & np.isfinite(error)]))
        return float(between.max()) if between.size else float("nan")


def hem_height(person: Person, body: Body) -> float | None:
    """Height of the top's hem at the back above the hip joint, statures; None where nothing is worn above."""
    top = next((part for part in fitted(dress(body.vertices, person.outfit)) if part.name == "top"), None)
    if top is None:
        return None
    worn = top.vertices[np.unique(top.faces)]
    behind = worn[worn[:, 2] < np.median(worn[:, 2])]
    hip = (body.joints["hip.L"] + body.joints["hip.R"])[1] / 2
    return float((behind[:, 1].min() - hip) / person.stature)


def pictures(folder: Path, name: str, first: int = 0) -> Iterator[Picture]:
    """The pictures of a set that are in a folder."""
    for number, recipe in enumerate(SETS[name]):
        file = folder / f"{name_of(name, number)}.jpg"
        if number < first or not file.exists():
            continue
        person = recipe.person()
        body = person.body()
        known = truth(recipe, person, body, name_of(name, number))
        seen = observe(cv2.cvtColor(cv2.imread(str(file)), cv2.COLOR_BGR2RGB), known)
        (judged,) = judge([seen])
        found = {} if seen.observation is None else errors(seen.observation, person, body)
        yield Picture(person, known["arm_over_back"], judged, found, hem_height(person, body))


def by_region(some: Sequence[Picture]) -> str:
    """Mean, mean size and 95th percentile of every outline's error, by region."""
    rows = []
    for region, (low, high) in REGIONS.items():
        cells = []
        for outline in OUTLINES:
            both = [one.found[outline] for one in some if outline in one.found]
            height, error = (np.concatenate(column) for column in zip(*both, strict=True))
            kept = error[(height >= low) & (height < high) & np.isfinite(error)]
            cells.append(f"{kept.mean():+.2f}, {np.abs(kept).mean():.2f}, {np.percentile(np.abs(kept), 95):.2f}")
        rows.append((region, *cells))
    return table(("region", "measured", "raw mask", "second model"), rows)


def of_the_back(some: Sequence[Picture]) -> str:
    """What the promises about the outline ask."""
    answered = [one for one in some if one.answered]
    every = np.concatenate([one.back() for one in answered])
    hem, off = (np.concatenate([one.back(at) for one in answered]).mean() for at in (True, False))
    jumps = np.array([one.jump for one in answered])
    rows = [
        ("pictures, with the back measured", f"{len(some)}, {len(answered)}"),
        ("error from seat to thorax, % of stature", f"mean {every.mean():.2f}, 95th percentile {_high(every):.2f}"),
        ("at a hem, elsewhere", f"{hem:.2f}, {off:.2f}: {hem / off:.1f} times"),
    ]
    walls: dict[str, list[Array]] = {}
    for one in answered:
        walls.setdefault(one.person.room.background, []).append(one.back())
    rows += [
        (f"before {wall.replace('_', ' ')} ({len(found)})", f"{np.concatenate(found).mean():.2f}")
        for wall, found in sorted(walls.items())
    ]
    rows.append(("jumps between the legs over 1 %", f"{np.sum(jumps > 1)} of {np.isfinite(jumps).sum()}"))
    over = [one.arm_pct * one.person.stature for one in some]  # cm
    side_on = [abs(one.person.camera.yaw) < SIDE_ON_DEG for one in some]
    groups = {
        "an arm covers the back by 1 cm or more: back measured": [
            o for o, cm in zip(some, over, strict=True) if cm >= 1
        ],
        "an arm covers it by less": [o for o, cm in zip(some, over, strict=True) if 0 < cm < 1],
        "arm clear, side-on": [o for o, cm, on in zip(some, over, side_on, strict=True) if cm == 0 and on],
    }
    rows += [(what, f"{sum(one.answered for one in group)} of {len(group)}") for what, group in groups.items()]
    return table(("ray-traced, seat to thorax", "found"), rows)


def _high(values: Array) -> float:
    return float(np.percentile(values, 95))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("names", nargs="+")
    parser.add_argument("--from", dest="first", type=int, default=0)
    parser.add_argument("--write", action="store_true", help=f"put the tables into {DOCUMENT.name}")
    asked = parser.parse_args()
    some = [one for name in asked.names for one in pictures(asked.folder, name, asked.first)]
    found = by_region(some) + "\n\n" + of_the_back(some)
    print(found)
    if asked.write:
        put(DOCUMENT, "outline", found)
    return 0


if __name__ == "__main__":
    sys.exit(main())
