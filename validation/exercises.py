"""Six clips of a generated person for each coached exercise, shown to the coach: is every fault said, and no other?

    python -m validation.exercises                the table
    python -m validation.exercises --other 10     with other people
    python -m validation.exercises --record       also writes what the preview saw, for the tests
    python -m validation.exercises --film DIR     also keeps the clips, as MP4

A clip begins with two seconds of standing relaxed. What is held and counted in truth comes from the body's own joints
by the same windows, and from the turn of its pelvis in place of the hollow of its back.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from posture.errors import NoPerson
from posture.knowledge.exercise_rules import ExerciseRules
from posture.knowledge.load import Knowledge
from posture.live.coach import Coaching, coach
from posture.live.exercise_angles import Form, form_of
from validation.people.body import Posture, pose
from validation.people.camera import Camera
from validation.people.outfit import dress
from validation.people.paint import paint
from validation.people.person import Person, draw
from validation.tables import table

RATE_HZ, NOISE = 10, 3.0
RECORD = Path(__file__).parent / "observed" / "exercises.npz"
#: A turn of the pelvis that is an arch in truth, degrees beyond standing: 2.5 % of the trunk's length.
ARCH_DEG = 8.5
PEOPLE = {"half_kneeling_tuck": 701, "lunge_stretch": 702, "flexor_neutral": 703}

#: Stances beside standing relaxed: what changes in the posture. The left leg is the first, the right one the other.
STAND: dict[str, Any] = {"thigh": -3.0, "shank": 3.0, "right_leg": (-3.0, 3.0), "lean": 0.0, "tilt": 0.0}
KNEEL = {"thigh": -75.0, "shank": -4.0, "right_leg": (6.0, 88.0), "lean": 2.0, "tilt": -5.0}
LUNGE = {"thigh": -62.0, "shank": 0.0, "right_leg": (16.0, 58.0), "lean": 2.0, "tilt": -4.0}
LIFTED = {"thigh": -60.0, "shank": 5.0, "right_leg": (-3.0, 3.0), "lean": 0.0, "tilt": 0.0}


@dataclass(frozen=True)
class Clip:
    """A film: stances and the second at which each is reached; between two, the body moves evenly.

    fault : start of the cue that it must raise, "" for none
    """

    exercise: str
    name: str
    keys: tuple[tuple[float, Mapping[str, Any]], ...]
    fault: str


def _held(stance: Mapping[str, Any], seconds: float = 10.0) -> tuple[tuple[float, Mapping[str, Any]], ...]:
    return (
        (0.0, STAND),
        (2.5, STAND),
        (4.0, stance),
        (4.0 + seconds, stance),
        (5.2 + seconds, STAND),
        (6.0 + seconds, STAND),
    )


def _midway(good: Mapping[str, Any], bad: Mapping[str, Any]) -> tuple[tuple[float, Mapping[str, Any]], ...]:
    return ((0.0, STAND), (2.5, STAND), (4.0, good), (9.0, good), (9.5, bad), (12.0, bad), (12.5, good), (17.0, good),
            (18.2, STAND), (19.0, STAND))  # fmt: skip


def _lifts(tops: Sequence[Mapping[str, Any]], rise_s: float = 2.0) -> tuple[tuple[float, Mapping[str, Any]], ...]:
    keys: list[tuple[float, Mapping[str, Any]]] = [(0.0, STAND), (2.5, STAND)]
    for top in tops:
        at = keys[-1][0]
        keys += [
            (at + rise_s, top),
            (at + rise_s + 1, top),
            (at + 2 * rise_s + 1, STAND),
            (at + 2 * rise_s + 1.6, STAND),
        ]
    return tuple(keys)


CLIPS = (
    Clip("half_kneeling_tuck", "good form", _held(KNEEL), ""),
    Clip("half_kneeling_tuck", "trunk forward", _held(KNEEL | {"lean": 26.0}), "Bring your trunk"),
    Clip("half_kneeling_tuck", "heel behind the knee", _held(KNEEL | {"thigh": -70.0, "shank": 26.0}),
         "Put the front heel"),
    Clip("half_kneeling_tuck", "sitting back", _held(KNEEL | {"thigh": -62.0, "right_leg": (-30.0, 88.0)}),
         "Bring the hips"),
    Clip("half_kneeling_tuck", "arched", _held(KNEEL | {"tilt": 17.0}), "Tuck the pelvis"),
    Clip("half_kneeling_tuck", "arched midway", _midway(KNEEL, KNEEL | {"tilt": 17.0}), "Tuck the pelvis"),
    Clip("lunge_stretch", "good form", _held(LUNGE), ""),
    Clip("lunge_stretch", "trunk forward", _held(LUNGE | {"lean": 26.0}), "Bring your trunk"),
    Clip("lunge_stretch", "knee past the foot", _held(LUNGE | {"shank": 26.0}), "Keep the front knee"),
    Clip("lunge_stretch", "not low", _held(LUNGE | {"thigh": -28.0, "shank": 0.0, "right_leg": (25.0, 45.0)}),
         "Let the hips"),
    Clip("lunge_stretch", "arched", _held(LUNGE | {"tilt": 17.0}), "Tuck the pelvis"),
    Clip("lunge_stretch", "trunk forward midway", _midway(LUNGE, LUNGE | {"lean": 26.0}), "Bring your trunk"),
    Clip("flexor_neutral", "good form", _lifts([LIFTED] * 5), ""),
    Clip("flexor_neutral", "leaning back", _lifts([LIFTED | {"lean": -15.0}] * 4), "Do not lean back"),
    Clip("flexor_neutral", "other knee bends", _lifts([LIFTED | {"right_leg": (-20.0, 18.0)}] * 4), "Stand tall"),
    Clip("flexor_neutral", "not high enough", _lifts([LIFTED | {"thigh": -33.0}] * 4), "Lift the knee"),
    Clip("flexor_neutral", "too fast", _lifts([LIFTED] * 5, rise_s=0.7), "More slowly"),
    Clip("flexor_neutral", "leaning back midway", _lifts([LIFTED, LIFTED, LIFTED | {"lean": -15.0}, LIFTED, LIFTED]),
         "Do not lean back"),
)  # fmt: skip


def stance_at(clip: Clip, at_s: float) -> dict[str, Any]:
    """The stance at a second: evenly between the two around it."""
    for (t0, a), (t1, b) in pairwise(clip.keys):
        if at_s <= t1:
            share = np.clip((at_s - t0) / (t1 - t0), 0, 1)
            return {name: _between(a[name], b[name], float(share)) for name in a}
    return dict(clip.keys[-1][1])


def _between(a: Any, b: Any, share: float) -> Any:
    if isinstance(a, tuple):
        return tuple(_between(x, y, share) for x, y in zip(a, b, strict=True))
    return a + share * (b - a)


def filmed(clip: Clip, other: int = 0) -> tuple[Person, Camera]:
    """Who is filmed, and from where: half the painter's size, the body smaller for room around it."""
    person = draw(PEOPLE[clip.exercise] + other, fit="tight")
    field = 2 * float(np.degrees(np.arctan(1.25 * np.tan(np.radians(person.camera.field / 2)))))
    return person, replace(person.camera, scale=0.5, field=field, sight=0.42 * person.stature)


