"""A batch's table beside the reports: client, day, and whether to look at a photo."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from posture.errors import UsageError

#: Columns of the table that no report holds.
COLUMNS = ("number", "client_id", "visit_date", "pose", "needs_review", "duplicate_of", "same_photo_as", "review_place",
           "review_why")  # fmt: skip


def read_listed(folder: Path) -> dict[str, dict[str, str | bool]]:
    """The `COLUMNS` of results.csv by the photo's number, "000017"; empty where the batch has not written it yet.

    ``needs_review`` is a bool. A table of 1.0.0 has fewer columns. Raises UsageError for one that cannot be read.
    """
    table = folder / "results.csv"
    if not table.is_file():
        return {}
    try:
        text = table.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{table}: {getattr(error, 'strerror', None) or 'not UTF-8 text'}") from error
    separator = ";" if text.startswith("number;") else ","
    found = dict[str, dict[str, str | bool]]()
    for line in csv.DictReader(io.StringIO(text, newline=""), delimiter=separator):
        cells: dict[str, str | bool] = {name: line[name] for name in COLUMNS if name in line}
        if "number" in cells and "needs_review" in cells:
            found[line["number"]] = cells | {"needs_review": line["needs_review"] == "true"}
    return found
