"""The base mesh, its shape targets, its rig and its skin weights.

Metres; x to the body's left, y up, z forward. The rest pose stands with the arms held down and out.
"""

from __future__ import annotations

import gzip
import json
import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Indices = NDArray[np.intp]

DATA = Path(os.environ.get("POSTURE_PEOPLE_DATA") or Path(__file__).parent / ".data")
#: The files count in decimetres.
METRES = 0.1


@dataclass(frozen=True, eq=False)
class Mesh:
    """Vertices (n, 3), faces as quadrilaterals (f, 4), and which vertices and faces belong to a named group."""

    vertices: Array
    faces: Indices
    group_of_face: tuple[str, ...]
    vertices_of: dict[str, Indices]

    def faces_of(self, group: str) -> Indices:
        """The quadrilaterals of one group."""
        return self.faces[[name == group for name in self.group_of_face]]


@dataclass(frozen=True, eq=False)
class Rig:
    """Bones in an order in which parents come first; weights (n, bones) of every vertex sum to one."""

    names: tuple[str, ...]
    parent: dict[str, str]
    weights: Array
    _head_rule: dict[str, Indices]

    def heads(self, vertices: Array) -> dict[str, Array]:
        """Where each bone begins in a body of this shape: the middle of its marker vertices."""
        return {name: vertices[rule].mean(axis=0) for name, rule in self._head_rule.items()}


@cache
def mesh() -> Mesh:
    """The base mesh. Raises FileNotFoundError naming the command that fetches it."""
    path = DATA / "3dobjs" / "base.obj"
    if not path.is_file():
        raise FileNotFoundError(f"{path} is missing: run  python -m validation.people.fetch")
    vertices, faces, groups, group = [], [], [], ""
    for line in path.read_text("utf-8").splitlines():
        kind, *fields = line.split() or [""]
        if kind == "v":
            vertices.append([float(field) for field in fields[:3]])
        elif kind == "g":
            group = fields[0]
        elif kind == "f":
            corners = [int(field.split("/")[0]) - 1 for field in fields]
            faces.append((corners + corners[-1:])[:4])  # the few triangles repeat their last corner
            groups.append(group)
    faces_array = np.array(faces, np.intp)
    names = np.array(groups)
    return Mesh(
        METRES * np.array(vertices),
        faces_array,
        tuple(groups),
        {name: np.unique(faces_array[names == name]) for name in dict.fromkeys(groups)},
    )


@cache
def target(name: str) -> tuple[Indices, Array] | None:
    """Vertices that a shape target moves and by how much at full strength, or None where no such target exists."""
    path = DATA / "targets" / f"{name}.target.gz"
    if not path.is_file():
        return None
    text = gzip.decompress(path.read_bytes()).decode("utf-8")
    rows = [line.split() for line in text.splitlines() if not line.startswith("#")]
    rows = [row for row in rows if len(row) == 4]
    if not rows:
        return None
    table = np.array(rows, np.float64)
    return table[:, 0].astype(np.intp), METRES * table[:, 1:]


@cache
def rig() -> Rig:
    """The default rig of 163 bones with its skin weights; vertices without any take the nearest weighted one's."""
    from scipy.spatial import cKDTree

    folder, base = DATA / "rigs" / "standard", mesh()
    described = json.loads((folder / "rig.default.json").read_text("utf-8"))
    bones = described.get("bones", described)
    parent = {name: bone.get("parent") or "" for name, bone in bones.items()}
    names: list[str] = []
    while len(names) < len(bones):
        names += [name for name in bones if name not in names and (not parent[name] or parent[name] in names)]
    weights = np.zeros((len(base.vertices), len(names)))
    for name, pairs in json.loads((folder / "weights.default.json").read_text("utf-8"))["weights"].items():
        if name in parent and pairs:
            table = np.array(pairs, np.float64)
            weights[table[:, 0].astype(np.intp), names.index(name)] = table[:, 1]
    bare = weights.sum(axis=1) < 1e-3
    clothed = np.flatnonzero(~bare)
    nearest = cKDTree(base.vertices[clothed]).query(base.vertices[bare])[1]
    weights[bare] = weights[clothed[nearest]]
    weights /= weights.sum(axis=1, keepdims=True)
    return Rig(tuple(names), parent, weights, {name: _head(bone["head"], base) for name, bone in bones.items()})


def _head(rule: dict[str, object], base: Mesh) -> Indices:
    match rule["strategy"]:
        case "CUBE":
            return base.vertices_of[str(rule["cube_name"])]
        case "VERTEX":
            return np.array([rule["vertex_index"]], np.intp)
        case "MEAN":
            return np.array(rule["vertex_indices"], np.intp)
    raise ValueError(f"unknown rule for a bone's head: {rule['strategy']}")
