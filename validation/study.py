"""Compare the estimate with pelves that somebody measured:  python -m validation.study STUDY.csv  (docs/study.md)

    python -m validation.study STUDY.csv               the tables of a study
    python -m validation.study --generate FOLDER [-n 24]     a study of generated people, to try it out

One row a photo: ``file`` (relative to the CSV), ``person``, ``clothing``, and the reference: ``calliper_deg``, read off
an inclinometer from PSIS to ASIS, + anterior, or the stickers ``asis_x``, ``asis_y``, ``psis_x``, ``psis_y`` in pixels
of the file. ``pose`` is relaxed (also where it is left out), arched or tucked. More columns are kept aside.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from posture.body.observation import Observer
from posture.errors import PostureError
from posture.io.photos import read_photo
from posture.measures.measurement import Measurement
from posture.pipeline import Options, analyze
from posture.plan.intake import Intake
from posture.vision.mediapipe_pose import MediaPipeObserver
from validation.judge import auc, interval, rms
from validation.tables import table

Array = NDArray[np.float64]
NEEDED = ("file", "person", "clothing")
MARKS = ("asis_x", "asis_y", "psis_x", "psis_y")
CALLIPER = "calliper_deg"
RELAXED = "relaxed"
#: What each verdict claims of the reference, degrees: more than, less than.
CLAIMS = {
    "marked_anterior_tilt": (15.0, np.inf),
    "mild_anterior_tilt": (15.0, np.inf),
    "no_sign": (5.0, 15.0),
    "less_forward": (-np.inf, 5.0),
    "posterior_tilt": (-np.inf, 0.0),
}
#: What a finger's and a calliper's reading of a generated pelvis is off by, degrees, one SD.
RATER_SD = 2.9


@dataclass(frozen=True)
class Photo:
    """One photo of a study: the reference, what posture read ± its 95 % (nan where nothing), its verdict."""

    person: str
    pose: str
    reference: float
    estimate: float
    half_width: float
    curve: float
    verdict: str

    @property
    def error(self) -> float:
        """Estimate minus reference, degrees."""
        return self.estimate - self.reference


def read_study(file: Path) -> list[dict[str, str]]:
    """The rows. Raises ValueError naming the columns that are missing."""
    with file.open(newline="", encoding="utf-8-sig") as opened:
        rows = list(csv.DictReader(opened))
    there = rows[0] if rows else {}
    missing = [name for name in NEEDED if name not in there]
    if not missing and CALLIPER not in there:
        missing = [name for name in MARKS if name not in there]
    if missing:
        raise ValueError(f"{file}: no rows, or the columns {', '.join(missing)} are missing")
    return rows


def read_photo_of(row: dict[str, str], folder: Path, observer: Observer) -> Photo:
    """What posture says of one row without being shown its marks. Raises PostureError and ValueError."""
    frame = read_photo(folder / row["file"])
    intake = Intake.from_mapping({"person": {"clothing": row["clothing"]}})
    said = row.get(CALLIPER, "").strip()
    if said:
        reference = float(said)
    else:
        asis_x, asis_y, psis_x, psis_y = (float(row[name]) for name in MARKS)
        marked = analyze(frame, observer, None, intake, Options(asis=(asis_x, asis_y), psis=(psis_x, psis_y)))
        reference = _value(marked.measurements.get("asis_psis_tilt"))
    report = analyze(frame, observer, None, intake)
    estimate = report.measurements.get("pelvic_tilt_estimate")
    return Photo(
        row["person"],
        row.get("pose", "").strip() or RELAXED,
        reference,
        _value(estimate),
        1.96 * estimate.quantity.sigma if isinstance(estimate, Measurement) else float("nan"),
        _value(report.measurements.get("contour_lordosis")),
        "refused" if report.finding is None else report.finding.kind,
    )


def _value(measured: object) -> float:
    return measured.quantity.value if isinstance(measured, Measurement) else float("nan")


def agreement(photos: Sequence[Photo]) -> str:
    """How relaxed photos agree with the reference; 95 % intervals over the people, who are resampled whole."""
    read = [one for one in photos if one.pose == RELAXED and np.isfinite(one.error)]
    people = sorted({one.person for one in read})
    grouped = [[one for one in read if one.person == person] for person in people]
    several = [group for group in grouped if len(group) > 1]

    def over_people(statistic: Callable[[list[list[Photo]]], float]) -> str:
        value = statistic(grouped)
        low, high = interval(lambda at: statistic([grouped[int(k)] for k in at]), np.arange(float(len(people))))
        return f"{value:+.2f}" + (f" ({low:.2f} to {high:.2f})" if np.isfinite(low + high) else "")

    tilt = _means(grouped)
    rows = [
        ["relaxed photos, read, people", f"{sum(p.pose == RELAXED for p in photos)}, {len(read)}, {len(people)}"],
        ["bias, °", over_people(bias)],
        ["limits of agreement, °: lower", over_people(lambda groups: bias(groups) - 1.96 * spread(groups))],
        ["limits of agreement, °: upper", over_people(lambda groups: bias(groups) + 1.96 * spread(groups))],
        ["ICC(A,1) of reading and reference", over_people(icc)],
        ["RMSE between people, ° (the sigma to ship, bone shape included)", over_people(between)],
        ["degrees of reading per degree of reference", over_people(slope)],
        ["AUC for more than 15°", over_people(over_fifteen)],
        ["95 % intervals hold", over_people(holds)],
        [
            "tilt of the reference between people, °",
            f"{tilt.mean():.1f} ± {tilt.std(ddof=1):.1f}",
        ],
        ["r of curve and tilt between people", over_people(curve_and_tilt)],
    ]
    if several:
        rows.insert(6, ["error within a person, ° (the sem)", f"{within(several):.2f}"])
    return table(("what", "found (95 % over people)"), rows)


def bias(groups: list[list[Photo]]) -> float:
    """Mean over people of their mean error."""
    return float(np.mean(_errors(groups)))


def spread(groups: list[list[Photo]]) -> float:
    """SD of a single photo's difference: between people, and within where there are several (Bland & Altman 1999)."""
    several = [group for group in groups if len(group) > 1]
    of_means = float(np.var(_errors(groups), ddof=1))
    if not several:
        return float(np.sqrt(of_means))
    inverse = float(np.mean([1 / len(group) for group in groups]))
    return float(np.sqrt(of_means + (1 - inverse) * within(several) ** 2))


