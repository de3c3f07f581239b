"""How far the back's outline lies from the true silhouette, by region of the body, on ray-traced pictures.

    python -m validation.outline PICTURES NAME...      NAME: sets of the ray tracer; pictures not there are left out

The true silhouette is that of the dressed body, drawn at twice the picture's size; rows on which an arm is the outline
do not count. Beside the outline that is measured stand the raw mask of the pose model and that of the second model.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from posture.body.frame import Frame
from posture.body.observation import Observation
from posture.body.sagittal import dorsal_side
from posture.errors import NoPerson
from posture.quality.view import facing_of
from posture.vision.mediapipe_pose import MediaPipeObserver
from validation.people.body import Body
from validation.people.camera import HEIGHT
from validation.people.outfit import dress, fitted, on_arm
from validation.people.person import Person
from validation.people.sets import SETS, name_of
from validation.tables import table

Array = NDArray[np.float64]
#: Statures above the hip joint between which each region lies.
REGIONS = {"neck": (0.29, 0.36), "thorax": (0.18, 0.29), "lumbar": (0.06, 0.18), "seat": (-0.06, 0.06),
           "thigh": (-0.20, -0.06), "calf": (-0.42, -0.20), "heel": (-0.50, -0.42)}  # fmt: skip
OUTLINES = ("refined", "masked", "second")
#: Rows on which an arm moves the true outline by more than this, percent of stature, do not count.
ARM_PCT = 0.3
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
    facing = facing_of(seen.pose)
    if facing is None or seen.silhouette is None:
        return {}
    side, hip_y = dorsal_side(facing), float(seen.pose.point("hip", facing)[1])
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


def pictures(folder: Path, name: str) -> Iterator[tuple[Observation, Person, Body]]:
    """What was seen in the pictures of a set that are in a folder, and who was painted."""
    observer = MediaPipeObserver()
    for number, recipe in enumerate(SETS[name]):
        file = folder / f"{name_of(name, number)}.jpg"
        if not file.exists():
            continue
        pixels = cv2.cvtColor(cv2.imread(str(file)), cv2.COLOR_BGR2RGB)
        person = recipe.person()
        try:
            seen = observer(
                Frame(pixels, pixels.shape[1], pixels.shape[0], "0" * 64, file.name), stickers=False, roll=False
            )
        except NoPerson as error:
            print(f"{file.name}: {error}", file=sys.stderr)
            continue
        yield seen, person, person.body()


def main(folder: Path, names: list[str]) -> int:
    gathered: dict[str, list[tuple[Array, Array]]] = {name: [] for name in OUTLINES}
    people = 0
    for name in names:
        for seen, person, body in pictures(folder, name):
            people += 1
            for outline, found in errors(seen, person, body).items():
                gathered[outline].append(found)
    rows = []
    for region, (low, high) in REGIONS.items():
        cells = []
        for outline in OUTLINES:
            height, error = (np.concatenate(column) for column in zip(*gathered[outline], strict=True))
            some = error[(height >= low) & (height < high) & np.isfinite(error)]
            cells.append(f"{some.mean():+.2f}, {np.abs(some).mean():.2f}, {np.percentile(np.abs(some), 95):.2f}")
        rows.append((region, *cells))
    print(
        f"{people} pictures; percent of stature: mean, mean size and 95th percentile of the error, + inside the body\n"
    )
    print(table(("region", "measured", "raw mask", "second model"), rows))
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2:]))
