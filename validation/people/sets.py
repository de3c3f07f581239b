"""The sets of generated people: who is drawn for what, and how their pictures are made and looked at.

    python -m validation.people.sets NAME...        paints them and lets the real pipeline's eyes look (``make people``)
    python -m validation.people.sets --resume NAME...       goes on after a kill: what is whole is kept
    python -m validation.people.sets --pictures NAME --out DIR      also keeps the pictures and truth.csv

No seed is used twice but where two sets are meant to differ in one thing only.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from posture.batch.worker import begin
from posture.body.frame import Frame, Pixels
from posture.body.observation import Observation, Settled
from posture.pipeline import examine
from posture.vision.mediapipe_pose import MediaPipeObserver
from validation.observed import FOLDER, Seen, load, save
from validation.people.body import Body
from validation.people.camera import silhouette
from validation.people.cousins import COUSINS
from validation.people.covers import Kind, back_edge, back_rows, over_back, worn
from validation.people.family import OWN, Family
from validation.people.matched import MATCHED
from validation.people.outfit import Part, dress
from validation.people.paint import colours, paint
from validation.people.person import WIDE, Person, draw
from validation.people.sisters import SISTERS
from validation.people.strangers import STRANGERS
from validation.people.wider import WIDER

#: How differently a person stands from one photo to the next, degrees a segment.
STANCE_SD = 1.5
#: Pictures in one archive, so that a file stays under 1.4 MB.
PER_FILE = 200


#: Own and strangers bracket real people; three laws vary as those do, sisters for fitting, cousins for choosing and
#: matched for judging.
FAMILIES: Mapping[str, Family] = {"own": OWN, "wider": WIDER, "strangers": STRANGERS,
                                  "sisters": SISTERS, "cousins": COUSINS, "matched": MATCHED}  # fmt: skip


@dataclass(frozen=True)
class Recipe:
    """One picture to be made: a seed, how the person is drawn, and the photo's number where there are several.

    family : of bodies, by its name in FAMILIES
    rotation : of the pelvis in this photo, where it is not left to chance
    turns : the photo is one of several of a person who stands anew by STANCE_SD, the pelvis tipped by the photo's turn
    """

    seed: int
    how: Mapping[str, Any]
    family: str = "own"
    photo: int | None = None
    rotation: float | None = None
    turns: tuple[float, ...] | None = None
    camera_moves: bool = True

    def person(self) -> Person:
        """The person, in the stance of this photo."""
        person = draw(self.seed, **self.how, family=FAMILIES[self.family])
        if self.photo is None:
            return person
        if self.turns is not None:
            return person.again(self.photo, STANCE_SD, self.turns[self.photo], self.camera_moves)
        rotation = self.rotation
        if rotation is None:
            rotation = float(np.random.default_rng([self.seed, 4, self.photo]).uniform(*WIDE))
        return person.another_photo(self.photo, rotation)


def _people(first: int, n: int, family: str = "own", **how: Any) -> list[Recipe]:
    return [Recipe(seed, how, family) for seed in range(first, first + n)]


def _mixed(first: int, n: int, **how: Any) -> list[Recipe]:
    """Six of ten in tight clothes, the others in normal ones; every fifth with crossed arms."""
    return [
        Recipe(
            seed,
            how | {"fit": "tight" if seed % 10 < 6 else "normal", "arms": "crossed" if seed % 5 == 0 else "natural"},
        )
        for seed in range(first, first + n)
    ]


def _varied(first: int, n: int, **how: Any) -> list[Recipe]:
    """For fitting: clothing, background, arm pose and coupling drawn independently; tilt and stance spread wide."""
    recipes = []
    for seed in range(first, first + n):
        rng = np.random.default_rng([seed, 6])
        drawn = {
            "coupling": ("tied", "tied", "loose", "free")[rng.integers(4)],
            "fit": ("tight", "tight", "tight", "normal", "normal", "loose")[rng.integers(6)],
            "background": ("plain", "plain", "plain", "near_door", "near_picture")[rng.integers(5)],
            "arms": ("natural", "natural", "natural", "natural", "crossed")[rng.integers(5)],
        }
        recipes.append(Recipe(seed, {"spread": "wide", **drawn, **how}))
    return recipes


def _wider(first: int, n: int, photos: int = 0) -> list[Recipe]:
    """For fitting, the wider family: clothing, background and arms drawn independently, ``photos`` of each person."""
    recipes = []
    for seed in range(first, first + n):
        rng = np.random.default_rng([seed, 6])
        how = {
            "fit": ("tight", "tight", "tight", "tight", "normal", "normal")[rng.integers(6)],
            "background": ("plain", "plain", "plain", "near_door", "near_picture")[rng.integers(5)],
            "arms": ("natural", "natural", "natural", "natural", "crossed")[rng.integers(5)],
        }
        how |= {"spread": "wide", "stance_spread": 1.7}
        recipes += [Recipe(seed, how, "wider", photo=k) for k in range(photos)] or [Recipe(seed, how, "wider")]
    return recipes


def _sisters(first: int, n: int, photos: int = 0) -> list[Recipe]:
    """For fitting, bodies that vary as real ones do: clothing, background, arms and coupling drawn independently.

    photos : of each person, where there are several
    """
    recipes = []
    for seed in range(first, first + n):
        rng = np.random.default_rng([seed, 6])
        how = {
            "coupling": ("tied", "close", "close", "loose")[rng.integers(4)],
            "fit": ("tight", "tight", "tight", "tight", "normal", "normal")[rng.integers(6)],
            "background": ("plain", "plain", "plain", "near_door", "near_picture")[rng.integers(5)],
            "arms": ("natural", "natural", "natural", "natural", "crossed")[rng.integers(5)],
        }
        how |= {"spread": "wide", "stance_spread": 1.3}
        recipes += [Recipe(seed, how, "sisters", photo=k) for k in range(photos)] or [Recipe(seed, how, "sisters")]
    return recipes


def _real(first: int, n: int, family: str, **how: Any) -> list[Recipe]:
    """Bodies that vary as real ones do, their curve as close to the tilt as in radiographs."""
    return _people(first, n, family, **{"coupling": "close", **how})


def _dressed(first: int, n: int, family: str, **how: Any) -> list[Recipe]:
    """The same, three of four in tight clothes, the others in normal ones."""
    return [Recipe(s, {"coupling": "close", "fit": "normal" if s % 4 == 3 else "tight", **how}, family)
            for s in range(first, first + n)]  # fmt: skip


def _within(first: int, n: int, photos: int, family: str = "own") -> list[Recipe]:
    """Several photos of one person in the same tight clothes, the pelvis anywhere, all else standing anew."""
    return [Recipe(s, {"spread": "wide"}, family, photo=k) for s in range(first, first + n) for k in range(photos)]


def _strangers(first: int, n: int, **how: Any) -> list[Recipe]:
    """Strangers: three of four in tight clothes, the others in normal ones."""
    return [Recipe(s, how | {"fit": "normal" if s % 4 == 3 else "tight"}, "strangers") for s in range(first, first + n)]


def _twice(first: int, n: int, family: str = "own", **how: Any) -> list[Recipe]:
    """Two photos each of people who stepped away and back: half in tight clothes, half in normal ones."""
    return [
        Recipe(seed, {"spread": "wide", "fit": "tight" if seed % 2 else "normal", **how}, family, k, turns=(0.0, 0.0))
        for seed in range(first, first + n)
        for k in range(2)
    ]


def _poses(first: int, n: int) -> list[Recipe]:
    """Relaxed, arched and tucked: as far as people can (levine1996: +11.4 and -8.7 on average, SD a third)."""
    recipes = []
    for seed in range(first, first + n):
        rng = np.random.default_rng([seed, 9])
        arched, tucked = float(rng.normal(11.4, 3.8)), float(rng.normal(8.7, 2.9))
        turns = (0.0, max(4.0, arched), -max(3.0, tucked))
        how = {"coupling": "loose", "fit": "tight" if seed % 4 else "normal"}
        recipes += [Recipe(seed, how, photo=k, turns=turns, camera_moves=False) for k in range(3)]
    return recipes


def _traced(first: int, n: int) -> list[Recipe]:
    """Painted by the ray tracer: tight clothes, plain wall, door or picture behind."""
    walls = ("plain", "plain", "door", "picture")
    return [Recipe(first + k, {"spread": "wide", "background": walls[k % 4]}) for k in range(n)]


def _arms(first: int, n: int, **how: Any) -> list[Recipe]:
    """Arms near the line of the back: three of five hang straight, the others bent back or with hands on the hips."""
    poses = ("hanging", "hanging", "hanging", "elbows_back", "on_hips")
    return [Recipe(first + k, {"spread": "wide", "arms": poses[k % 5], **how}) for k in range(n)]


def _armed(first: int, n: int) -> list[Recipe]:
    """For fitting: arms, clothing and background drawn independently, half of the arms held as people do."""
    recipes = []
    for seed in range(first, first + n):
        rng = np.random.default_rng([seed, 6])
        drawn = {
            "fit": ("tight", "tight", "tight", "normal")[rng.integers(4)],
            "background": ("plain", "plain", "plain", "near_door", "near_picture")[rng.integers(5)],
            "arms": ("natural", "natural", "natural", "crossed", "hanging", "hanging", "elbows_back", "on_hips")[
                rng.integers(8)
            ],
        }
        recipes.append(Recipe(seed, {"spread": "wide", **drawn}, "wider" if rng.integers(2) else "own"))
    return recipes


def _covered(first: int, n: int, *kinds: Kind, families: Sequence[str], **how: Any) -> list[Recipe]:
    """Things behind the back, in turn; clothing, background and arms drawn independently."""
    recipes = []
    for k, seed in enumerate(range(first, first + n)):
        rng = np.random.default_rng([seed, 6])
        drawn = {
            "fit": ("tight", "tight", "normal")[rng.integers(3)],
            "background": ("plain", "plain", "plain", "near_door", "near_picture")[rng.integers(5)],
            "arms": ("natural", "crossed")[rng.integers(2)],
        }
        family = families[rng.integers(len(families))]
        recipes.append(Recipe(seed, {"spread": "wide", **drawn, "covers": kinds[k % len(kinds)], **how}, family))
    return recipes


def _walls(first: int, n: int, family: str = "own", **how: Any) -> list[Recipe]:
    """Tight clothes in front of every kind of wall."""
    walls = ("plain", "plain", "door", "picture", "near_door", "near_picture")
    return [Recipe(first + k, {"spread": "wide", "background": walls[k % 6], **how}, family) for k in range(n)]


def _otherwise(first: int, n: int) -> list[Recipe]:
    stances = ("sitting", "lying", "stepping", "half_kneeling")
    return [Recipe(first + k, {"stance": stances[k % 4]}) for k in range(n)]


def _told(seed: int, rotation: float, **how: Any) -> Recipe:
    return Recipe(seed, how, photo=0, rotation=rotation)


#: The sample pictures, each its own story; ray-traced. The seeds are those that `validation.people.stories` takes.
STORIES: dict[str, Recipe] = {
    "marked": _told(402_002, 24.0),
    "mild": _told(402_003, 17.0),
    "typical": _told(402_004, 9.0),
    "posterior": _told(402_000, -3.0),
    "sway_back": Recipe(402_009, {"stance": "sway_back"}),
    "loose_shirt": _told(402_008, 12.0, fit="loose"),
    "arm_over_back": _told(402_001, 12.0, arms="over_back"),
    "turned": Recipe(402_006, {"yaw_sd": 18.0}),
}
SETS: dict[str, list[Recipe]] = {
    "samples": list(STORIES.values()),
    "training": _varied(500_000, 2400, stance_spread=1.7),
    "training_wider": _wider(510_000, 4000),
    "training_pairs": _wider(520_000, 1750, photos=2),
    "training_arms": _armed(530_000, 3000),
    "training_covers": _covered(537_000, 400, "none", "hair", "bag", "jacket", families=("own", "wider", "sisters")),
    "training_sisters": _sisters(540_000, 3000),
    "training_sister_pairs": _sisters(545_000, 900, photos=2),
    "training_loose": _real(543_000, 400, "sisters", spread="wide", fit="loose"),
    "tuning_strangers": _strangers(650_000, 400, spread="wide"),
    "tuning_strangers_within": _within(655_000, 40, 4, family="strangers"),
    "tuning_five": _people(660_000, 200, rotation_sd=5.0),
    "tuning_five_strangers": _people(661_000, 200, family="strangers", rotation_sd=5.0),
    "tuning": _varied(600_000, 420),
    "tuning_within": _within(610_000, 16, 5),
    "norm_people": _mixed(620_000, 260, coupling="loose"),
    "tuning_twice": _twice(630_000, 140),
    "tuning_poses": _poses(640_000, 60),
    "tuning_arms": _arms(665_000, 200),
    "tuning_covers": _covered(667_000, 160, "none", "hair", "bag", "jacket", families=("cousins",), coupling="close"),
    "cousins": _dressed(670_000, 480, "cousins", spread="wide"),
    "cousins_loose": _real(674_000, 120, "cousins", spread="wide", fit="loose"),
    "cousins_natural": _real(671_000, 600, "cousins", rotation_sd=5.0),
    "cousins_twice": _twice(672_000, 100, "cousins", coupling="close"),
    "cousins_sway": _real(673_000, 100, "cousins", stance="sway_back"),
    "tight": _people(200_000, 160, spread="wide"),
    "strangers": _people(210_000, 160, family="strangers", spread="wide"),
    "door": _people(200_000, 80, spread="wide", background="door"),
    "picture": _people(200_080, 80, spread="wide", background="picture"),
    "near_door": _people(200_000, 60, spread="wide", background="near_door"),
    "near_picture": _people(200_080, 60, spread="wide", background="near_picture"),
    "busy": _people(200_000, 40, spread="wide", background="busy"),
    "normal": _people(220_000, 130, spread="wide", fit="normal"),
    "loose": _people(230_000, 80, spread="wide", fit="loose"),
    "natural_tied": _mixed(240_000, 800, coupling="tied"),
    "natural_loose": _mixed(250_000, 560, coupling="loose"),
    "within": _within(270_000, 24, 5),
    "within_strangers": _within(275_000, 30, 4, family="strangers"),
    "five": _people(242_000, 400, rotation_sd=5.0),
    "five_strangers": _people(243_000, 400, family="strangers", rotation_sd=5.0),
    "twice": _twice(271_000, 160),
    "poses": _poses(273_000, 90),
    "turned": _people(280_000, 60, spread="wide", yaw_sd=18.0),
    "over_back": _people(290_000, 30, spread="wide", arms="over_back"),
    "arms": _arms(316_000, 200),
    "covers": _covered(337_000, 150, "hair", "bag", "jacket", families=("matched",), coupling="close"),
    "crossed": _people(295_000, 50, spread="wide", arms="crossed"),
    "otherwise": _otherwise(300_000, 48),
    "sway_back": _people(305_000, 40, stance="sway_back"),
    "matched": _real(330_000, 240, "matched", spread="wide"),
    "matched_normal": _real(331_000, 150, "matched", spread="wide", fit="normal"),
    "matched_natural": _real(332_000, 800, "matched", rotation_sd=5.0),
    "matched_pairs": _twice(334_000, 120, "matched", coupling="close"),
    "matched_loose_curve": _real(338_000, 160, "matched", spread="wide", coupling="loose"),
    "matched_sway": _real(335_000, 80, "matched", stance="sway_back"),
    "traced_matched": _walls(336_000, 84, "matched", coupling="close"),
    "traced": _traced(310_000, 24),
    "traced_walls": _walls(312_000, 72),
    "traced_arms": _arms(314_000, 72),
}
#: The sets that fitting uses; they are remade when it is, and their observations are not committed.
FITTED_ON = ("training", "training_wider", "training_pairs", "training_arms", "training_covers", "training_sisters",
             "training_loose", "training_sister_pairs",
             "tuning", "tuning_within", "tuning_five", "norm_people", "tuning_twice", "tuning_poses",
             "tuning_arms")  # fmt: skip
#: Other bodies that choose the method and its doubt and judge nothing; their observations are not committed either.
CHOSEN_ON = ("tuning_strangers", "tuning_strangers_within", "tuning_five_strangers", "tuning_covers",
             "cousins", "cousins_loose", "cousins_natural", "cousins_twice", "cousins_sway")  # fmt: skip
#: The sets that the ray tracer paints.
TRACED = ("samples", "traced", "traced_walls", "traced_arms", "traced_matched")
JUDGED_ON = tuple(name for name in SETS if name not in (*FITTED_ON, *CHOSEN_ON, *TRACED))


def name_of(name: str, number: int) -> str:
    """How one picture of a set is called."""
    return list(STORIES)[number] if name == "samples" else f"{name}_{number:03d}"


def truth(recipe: Recipe, person: Person, body: Body, name: str) -> dict[str, Any]:
    """What is known of one picture; angles in degrees with the project's signs, lengths in metres."""
    known: dict[str, Any] = {
        "name": name,
        "seed": person.seed,
        "coupling": recipe.how.get("coupling", "tied"),
        "spread": recipe.how.get("spread", "natural"),
        "family": recipe.family,
        "stranger": recipe.family == "strangers",
        "rotation": person.rotation,
        "asis_psis": person.asis_psis,
        "lumbar_offset": person.lumbar_offset,
        "sex": "f" if person.shape.sex < 0.5 else "m",
        "age": person.shape.age,
        "weight": person.shape.weight,
        "stature": person.stature,
        "fit": person.outfit.fit,
        "top": person.outfit.top,
        "bottom": person.outfit.bottom,
        "stand_off": person.outfit.stand_off,
        "hang": person.outfit.hang,
        "background": person.room.background,
        "tone": person.room.tone,
        "arms": person.arms,
        "stance": person.stance,
        "faces": person.camera.side,
        "yaw": person.camera.yaw,
        "roll": person.camera.roll,
        "distance": person.camera.distance,
        "camera_height": person.camera.height,
    }
    known["arm_over_back"] = arm_over_back(person, body)
    if "covers" in recipe.how:
        known["covers"] = recipe.how["covers"]
        known["cover_over_back"] = over_back(hung(person, body), body.vertices, body.joints, person.camera)
    known |= {f"true_{angle}": value for angle, value in body.truth.items()}
    return {key: round(value, 4) if isinstance(value, float) else value for key, value in known.items()}


