"""What a person wears: garments cut from the skin, standing off it, bridging hollows, falling in folds.

A garment is the skin's own faces over a region of the rest mesh, moved outwards. A tight one lies on the skin; a loose
one is smoothed, stands off, and hangs: it takes a share of the straight line over the hollow that it covers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from itertools import product
from typing import Any, Literal

import numpy as np

from validation.people.camera import skin_faces
from validation.people.mesh import Array, Indices, mesh, rig

Fit = Literal["tight", "normal", "loose"]
Top = Literal["bare", "sports", "tank", "tee", "long"]
Bottom = Literal["leggings", "shorts", "briefs"]

#: Least distance of cloth from skin, m, for the lower and the upper garment.
LAYER = {"bottom": 0.001, "top": 0.002}
#: How far a ray tracer's body is drawn in under cloth, m.
_DRAWN_IN = 0.006
#: Height of hems on the base mesh as shares of the way between two joints: (from, to, share).
_HEMS = {
    "sports": ("hip", "neck", 0.52),
    "tank": ("hip", "neck", -0.06),
    "tee": ("hip", "neck", -0.08),
    "long": ("hip", "neck", -0.10),
    "leggings": ("ankle", "hip", 0.06),
    "shorts": ("knee", "hip", 0.45),
    "briefs": ("hip", "knee", 0.10),
}
#: Upper edges likewise; the waist of the lower garment and the neckline of the upper one.
_WAIST, _NECKLINE = ("hip", "neck", 0.25), ("hip", "neck", 0.98)
#: Where the armhole of a garment without sleeves ends below.
_ARMPIT = ("hip", "neck", 0.5)
#: How far down the arm a sleeve reaches, shares of shoulder → wrist.
_SLEEVE = {"sports": 0.0, "tank": 0.0, "tee": 0.32, "long": 0.97}


@dataclass(frozen=True)
class Outfit:
    """Clothes on the body.

    fit : how they would be called when asked · stand_off : m from the skin · hang : share 0..1 of a hollow bridged
    even : the cloth keeps one distance from the skin; otherwise it is stretched smooth, the more the further off
    folds : SD of the folds, m, drawn from ``folds_seed``
    """

    fit: Fit
    top: Top
    bottom: Bottom
    stand_off: float = 0.0
    hang: float = 0.0
    even: bool = False
    folds: float = 0.0
    folds_seed: int = 0


@dataclass(frozen=True, eq=False)
class Part:
    """Something visible: ``faces`` (f, 4) into ``vertices`` (n, 3); ``name`` is skin, top, bottom, hair, eyes
    or sticker.

    colour : RGB 0..255 where it is not the room's to say
    """

    name: str
    faces: Indices
    vertices: Array
    colour: tuple[float, float, float] | None = None


def draw_outfit(rng: np.random.Generator, fit: Fit, woman: bool) -> Outfit:
    """Clothes of one fit: tight ones within 4 mm of the skin, normal ones 2-8 mm, loose ones 8-30 mm and hanging."""
    tight_tops: tuple[Top, ...] = ("tee", "long", "tank", "sports" if woman else "bare")
    top: Top = tight_tops[rng.integers(4)] if fit == "tight" else ("tee", "tee", "long", "tank")[rng.integers(4)]
    short = top in ("bare", "sports", "tank") and fit == "tight"
    bottom: Bottom = ("leggings", "shorts", "briefs" if short else "leggings")[rng.integers(3)]
    stand_off, hang, folds = {
        "tight": (rng.uniform(0.0, 0.004), rng.uniform(0.0, 0.1), 0.0004),
        "normal": (rng.uniform(0.002, 0.008), rng.uniform(0.0, 0.25), 0.0015),
        "loose": (rng.uniform(0.008, 0.03), rng.uniform(0.2, 0.9), 0.004),
    }[fit]
    return Outfit(fit, top, bottom, float(stand_off), float(hang), folds=folds, folds_seed=int(rng.integers(2**31)))


def dress(vertices: Array, outfit: Outfit) -> list[Part]:
    """The visible parts of a dressed body of these posed vertices (n, 3)."""
    parts = [Part("skin", skin_faces(), vertices), Part("eyes", _eye_faces(), vertices), _hair(vertices)]
    parts.append(Part("bottom", *_garment(vertices, outfit.bottom, Outfit("tight", "bare", outfit.bottom), "bottom")))
    if outfit.top != "bare":
        parts.append(Part("top", *_garment(vertices, outfit.top, outfit, "top")))
    return parts


def fitted(parts: list[Part]) -> list[Part]:
    """The parts of a dressed body for a ray tracer, which shows every millimetre: nothing pokes through what covers it.

    Cloth lies its layer's thickness over what is under it, and what it covers is drawn in but along the cloth's edges.
    """
    named = {part.name: part for part in parts}
    skin = named["skin"]
    outwards = normals(skin.vertices, skin.faces)
    lying = {"skin": skin.vertices.copy()}  # the layers so far, from the body outwards
    for layer, thickness in LAYER.items():
        if layer not in named:
            continue
        faces, cloth = named[layer].faces, named[layer].vertices.copy()
        ids = np.unique(faces)
        under = np.max([((lower - skin.vertices) * outwards).sum(axis=1)[ids] for lower in lying.values()], axis=0)
        height = ((cloth - skin.vertices) * outwards).sum(axis=1)[ids]
        cloth[ids] += np.maximum(0.0, under + thickness - height)[:, None] * outwards[ids]
        depth = np.minimum(_rings(faces, len(cloth)), 3)[ids, None] / 3 * _DRAWN_IN
        for lower in lying.values():
            lower[ids] -= depth * outwards[ids]
        lying[layer] = cloth
    return [Part(part.name, part.faces, lying.get(part.name, part.vertices), part.colour) for part in parts]


def _rings(faces: Indices, n: int) -> Indices:
    """(n,) how many edges away the next hem is, at most 3."""
    neighbours, hem = _neighbours(faces, n)
    rings = np.where(hem, 0, 3)
    for step in (1, 2):
        rings[(rings == 3) & (neighbours @ (rings == step - 1) > 0)] = step
    return rings


def table(joints: Mapping[str, Array], vertices: Array) -> Part:
    """A table under a person who lies on their back, ending where the thighs begin."""
    hip = (joints["hip.L"] + joints["hip.R"]) / 2
    shoulder = (joints["shoulder.L"] + joints["shoulder.R"]) / 2
    headwards = np.sign(shoulder[2] - hip[2])
    along = headwards * (vertices[:, 2] - hip[2])
    trunk = vertices[(along > 0.05) & (along < abs(shoulder[2] - hip[2])) & (np.abs(vertices[:, 0]) < 0.15)]
    top = float(trunk[:, 1].min())
    size = np.array([0.8, 0.09, 1.25])
    corner = np.array([-0.4, top - size[1], hip[2] - 0.06 * headwards - (size[2] if headwards < 0 else 0.0)])
    return Part("table", *_box(corner, size), colour=(150.0, 112.0, 78.0))


def _box(corner: Array, size: Array, grain: float = 0.05) -> tuple[Indices, Array]:
    """A box's six sides in small squares, their corners ordered to face outwards."""
    faces: list[Indices] = []
    vertices: list[Array] = []
    count = 0
    for axis, end in product(range(3), (0, 1)):
        u, v = (axis + 1) % 3, (axis + 2) % 3
        a, b = (np.linspace(0, size[k], max(2, round(size[k] / grain))) for k in (u, v))
        grid = np.zeros((len(a), len(b), 3))
        grid[..., u], grid[..., v], grid[..., axis] = a[:, None], b[None, :], end * size[axis]
        index = count + np.arange(grid.shape[0] * grid.shape[1]).reshape(grid.shape[:2])
        quads = np.stack([index[:-1, :-1], index[1:, :-1], index[1:, 1:], index[:-1, 1:]], axis=-1).reshape(-1, 4)
        faces.append(quads if end else quads[:, ::-1])
        vertices.append(grid.reshape(-1, 3) + corner)
        count += index.size
    return np.concatenate(faces), np.concatenate(vertices)


