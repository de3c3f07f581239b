"""How much more reliable do the further ways make it?  python -m validation.refine  (``make refine``)

Repeated photos and three poses come from the committed observations. Stickers and the Thomas photo are painted anew,
for which the mesh data is needed (``make people`` fetches it). Figures go into the marked places of docs/refine.md.
``python -m validation.refine roll PICTURES NAME...`` judges the camera's roll on ray-traced pictures of these sets.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from math import atan2, degrees
from multiprocessing import get_context
from pathlib import Path

import numpy as np

from posture.body.frame import Frame
from posture.errors import UnsuitablePhoto
from posture.followup.change import compare
from posture.followup.three_poses import POSES, three_poses
from posture.io.photos import read_photo
from posture.knowledge.load import Knowledge
from posture.pipeline import analyze
from posture.plan.intake import Intake
from posture.plan.thomas import Thomas, thomas
from posture.report.report import Report
from posture.text.labels import NAMES
from posture.vision.lying import find_hanging_leg
from posture.vision.mediapipe_pose import MediaPipeObserver
from validation.markers import JUDGED, SEEN, Case, best, cases, right
from validation.observed import Seen, load_set
from validation.people.mesh import DATA
from validation.people.outfit import dress
from validation.people.outfit import table as table_under
from validation.people.paint import paint
from validation.people.person import draw
from validation.people.sets import SETS, STANCE_SD
from validation.tables import put, table

DOCUMENT = Path(__file__).parent.parent / "docs" / "refine.md"
PHOTOS = Path(__file__).parent.parent.parent / "shared" / "photos"
TRUE_OF = {"pelvic_tilt_estimate": "rotation"}
LYING = range(340_000, 340_120)


def reports(seen: list[Seen]) -> list[Report]:
    """Every picture through the pipeline, clothes told; every one named apart from the others."""
    knowledge = Knowledge.load()
    made = [analyze(one.frame, one, knowledge, Intake(clothing=one.truth["fit"])) for one in seen]
    return [replace(r, photo=replace(r.photo, sha256=one.truth["name"])) for r, one in zip(made, seen, strict=True)]


def change_table() -> str:
    """How often two photos of an unchanged person are called changed, and people who truly changed are."""
    still, moved, knowledge = load_set("twice"), load_set("within"), Knowledge.load()
    found: dict[str, list[bool]] = {}
    real: dict[str, list[bool]] = {}
    told = reports(still)
    for before, after in zip(told[::2], told[1::2], strict=True):
        for change in compare(before, after, knowledge):
            if change.diff is not None:
                found.setdefault(change.measure, []).append(change.verdict == "changed")
    told = reports(moved)
    for (a, before), (b, after) in _pairs_of_one(list(zip(moved, told, strict=True))):
        for change in compare(before, after, knowledge):
            name = TRUE_OF.get(change.measure, f"true_{change.measure}")
            if change.mdc95 is None or name not in a.truth:
                continue
            if abs(b.truth[name] - a.truth[name]) >= 2 * change.mdc95:
                real.setdefault(change.measure, []).append(change.verdict == "changed")
    rows = []
    for name, called in found.items():
        truly = real.get(name, [])
        share = f"{np.mean(truly):.0%} of {len(truly)}" if len(truly) >= 5 else "–"
        rows.append((NAMES[name], f"{np.mean(called):.1%} of {len(called)}", share))
    every, truly = [c for called in found.values() for c in called], [c for called in real.values() for c in called]
    rows.append(("**all**", f"**{np.mean(every):.1%}** of {len(every)}", f"**{np.mean(truly):.0%}** of {len(truly)}"))
    header = ("measure", "unchanged, called changed (wanted 5 ± 2 %)", "changed by twice the MDC, called (≥ 95 %)")
    return (
        f"Two photos each of {len(still) // 2} people who stand anew by {STANCE_SD}° (one SD) a segment, clothes of "
        f"the same fit, camera and room drawn anew; truly changed pairs from {len(moved)} photos of other people.\n\n"
        + table(header, rows)
    )


def _pairs_of_one(seen: list[tuple[Seen, Report]]) -> Iterator[tuple[tuple[Seen, Report], tuple[Seen, Report]]]:
    for k, one in enumerate(seen):
        for other in seen[k + 1 :]:
            if one[0].truth["seed"] == other[0].truth["seed"]:
                yield one, other


def poses_table() -> str:
    """Error of the position in the own range."""
    seen = load_set("poses")
    told = reports(seen)
    error, z, true, range_error, why = [], [], [], [], Counter[str]()
    for k in range(0, len(seen), 3):
        result = three_poses(dict(zip(POSES, told[k : k + 3], strict=True)))
        relaxed, arched, tucked = (one.truth["rotation"] for one in seen[k : k + 3])
        if result.position is None or result.range is None:
            why.update(reason.code for reason in result.reasons[:1])
            continue
        true.append((relaxed - tucked) / (arched - tucked))
        error.append(result.position.value - true[-1])
        z.append(error[-1] / result.position.sigma)
        range_error.append(result.range.value - (arched - tucked))
    rows = [
        ("position, RMSE in shares of the range", "≤ 0.12", f"{_rms(error):.3f}"),
        ("guessing the mean position", "", f"{np.std(true):.3f}"),
        ("95 % intervals hold", "", f"{np.mean(np.abs(z) < 1.96):.0%}"),
        ("own range, RMSE", "", f"{_rms(range_error):.1f}°, bias {np.mean(range_error):+.1f}°"),
        ("told", "", f"{len(error)} of {len(seen) // 3}; not told: {dict(why)}"),
    ]
    return table(("three poses", "wanted", "reached"), rows)


def stickers_table() -> str:
    """Finds, wrong pairs and false finds."""
    sure = Knowledge.load().gates.stickers_sure
    all_ = list(cases(JUDGED))
    rated = {one.seed: best(one) for one in all_}

    def taken(one: Case) -> bool:
        pair = rated[one.seed]
        return pair is not None and pair[0] >= sure

    marked, plain = [one for one in all_ if one.marked], [one for one in all_ if not one.marked]
    visible = [one for one in marked if one.seen >= SEEN]
    found = [one for one in visible if taken(one) and right(one, *rated[one.seed][1:])]  # type: ignore[index]
    wrong = [one for one in marked if taken(one) and not right(one, *rated[one.seed][1:])]  # type: ignore[index]
    false = [one for one in plain if taken(one)]
    error = []
    for one in found:
        _, psis, asis = rated[one.seed]  # type: ignore[misc]
        run, drop = asis.xy_px - psis.xy_px
        error.append(degrees(atan2(drop, abs(run))) - one.tilt)
    real, of = _false_in_photos(sure)
    parts = {
        "of one strong colour": [one for one in visible if not one.ring],
        "black with a white rim": [one for one in visible if one.ring],
        "8 px across or more": [one for one in visible if one.radius_px >= 4],
        "of one strong colour, 8 px across or more": [one for one in visible if not one.ring and one.radius_px >= 4],
    }
    hits = {one.seed for one in found}
    finer = [
        (f"the same {name} (n {len(part)})", "", f"{np.mean([one.seed in hits for one in part]):.1%}")
        for name, part in parts.items()
    ]
    rows = [
        (f"both seen, pair found and taken (n {len(visible)})", "≥ 95 %", _share(found, visible)),
        *finer,
        (
            f"a wrong pair taken (n {len(marked)} with stickers)",
            "≤ 0.5 %",
            f"{len(wrong) / len(marked):.1%} ({len(wrong)})",
        ),
        (f"taken where there is none (n {len(plain)})", "≤ 1 %", _share(false, plain)),
        ("the same in real photos without stickers", "≤ 1 %", "not run here" if not of else f"{real} of {of}"),
        ("tilt of the line against the stickers' true line, RMSE", "≤ 1.0°", f"{_rms(error):.2f}°"),
        ("with prints, buttons or rivets", "≥ 30 %", f"{np.mean([one.confusing for one in all_]):.0%}"),
    ]
    return table(("stickers", "wanted", "reached"), rows)


def _share(some: list[Case], of: list[Case]) -> str:
    return f"{len(some) / len(of):.1%} ({len(some)})"


def _false_in_photos(sure: float) -> tuple[int, int]:
    """How many real photos give a pair of stickers, none of which has any."""
    if not PHOTOS.is_dir():
        return 0, 0
    observer, found, looked = MediaPipeObserver(), 0, 0
    for photo in sorted(PHOTOS.glob("*.jpg")):
        try:
            marks = observer(read_photo(photo)).found_marks
        except UnsuitablePhoto:
            continue
        looked += 1
        found += marks is not None and marks.confidence >= sure
    return found, looked


@dataclass(frozen=True)
class Lying:
    """A painted Thomas photo: true thigh angle and knee bend in the picture, and what was read; None where nothing."""

    thigh: float
    knee: float
    read: Thomas | None


_observer: MediaPipeObserver | None = None


def lying(seed: int) -> Lying:
    """Draw, paint and measure one person at a table's end, the left leg hanging."""
    global _observer
    if _observer is None:
        _observer = MediaPipeObserver()
    rng = np.random.default_rng([seed, 12])
    person = draw(seed, stance="thomas", fit=("tight", "normal")[rng.integers(2)])
    person = replace(person, camera=replace(person.camera, side="left" if rng.random() < 0.75 else "right"))
    body = person.body()
    parts = [*dress(body.vertices, person.outfit), table_under(body.joints, body.vertices)]
    pixels = paint(parts, person.camera, person.room)
    hip, knee, ankle = (body.joints[f"{name}.L"] for name in ("hip", "knee", "ankle"))
    true = degrees(atan2(knee[1] - hip[1], abs(knee[2] - hip[2])))
    shank = degrees(atan2(ankle[1] - knee[1], (ankle[2] - knee[2]) * np.sign(knee[2] - hip[2])))
    frame = Frame(pixels, pixels.shape[1], pixels.shape[0], "0" * 64, str(seed))
    try:
        leg = find_hanging_leg(frame, _observer)
    except UnsuitablePhoto:
        return Lying(true, true - shank, None)
    roll = Knowledge.load().gates.roll_unknown_deg
    return Lying(true, true - shank, thomas(leg.points, 0.0, roll, True, leg.side))


