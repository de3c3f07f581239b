"""The sample people of the package, computer-generated: ``posture.examples.marked`` is the path of a photo.

>>> from posture import examples
>>> examples.marked.name
'marked.jpg'
"""

from __future__ import annotations

from importlib import resources
from pathlib import Path

#: What each sample shows, by its name.
STORIES = {
    "marked": "the pelvis tips far forward",
    "mild": "the pelvis tips forward somewhat more than usual",
    "typical": "the pelvis tips forward as usual",
    "posterior": "the pelvis tips forward less than usual",
    "sway_back": "hips ahead of the feet, shoulders behind them",
    "loose_shirt": "a loose top hides the back",
    "arm_over_back": "an arm hides the back",
    "turned": "not side-on: refused",
}


def __getattr__(name: str) -> Path:
    if name in STORIES:
        return Path(str(resources.files("posture") / "data" / "examples" / f"{name}.jpg"))
    raise AttributeError(f"there is no example {name!r}: choose from {', '.join(STORIES)}")


def __dir__() -> list[str]:
    return [*STORIES, "STORIES"]
