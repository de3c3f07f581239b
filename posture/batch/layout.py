"""Layout of a batch's files of one photo: by its number and hash, which tell nobody's name."""

from __future__ import annotations

from typing import Literal

FileKind = Literal["reports", "overlays", "pages"]
#: Folders of the files of each photo, and what their names end with.
SUFFIX: dict[FileKind, str] = {"reports": ".json", "overlays": ".jpg", "pages": ".html"}
#: A folder holds the files of so many photos; the first so many stand in the folder of their kind itself.
SHARD = 10_000


def stem(number: int, sha256: str | None) -> str:
    """Name of a photo's own files: number 17 gives 000017_ab12cd34."""
    return f"{number:06d}_{(sha256 or 'unread')[:8]}"


def photo_file(kind: FileKind, number: int, sha256: str | None) -> str:
    """A photo's file under the results: "overlays/000017_ab12cd34.jpg", "overlays/0001/010017_ab12cd34.jpg"."""
    shard = f"{number // SHARD:04d}/" if number >= SHARD else ""
    return f"{kind}/{shard}{stem(number, sha256)}{SUFFIX[kind]}"