def thomas_table() -> str:
    """Error of the thigh angle from landmarks."""
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        all_ = list(pool.map(lying, LYING, chunksize=4))
    read = [one for one in all_ if one.read is not None]
    thigh = [one.read.thigh.value - one.thigh for one in read]  # type: ignore[union-attr]
    held = [abs(e) < 1.96 * one.read.thigh.sigma for e, one in zip(thigh, read, strict=True)]  # type: ignore[union-attr]
    knee = [one.read.knee_flexion.value - one.knee for one in read]  # type: ignore[union-attr]
    sigma = float(np.median([one.read.thigh.sigma for one in read]))  # type: ignore[union-attr]
    rows = [
        ("thigh angle from landmarks, RMSE", "", f"{_rms(thigh):.1f}°, bias {np.mean(thigh):+.1f}°"),
        ("its 95 % interval holds", "≥ 95 %", f"{np.mean(held):.1%} (median half-width {1.96 * sigma:.0f}°)"),
        ("knee bend, RMSE", "", f"{_rms(knee):.1f}°, bias {np.mean(knee):+.1f}°"),
        ("the hanging leg told from the held one", "", f"{np.mean([one.read.side == 'left' for one in read]):.0%}"),  # type: ignore[union-attr]
        ("nobody found", "", f"{len(all_) - len(read)} of {len(all_)}"),
    ]
    return table((f"Thomas photo, {len(all_)} painted people", "wanted", "reached"), rows)