def within(several: list[list[Photo]]) -> float:
    """SD of a person's photos about the person's own mean error, people with two photos or more."""
    squares = [np.var([one.error for one in group]) * len(group) for group in several]
    return float(np.sqrt(np.sum(squares) / (sum(map(len, several)) - len(several))))


def between(groups: list[list[Photo]]) -> float:
    """RMSE over people of their mean error."""
    return rms(_errors(groups))


def slope(groups: list[list[Photo]]) -> float:
    """Degrees of reading per degree of reference, least squares over the people's means."""
    return float(np.polyfit(_means(groups), _means(groups) + _errors(groups), 1)[0])


def icc(groups: list[list[Photo]]) -> float:
    """Intraclass correlation ICC(A,1), absolute agreement of two readings (McGraw & Wong 1996, table 4, case 2).

    Readings 1, 2, 3 beside 2, 3, 4 give 0.667: all the people differ, and the readings by one.
    """
    pairs = np.column_stack([_means(groups), _means(groups) + _errors(groups)])
    n, k = pairs.shape
    rows = k * np.var(pairs.mean(axis=1), ddof=1)
    columns = n * np.var(pairs.mean(axis=0), ddof=1)
    off = pairs - pairs.mean(axis=1, keepdims=True) - pairs.mean(axis=0) + pairs.mean()
    error = float(np.sum(off**2) / ((n - 1) * (k - 1)))
    return float((rows - error) / (rows + (k - 1) * error + k / n * (columns - error)))


def holds(groups: list[list[Photo]]) -> float:
    """Share of photos whose 95 % interval holds the reference."""
    return float(np.mean([abs(one.error) <= one.half_width for group in groups for one in group]))


def curve_and_tilt(groups: list[list[Photo]]) -> float:
    """Correlation of lumbar curve and reference over the people's means."""
    curve = np.array([np.mean([one.curve for one in group]) for group in groups])
    known = np.isfinite(curve)
    if known.sum() < 3:
        return float("nan")
    return float(np.corrcoef(curve[known], _means(groups)[known])[0, 1])


def over_fifteen(groups: list[list[Photo]]) -> float:
    """AUC of the reading for a reference of more than 15°."""
    tilt = _means(groups)
    return auc(tilt + _errors(groups), tilt > 15)


def _errors(groups: list[list[Photo]]) -> Array:
    return np.array([np.mean([one.error for one in group]) for group in groups])


def _means(groups: list[list[Photo]]) -> Array:
    return np.array([np.mean([one.reference for one in group]) for group in groups])


