"""The quick painter: a dressed person in a room, about a second a picture, NumPy and OpenCV only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from validation.people.camera import Camera
from validation.people.mesh import Array
from validation.people.outfit import Part, normals

#: A door or a picture anywhere on the wall; near_ puts an upright edge of it close to the outline half of the time.
Background = Literal["plain", "door", "picture", "near_door", "near_picture", "busy"]
Pixels = NDArray[np.uint8]

#: Skin from light to dark, and what clothes, walls, doors and floors are coloured, sRGB.
SKIN = ((208, 164, 138), (184, 133, 107), (142, 99, 76), (101, 67, 51), (69, 47, 37))
CLOTH = ((36, 36, 40), (48, 58, 104), (142, 143, 148), (214, 212, 207), (128, 42, 52), (48, 113, 107), (82, 82, 86),
         (76, 122, 168), (176, 148, 84), (196, 120, 132))  # fmt: skip
WALL = ((226, 225, 220), (211, 205, 195), (196, 204, 208), (206, 196, 183), (188, 198, 186))
FLOOR = ((122, 92, 66), (142, 136, 130), (96, 76, 58))
DOOR = ((140, 104, 72), (238, 236, 230), (92, 70, 56), (170, 172, 176))
SUPERSAMPLED = 2
#: Layers drawn over another at the same depth come this much nearer, m.
_LAYER = {"skin": 0.0, "eyes": 0.004, "bottom": 0.006, "top": 0.010, "hair": 0.008, "sticker": 0.016, "cover": 0.012,
          "table": -0.05}  # fmt: skip


@dataclass(frozen=True)
class Room:
    """What stands behind the person, and the colours; ``tone`` 0 (light) to 4 (dark) is the skin's."""

    background: Background = "plain"
    tone: int = 0
    seed: int = 0


def paint(parts: list[Part], camera: Camera, room: Room) -> Pixels:
    """The picture (height, width, 3) in RGB, of the camera's size."""
    wide, tall = camera.size
    rng = np.random.default_rng(room.seed)
    body = mask(parts, camera)
    image = _wall(rng, room.background, camera, body)
    shade = cv2.GaussianBlur(np.roll(body, int(rng.integers(-40, 40)), 1).astype(np.float32) / 255, (0, 0), 22)
    image *= (1 - 0.16 * shade)[..., None]
    size = (wide * SUPERSAMPLED, tall * SUPERSAMPLED)
    canvas = cv2.resize(image.astype(np.float32), size, interpolation=cv2.INTER_LINEAR)
    corners, colours = _faces(parts, camera, room, rng)
    for corner, colour in zip(corners, colours, strict=True):
        cv2.fillConvexPoly(canvas, corner, colour, lineType=cv2.LINE_8, shift=4)
    image = cv2.resize(canvas, (wide, tall), interpolation=cv2.INTER_AREA)
    inner = cv2.GaussianBlur((body > 127).astype(np.float32), (0, 0), 2)[..., None]
    image = image * (1 - inner) + cv2.GaussianBlur(image, (0, 0), 1.1) * inner
    image = cv2.GaussianBlur(image, (0, 0), rng.uniform(0.3, 0.8)) + rng.normal(0, 2.5, image.shape)
    return np.clip(image, 0, 255).astype(np.uint8)


def mask(parts: list[Part], camera: Camera) -> Pixels:
    """The dressed body (height, width), 255 inside."""
    canvas = np.zeros(camera.size[::-1], np.uint8)
    for part in parts:
        pixels, _ = camera.project(part.vertices)
        for corner in np.round((pixels[part.faces] + 0.5) * 16).astype(np.int32):
            cv2.fillConvexPoly(canvas, corner, 255, lineType=cv2.LINE_8, shift=4)
    return canvas


def colours(room: Room) -> dict[str, Array]:
    """The colour of every part, RGB 0..255, from the room's seed."""
    rng = np.random.default_rng([room.seed, 7])
    top, bottom = rng.choice(len(CLOTH), 2, replace=False)
    return {
        "skin": np.array(SKIN[room.tone], float) * rng.uniform(0.93, 1.07),
        "top": np.array(CLOTH[top], float),
        "bottom": np.array(CLOTH[bottom], float),
        "hair": np.array([38.0, 30.0, 25.0]) * rng.uniform(0.5, 2.2),
        "eyes": np.array([198.0, 195.0, 192.0]),
    }


