"""One body: its shape, its posture, and the truth about both.

Metres; x to the body's left, y up, z forward. Angles in degrees with the project's signs: leans + forward, pelvic
rotation + anterior, thigh + hip ahead of the knee, shank + knee ahead of the ankle.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import product

import numpy as np

from posture.geometry import UncertainPoint, joint_angle, lean
from validation.people.mesh import Array, Indices, mesh, rig, target

#: Joint centres by the bone that begins there; ".L" or ".R" is added for pairs.
JOINTS = {"shoulder": "upperarm01", "elbow": "lowerarm01", "wrist": "wrist", "hip": "upperleg01", "knee": "lowerleg01",
          "ankle": "foot"}  # fmt: skip


@dataclass(frozen=True)
class Skin:
    """How the trunk's skin follows the pelvis.

    fade : m above the line from PSIS to ASIS over which it leaves the pelvis · follows : share of a turn that reaches
        the skin below that line, beyond what the rig's own weights give it
    """

    fade: float = 0.07
    follows: float = 1.0


PLAIN_SKIN = Skin()


@dataclass(frozen=True)
class Shape:
    """A body's form; every number 0..1, 0.5 the average one.

    sex : 0 female, 1 male · age : 0 about 25 years, 1 about 90 · ancestry : shares of the three base heads
    local : further targets of the mesh data and their strength
    """

    sex: float = 0.5
    age: float = 0.3
    muscle: float = 0.5
    weight: float = 0.5
    height: float = 0.5
    proportions: float = 0.5
    cup: float = 0.5
    firmness: float = 0.5
    ancestry: tuple[float, float, float] = (0.0, 0.0, 1.0)
    local: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Posture:
    """How the body stands, degrees from the rest pose for pelvis and thorax, from the vertical for the legs.

    shares : how the lumbar joints L5-S1, L3, L1 divide the difference between thorax and pelvis
    thigh, shank : both legs; ``right_leg`` is (thigh, shank) of the right one where it stands otherwise
    arm_forward, elbow_bend, arm_out, arm_inward : upper arm from hanging, elbow, upper arm sideways, and how far the
        forearm turns from straight ahead to across the body
    recline : turns the whole body onto its back, 90 is lying supine
    """

    pelvis: float = 0.0
    thorax: float = 0.0
    shares: tuple[float, float, float] = (0.45, 0.33, 0.22)
    upper_back: float = 0.0
    head: float = 0.0
    thigh: float = 0.0
    shank: float = 0.0
    arm_forward: float = 8.0
    elbow_bend: float = 12.0
    arm_out: float = 7.0
    arm_inward: float = 0.0
    right_leg: tuple[float, float] | None = None
    recline: float = 0.0


@dataclass(frozen=True, eq=False)
class Body:
    """Posed vertices (n, 3), joint centres, marked points and the true angles."""

    vertices: Array
    joints: Mapping[str, Array]
    truth: Mapping[str, float]


def rest(shape: Shape) -> Array:
    """Vertices (n, 3) of a body of this shape in the rest pose."""
    vertices = mesh().vertices.copy()
    sexes = _blend(("female", "male"), shape.sex)
    ages = _blend(("young", "old"), shape.age)
    builds = list(
        product(
            sexes,
            ages,
            _blend(("minmuscle", "averagemuscle", "maxmuscle"), shape.muscle),
            _blend(("minweight", "averageweight", "maxweight"), shape.weight),
        )
    )
    wanted: dict[str, float] = {}
    for (head, share), (sex, s), (age, a) in product(
        zip(("african", "asian", "caucasian"), shape.ancestry, strict=True), sexes, ages
    ):
        wanted[f"macrodetails/{head}-{sex}-{age}"] = share * s * a
    height = "maxheight" if shape.height > 0.5 else "minheight"
    proportions = "idealproportions" if shape.proportions > 0.5 else "uncommonproportions"
    cups = _blend(("mincup", "averagecup", "maxcup"), shape.cup)
    firmnesses = _blend(("minfirmness", "averagefirmness", "maxfirmness"), shape.firmness)
    for axes in builds:
        name = "-".join(label for label, _ in axes)
        share = float(np.prod([weight for _, weight in axes]))
        wanted[f"macrodetails/universal-{name}"] = share
        wanted[f"macrodetails/height/{name}-{height}"] = share * abs(shape.height - 0.5) * 2
        wanted[f"macrodetails/proportions/{name}-{proportions}"] = share * abs(shape.proportions - 0.5) * 2
        for (cup, c), (firmness, f) in product(cups, firmnesses):
            wanted[f"breast/{name}-{cup}-{firmness}"] = share * c * f
    for name, strength in (wanted | dict(shape.local)).items():
        moved = target(name) if abs(strength) > 1e-6 else None
        if moved is not None:
            vertices[moved[0]] += strength * moved[1]
    return vertices


def reshaped_by(targets: Iterable[tuple[str, str, str]], sd: float, vertices: Array, rng: np.random.Generator) -> Array:
    """Rest vertices (n, 3) after shape targets, each with its opposite, at normal strengths within ±1.

    "{side}" in a name stands for both legs or arms alike. Raises FileNotFoundError naming a target that is not there.
    """
    moved = vertices.copy()
    for name, more, less in targets:
        strength = float(np.clip(sd * rng.standard_normal(), -1, 1))
        for side in ("l", "r") if "{side}" in name else ("",):
            found = target(f"{name.format(side=side)}-{more if strength > 0 else less}")
            if found is None:
                raise FileNotFoundError(f"the mesh data have no target {name}")
            moved[found[0]] += abs(strength) * found[1]
    return moved


@dataclass(frozen=True, eq=False)
class Skeleton:
    """Where every bone begins and how it is turned from rest; joints, marked points and true angles follow."""

    heads: Mapping[str, Array]
    marks: Mapping[str, Array]
    placed: Mapping[str, Array]
    turns: Mapping[str, Array]

    @property
    def joints(self) -> dict[str, Array]:
        """Joint centres and marked points, the ground not yet found."""
        joints = {f"{name}.{side}": self.placed[f"{bone}.{side}"] for name, bone in JOINTS.items() for side in "LR"}
        for name, point in self.marks.items():
            joints[name] = self.placed["root"] + self.turns["root"] @ (point - self.heads["root"])
        return joints

    @property
    def truth(self) -> dict[str, float]:
        """The true angles."""
        return true_angles(self.joints)


def stand(vertices: Array, posture: Posture) -> Skeleton:
    """The bones of a body of these rest vertices in this posture."""
    frame = rig()
    heads = frame.heads(vertices)
    turns = _turns(heads, posture)
    hips = (heads["upperleg01.L"] + heads["upperleg01.R"]) / 2
    placed: dict[str, Array] = {}
    for name in frame.names:
        parent = frame.parent[name]
        turns.setdefault(name, turns[parent] if parent else np.eye(3))
        if parent:
            placed[name] = placed[parent] + turns[parent] @ (heads[name] - heads[parent])
        else:  # the pelvis turns about the axis through both hip joints
            placed[name] = hips + turns[name] @ (heads[name] - hips)
    return Skeleton(heads, pelvic_marks(vertices, heads), placed, turns)


def pose(vertices: Array, posture: Posture, skin: Skin = PLAIN_SKIN) -> Body:
    """A body of these rest vertices in this posture, on the ground, the middle of the ankles at z = 0."""
    frame, bones = rig(), stand(vertices, posture)
    weights = _rigid_pelvis(vertices, bones.marks, skin)
    turn = np.array([bones.turns[name] for name in frame.names])
    shift = np.array([bones.placed[name] - bones.turns[name] @ bones.heads[name] for name in frame.names])
    moved = np.einsum("nij,nj->ni", np.tensordot(weights, turn, 1), vertices) + weights @ shift
    joints = bones.joints
    if posture.recline:
        lying = _forward(-posture.recline)
        moved, joints = moved @ lying.T, {name: lying @ point for name, point in joints.items()}
    ground = moved[mesh().vertices_of["body"], 1].min()
    middle = np.ptp(moved[:, 2]) / 2 + moved[:, 2].min() if posture.recline else _ankles(joints)
    offset = np.array([0.0, -ground, -middle])
    joints = {name: point + offset for name, point in joints.items()}
    return Body(moved + offset, joints, true_angles(joints))


def _ankles(joints: Mapping[str, Array]) -> float:
    return float((joints["ankle.L"] + joints["ankle.R"])[2]) / 2


def true_angles(joints: Mapping[str, Array]) -> dict[str, float]:
    """The angles a perfect side view would read, from the middles of left and right; ``tilt`` is ASIS-PSIS."""

    def middle(name: str) -> UncertainPoint:
        _, up, forward = (joints[f"{name}.L"] + joints[f"{name}.R"]) / 2
        return UncertainPoint(float(forward), float(up), 0.0)

    shoulder, hip, knee, ankle = (middle(name) for name in ("shoulder", "hip", "knee", "ankle"))
    asis, psis = middle("ASIS"), middle("PSIS")
    run, rise = asis.minus(psis)
    return {
        "tilt": float(np.degrees(np.arctan2(-rise, run))),
        "trunk_incl": lean(hip, shoulder).value,
        "thigh_incl": lean(knee, hip).value,
        "shank_incl": lean(ankle, knee).value,
        "hip_angle": joint_angle(knee, hip, shoulder).value,
        "knee_flexion": joint_angle(ankle, knee, hip).value,
        "pelvic_displacement": lean(ankle, hip).value,
    }


def pelvic_marks(vertices: Array, heads: Mapping[str, Array]) -> dict[str, Array]:
    """ASIS and PSIS on the skin of the rest body, by the rule of docs/science.md, How a generated body is built.

    The distance of the two ASIS is the hip joints' spacing / 0.72; the ASIS lie 0.30 of it above the joints (Bell 1989,
    abstract); the PSIS 4.3 cm to the side and 2.8 cm, scaled, higher.
    """
    left, right = heads["upperleg01.L"], heads["upperleg01.R"]
    spacing = abs(left[0] - right[0]) / 0.72
    scale = spacing / 0.31
    asis_y = (left[1] + right[1]) / 2 + 0.30 * spacing
    asis_x = min(0.5 * spacing, 0.125 * scale)
    places = {"ASIS": (asis_x, asis_y, True), "PSIS": (0.043, asis_y + 0.028 * scale, False)}
    skin = vertices[mesh().vertices_of["body"]]
    marks = {}
    for name, (x, y, front) in places.items():
        for side, sign in (("L", 1), ("R", -1)):
            marks[f"{name}.{side}"] = np.array([sign * x, y, _depth(skin, sign * x, y, front)])
    return marks


def _depth(skin: Array, x: float, y: float, front: bool) -> float:
    """z of the trunk's front or back surface at (x, y), from the four nearest vertices."""
    near = skin[(np.abs(skin[:, 0]) < 0.25) & ((skin[:, 2] > 0.02) if front else (skin[:, 2] < -0.02))]
    away = np.hypot(near[:, 0] - x, near[:, 1] - y)
    nearest = np.argsort(away)[:4]
    return float(np.average(near[nearest, 2], weights=1 / (away[nearest] + 1e-4)))