def posture_at(person: Person, stance: Mapping[str, Any]) -> Posture:
    """The person's own posture with the stance on it, arms held forward and off the back."""
    own = person.posture
    return replace(
        own,
        thigh=stance["thigh"],
        shank=stance["shank"],
        right_leg=stance["right_leg"],
        pelvis=own.pelvis + stance["tilt"] + stance["lean"],
        thorax=own.thorax + stance["lean"],
        arm_forward=25.0 + max(0.0, stance["lean"]),
        elbow_bend=70.0,
        arm_out=10.0,
    )


def frames(clip: Clip, other: int = 0) -> Iterator[tuple[float, NDArray[np.uint8], Form]]:
    """Time, picture and true angles of every frame; where nothing moves, only the noise is new."""
    person, camera = filmed(clip, other)
    chance = np.random.default_rng(len(clip.name))
    kept: tuple[dict[str, Any], NDArray[np.uint8], Form] | None = None
    for k in range(round(clip.keys[-1][0] * RATE_HZ) + 1):
        stance = stance_at(clip, k / RATE_HZ)
        if kept is None or kept[0] != stance:
            body = pose(person.vertices, posture_at(person, stance))
            picture = paint(dress(body.vertices, person.outfit), camera, person.room)
            kept = stance, picture, true_form(body.joints, stance)
        noisy = np.clip(kept[1] + chance.normal(0, NOISE, kept[1].shape), 0, 255).astype(np.uint8)
        yield k / RATE_HZ, noisy, kept[2]


def true_form(joints: Mapping[str, NDArray[np.float64]], stance: Mapping[str, Any]) -> Form:
    """The coach's angles from the true joints; the hollow is told by the pelvis's turn, 2.5 % for ``ARCH_DEG``."""
    from posture.body.pose import LANDMARKS, NOSE, Pose, index

    xy = np.zeros((LANDMARKS, 2))
    for name in ("shoulder", "hip", "knee", "ankle"):
        for side, letter in (("left", "L"), ("right", "R")):
            _, up, forward = joints[f"{name}.{letter}"]
            xy[index(name, side)] = 1000 * forward, -1000 * up  # type: ignore[call-overload]
    xy[NOSE, 0] = 1e4
    form = form_of(Pose(xy, np.ones(LANDMARKS), np.ones(LANDMARKS), np.zeros((LANDMARKS, 3))), None)
    return {**form, "hollow": 10 + stance["tilt"] * 2.5 / ARCH_DEG}