def roll_table(pictures: Path, names: Sequence[str]) -> str:
    """Camera roll from upright things in ray-traced pictures, whose doors stand in the same space as the camera."""
    sure, observer = Knowledge.load().gates.roll_sure, MediaPipeObserver()
    errors: dict[str, list[float | None]] = {}
    for name in names:
        for number, recipe in enumerate(SETS[name]):
            photo = pictures / f"{name}_{number:03d}.jpg"
            if not photo.exists():
                continue
            person = recipe.person()
            found = observer(read_photo(photo)).found_roll
            known = found is not None and found.confidence >= sure
            told_roll = found.roll_deg - person.camera.roll if found is not None and known else None
            errors.setdefault(person.room.background, []).append(told_roll)
    rows = []
    everybody = [one for off in errors.values() for one in off]
    for background, off in [*sorted(errors.items()), ("**any of them**", everybody)]:
        error, looked = [one for one in off if one is not None], len(off)
        told = f"{_rms(error):.2f}°, largest {np.abs(error).max():.2f}°" if error else "–"
        rows.append((background, f"{len(error)} of {looked}", told))
    return table(("behind the person (ray-traced)", "roll told", "RMSE against the camera's"), rows)


def _rms(error: list[float]) -> float:
    return float(np.sqrt(np.mean(np.square(error))))


def main() -> int:
    if len(sys.argv) > 3 and sys.argv[1] == "roll":
        put(DOCUMENT, "roll", roll_table(Path(sys.argv[2]), sys.argv[3:]))
        return 0
    parts = {"change": change_table, "poses": poses_table}
    if (DATA / "3dobjs" / "base.obj").is_file():
        parts |= {"stickers": stickers_table, "thomas": thomas_table}
    else:
        print("no mesh data: stickers and Thomas photo keep the figures of the last run (make people)", file=sys.stderr)
    for mark, made in parts.items():
        text = made()
        print(text + "\n")
        put(DOCUMENT, mark, text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