def _blend(labels: tuple[str, ...], value: float) -> list[tuple[str, float]]:
    """Shares of equally spaced anchors at a value 0..1: (min, average, max) at 0.75 is half average, half max."""
    at = np.clip(value, 0, 1) * (len(labels) - 1)
    shares = np.clip(1 - np.abs(np.arange(len(labels)) - at), 0, 1)
    return [(label, float(share)) for label, share in zip(labels, shares, strict=True) if share > 1e-6]


def _rigid_pelvis(vertices: Array, marks: Mapping[str, Array], skin: Skin) -> Array:
    """Skin weights in which the trunk's skin below the line PSIS - ASIS moves with the pelvis alone.

    The rig's own weights give the lumbar joints half of that skin, so that only 70 % of a turn would reach it.
    """
    frame = rig()
    weights = frame.weights.copy()
    asis, psis = ((marks[f"{name}.L"] + marks[f"{name}.R"]) / 2 for name in ("ASIS", "PSIS"))
    along = np.clip((vertices[:, 2] - psis[2]) / (asis[2] - psis[2]), 0, 1)
    above = vertices[:, 1] - (psis[1] + along * (asis[1] - psis[1]))
    share = np.clip(1 - above / skin.fade, 0, 1)
    share = skin.follows * share**2 * (3 - 2 * share)
    root = frame.names.index("root")
    for name in ("spine05", "spine04", "spine03", "spine02"):
        column = frame.names.index(name)
        moved = weights[:, column] * share
        weights[:, column] -= moved
        weights[:, root] += moved
    return weights