def watch(
    clip: Clip, other: int = 0
) -> tuple[list[tuple[float, Form | None]], list[tuple[float, Form]], list[NDArray[np.uint8]]]:
    """What the preview sees in every frame, what is true, and the pictures."""
    from posture.vision.live_preview import LivePreview

    preview, seen, true, pictures = LivePreview(outlines=True), [], [], []
    for at_s, picture, form in frames(clip, other):
        try:
            found = preview(picture, at_s)
            seen.append((at_s, form_of(found.pose, preview.trunk)))
        except NoPerson:
            seen.append((at_s, None))
        true.append((at_s, form))
        pictures.append(picture)
    preview.close()
    return seen, true, pictures


def coached(forms: Sequence[tuple[float, Form | None]], drill: ExerciseRules) -> tuple[Coaching, list[str]]:
    """The coach's last state, what was under way counted, and every cue in turn."""
    state, cues = Coaching(), list[str]()
    for at_s, form in forms:
        before, state = state.cue, coach(state, at_s, form, drill)
        if state.cue and state.cue != before:
            cues.append(state.cue)
    return coach(state, forms[-1][0] + 10, None, drill), cues


def both_sides(state: Coaching) -> tuple[float, int]:
    """Seconds held and repetitions of both sides together."""
    return sum(one.held_s for one in state.done.values()), sum(one.reps for one in state.done.values())


def save(tracks: Mapping[str, Sequence[tuple[float, Form | None]]]) -> None:
    """Keep what was seen, clip by clip, as numbers; what is unknown is NaN, a frame without anybody a row of them."""
    arrays = {}
    for name, track in tracks.items():
        names = list(next(form for _, form in track if form is not None))
        rows = [[np.nan if form is None or form[n] is None else form[n] for n in names] for _, form in track]
        arrays[name] = np.column_stack([[at for at, _ in track], np.array(rows, float)]).astype(np.float32)
    np.savez_compressed(RECORD, names=np.array(names), **arrays)


def load(clip: Clip, part: str) -> list[tuple[float, Form | None]]:
    """What was kept of a clip: "seen" or "true"."""
    with np.load(RECORD) as kept:
        names, rows = [str(name) for name in kept["names"]], kept[f"{clip.exercise}/{clip.name}/{part}"]
    track: list[tuple[float, Form | None]] = []
    for at_s, *values in rows.tolist():
        form = {name: None if np.isnan(value) else value for name, value in zip(names, values, strict=True)}
        track.append((round(at_s, 3), None if all(value is None for value in form.values()) else form))
    return track


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--record", action="store_true")
    parser.add_argument("--film", type=Path)
    parser.add_argument("--other", type=int, default=0, help="other people, by how much their seeds are higher")
    options = parser.parse_args()
    drills, rows, tracks, wrong = Knowledge.load().drills, list[tuple[str, ...]](), {}, 0
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        watched = pool.map(partial(watch, other=options.other), CLIPS)
        for clip, (seen, true, pictures) in zip(CLIPS, watched, strict=True):
            drill = drills[clip.exercise]
            state, cues = coached(seen, drill)
            truth, _ = coached(true, drill)
            (held, reps), (true_held, true_reps) = both_sides(state), both_sides(truth)
            said = set(cues)
            right = (
                abs(held - true_held) <= 0.5
                and abs(reps - true_reps) <= 1
                and (len(said) == 1 and next(iter(said)).startswith(clip.fault) if clip.fault else not said)
            )
            wrong += not right
            rows.append((clip.exercise, clip.name, f"{held:.1f} / {true_held:.1f}", f"{reps} / {true_reps}",
                         "; ".join(cues) or "none", "yes" if right else "NO"))  # fmt: skip
            tracks |= {f"{clip.exercise}/{clip.name}/seen": seen, f"{clip.exercise}/{clip.name}/true": true}
            if options.film:
                options.film.mkdir(parents=True, exist_ok=True)
                size = pictures[0].shape[1::-1]
                film = cv2.VideoWriter(str(options.film / f"{clip.exercise}_{clip.name.replace(' ', '_')}.mp4"),
                                       cv2.VideoWriter_fourcc(*"mp4v"), RATE_HZ, size)  # type: ignore[attr-defined]  # fmt: skip
                for picture in pictures:
                    film.write(np.ascontiguousarray(picture[:, :, ::-1]))
                film.release()
    print(table(("exercise", "clip", "held s / true", "repetitions / true", "said", "right"), rows))
    if options.record:
        save(tracks)
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
