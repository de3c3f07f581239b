"""Read an intake file, TOML or JSON."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

from posture.errors import UsageError
from posture.plan.intake import Intake


def read_intake(path: Path) -> Intake:
    """The answers in a file. Raises UsageError naming the file, and the line, key or value that is wrong."""
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"answers in {path}: {getattr(error, 'strerror', None) or 'not a text file'}") from error
    try:
        answers = json.loads(text) if text.lstrip().startswith("{") else tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"answers in {path}: neither TOML nor JSON ({error})") from error
    try:
        return Intake.from_mapping(answers)
    except UsageError as error:
        raise UsageError(f"answers in {path}: {error}") from error