def arm_over_back(person: Person, body: Body) -> float:
    """How far an arm reaches out behind the bare back between seat and shoulder blades, percent of stature."""
    rows, camera = back_rows(body.joints, person.camera), person.camera
    whole, armless = (silhouette(body.vertices, camera, arms) > 0 for arms in (True, False))
    out = back_edge(armless[rows], camera) - back_edge(whole[rows], camera)
    return float(100 * np.max(out, initial=0.0) / np.ptp(np.flatnonzero(whole.any(axis=1))))


def hung(person: Person, body: Body) -> list[Part]:
    """What hangs behind the back, nothing of most people."""
    if person.cover is None:
        return []
    return worn(person.cover, body.vertices, body.joints, colours(person.room)["top"])


def dressed(person: Person, body: Body) -> list[Part]:
    """Everything of a person that is seen; long hair colours the scalp's too."""
    parts, behind = dress(body.vertices, person.outfit), hung(person, body)
    if person.cover is not None and person.cover.kind == "hair":
        parts = [replace(part, colour=behind[0].colour) if part.name == "hair" else part for part in parts]
    return parts + behind


def picture(person: Person, body: Body) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """The painted picture (H, W, 3), RGB, as it is after being stored as JPEG."""
    painted = paint(dressed(person, body), person.camera, person.room)
    stored = cv2.imencode(".jpg", painted[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 90])[1]
    return np.ascontiguousarray(cv2.imdecode(stored, cv2.IMREAD_COLOR)[..., ::-1])