def _turns(heads: Mapping[str, Array], posture: Posture) -> dict[str, Array]:
    """World rotation of the bones that the posture sets; the others follow their parents."""
    pelvis, thorax = posture.pelvis, posture.thorax
    taken = np.cumsum(posture.shares) / np.sum(posture.shares)
    sagittal = {
        "root": pelvis,
        "pelvis.L": pelvis,
        "pelvis.R": pelvis,
        "spine05": pelvis,
        "spine04": pelvis + (thorax - pelvis) * taken[0],
        "spine03": pelvis + (thorax - pelvis) * taken[1],
        "spine02": pelvis + (thorax - pelvis) * taken[2],
        "spine01": thorax + posture.upper_back,
        "neck01": thorax + 0.5 * posture.upper_back + 0.5 * posture.head,
        "neck02": 0.7 * thorax + 0.8 * posture.head,
        "neck03": 0.5 * thorax + posture.head,
        "head": 0.3 * thorax + 0.6 * posture.head,
    }
    turns = {name: _forward(angle) for name, angle in sagittal.items()}
    for side, sign in (("L", 1.0), ("R", -1.0)):
        thigh, shank = posture.right_leg if side == "R" and posture.right_leg else (posture.thigh, posture.shank)
        for upper, lower, angle in (("upperleg01", "lowerleg01", thigh), ("lowerleg01", "foot", shank)):
            rest_line = heads[f"{lower}.{side}"] - heads[f"{upper}.{side}"]
            c, s = np.cos(np.radians(angle)), np.sin(np.radians(angle))
            outward = 0.35 * rest_line[0] / abs(rest_line[1]) if upper == "upperleg01" else sign * 0.02
            turn = _between(rest_line, np.array([outward * abs(c), -c, -s]))
            turns[f"{upper}.{side}"] = turns[f"{upper[:-1]}2.{side}"] = turn
        # a foot stays flat unless the shank lies down, then it follows
        turns[f"foot.{side}"] = turns[f"lowerleg01.{side}"] if abs(shank) > 45 else np.eye(3)
        turns[f"clavicle.{side}"] = turns["spine01"]
        turns[f"shoulder01.{side}"] = turns["spine01"] @ _sideways(-6 * sign)
        arm, bend, out = (np.radians(a) for a in (posture.arm_forward, posture.elbow_bend, posture.arm_out))
        upper_line = np.array([sign * np.sin(out), -np.cos(arm), np.sin(arm)])
        across = np.radians(posture.arm_inward)
        ahead = np.sin(arm + bend)
        inward = sign * (0.04 - 0.25 * ahead) * np.cos(across) - sign * abs(ahead) * np.sin(across)
        lower_line = np.array([inward, -np.cos(arm + bend), ahead * np.cos(across)])
        for upper, lower, line in (("upperarm01", "lowerarm01", upper_line), ("lowerarm01", "wrist", lower_line)):
            turn = _between(heads[f"{lower}.{side}"] - heads[f"{upper}.{side}"], line)
            turns[f"{upper}.{side}"] = turns[f"{upper[:-1]}2.{side}"] = turn
    return turns


def _forward(angle: float) -> Array:
    """Rotation about the left-right axis that tips the top forward."""
    c, s = np.cos(np.radians(angle)), np.sin(np.radians(angle))
    return np.array([[1.0, 0, 0], [0, c, -s], [0, s, c]])


def _sideways(angle: float) -> Array:
    c, s = np.cos(np.radians(angle)), np.sin(np.radians(angle))
    return np.array([[c, -s, 0], [s, c, 0], [0, 0, 1.0]])


def _between(a: Array, b: Array) -> Array:
    """The shortest rotation that turns the direction a into b."""
    from scipy.spatial.transform import Rotation

    a, b = a / np.linalg.norm(a), b / np.linalg.norm(b)
    axis = np.cross(a, b)
    sine = float(np.linalg.norm(axis))
    if sine < 1e-12:
        return np.eye(3)
    turn: Array = Rotation.from_rotvec(axis / sine * np.arctan2(sine, a @ b)).as_matrix()
    return turn


def body_vertices() -> Indices:
    """The vertices of the skin, without garments and markers."""
    return mesh().vertices_of["body"]
