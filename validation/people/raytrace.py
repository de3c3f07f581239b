"""Ray-trace dressed people, for pictures that people look at: twenty seconds a picture and more.

    python -m validation.people.raytrace export NAME... --out SCENES       in posture's own environment
    BPY/bin/python validation/people/raytrace.py render SCENES --out DIR    in one that holds bpy 5.0.1 (Python 3.11)

Blender's module is GPL and only a tool here: it is never imported by anything else, and nothing of it is in a picture.
"""

from __future__ import annotations

import argparse
import csv
import json
import math
import sys
from pathlib import Path

import numpy as np

#: Colours are scene-linear; walls, floors, doors and cloth are drawn by the picture's seed.
SKIN = ((0.60, 0.37, 0.27), (0.46, 0.25, 0.17), (0.28, 0.14, 0.08), (0.13, 0.06, 0.035), (0.06, 0.03, 0.02))
CLOTH = ((0.02, 0.02, 0.025), (0.04, 0.06, 0.16), (0.30, 0.31, 0.33), (0.72, 0.71, 0.69), (0.26, 0.03, 0.05),
         (0.05, 0.19, 0.17), (0.09, 0.09, 0.10), (0.10, 0.22, 0.40), (0.45, 0.30, 0.08))  # fmt: skip
WALL = ((0.78, 0.78, 0.76), (0.68, 0.65, 0.58), (0.58, 0.64, 0.66), (0.66, 0.58, 0.50), (0.54, 0.62, 0.54))
FLOOR = ((0.33, 0.20, 0.11), (0.42, 0.39, 0.35), (0.20, 0.13, 0.08))
DOOR = ((0.30, 0.16, 0.08), (0.80, 0.80, 0.78), (0.12, 0.07, 0.05))
#: A body turned further than this is expected to be refused.
REFUSED_YAW_DEG = 20
ROUGHNESS = {"skin": 0.5, "top": 0.85, "bottom": 0.8, "hair": 0.6, "eyes": 0.15}


