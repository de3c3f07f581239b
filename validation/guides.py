"""Draw the guides of docs/refine.md:  python -m validation.guides"""

from __future__ import annotations

from pathlib import Path

from posture.render.drawings import drawing_file

FOLDER = Path(__file__).parent.parent / "docs" / "refine"
NAMES = ("guide_photo", "guide_stickers", "guide_hip_bones", "guide_three_poses", "guide_again", "thomas_test")


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for name in NAMES:
        (FOLDER / f"{name}.svg").write_text(drawing_file(name), "utf-8")


if __name__ == "__main__":
    main()