def _garment(vertices: Array, cut: str, outfit: Outfit, layer: str) -> tuple[Indices, Array]:
    faces = _region(cut)
    ids = np.unique(faces)
    outwards = normals(vertices, faces)[ids]
    cloth = _even_hems(vertices, faces)
    least = LAYER[layer]
    if outfit.stand_off > 0.001 and not outfit.even:
        cloth[ids] = _smoothed(cloth, faces, ids, int(6 + 500 * outfit.stand_off))
        inside = np.maximum(0.0, least - ((cloth[ids] - vertices[ids]) * outwards).sum(axis=1))
        cloth[ids] += inside[:, None] * outwards
    cloth[ids] += (least + (1.0 if outfit.even else 0.6) * outfit.stand_off) * outwards
    if outfit.folds:
        lift = np.maximum(_folds(mesh().vertices[ids], outfit), -0.5 * outfit.stand_off)
        cloth[ids] += lift[:, None] * outwards
    if outfit.hang:
        trunk = ids[~on_arm()[ids]]
        cloth = _hung(cloth, trunk, normals(cloth, faces)[trunk], outfit.hang)
        cloth[ids] = _smoothed(cloth, faces, ids, 3)
    return faces, cloth


def _hung(cloth: Array, ids: Indices, outwards: Array, share: float) -> Array:
    """Move trunk cloth, in front and behind, by ``share`` of its distance from the line over the hollow."""
    moved = cloth.copy()
    y, z = cloth[ids, 1], cloth[ids, 2]
    rows = np.linspace(y.min(), y.max(), 60)
    for way in (-1.0, 1.0):
        out = way * z
        profile = np.array([out[np.abs(y - row) < 0.015].max(initial=-1.0) for row in rows])
        over = np.maximum(0.0, upper_hull(rows, profile) - profile)
        turned = np.clip(1.5 * way * outwards[:, 2], 0, 1)
        moved[ids, 2] += way * share * turned**2 * (3 - 2 * turned) * np.interp(y, rows, over)
    return moved


