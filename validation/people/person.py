"""One seed, one person: body, posture, clothes, room and camera drawn from a named population.

The pelvis stands at a rotation; the ASIS-PSIS angle that a calliper would read differs from it by a fixed personal
offset of bone shape. How closely the curve of the lower back follows the pelvis between people is the population's
one parameter; within a person it follows one to one, because the same skeleton carries it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from validation.people.body import Body, Posture, Shape, Skin, body_vertices, pose, rest, stand
from validation.people.camera import Camera
from validation.people.covers import Cover, Kind, drawn_cover
from validation.people.family import OWN, Family
from validation.people.mesh import Array
from validation.people.outfit import Fit, Outfit, draw_outfit
from validation.people.paint import Background, Room

Arms = Literal["natural", "crossed", "over_back", "hanging", "elbows_back", "on_hips"]
Stance = Literal["standing", "sitting", "lying", "stepping", "half_kneeling", "sway_back", "thomas"]
Coupling = Literal["tied", "close", "loose", "free"]
Spread = Literal["natural", "wide"]

#: Pelvic rotation on the ASIS-PSIS scale, mean and SD in degrees; bone shape adds BONE_SD to what a calliper reads.
NATURAL_MEAN, NATURAL_SD, BONE_SD = 10.0, 3.6, 3.5
#: The wide spread is flat from -3 to 27 degrees: SD 8.7.
WIDE = (-3.0, 27.0)
#: People who sway stand with the pelvis further back by this much, degrees.
SWAY_ROTATION = 6.0
#: Correlation of lumbar curve and pelvic rotation between people.
CORRELATION: dict[Coupling, float] = {"tied": 1.0, "close": 0.75, "loose": 0.5, "free": 0.2}
#: Shape targets beside the main axes, each drawn from -0.5 to 0.5 where it has an opposite.
LOCAL = (
    ("stomach/stomach-tone", "incr", "decr"),
    ("buttocks/buttocks-volume", "incr", "decr"),
    ("torso/torso-scale-depth", "incr", "decr"),
    ("torso/torso-muscle-dorsi", "incr", "decr"),
    ("hip/hip-scale-depth", "incr", "decr"),
    ("hip/hip-waist", "up", "down"),
    ("pelvis/pelvis-tone", "incr", "decr"),
)


@dataclass(frozen=True, eq=False)
class Person:
    """A drawn person.

    rotation : pelvic rotation, degrees on the ASIS-PSIS scale, + anterior · asis_psis : rotation plus bone shape
    lumbar_offset : degrees of lumbar curve that are this person's own, whatever the pelvis does
    cover : what hangs behind the back, or None
    """

    seed: int
    shape: Shape
    posture: Posture
    camera: Camera
    rotation: float
    asis_psis: float
    lumbar_offset: float
    arms: Arms
    stance: Stance
    outfit: Outfit
    room: Room
    vertices: Array
    skin: Skin
    cover: Cover | None = None

    def body(self, further_turn: float = 0.0) -> Body:
        """The posed body; ``further_turn`` turns the pelvis on from where it stands, for photos of the same person."""
        return pose(self.vertices, replace(self.posture, pelvis=self.posture.pelvis + further_turn), self.skin)

    def another_photo(self, number: int, rotation: float) -> Person:
        """The same person photographed again: same body, clothes and bones, the pelvis and all else stands anew."""
        rng = np.random.default_rng([self.seed, 3, number])
        posture, rotation = _standing(self.vertices, rng, rotation, self.lumbar_offset, self.arms)
        return replace(
            self,
            posture=posture,
            rotation=rotation,
            asis_psis=rotation + self.asis_psis - self.rotation,
            camera=replace(_camera(rng, self.stature), side=self.camera.side),
            room=replace(self.room, seed=self.room.seed + number),
        )

    def again(self, number: int, sd: float, turn: float = 0.0, camera_moves: bool = True) -> Person:
        """The same person some minutes later: every segment stands anew by ``sd`` degrees, clothes of the same fit.

        turn : degrees that the pelvis is tipped on purpose while the trunk stays, as in arching (+) and tucking
        camera_moves : the camera is set up anew; else it stays, the body turning by 1° and the camera rolling by 0.3°
        """
        rng = np.random.default_rng([self.seed, 8, number])
        pelvis, thorax, thigh, shank, head, turned, rolled = rng.standard_normal(7) * ([sd] * 5 + [1.0, 0.3])
        stance = self.posture
        posture = replace(
            stance,
            pelvis=stance.pelvis + pelvis + turn,
            thorax=stance.thorax + thorax,
            thigh=stance.thigh + thigh,
            shank=stance.shank + shank,
            head=stance.head + head,
        )
        if camera_moves:
            camera = replace(_camera(rng, self.stature), side=self.camera.side)
            outfit = draw_outfit(rng, self.outfit.fit, self.shape.sex < 0.5)
            room = replace(self.room, seed=self.room.seed + number)
        else:
            camera = replace(self.camera, yaw=self.camera.yaw + turned, roll=self.camera.roll + rolled)
            outfit, room = self.outfit, self.room
        return replace(
            self,
            posture=posture,
            rotation=self.rotation + pelvis + turn,
            asis_psis=self.asis_psis + pelvis + turn,
            camera=camera,
            outfit=outfit,
            room=room,
        )

    @property
    def stature(self) -> float:
        """Height of the body at rest, m."""
        return float(np.ptp(self.vertices[body_vertices(), 1]))


def draw(
    seed: int,
    coupling: Coupling = "tied",
    spread: Spread = "natural",
    fit: Fit = "tight",
    background: Background = "plain",
    arms: Arms = "natural",
    stance: Stance = "standing",
    yaw_sd: float = 5.0,
    rotation_sd: float = NATURAL_SD,
    stance_spread: float = 1.0,
    family: Family = OWN,
    covers: Kind = "none",
) -> Person:
    """The person of one seed. The same seed gives the same body, stance and camera in every population.

    rotation_sd : SD of the natural spread of pelvic rotation, degrees
    stance_spread : by how much legs and trunk stand more differently than in people, for fitting
    family : how body, clothes and skin are drawn
    covers : what hangs behind the back
    """
    rng, dressing = np.random.default_rng(seed), np.random.default_rng([seed, 1])
    shape, reshape = family.form(_shape(rng), np.random.default_rng([seed, 5]))
    vertices = rest(shape)
    if reshape is not None:
        vertices = reshape(vertices, np.random.default_rng([seed, 2]))
    natural, curve, bone, wide = rng.standard_normal(3).tolist() + [float(rng.uniform(*WIDE))]
    r = CORRELATION[coupling]
    curve_sd = NATURAL_SD * float(np.sqrt(1 / r**2 - 1)) if family.curve_sd is None else family.curve_sd
    lumbar_offset = curve_sd * curve
    rotation = wide if spread == "wide" else NATURAL_MEAN + rotation_sd * natural
    if stance == "sway_back":
        rotation -= SWAY_ROTATION
    posture, rotation = _standing(vertices, rng, rotation, lumbar_offset, arms, stance == "sway_back", stance_spread)
    camera = _camera(rng, float(np.ptp(vertices[body_vertices(), 1])), yaw_sd)
    if stance not in ("standing", "sway_back"):
        posture = _otherwise(posture, stance, dressing)
    outfit = family.outfit(dressing, fit, shape.sex < 0.5)
    if covers == "jacket":
        outfit = replace(outfit, top="long")
    if stance in ("lying", "thomas"):
        camera = replace(camera, field=2 * float(np.degrees(np.arctan(1.9 * np.tan(np.radians(camera.field / 2))))))
    return Person(
        seed=seed,
        shape=shape,
        posture=posture,
        camera=camera,
        rotation=rotation,
        asis_psis=rotation + BONE_SD * bone,
        lumbar_offset=lumbar_offset,
        arms=arms,
        stance=stance,
        outfit=outfit,
        room=Room(background, int(dressing.integers(5)), seed),
        vertices=vertices,
        skin=family.skin(np.random.default_rng([seed, 7])),
        cover=drawn_cover(np.random.default_rng([seed, 10]), covers),
    )


def _standing(
    vertices: Array,
    rng: np.random.Generator,
    rotation: float,
    lumbar_offset: float,
    arms: Arms,
    sways: bool = False,
    spread: float = 1.0,
) -> tuple[Posture, float]:
    """A standing posture with the pelvis at ``rotation``; one that sways has the hips forward and the trunk back."""
    stance = _stance(rng, arms, spread)
    lean_mean = -2.8
    if sways:  # well beyond the limits of docs/science.md, Sway-back: displacement 6, trunk -6, hip 12
        stance = replace(stance, thigh=stance.thigh + 6.0, shank=stance.shank + 2.0)
        lean_mean = -10.0
    neutral = stand(vertices, replace(stance, pelvis=0.0, thorax=0.0)).truth["tilt"]
    posture = replace(stance, pelvis=rotation - neutral)
    return _with_trunk_lean(vertices, posture, lumbar_offset, rng.normal(lean_mean, 2.7 * spread)), rotation


def _shape(rng: np.random.Generator) -> Shape:
    local = {}
    for name, more, less in LOCAL:
        strength = rng.uniform(-0.5, 0.5)
        local[f"{name}-{more if strength > 0 else less}"] = abs(strength)
    return Shape(
        sex=float(rng.integers(2)),
        age=rng.uniform(0.0, 0.7),
        muscle=rng.uniform(0.3, 0.8),
        weight=float(np.clip(rng.normal(0.5, 0.2), 0.05, 0.98)),
        height=float(np.clip(rng.normal(0.5, 0.12), 0.1, 0.9)),
        proportions=rng.uniform(0.3, 0.8),
        cup=rng.uniform(0.2, 0.8),
        firmness=rng.uniform(0.2, 0.8),
        ancestry=tuple(rng.dirichlet((1.0, 1.0, 1.0))),
        local=local,
    )


def _stance(rng: np.random.Generator, arms: Arms, spread: float = 1.0) -> Posture:
    """Legs as Woodhull's adults stand (docs/science.md, Norms: thigh +3.3 ± 3, displacement 4.2 ± 1); arms as named.

    Natural arms hang in 65 of 100 people and are held forward in the others.
    """
    shares = np.array([0.45, 0.33, 0.22]) * np.exp(0.25 * rng.standard_normal(3))
    back, leg, displacement = rng.standard_normal(3)
    thigh = 3.3 + 2.5 * spread * leg
    hanging = rng.random() < 0.65
    forward, bend = (rng.normal(5, 8), rng.uniform(5, 25)) if hanging else (rng.uniform(25, 70), rng.uniform(10, 80))
    inward, out = 0.0, 0.0
    if arms == "crossed":
        forward, bend, inward = rng.uniform(15, 30), rng.uniform(75, 95), rng.uniform(60, 75)
    elif arms == "over_back":
        forward, bend = rng.uniform(-16, -7), rng.uniform(0, 10)
    elif arms == "hanging":
        forward, bend = rng.uniform(-14, 6), rng.uniform(0, 14)
    elif arms == "elbows_back":
        forward, bend = rng.uniform(-38, -14), rng.uniform(30, 85)
    elif arms == "on_hips":
        forward, bend, inward, out = rng.uniform(-25, 5), rng.uniform(55, 80), rng.uniform(60, 80), rng.uniform(25, 35)
    return Posture(
        shares=tuple(shares / shares.sum()),
        upper_back=5.0 * back,
        head=5.0 * rng.standard_normal(),
        thigh=thigh,
        shank=2 * 4.2 - thigh + 2.0 * spread * displacement,
        arm_forward=forward,
        elbow_bend=bend,
        arm_out=out + rng.uniform(4, 10),
        arm_inward=inward,
    )


def _otherwise(posture: Posture, stance: Stance, rng: np.random.Generator) -> Posture:
    """Not standing: what the gates have to refuse."""
    if stance == "sitting":
        return replace(posture, thigh=-rng.uniform(78, 92), shank=rng.uniform(-8, 10), thorax=posture.pelvis)
    if stance == "lying":
        return replace(posture, recline=90.0)
    if stance == "stepping":
        reach = rng.uniform(14, 24)
        return replace(posture, thigh=-reach, shank=-reach / 2, right_leg=(reach, reach + rng.uniform(0, 25)))
    if stance == "half_kneeling":
        return replace(posture, thigh=-rng.uniform(75, 92), shank=0.0, right_leg=(rng.uniform(0, 12), 88.0))
    if stance == "thomas":  # on the back at a table's end, the right knee held, the left leg hanging
        above, bent = rng.uniform(-25, 20), rng.uniform(45, 95)
        held = rng.uniform(105, 125)
        return replace(posture, recline=90.0, pelvis=posture.pelvis - 12, thorax=posture.pelvis - 12, thigh=-above,
                       shank=bent - above, right_leg=(-held, rng.uniform(5, 20)), arm_forward=rng.uniform(85, 100),
                       elbow_bend=rng.uniform(-5, 10), arm_inward=0.0)  # fmt: skip
    raise ValueError(f"unknown stance {stance}")


def _with_trunk_lean(vertices: Array, posture: Posture, lumbar_offset: float, wanted: float) -> Posture:
    """Turn the thorax until hip → shoulder leans by ``wanted`` (adults: -2.8 ± 2.7), the personal curve included.

    ``lumbar_offset`` bends the lumbar joints further back and the upper back forward again by as much, so that head
    and shoulders stay where they were.
    """
    thorax = 0.0
    for _ in range(4):
        bent = replace(posture, thorax=thorax - lumbar_offset, upper_back=posture.upper_back + lumbar_offset)
        thorax += 1.1 * (wanted - stand(vertices, bent).truth["trunk_incl"])
    return replace(posture, thorax=thorax - lumbar_offset, upper_back=posture.upper_back + lumbar_offset)


def _camera(rng: np.random.Generator, stature: float, yaw_sd: float = 5.0) -> Camera:
    """A camera about 3 m away at hip height; the body fills 86 % of the picture's height."""
    distance = float(np.clip(rng.normal(3.0, 0.3), 2.2, 4.0))
    return Camera(
        side="left" if rng.random() < 0.5 else "right",
        distance=distance,
        height=float(rng.normal(0.95, 0.08)),
        sight=stature / 2,
        yaw=float(yaw_sd * rng.standard_normal()),
        roll=float(rng.normal(0, 1)),
        field=float(2 * np.degrees(np.arctan(stature / 0.86 / 2 / distance))),
    )