def export(name: str, out: Path) -> None:
    """Every scene of one set as an archive of its own, and truth.csv with what is to be expected of the picture."""
    from validation.people.outfit import dress, fitted
    from validation.people.sets import SETS, name_of, truth

    out.mkdir(parents=True, exist_ok=True)
    rows = []
    for number, recipe in enumerate(SETS[name]):
        person = recipe.person()
        body = person.body()
        known = truth(recipe, person, body, name_of(name, number))
        rows.append(known | {"expected": "refused" if abs(person.camera.yaw) > REFUSED_YAW_DEG else "analyzed"})
        right, up, ahead = person.camera.axes
        scene: dict[str, np.ndarray] = {
            "truth": np.array(json.dumps(known)),
            "camera": np.array([person.camera.where, right, up, ahead]),
            "field": np.array(person.camera.field),
        }
        for part in fitted(dress(body.vertices, person.outfit)):
            scene[f"{part.name}_vertices"], scene[f"{part.name}_faces"] = part.vertices, part.faces
        np.savez_compressed(out / f"{known['name']}.npz", **scene)
    with (out / "truth.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def blender_axes(xyz: np.ndarray) -> np.ndarray:
    """From x left, y up, z forward to Blender's z up."""
    return np.stack([xyz[..., 0], -xyz[..., 2], xyz[..., 1]], axis=-1)


class Stage:
    """One Blender scene being built."""

    def __init__(self, samples: int, percent: int) -> None:
        import bpy

        self.bpy = bpy
        bpy.ops.wm.read_factory_settings(use_empty=True)
        scene = self.scene = bpy.context.scene
        scene.render.engine = "CYCLES"
        scene.cycles.device, scene.cycles.samples, scene.cycles.use_denoising = "CPU", samples, True
        scene.cycles.use_adaptive_sampling, scene.cycles.adaptive_threshold, scene.cycles.max_bounces = True, 0.05, 3
        scene.render.resolution_x, scene.render.resolution_y, scene.render.resolution_percentage = 720, 1280, percent

    def material(self, name: str, colour: tuple[float, ...], roughness: float, noise: float, scale: float):
        """A matte material whose colour varies by ``noise`` over patches of 1 / ``scale`` m."""
        material = self.bpy.data.materials.new(name)
        material.use_nodes = True
        nodes, links = material.node_tree.nodes, material.node_tree.links
        surface = nodes["Principled BSDF"]
        surface.inputs["Roughness"].default_value = roughness
        pattern, ramp, bump = (nodes.new(f"ShaderNode{kind}") for kind in ("TexNoise", "ValToRGB", "Bump"))
        place = nodes.new("ShaderNodeTexCoord")
        links.new(place.outputs["Object"], pattern.inputs["Vector"])
        pattern.inputs["Scale"].default_value, pattern.inputs["Detail"].default_value = scale, 5
        for element, position, factor in zip(ramp.color_ramp.elements, (0.3, 0.7), (1 - noise, 1 + noise), strict=True):
            element.position = position
            element.color = (*(min(1.0, c * factor) for c in colour), 1)
        links.new(pattern.outputs["Fac"], ramp.inputs["Fac"])
        links.new(ramp.outputs["Color"], surface.inputs["Base Color"])
        bump.inputs["Strength"].default_value, bump.inputs["Distance"].default_value = 0.15, 0.003
        links.new(pattern.outputs["Fac"], bump.inputs["Height"])
        links.new(bump.outputs["Normal"], surface.inputs["Normal"])
        return material

    def add(self, name: str, xyz: np.ndarray, faces: np.ndarray, material, smooth: bool) -> None:
        """A surface; ``smooth`` rounds it off between its vertices."""
        ids, corners = np.unique(faces, return_inverse=True)
        shape = self.bpy.data.meshes.new(name)
        quads = [list(dict.fromkeys(map(int, quad))) for quad in corners.reshape(faces.shape)]
        shape.from_pydata(blender_axes(xyz[ids]).tolist(), [], quads)
        shape.materials.append(material)
        shape.update()
        thing = self.bpy.data.objects.new(name, shape)
        self.bpy.context.collection.objects.link(thing)
        if smooth:
            shape.polygons.foreach_set("use_smooth", [True] * len(shape.polygons))
            rounder = thing.modifiers.new("round", "SUBSURF")
            rounder.levels = rounder.render_levels = 1

    def rectangle(self, name: str, corners: list[tuple[float, float, float]], material) -> None:
        """A flat thing of four corners."""
        self.add(name, np.array(corners), np.arange(4).reshape(1, 4), material, smooth=False)

    def lamp(self, where: tuple[float, float, float], size: float, watt: float, colour: tuple[float, ...]) -> None:
        """A square lamp that looks at the middle of the body."""
        from mathutils import Vector

        light = self.bpy.data.lights.new("lamp", "AREA")
        light.size, light.energy, light.color = size, watt, colour
        thing = self.bpy.data.objects.new("lamp", light)
        self.bpy.context.collection.objects.link(thing)
        thing.location = blender_axes(np.array(where))
        aim = Vector(blender_axes(np.array([0.0, 1.0, 0.0]))) - thing.location
        thing.rotation_euler = aim.to_track_quat("-Z", "Y").to_euler()

    def camera(self, where: np.ndarray, axes: np.ndarray, field: float) -> None:
        """``axes``: right, up, ahead; ``field`` the vertical field of view, degrees."""
        from mathutils import Matrix

        lens = self.bpy.data.cameras.new("camera")
        lens.sensor_fit, lens.angle = "VERTICAL", math.radians(field)
        thing = self.bpy.data.objects.new("camera", lens)
        self.bpy.context.collection.objects.link(thing)
        place = np.eye(4)
        place[:3, :3] = np.stack([blender_axes(axes[0]), blender_axes(axes[1]), -blender_axes(axes[2])], axis=1)
        place[:3, 3] = blender_axes(where)
        thing.matrix_world = Matrix(place.tolist())
        self.scene.camera = thing

    def shoot(self, file: Path) -> None:
        """Render to a JPEG."""
        settings = self.scene.render.image_settings
        settings.file_format, settings.quality = "JPEG", 92
        self.scene.render.filepath = str(file)
        self.bpy.ops.render.render(write_still=True)


def render(scene: Path, out: Path, samples: int, percent: int) -> None:
    """One picture OUT/NAME.jpg of SCENES/NAME.npz."""
    with np.load(scene) as data:
        parts = {key: data[key] for key in data.files}
    known = json.loads(str(parts["truth"]))
    rng = np.random.default_rng([known["seed"], 11])
    stage = Stage(samples, percent)
    stage.scene.view_settings.view_transform = "Standard" if rng.random() < 0.5 else "AgX"
    cloth = rng.choice(len(CLOTH), 2, replace=False)
    coats = {
        "skin": SKIN[known["tone"]],
        "top": CLOTH[cloth[0]],
        "bottom": CLOTH[cloth[1]],
        "hair": tuple(np.array([0.02, 0.014, 0.010]) * rng.uniform(0.5, 5)),
        "eyes": (0.75, 0.73, 0.70),
    }
    for name, colour in coats.items():
        if f"{name}_faces" in parts:
            material = stage.material(name, colour, ROUGHNESS[name], 0.5 if name == "hair" else 0.08, 50)
            stage.add(name, parts[f"{name}_vertices"], parts[f"{name}_faces"], material, smooth=True)
    camera = parts["camera"]
    _furnish(stage, rng, known["background"], 1.0 if camera[0][0] < 0 else -1.0)
    stage.camera(camera[0], camera[1:], float(parts["field"]))
    stage.shoot(out / f"{known['name']}.jpg")


def _furnish(stage: Stage, rng: np.random.Generator, background: str, away: float) -> None:
    """Wall, floor, skirting, a door or a picture, lamps; ``away`` is +1 where the wall stands to the body's left."""
    distance = away * rng.uniform(0.5, 1.4)
    wall = stage.material("wall", WALL[rng.integers(len(WALL))], 0.9, 0.04, float(rng.uniform(2, 25)))
    floor = stage.material("floor", FLOOR[rng.integers(len(FLOOR))], 0.4, 0.15, 25)
    white = stage.material("white", (0.8, 0.8, 0.8), 0.5, 0.0, 5)
    stage.rectangle("floor", [(-6, 0, -6), (6, 0, -6), (6, 0, 6), (-6, 0, 6)], floor)

    def on_wall(name: str, low: float, high: float, near: float, far: float, off: float, material) -> None:
        x = distance - away * off
        stage.rectangle(name, [(x, low, near), (x, low, far), (x, high, far), (x, high, near)], material)

    on_wall("wall", 0, 4, -6, 6, 0.0, wall)
    on_wall("skirting", 0, 0.09, -6, 6, 0.02, white)
    if background in ("door", "near_door", "busy"):
        start = rng.uniform(-1.1, 0.5)
        door = stage.material("door", DOOR[rng.integers(len(DOOR))], 0.5, 0.1, 8)
        on_wall("door", 0, 2.05, start, start + 0.85, 0.03, door)
    if background in ("picture", "near_picture", "busy"):
        start, low = rng.uniform(-0.9, 0.5), rng.uniform(0.9, 1.3)
        picture = stage.material("picture", CLOTH[rng.integers(len(CLOTH))], 0.6, 0.3, 9)
        on_wall("picture", low, low + rng.uniform(0.3, 0.6), start, start + rng.uniform(0.3, 0.6), 0.03, picture)
    world = stage.bpy.data.worlds.new("world")
    stage.scene.world = world
    world.use_nodes = True
    sky = world.node_tree.nodes["Background"].inputs
    sky[0].default_value, sky[1].default_value = (0.9, 0.95, 1, 1), 0.25
    stage.lamp((-away * 2.2, 2.6, rng.uniform(-2, 2)), 1.5, rng.uniform(70, 110), (1, 0.95, 0.88))
    stage.lamp((-away * 0.3, 3.0, rng.uniform(-2.5, 2.5)), 1.2, rng.uniform(30, 60), (0.92, 0.96, 1))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("export", "render"))
    parser.add_argument("names", nargs="+", help="sets to export, or the folder of scenes to render")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--samples", type=int, default=32)
    parser.add_argument("--percent", type=int, default=100, help="size of the picture, percent of 720 × 1280")
    asked = parser.parse_args()
    asked.out.mkdir(parents=True, exist_ok=True)
    for name in asked.names:
        if asked.what == "export":
            export(name, asked.out)
            continue
        for scene in sorted(Path(name).glob("*.npz")):
            if not (asked.out / f"{scene.stem}.jpg").exists():
                render(scene, asked.out, asked.samples, asked.percent)
    return 0


if __name__ == "__main__":
    sys.exit(main())