class Eyes:
    """The pipeline's own observer, without stickers and roll: neither is kept. passes : None by need, as it ships"""

    def __init__(self, passes: int | None) -> None:
        self._observer = MediaPipeObserver(passes=passes)
        self.model_sha256 = self._observer.model_sha256

    def __call__(self, frame: Frame, settled: Settled | None = None) -> Observation:
        return self._observer(frame, settled, stickers=False, roll=False)


@cache
def _eyes(passes: int | None) -> Eyes:
    """One model a process."""
    return Eyes(passes)


def observe(pixels: Pixels, known: dict[str, Any], passes: int | None = None) -> Seen:
    """Let the real pipeline's eyes look at one picture, as often as the pipeline finds needed."""
    tall, wide = pixels.shape[:2]
    frame = Frame(pixels, wide, tall, "0" * 64, known["name"])
    eyes = _eyes(passes)
    return Seen(known, examine(frame, eyes).observation, eyes.model_sha256)


def _one(task: tuple[str, int, Path | None, Path | None, int | None]) -> Seen:
    name, number, pictures, painted, passes = task
    recipe = SETS[name][number]
    person = recipe.person()
    body = person.body()
    known = truth(recipe, person, body, name_of(name, number))
    if painted is None:
        pixels = picture(person, body)
    else:
        pixels = cv2.cvtColor(cv2.imread(str(painted / f"{known['name']}.jpg")), cv2.COLOR_BGR2RGB)
    if pictures is not None:
        cv2.imwrite(str(pictures / f"{known['name']}.jpg"), pixels[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 92])
    return observe(pixels, known, passes)