def verdicts(photos: Sequence[Photo]) -> str:
    """Every verdict on the relaxed photos: how often it was given, the reference then, how often its claim holds."""
    relaxed = [one for one in photos if one.pose == RELAXED]
    rows = []
    for kind in dict.fromkeys((*CLAIMS, *(one.verdict for one in relaxed))):
        given = [one for one in relaxed if one.verdict == kind]
        if not given:
            continue
        reference = np.array([one.reference for one in given])
        claim = CLAIMS.get(kind)
        right = "–" if claim is None else f"{np.sum((reference > claim[0]) & (reference < claim[1]))} of {len(given)}"
        shares = (f"{np.mean(reference > 15):.0%}", f"{np.mean(reference < 5):.0%}", f"{np.mean(reference < 0):.0%}")
        mean = f"{reference.mean():.1f} ± {reference.std():.1f}"
        rows.append(
            [kind.replace("_", " "), str(len(given)), str(len({p.person for p in given})), mean, *shares, right]
        )
    header = ("verdict", "photos", "people", "reference, °", "over 15°", "under 5°", "under 0°", "claim holds")
    return table(header, rows)


def poses(photos: Sequence[Photo]) -> str:
    """How the reading follows a person from relaxed to arched and to tucked."""
    rows = []
    for pose in ("arched", "tucked"):
        moved = []
        for person in sorted({one.person for one in photos}):
            at = {
                name: [one for one in photos if one.person == person and one.pose == name and np.isfinite(one.error)]
                for name in (RELAXED, pose)
            }
            if all(at.values()):
                true, read = (
                    np.mean([getattr(one, what) for one in at[pose]]) - np.mean([getattr(o, what) for o in at[RELAXED]])
                    for what in ("reference", "estimate")
                )
                moved.append((true, read))
        if len(moved) > 1:
            true, read = np.array(moved).T
            same = f"{np.sum(np.sign(true) == np.sign(read))} of {len(moved)}"
            rows.append(
                [pose, str(len(moved)), f"{true.mean():+.1f}", f"{read.mean():+.1f}", f"{rms(read - true):.1f}", same]
            )
    header = ("from relaxed to", "people", "reference moved, °", "reading moved, °", "RMSE, °", "same direction")
    return table(header, rows) if rows else "No person was photographed relaxed and in another pose."


def generate(folder: Path, people: int, first: int = 9_300_000) -> Path:
    """A study of generated people, none of them in a set, as a clinic would send it: relaxed twice, arched, tucked."""
    from validation.people.person import draw
    from validation.people.sets import FAMILIES, picture

    folder.mkdir(parents=True, exist_ok=True)
    rows = []
    for seed in range(first, first + people):
        rng = np.random.default_rng([seed, 13])
        person = draw(seed, coupling="close", rotation_sd=5.0, arms="crossed", family=FAMILIES["matched"])
        for number, (pose, turn) in enumerate(((RELAXED, 0.0), (RELAXED, 0.0), ("arched", 10.0), ("tucked", -8.0))):
            stands = person.again(number, 1.25, turn, camera_moves=pose == RELAXED)
            name = f"p{seed - first:03d}_{number}_{pose}.jpg"
            shown = picture(stands, stands.body())
            cv2.imwrite(str(folder / name), shown[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 92])
            calliper = stands.asis_psis + RATER_SD * rng.standard_normal()
            who = f"p{seed - first:03d}"
            rows.append({"file": name, "person": who, "pose": pose, "clothing": "tight", CALLIPER: f"{calliper:.1f}"})
    file = folder / "study.csv"
    with file.open("w", newline="", encoding="utf-8") as opened:
        writer = csv.DictWriter(opened, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return file


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("study", type=Path, nargs="?", help="the CSV of a study")
    parser.add_argument("--generate", type=Path, metavar="FOLDER", help="write a study of generated people")
    parser.add_argument("-n", type=int, default=24, help="how many generated people")
    asked = parser.parse_args()
    if asked.generate is not None:
        print(f"written: {generate(asked.generate, asked.n)}")
        return 0
    if asked.study is None:
        parser.error("name the CSV of a study, or --generate FOLDER")
    try:
        rows = read_study(asked.study)
    except (OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return 2
    observer, photos = MediaPipeObserver(), []
    for row in rows:
        try:
            photos.append(read_photo_of(row, asked.study.parent, observer))
        except (PostureError, ValueError) as error:
            print(f"{row['file']}: left out: {error}", file=sys.stderr)
    if len({one.person for one in photos if one.pose == RELAXED and np.isfinite(one.error)}) < 3:
        print("fewer than three people could be compared", file=sys.stderr)
        return 1
    print("\n\n".join((agreement(photos), verdicts(photos), poses(photos))))
    return 0


if __name__ == "__main__":
    sys.exit(main())
