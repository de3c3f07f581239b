"""One seed, one person: body, posture and camera drawn from a named population.

The pelvis stands at a rotation; the ASIS-PSIS angle that a calliper would read differs from it by a fixed personal
offset of bone shape. How closely the curve of the lower back follows the pelvis between people is the population's
one parameter; within a person it follows one to one, because the same skeleton carries it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from validation.people.body import Body, Posture, Shape, body_vertices, pose, rest
from validation.people.camera import Camera
from validation.people.mesh import Array

Coupling = Literal["tied", "loose", "free"]
Spread = Literal["natural", "wide"]

#: Pelvic rotation on the ASIS-PSIS scale, mean and SD in degrees; bone shape adds BONE_SD to what a calliper reads.
NATURAL_MEAN, NATURAL_SD, BONE_SD = 10.0, 3.6, 3.5
#: The wide spread is flat from -3 to 27 degrees: SD 8.7.
WIDE = (-3.0, 27.0)
#: Correlation of lumbar curve and pelvic rotation between people.
CORRELATION: dict[Coupling, float] = {"tied": 1.0, "loose": 0.5, "free": 0.2}
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
    """

    seed: int
    shape: Shape
    posture: Posture
    camera: Camera
    rotation: float
    asis_psis: float
    lumbar_offset: float
    vertices: Array

    def body(self, further_turn: float = 0.0) -> Body:
        """The posed body; ``further_turn`` turns the pelvis on from where it stands, for photos of the same person."""
        return pose(self.vertices, replace(self.posture, pelvis=self.posture.pelvis + further_turn))


def draw(seed: int, coupling: Coupling = "tied", spread: Spread = "natural") -> Person:
    """The person of one seed. The same seed gives the same body, stance and camera in every population."""
    rng = np.random.default_rng(seed)
    shape = _shape(rng)
    vertices = rest(shape)
    standing = rng.standard_normal(8)
    wide = float(rng.uniform(*WIDE))
    rotation = wide if spread == "wide" else NATURAL_MEAN + NATURAL_SD * float(standing[0])
    r = CORRELATION[coupling]
    lumbar_offset = NATURAL_SD * np.sqrt(1 / r**2 - 1) * standing[1]
    stance = _stance(rng, standing)
    neutral = pose(vertices, replace(stance, pelvis=0.0, thorax=0.0)).truth["tilt"]
    posture = replace(stance, pelvis=rotation - neutral)
    posture = _with_trunk_lean(vertices, posture, lumbar_offset, rng)
    return Person(
        seed=seed,
        shape=shape,
        posture=posture,
        camera=_camera(rng, float(np.ptp(vertices[body_vertices(), 1]))),
        rotation=rotation,
        asis_psis=rotation + BONE_SD * standing[2],
        lumbar_offset=float(lumbar_offset),
        vertices=vertices,
    )


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


def _stance(rng: np.random.Generator, standing: Array) -> Posture:
    """Legs as Woodhull's adults stand (SCIENCE section 2: thigh +3.3 ± 3, displacement 4.2 ± 1); arms hang or reach."""
    shares = np.array([0.45, 0.33, 0.22]) * np.exp(0.25 * rng.standard_normal(3))
    thigh = 3.3 + 2.5 * standing[3]
    hanging = rng.random() < 0.65
    return Posture(
        shares=tuple(shares / shares.sum()),
        upper_back=5.0 * standing[4],
        head=5.0 * rng.standard_normal(),
        thigh=thigh,
        shank=2 * 4.2 - thigh + 2.0 * standing[5],
        arm_forward=rng.normal(5, 8) if hanging else rng.uniform(25, 70),
        elbow_bend=rng.uniform(5, 25) if hanging else rng.uniform(10, 80),
        arm_out=rng.uniform(4, 10),
    )


def _with_trunk_lean(vertices: Array, posture: Posture, lumbar_offset: float, rng: np.random.Generator) -> Posture:
    """Turn the thorax until hip → shoulder leans as in standing adults (-2.8 ± 2.7), the personal curve included.

    ``lumbar_offset`` bends the lumbar joints further back and the upper back forward again by as much, so that head
    and shoulders stay where they were.
    """
    wanted = rng.normal(-2.8, 2.7)
    thorax = 0.0
    for _ in range(4):
        bent = replace(posture, thorax=thorax - lumbar_offset, upper_back=posture.upper_back + lumbar_offset)
        thorax += 1.1 * (wanted - pose(vertices, bent).truth["trunk_incl"])
    return replace(posture, thorax=thorax - lumbar_offset, upper_back=posture.upper_back + lumbar_offset)


def _camera(rng: np.random.Generator, stature: float) -> Camera:
    """A camera about 3 m away at hip height; the body fills 86 % of the picture's height."""
    distance = float(np.clip(rng.normal(3.0, 0.3), 2.2, 4.0))
    return Camera(
        side="left" if rng.random() < 0.5 else "right",
        distance=distance,
        height=float(rng.normal(0.95, 0.08)),
        sight=stature / 2,
        yaw=float(rng.normal(0, 5)),
        roll=float(rng.normal(0, 1)),
        field=float(2 * np.degrees(np.arctan(stature / 0.86 / 2 / distance))),
    )