def make(
    name: str,
    folder: Path = FOLDER,
    pictures: Path | None = None,
    workers: int = 2,
    painted: Path | None = None,
    passes: int | None = None,
    resume: bool = False,
    every: int = 1,
) -> list[Seen]:
    """Draw, paint and look at one set, and write its archives, each when it is whole.

    painted : a folder of pictures that are there already · resume : archives of these very people are kept
    every : a rehearsal, of every nth person that is fitted on and at least every third that chooses or judges
    """
    if (name in TRACED) != (painted is not None):
        raise ValueError(f"{name}: pictures by the ray tracer are looked at with --painted, others without")
    every = every if name in FITTED_ON and not name.startswith("tuning") else min(every, 3)
    drawn = [k for k, recipe in enumerate(SETS[name]) if recipe.seed % every == 0]
    files = [folder / f"{name}_{k}.npz" for k in range(-(-len(drawn) // PER_FILE))]
    for file in {*folder.glob(f"{name}_[0-9]*.npz")} - (set(files) if resume else set()):
        file.unlink()
    seen: list[Seen] = []
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn"), initializer=begin) as pool:
        for shard, file in enumerate(files):
            numbers = drawn[shard * PER_FILE : (shard + 1) * PER_FILE]
            kept = _kept(file, name, numbers) if resume else None
            if kept is None:
                kept = []
                for one in pool.map(_one, [(name, k, pictures, painted, passes) for k in numbers], chunksize=4):
                    kept.append(one)
                    print(f"\r{name} {len(seen) + len(kept)}", end="", file=sys.stderr)
                whole = file.with_suffix(".part")
                save(kept, whole)
                whole.replace(file)
            seen += kept
    print(file=sys.stderr)
    if pictures is not None:
        with (pictures / "truth.csv").open("w", newline="") as file_of_truth:
            writer = csv.DictWriter(file_of_truth, list(seen[0].truth))
            writer.writeheader()
            writer.writerows(one.truth for one in seen)
    return seen


def _kept(file: Path, name: str, numbers: Sequence[int]) -> list[Seen] | None:
    """What an archive holds, where it holds these very people; None where it has to be made."""
    if not file.is_file():
        return None
    seen = load(file)
    wanted = [(SETS[name][k].seed, name_of(name, k)) for k in numbers]
    return seen if [(one.truth["seed"], one.truth["name"]) for one in seen] == wanted else None


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", default=list(JUDGED_ON), help=f"sets to make: {', '.join(SETS)}")
    parser.add_argument("--pictures", type=Path, help="folder that keeps the pictures and truth.csv")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where the archives go")
    parser.add_argument("--painted", type=Path, help="folder of pictures that the ray tracer made of this set")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--passes", type=int, help="looks at every picture, where not by need")
    parser.add_argument("--resume", action="store_true", help="keep the archives that are whole")
    parser.add_argument("--every", type=int, default=1, help="a rehearsal: every nth person of the training sets")
    asked = parser.parse_args()
    if asked.pictures:
        asked.pictures.mkdir(parents=True, exist_ok=True)
    for name in asked.names:
        make(name, asked.folder, asked.pictures, asked.workers, asked.painted, asked.passes, asked.resume, asked.every)
    return 0


if __name__ == "__main__":
    sys.exit(main())