def upper_hull(x: Array, y: Array) -> Array:
    """The least concave line over y(x), at x."""
    kept: list[int] = []
    for i in range(len(x)):
        while len(kept) >= 2:
            a, b = kept[-2:]
            if (y[b] - y[a]) * (x[i] - x[a]) >= (y[i] - y[a]) * (x[b] - x[a]):
                break
            kept.pop()
        kept.append(i)
    hull: Array = np.interp(x, x[kept], y[kept])
    return hull


def _folds(rest: Array, outfit: Outfit) -> Array:
    """A smooth random field over the cloth with waves of 6 to 25 cm."""
    rng = np.random.default_rng(outfit.folds_seed)
    waves = rng.standard_normal((12, 3))
    waves *= (2 * np.pi / rng.uniform(0.06, 0.25, 12) / np.linalg.norm(waves, axis=1))[:, None]
    field: Array = outfit.folds * np.sqrt(2 / 12) * np.cos(rest @ waves.T + rng.uniform(0, 2 * np.pi, 12)).sum(axis=1)
    return field


def _smoothed(vertices: Array, faces: Indices, ids: Indices, times: int) -> Array:
    """The vertices ``ids`` after each was moved ``times`` times half way to its neighbours' mean; hems stay put."""
    neighbours, hem = _neighbours(faces, len(vertices))
    degree = np.asarray(neighbours.sum(axis=1)).ravel()[ids, None]
    points, still = vertices.copy(), hem[ids, None]
    for _ in range(times):
        mean = (neighbours[ids] @ points) / degree
        points[ids] = np.where(still, points[ids], 0.5 * points[ids] + 0.5 * mean)
    return points[ids]


def _even_hems(vertices: Array, faces: Indices) -> Array:
    """The vertices with the steps of the faces' edges smoothed out along every hem."""
    neighbours, hem = _neighbours(faces, len(vertices))
    ids = np.flatnonzero(hem)
    along = neighbours[ids][:, ids]
    degree = np.maximum(np.asarray(along.sum(axis=1)), 1)
    points = vertices.copy()
    for _ in range(6):
        points[ids] = 0.5 * points[ids] + 0.5 * (along @ points[ids]) / degree
    return points