def _faces(
    parts: list[Part], camera: Camera, room: Room, rng: np.random.Generator
) -> tuple[list[NDArray[np.int32]], list[tuple[float, ...]]]:
    """Every face turned to the camera, far ones first, as corners on the large canvas and a lit colour."""
    lamps = [_lamp(camera, rng.uniform(-0.6, 0.6), up) for up in (0.8, 0.3)]
    coats = colours(room)
    eye = camera.where
    shapes, depths, shades = [], [], []
    for part in parts:
        pixels, depth = camera.project(part.vertices)
        outwards = normals(part.vertices, part.faces)[part.faces].mean(axis=1)
        towards = eye - part.vertices[part.faces].mean(axis=1)
        seen = (outwards * towards).sum(axis=1) > 0
        outwards = outwards[seen] / np.maximum(np.linalg.norm(outwards[seen], axis=1, keepdims=True), 1e-9)
        light = 0.42 + 0.46 * np.maximum(0, outwards @ lamps[0]) + 0.24 * np.maximum(0, outwards @ lamps[1])
        shapes.append(np.round((pixels[part.faces[seen]] + 0.5) * SUPERSAMPLED * 16).astype(np.int32))
        depths.append(depth[part.faces[seen]].mean(axis=1) - _LAYER[part.name])
        shades.append(
            np.clip(light[:, None] * (coats[part.name] if part.colour is None else np.array(part.colour)), 0, 255)
        )
    order = np.argsort(np.concatenate(depths))[::-1]
    corners, shade = np.concatenate(shapes)[order], np.concatenate(shades)[order]
    return list(corners), [tuple(map(float, colour)) for colour in shade]


def _lamp(camera: Camera, sideways: float, up: float) -> Array:
    towards = camera.where * [1, 0, 1]
    towards = towards / np.linalg.norm(towards)
    across = np.cross(towards, [0.0, 1.0, 0.0])
    lamp: Array = towards * 0.6 + across * sideways + np.array([0.0, up, 0.0])
    return lamp / np.linalg.norm(lamp)


def _wall(rng: np.random.Generator, background: Background, camera: Camera, body: Pixels) -> Array:
    """Wall, skirting board and floor, with what hangs or stands there close behind the back."""
    wide, tall = camera.size
    wall = np.array(WALL[rng.integers(len(WALL))], float)
    image = np.ones((tall, wide, 3)) * wall
    sole = camera.project(np.zeros((1, 3)))[0][0, 1]
    floor = int(np.clip(sole - rng.uniform(50, 160), tall * 0.5, tall - 1))
    if background != "plain":
        _furnish(image, rng, background, floor, body)
    image[floor:] = FLOOR[rng.integers(len(FLOOR))]
    image[max(0, floor - 30) : floor] = 0.5 * wall + 118
    across, down = np.linspace(*rng.uniform(0.9, 1.08, 2), wide), np.linspace(1.06, 0.9, tall)
    patchy = cv2.resize(rng.normal(0, 1, (40, 23)), (wide, tall), interpolation=cv2.INTER_CUBIC)
    image *= (np.outer(down, across) + 0.015 * patchy)[..., None]
    boards = cv2.resize(rng.normal(0, 1, (300, 12)), (wide, tall - floor))
    image[floor:] *= (1 + 0.06 * boards)[..., None]
    return image


def _furnish(image: Array, rng: np.random.Generator, background: Background, floor: int, body: Pixels) -> None:
    """A door, a picture, or both with shelves."""
    across = body.shape[1]
    columns = np.flatnonzero(body.any(axis=0))
    edge = float(rng.choice([columns[0], columns[-1]])) if columns.size else across / 2
    close = rng.random() < 0.5 and background not in ("door", "picture")
    near = edge + rng.normal(0, 25) if close else rng.uniform(0, across)
    if background in ("door", "near_door", "busy"):
        left, wide = int(near - rng.choice([0, 260])), int(rng.uniform(240, 300))
        _panel(image, left, int(rng.uniform(60, 200)), left + wide, floor, DOOR[rng.integers(len(DOOR))], 14)
    if background in ("picture", "near_picture", "busy"):
        wide, tall = rng.uniform(120, 260, 2)
        left, top = near - rng.choice([0.0, wide]), rng.uniform(200, 560)
        _panel(image, int(left), int(top), int(left + wide), int(top + tall), CLOTH[rng.integers(len(CLOTH))], 10)
    if background == "busy":
        for _ in range(14):
            left, top = rng.uniform(0, across), rng.uniform(0, floor - 60)
            right, bottom = left + rng.uniform(15, 110), top + rng.uniform(15, 140)
            colour = CLOTH[rng.integers(len(CLOTH))]
            _panel(image, int(left), int(top), int(right), min(int(bottom), floor), colour, 0)


def _panel(image: Array, x0: int, y0: int, x1: int, y1: int, colour: tuple[int, int, int], frame: int) -> None:
    darker = tuple(0.75 * c for c in colour)
    cv2.rectangle(image, (x0, y0), (x1, y1), darker if frame else colour, -1)
    if frame:
        cv2.rectangle(image, (x0 + frame, y0 + frame), (x1 - frame, y1 - frame), colour, -1)
