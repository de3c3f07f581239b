"""Known errors and norms of the measures, from generated people, for the files of ``posture/data/measures``.

    python -m validation.calibrate [--folder OBSERVATIONS] [--write]

Joint angles get their offset and what of their error the landmarks' jitter does not show, from the set tuning; every
measure its scatter between two photos of one person, from tuning_twice; the lumbar depth its norm, from the natural
cousins. What the back line itself errs by comes from true masks (`validation.renders`) and is set by hand.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import tomlkit

from posture.body.sagittal import Given
from posture.knowledge.load import Knowledge
from posture.measures import take_all
from posture.measures.measurement import Measurement
from posture.quality.view import prepare_view
from validation.judge import rms
from validation.observed import Seen, load_set
from validation.vectors import OBSERVATIONS

DATA = Path(__file__).parent.parent / "posture" / "data"
ANGLES = ("trunk_incl", "thigh_incl", "shank_incl", "hip_angle", "knee_flexion", "pelvic_displacement")
CURVES = ("contour_lordosis", "lumbar_depth", "sacral_tangent")
#: The curve whose norm is that of generated people; flexible rulers give that of the lordosis, nobody the tangent's.
NORMED = "lumbar_depth"
#: What tables of a file hold by their names, what `write` puts there.
Found = dict[str, dict[str, dict[str, Any]]]


def measured(one: Seen, told: bool = False) -> Mapping[str, Measurement]:
    """All measures of one recorded picture that could be taken, its clothes told or not."""
    knowledge = Knowledge.load()
    if one.observation is None:
        return {}
    given = Given(one.truth["fit"]) if told else None
    view = prepare_view(one.observation, knowledge.gates, given, arms=knowledge.arms)
    if view.body is None:
        return {}
    taken = take_all(view.body, knowledge.tilt_model)
    return {name: value for name, value in taken.items() if isinstance(value, Measurement)}


def angle_errors(seen: Iterable[Seen]) -> Found:
    """Offset and `model_sd` of every joint angle, the spread of its error beyond the landmarks' jitter.

    Errors of 3, 5 and 7° with a jitter of 1° give an offset of 5° and √(2.67 − 1) = 1.3°.
    """
    rows: dict[str, list[tuple[float, float]]] = {name: [] for name in ANGLES}
    for one in seen:
        for name, value in measured(one).items():
            if name in rows:
                rows[name].append((value.raw - one.truth[f"true_{name}"], value.quantity.sigma))
    found: Found = {}
    for name, pairs in rows.items():
        error, sigma = np.array(pairs).T
        beyond = float(np.sqrt(max(0.0, error.var() - rms(sigma) ** 2)))
        where = f"python -m validation.calibrate, {len(error)} generated people of the set tuning"
        found[name] = {"error": {"offset": twentieths(error.mean()), "model_sd": round(beyond, 1), "n": len(error)}}
        found[name]["error"]["where"] = where
    return found


def repeats(seen: list[Seen]) -> Found:
    """`repeat_sd` of every measure, the SD between two photos of one person over √2, and its usual jitter.

    Two photos that read 3° and 5°, and two that read 8° and 6°, give √(4 / 2) = 1.4°.
    """
    rows: dict[str, list[tuple[float, float]]] = {name: [] for name in (*ANGLES, *CURVES)}
    for first, second in zip(seen[::2], seen[1::2], strict=True):
        before, after = measured(first, told=True), measured(second, told=True)
        for name in rows.keys() & before.keys() & after.keys():
            rows[name].append((after[name].raw - before[name].raw, before[name].sem))
    found: Found = {}
    for name, pairs in rows.items():
        turned, sem = np.array(pairs).T
        scatter = twentieths(turned.std() / np.sqrt(2))
        found[name] = {"error": {"repeat_sd": scatter, "usual_jitter": twentieths(np.median(sem))}}
    return found


def norms(seen: Iterable[Seen]) -> Found:
    """Mean and SD of the lumbar depth over people in a natural spread, of both sexes and of each."""
    values = {"f": list[float](), "m": list[float]()}
    for one in seen:
        if (value := measured(one).get(NORMED)) is not None:
            values[one.truth["sex"]].append(value.raw)

    def of(some: list[float]) -> list[float]:
        return [round(float(np.mean(some)), 1), round(float(np.std(some, ddof=1)), 1)]

    mean, sd = of(values["f"] + values["m"])
    women, men = ([*of(values[sex]), len(values[sex])] for sex in "fm")
    return {NORMED: {"norm": {"mean": mean, "sd": sd, "women": women, "men": men, "n": women[2] + men[2]}}}


def twentieths(value: float) -> float:
    """A figure to 0.05: 1.772 is 1.75."""
    return round(round(20 * float(value)) / 20, 2)


def write(found: Found, folder: Path = DATA) -> list[str]:
    """Put figures into the files of ``folder``, all else in them as it was; one line for every figure that changed."""
    changed = []
    for name, tables in found.items():
        changed += _put(folder / "measures" / f"{name}.toml", tables)
    if changed:
        today = f"{date.today():%Y.%m.%d}"
        _put(folder / "limits.toml", {"": {"norms_version": today, "calibration_version": today}})
    return changed


def _put(path: Path, tables: Mapping[str, Mapping[str, Any]]) -> list[str]:
    document: Any = tomlkit.parse(path.read_text("utf-8"))
    changed = []
    for table, figures in tables.items():
        held = document[table] if table else document
        for key, value in figures.items():
            if held[key] != value:
                changed.append(f"{path.stem}, {key}: {held[key]} → {value}")
                held[key] = value
    if changed:
        path.write_text(tomlkit.dumps(document), "utf-8")
    return changed


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, default=OBSERVATIONS, help="archives of the sets that are fitted on")
    parser.add_argument("--write", action="store_true", help="put the figures into posture/data")
    asked = parser.parse_args()
    found = angle_errors(load_set("tuning", asked.folder))
    for name, tables in repeats(load_set("tuning_twice", asked.folder)).items():
        found.setdefault(name, {"error": {}})["error"] |= tables["error"]
    found[NORMED] |= norms(load_set("cousins_natural", asked.folder))[NORMED]
    # two photos of one person are compared by the line of the rotation, whose scatter comes with it
    found["pelvic_tilt_estimate"] = {"error": {"repeat_sd": round(Knowledge.load().tilt_model.rotation.sem, 2)}}
    for name, tables in found.items():
        for table, figures in tables.items():
            print(f"{name}, {table}: " + ", ".join(f"{key} {value}" for key, value in figures.items()))
    if asked.write:
        print("\n".join(write(found)) or "nothing changed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