def _neighbours(faces: Indices, n: int) -> tuple[Any, Any]:
    """Sparse (n, n) matrix of the vertices joined by an edge, and (n,) whether a vertex lies on a hem."""
    from scipy.sparse import coo_matrix

    a, b = faces.ravel(), np.roll(faces, 1, axis=1).ravel()
    edges = coo_matrix((np.ones(2 * len(a)), (np.r_[a, b], np.r_[b, a])), shape=(n, n)).tocsr()
    hem = np.zeros(n, bool)
    hem[edges.tocoo().row[edges.data == 1]] = True  # an edge between two faces was counted twice
    edges.data[:] = 1.0
    return edges, hem


def normals(vertices: Array, faces: Indices) -> Array:
    """Unit normals (n, 3) of the vertices, outwards, zero where no face touches."""
    p = vertices[faces]
    across = np.cross(p[:, 2] - p[:, 0], p[:, 3] - p[:, 1])
    total = np.zeros_like(vertices)
    for corner in range(4):
        np.add.at(total, faces[:, corner], across)
    length = np.linalg.norm(total, axis=1, keepdims=True)
    unit: Array = total / np.where(length > 0, length, 1)
    return unit


@cache
def _levels() -> dict[str, float]:
    heads = rig().heads(mesh().vertices)
    names = {"hip": "upperleg01.L", "knee": "lowerleg01.L", "ankle": "foot.L", "neck": "neck01"}
    return {name: float(heads[bone][1]) for name, bone in names.items()}


def _level(at: tuple[str, str, float]) -> float:
    low, high, share = _levels()[at[0]], _levels()[at[1]], at[2]
    return low + share * (high - low)


@cache
def on_arm() -> Any:
    """Which vertices (n,) move mostly with an arm."""
    frame = rig()
    arm = [name.startswith(("upperarm", "lowerarm", "wrist", "finger", "metacarpal")) for name in frame.names]
    return frame.weights[:, arm].sum(axis=1) > 0.5


@cache
def _region(cut: str) -> Indices:
    """The skin's faces under a garment, chosen on the base mesh."""
    rest, faces = mesh().vertices, skin_faces()
    middle = rest[faces].mean(axis=1)
    of_arm = on_arm()[faces].mean(axis=1) > 0.5
    heads = rig().heads(rest)
    shoulder, wrist = heads["upperarm01.L"], heads["wrist.L"]
    mirrored = middle * np.where(middle[:, :1] < 0, [-1.0, 1.0, 1.0], 1.0)
    along = (mirrored - shoulder) @ (wrist - shoulder) / ((wrist - shoulder) @ (wrist - shoulder))
    low = _level(_HEMS[cut])
    if cut in _SLEEVE:
        inside = ~of_arm & (middle[:, 1] > low) & (middle[:, 1] < _level(_NECKLINE))
        sleeve = of_arm & (along < _SLEEVE[cut])
        hole = (mirrored[:, 0] >= 0.85 * shoulder[0]) & (middle[:, 1] > _level(_ARMPIT))
        inside = inside | sleeve if _SLEEVE[cut] else inside & ~hole
    else:
        inside = ~of_arm & (middle[:, 1] > low) & (middle[:, 1] < _level(_WAIST))
    chosen: Indices = faces[inside]
    return chosen


@cache
def _eye_faces() -> Indices:
    return np.concatenate([mesh().faces_of("helper-l-eye"), mesh().faces_of("helper-r-eye")])


@cache
def _scalp() -> Indices:
    rest, faces = mesh().vertices, skin_faces()
    middle = rest[faces].mean(axis=1)
    crown, front = rest[np.unique(faces), 1].max(), rest[_eye_faces()].reshape(-1, 3)[:, 2].max()
    back = middle[middle[:, 1] > crown - 0.2][:, 2].min()
    share = np.clip((middle[:, 2] - back) / (front - back), 0, 1)  # 0 at the back of the head, 1 at the eyes
    line = crown - np.interp(share, [0, 0.3, 0.5, 0.7, 0.95], [0.17, 0.15, 0.10, 0.07, 0.045])
    chosen: Indices = faces[(middle[:, 1] > line) & (share < 0.95)]
    return chosen


def _hair(vertices: Array) -> Part:
    faces = _scalp()
    ids = np.unique(faces)
    hair = vertices.copy()
    hair[ids] += 0.010 * normals(vertices, faces)[ids]
    return Part("hair", faces, hair)
