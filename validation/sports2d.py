"""What Sports2D reads off the same landmarks, for the table of baselines.

    python -m validation.sports2d write DIR            in posture's environment: landmark files of the judged sets
    S2D/bin/python validation/sports2d.py run DIR      in one of its own that holds sports2d: its angles, angles.csv
    python -m validation.sports2d keep DIR             takes them over into validation/sports2d.csv

Its angle stage runs on landmarks alone: each still is repeated 60 times in one clip a facing, and the median of the
middle third of its angles is kept; once as it comes, and once with the floor angle 0 and the visible side given.
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

import numpy as np

#: What its lines are fitted on, and what is judged.
SETS = ("tuning", "norm_people", "strangers", "natural_loose")
REPEATED, RATE = 60, 60
KEPT = Path(__file__).parent / "sports2d.csv"
#: HALPE-26 names and the landmarks that stand for them: (name, side), or two of them whose middle is taken.
HALPE = {
    "Hip": (("hip", "left"), ("hip", "right")),
    "RHip": (("hip", "right"),), "RKnee": (("knee", "right"),), "RAnkle": (("ankle", "right"),),
    "RBigToe": (("toe", "right"),), "RSmallToe": (("toe", "right"),), "RHeel": (("heel", "right"),),
    "LHip": (("hip", "left"),), "LKnee": (("knee", "left"),), "LAnkle": (("ankle", "left"),),
    "LBigToe": (("toe", "left"),), "LSmallToe": (("toe", "left"),), "LHeel": (("heel", "left"),),
    "Neck": (("shoulder", "left"), ("shoulder", "right")),
    "Head": (("ear", "left"), ("ear", "right")), "Nose": (("mouth", "left"), ("mouth", "right")),
    "RShoulder": (("shoulder", "right"),), "RElbow": (("elbow", "right"),), "RWrist": (("wrist", "right"),),
    "LShoulder": (("shoulder", "left"),), "LElbow": (("elbow", "left"),), "LWrist": (("wrist", "left"),),
}  # fmt: skip
#: Columns of its result that a reader would take for the pelvis.
ANGLES = ("pelvis", "right hip", "left hip")


def write(folder: Path) -> None:
    """One landmark file and one list of names for every set and facing."""
    from validation.observed import FOLDER, load_set
    from validation.vectors import OBSERVATIONS

    folder.mkdir(parents=True, exist_ok=True)
    for name in SETS:
        seen = load_set(name, OBSERVATIONS if name in ("tuning", "norm_people") else FOLDER)
        for facing in ("left", "right"):
            group = [one for one in seen if one.observation is not None and one.truth["faces"] == facing]
            rows = []
            for one in group:
                pose = one.observation.pose  # type: ignore[union-attr]
                points = [np.mean([pose.point(*at) for at in where], axis=0) for where in HALPE.values()]
                rows += [[f"{v:.3f}" for x, y in points for v in (x, y, 0.0)]] * REPEATED
            _write_trc(folder / f"{name}-{facing}_px.trc", rows)
            (folder / f"{name}-{facing}.txt").write_text("\n".join(one.truth["name"] for one in group) + "\n")


def _write_trc(file: Path, rows: list[list[str]]) -> None:
    markers = list(HALPE)
    with file.open("w", newline="") as opened:
        out = csv.writer(opened, delimiter="\t")
        out.writerow(["PathFileType", "4", "(X/Y/Z)", file.name])
        out.writerow(["DataRate", "CameraRate", "NumFrames", "NumMarkers", "Units", "OrigDataRate",
                      "OrigDataStartFrame", "OrigNumFrames"])  # fmt: skip
        out.writerow([RATE, RATE, len(rows), len(markers), "px", RATE, 0, len(rows)])
        out.writerow(["Frame#", "Time", *(cell for marker in markers for cell in (marker, "", ""))])
        out.writerow(["", "", *(f"{axis}{k + 1}" for k in range(len(markers)) for axis in "XYZ")])
        out.writerows([[k, f"{k / RATE:.5f}", *row] for k, row in enumerate(rows)])


def run(folder: Path) -> None:
    """Sports2D's angles of every still, both ways, into angles.csv."""
    import cv2
    from Sports2D import Sports2D

    found: dict[str, dict[str, float]] = {}
    for names in sorted(folder.glob("*.txt")):
        stills = names.read_text().split()
        clip = folder / f"{names.stem}.mp4"
        video = cv2.VideoWriter(str(clip), cv2.VideoWriter.fourcc(*"mp4v"), RATE, (720, 1280))
        for _ in range(REPEATED * len(stills)):
            video.write(np.zeros((1280, 720, 3), np.uint8))
        video.release()
        facing = names.stem.rsplit("-", 1)[1]
        for way, side, floor in (("default", "auto", "auto"), ("told", facing, 0)):
            out = folder / way
            out.mkdir(exist_ok=True)
            Sports2D.process(_config(clip, folder / f"{names.stem}_px.trc", out, side, floor))
            for still, angles in zip(stills, _middles(out / f"{names.stem}_Sports2D"), strict=False):
                found.setdefault(still, {}).update({f"{way} {name}": value for name, value in angles.items()})
    with (folder / "angles.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        columns = [f"{way} {name}" for way in ("default", "told") for name in ANGLES]
        writer.writerow(["name", *columns])
        for still, angles in sorted(found.items()):
            writer.writerow([still, *(f"{angles[c]:.2f}" if c in angles else "" for c in columns)])


def _config(clip: Path, landmarks: Path, out: Path, side: str, floor: object) -> dict[str, dict[str, object]]:
    off = {"show_realtime_results": False, "save_vid": False, "save_img": False}
    return {
        "base": {
            "video_input": clip.name, "video_dir": str(clip.parent), "result_dir": str(out), "visible_side": [side],
            "load_trc_px": str(landmarks), "nb_persons_to_detect": 1, "person_ordering_method": "highest_likelihood",
            "calculate_angles": True, "save_angles": True, "save_pose": True, **off,
        },
        "px_to_meters_conversion": {"to_meters": True, "make_c3d": False, "save_calib": False, "floor_angle": floor},
        # no outliers within a still, and the steps from still to still are none
        "post-processing": {"show_graphs": False, "save_graphs": False, "reject_outliers": False},
    }  # fmt: skip


def _middles(folder: Path) -> list[dict[str, float]]:
    """Median over the middle third of every still, from the one angle file in a result folder."""
    (file,) = folder.glob("*angles*.mot")
    lines = file.read_text().splitlines()
    start = next(k for k, line in enumerate(lines) if line.startswith("time"))
    header = [name.strip().lower() for name in lines[start].split("\t")]
    table = np.array([[float(cell or "nan") for cell in line.split("\t")] for line in lines[start + 1 :]])
    thirds = [table[k : k + REPEATED][REPEATED // 3 : 2 * REPEATED // 3] for k in range(0, len(table), REPEATED)]
    return [
        {name: float(np.nanmedian(part[:, header.index(name)])) for name in ANGLES if name in header} for part in thirds
    ]


def main() -> int:
    what, folder = sys.argv[1], Path(sys.argv[2])
    if what == "write":
        write(folder)
    elif what == "run":
        run(folder)
    elif what == "keep":
        KEPT.write_bytes((folder / "angles.csv").read_bytes())
    else:
        print(__doc__, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
