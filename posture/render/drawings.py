"""Line drawings of exercises and guides as SVG, from joint angles: a person seen from the side, start and end.

All drawings speak one language, which `signs` explains: the working side is blue, a green arrow is a movement, a hollow
arrow is a load, and a red arrow with two heads is a stretch. Every sign has a shape of its own, for print in black.

Lengths are hundredths of the body's height, x forward, y up, the floor at 0. A limb points at 0° straight down, at 90°
forward and at 180° up; pelvis, chest and head lean from upright, + forward.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from html import escape
from math import acos, atan2, cos, degrees, hypot, radians, sin
from typing import Any

from posture.errors import KnowledgeError
from posture.knowledge import files
from posture.render import theme

Point = tuple[float, float]

#: Segment lengths, hundredths of the body's height (Drillis and Contini, rounded; the trunk in two parts).
THIGH, SHANK, FOOT, PELVIS, CHEST, NECK, HEAD, UPPER_ARM, FOREARM = 24.5, 24.6, 8.0, 9.0, 20.0, 5.0, 6.0, 18.0, 19.0
INK, FAR, PAPER, THING = theme.INK, "#a9b4be", theme.PAPER, "#cfd8dc"
WORKING, STRETCH, MOVE, LOAD = theme.LEG, "#c8553d", theme.ACCENT, theme.AMBER
ARROWS = {"move": MOVE, "stretch": STRETCH, "load": LOAD, "point": INK, "span": INK}
#: What each sign of a drawing says.
SIGN_WORDS = {
    "works": "the side that works or is stretched",
    "move": "movement",
    "load": "load or resistance",
    "stretch": "stretched here",
}
#: Room between two poses and round the drawing.
GAP, MARGIN = 18.0, 6.0


@cache
def figures() -> Mapping[str, Mapping[str, Any]]:
    """Every drawing's description by its name, an exercise's id or guide_*. Raises KnowledgeError for a wrong one."""
    found = {name: table["figure"] for name, table in files.folder("exercises").items() if "figure" in table}
    found |= {entry["name"]: entry for entry in files.parsed("figures.toml")["figure"]}
    for name, entry in found.items():
        if not entry.get("caption") or not entry.get("pose"):
            raise KnowledgeError(f"drawing of {name}: it needs a caption and a pose")
    return found


def drawing(name: str, tr: Callable[[str], str] = str) -> str:
    """The SVG of an exercise or guide for a page, its caption as title, put into another language by ``say``.

    Raises KnowledgeError where there is none.
    """
    try:
        entry = figures()[name]
    except KeyError:
        raise KnowledgeError(f"no drawing of {name}") from None
    caption = escape(tr(entry["caption"]))
    shapes: list[str] = []
    left, low, high = 0.0, 0.0, 0.0
    between: list[float] = []
    for pose in entry["pose"]:
        drawn = _Drawing(entry.get("works", ()))
        drawn.pose(pose)
        shapes.append(f'<g transform="translate({left - drawn.low_x + MARGIN:.1f} 0)">{"".join(drawn.shapes)}</g>')
        left += drawn.high_x - drawn.low_x + GAP
        between.append(left + MARGIN - GAP / 2)
        low, high = min(low, drawn.low_y), max(high, drawn.high_y)
    if not name.startswith("guide_"):
        shapes += [_then(x, high / 2) for x in between[:-1]]
    width, height = left - GAP + 2 * MARGIN, high - low + 2 * MARGIN
    floor = f'<line x1="0" y1="0" x2="{width:.0f}" y2="0" stroke="#8a949c" stroke-width=".6"/>'
    size = f'style="width:{width / 8:.1f}em;max-width:100%"'
    return (
        f'<svg role="img" aria-label="{caption}" {size} '
        f'viewBox="0 {-high - MARGIN:.0f} {width:.0f} {height:.0f}"><title>{caption}</title>'
        f"{floor}{''.join(shapes)}</svg>"
    )


def _then(x: float, y: float) -> str:
    """A grey wedge that leads from one pose to the next."""
    points = f"{x - 2.5:.1f},{-y - 5:.1f} {x + 2.5:.1f},{-y:.1f} {x - 2.5:.1f},{-y + 5:.1f}"
    return f'<polyline points="{points}" fill="none" stroke="{FAR}" stroke-width="1.8" stroke-linejoin="round"/>'


def signs(names: Iterable[str], tr: Callable[[str], str] = str) -> list[tuple[str, str]]:
    """The signs that drawings use, each as a small SVG, with its words: what a page with drawings has to explain."""
    used: set[str] = set()
    for entry in map(figures().__getitem__, names):
        used |= {arrow[0] for pose in entry["pose"] for arrow in pose.get("arrows", [])}
        used |= {"load" for pose in entry["pose"] if "bands" in pose}
        used |= {"works"} if entry.get("works") else set()
    return [(_sign(kind), tr(words)) for kind, words in SIGN_WORDS.items() if kind in used]


def _sign(kind: str) -> str:
    drawn = _Drawing()
    if kind == "works":
        drawn.line([(3, 0), (17, 0)], WORKING, 5.2)
    else:
        drawn.arrow(kind, (3, 0), (15, 0))
    return (
        f'<svg aria-hidden="true" style="width:1.7em;height:.85em;vertical-align:-.1em" viewBox="0 -5 20 10">'
        f"{''.join(drawn.shapes)}</svg>"
    )


def drawing_file(name: str) -> str:
    """The same SVG as a picture that stands alone, with a white ground."""
    ground = '<rect x="-50%" y="-200%" width="200%" height="400%" fill="#fff"/>'
    return standing_alone(drawing(name)).replace("</title>", f"</title>{ground}", 1) + "\n"


def standing_alone(svg: str) -> str:
    """An SVG for a page as one that is a file of its own."""
    return svg.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)


class _Drawing:
    """The shapes of one pose, and the room they take; y is turned round for SVG. ``works``: the limbs that do."""

    def __init__(self, works: Iterable[str] = ()) -> None:
        self.works = frozenset(works)
        self.shapes: list[str] = []
        self.low_x, self.high_x, self.low_y, self.high_y = 1e9, -1e9, 0.0, 0.0

    def pose(self, pose: Mapping[str, Any]) -> None:
        joints = skeleton(pose)
        for thing in pose.get("things", []):
            self.thing(thing)
        for limb, width in (("far_leg", 4.6), ("far_arm", 3.4)):
            self.limb(joints, limb, WORKING if limb in self.works else FAR, width)
        self.line([joints["hip"], joints["waist"], joints["shoulder"]], INK, 8.0)
        self.line([joints["shoulder"], joints["neck"]], INK, 4.0)
        self.head(joints)
        for limb, width in (("near_leg", 5.2), ("near_arm", 3.8)):
            self.limb(joints, limb, PAPER, width + 1.6)  # a light rim tells the limb from the trunk behind it
            self.limb(joints, limb, WORKING if limb in self.works else INK, width)
        for band in pose.get("bands", []):
            self.line([joints[name] for name in band], LOAD, 1.2)
        for kind, start, dx, dy, *offset in pose.get("arrows", []):
            x, y = joints[start] if isinstance(start, str) else start
            ox, oy = offset or (0.0, 0.0)
            self.arrow(kind, (x + ox, y + oy), (x + ox + dx, y + oy + dy))

    def line(self, points: list[Point], colour: str, width: float) -> None:
        self.cover(points, width / 2)
        path = " ".join(f"{x:.1f},{-y:.1f}" for x, y in points)
        self.shapes.append(
            f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="{width}" '
            'stroke-linecap="round" stroke-linejoin="round"/>'
        )

    def limb(self, joints: Mapping[str, Point], name: str, colour: str, width: float) -> None:
        names = ("hip", "knee", "ankle", "toe") if name.endswith("leg") else ("shoulder", "elbow", "hand")
        side = name.split("_")[0]
        self.line([joints[n if n in ("hip", "shoulder") else f"{side}_{n}"] for n in names], colour, width)

    def head(self, joints: Mapping[str, Point]) -> None:
        x, y = joints["head"]
        nx, ny = joints["nose"]
        self.cover([(x, y)], HEAD)
        self.shapes.append(f'<circle cx="{x:.1f}" cy="{-y:.1f}" r="{HEAD}" fill="{INK}"/>')
        self.line([(x + 0.8 * (nx - x), y + 0.8 * (ny - y)), (nx, ny)], INK, 2.4)

    def thing(self, thing: list[Any]) -> None:
        """["box", x, y, width, height], ["ball", x, y, radius] or ["line", x1, y1, x2, y2]."""
        kind, *n = thing
        if kind == "box":
            self.cover([(n[0], n[1]), (n[0] + n[2], n[1] + n[3])], 0)
            self.shapes.append(
                f'<rect x="{n[0]}" y="{-n[1] - n[3]}" width="{n[2]}" height="{n[3]}" rx="1.5" fill="{THING}"/>'
            )
        elif kind == "ball":
            self.cover([(n[0], n[1])], n[2])
            self.shapes.append(f'<circle cx="{n[0]}" cy="{-n[1]}" r="{n[2]}" fill="{LOAD}"/>')
        elif kind == "line":
            self.line([(n[0], n[1]), (n[2], n[3])], THING, 3.0)
        else:
            raise KnowledgeError(f"drawing: {kind} is no thing to draw")

    def arrow(self, kind: str, start: Point, end: Point) -> None:
        """An arrow; a stretch and a span point both ways, a load is hollow."""
        if kind not in ARROWS:
            raise KnowledgeError(f"drawing: {kind} is no kind of arrow")
        if kind == "load":
            self.load(start, end)
            return
        self.line([start, end], ARROWS[kind], 1.6)
        for tail, tip in ((start, end), (end, start)) if kind in ("stretch", "span") else ((start, end),):
            along = degrees(atan2(tip[0] - tail[0], tail[1] - tip[1]))
            ahead = _step(tip, along, 2.4)
            corners = (ahead, _step(tip, along + 130, 3.2), _step(tip, along - 130, 3.2))
            self.cover(list(corners), 0)
            points = " ".join(f"{x:.1f},{-y:.1f}" for x, y in corners)
            self.shapes.append(f'<polygon points="{points}" fill="{ARROWS[kind]}"/>')

    def load(self, start: Point, end: Point) -> None:
        """A hollow arrow with a broad shaft, its tip where a thin one has it."""
        along = degrees(atan2(end[0] - start[0], start[1] - end[1]))
        tip, neck = _step(end, along, 2.4), _step(end, along, -2.6)
        corners = [
            _step(start, along + 90, 1.7), _step(neck, along + 90, 1.7), _step(neck, along + 90, 4.0), tip,
            _step(neck, along - 90, 4.0), _step(neck, along - 90, 1.7), _step(start, along - 90, 1.7),
        ]  # fmt: skip
        self.cover(corners, 0.6)
        points = " ".join(f"{x:.1f},{-y:.1f}" for x, y in corners)
        self.shapes.append(
            f'<polygon points="{points}" fill="{PAPER}" stroke="{LOAD}" stroke-width="1.2" stroke-linejoin="round"/>'
        )

    def cover(self, points: list[Point], margin: float) -> None:
        for x, y in points:
            self.low_x, self.high_x = min(self.low_x, x - margin), max(self.high_x, x + margin)
            self.low_y, self.high_y = min(self.low_y, y - margin), max(self.high_y, y + margin)


def skeleton(pose: Mapping[str, Any]) -> dict[str, Point]:
    """Every joint of a pose, moved so that its ``anchor`` = [joint, x, y] is where it says.

    Limbs are angles [upper, lower] or {to = [x, y]}: a place for ankle or hand, counted after the anchor is set; the
    knee then bends forward and the elbow backward, or the other way with ``bend = -1``.
    """
    pelvis, chest, head = pose.get("pelvis", 0.0), pose.get("chest", 0.0), pose.get("head", pose.get("chest", 0.0))
    joints: dict[str, Point] = {"hip": (0.0, 0.0)}
    joints["waist"] = _step(joints["hip"], 180 - pelvis, PELVIS)
    joints["shoulder"] = _step(joints["waist"], 180 - chest, CHEST)
    joints["neck"] = _step(joints["shoulder"], 180 - head, NECK)
    joints["head"] = _step(joints["neck"], 180 - head, HEAD)
    joints["nose"] = _step(joints["head"], 90 - head, HEAD + 1.5)
    for side in ("far", "near"):
        for limb, root, names, lengths in (
            ("leg", "hip", ("knee", "ankle"), (THIGH, SHANK)),
            ("arm", "shoulder", ("elbow", "hand"), (UPPER_ARM, FOREARM)),
        ):
            given = pose.get(f"{side}_{limb}", pose.get(f"near_{limb}", [0.0, 0.0]))
            if isinstance(given, list):
                joints[f"{side}_{names[0]}"] = _step(joints[root], given[0], lengths[0])
                joints[f"{side}_{names[1]}"] = _step(joints[f"{side}_{names[0]}"], given[1], lengths[1])
    anchor, x, y = pose["anchor"]
    dx, dy = x - joints[anchor][0], y - joints[anchor][1]
    joints = {name: (px + dx, py + dy) for name, (px, py) in joints.items()}
    for side in ("far", "near"):
        for limb, root, names, lengths, way in (
            ("leg", "hip", ("knee", "ankle"), (THIGH, SHANK), 1),
            ("arm", "shoulder", ("elbow", "hand"), (UPPER_ARM, FOREARM), -1),
        ):
            given = pose.get(f"{side}_{limb}", pose.get(f"near_{limb}", [0.0, 0.0]))
            if not isinstance(given, list):
                bend = way * given.get("bend", 1)
                middle, end = _reach(joints[root], (given["to"][0], given["to"][1]), lengths, bend)
                joints[f"{side}_{names[0]}"], joints[f"{side}_{names[1]}"] = middle, end
        joints[f"{side}_toe"] = _step(joints[f"{side}_ankle"], _foot(pose, side, joints), FOOT)
    return joints


def _foot(pose: Mapping[str, Any], side: str, joints: Mapping[str, Point]) -> float:
    """Direction of a foot: as given, flat on the floor, or square to the shank."""
    given = pose.get(f"{side}_foot")
    if given is not None:
        return float(given)
    knee, ankle = joints[f"{side}_knee"], joints[f"{side}_ankle"]
    if ankle[1] < 4:
        return 90.0
    return 90 + degrees(atan2(ankle[0] - knee[0], knee[1] - ankle[1]))


def _step(start: Point, angle_deg: float, length: float) -> Point:
    return start[0] + length * sin(radians(angle_deg)), start[1] - length * cos(radians(angle_deg))


def _reach(root: Point, target: Point, lengths: tuple[float, float], bend: int) -> tuple[Point, Point]:
    """Middle and end of two segments that reach from root to target, or as far towards it as they can."""
    away = min(hypot(target[0] - root[0], target[1] - root[1]), sum(lengths) - 1e-6)
    line = degrees(atan2(target[0] - root[0], root[1] - target[1]))
    upper, lower = lengths
    corner = degrees(acos(max(-1.0, min(1.0, (upper**2 + away**2 - lower**2) / (2 * upper * away)))))
    middle = _step(root, line + bend * corner, upper)
    return middle, _step(root, line, away)
