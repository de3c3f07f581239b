"""The package's data files as parsed tables. An exercise, a measure, a language: one file each, found by itself."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

from posture.errors import KnowledgeError

Table = Mapping[str, Any]

_DATA = resources.files("posture") / "data"
#: A table of words in a file of an exercise or a measure is named by its language's code.
_CODE = re.compile("[a-z]{2}")


def parsed(name: str) -> dict[str, Any]:
    """A TOML file of the data folder: "limits.toml". Raises KnowledgeError naming a broken one."""
    try:
        return tomllib.loads((_DATA / name).read_text("utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise KnowledgeError(f"{name}: {error}") from error


@cache
def folder(name: str) -> Mapping[str, Table]:
    """Every file of a folder, "exercises" or "measures", by its name without ending, in the order that each states."""
    found = {file: parsed(f"{name}/{file}.toml") for file in names_in(name)}
    placed: dict[int, str] = {}
    for file, table in found.items():
        if "order" not in table:
            raise KnowledgeError(f"{name}/{file}.toml: order missing")
        if (other := placed.setdefault(table["order"], file)) != file:
            raise KnowledgeError(f"{name}/{file}.toml: order {table['order']} is that of {other}.toml")
    return dict(sorted(found.items(), key=lambda one: (one[1]["order"], one[0])))


def names_in(name: str) -> list[str]:
    """Names of a folder's TOML files without their ending, sorted: ["de", "en"] for "locales"."""
    files = (file.name for file in (_DATA / name).iterdir())
    return sorted(file.removesuffix(".toml") for file in files if file.endswith(".toml"))


def fields_of(table: Table, *parts: str) -> dict[str, Any]:
    """Fields of a file's own entry: without its order, the named parts and the words of other languages."""
    return {key: value for key, value in table.items() if key not in ("order", *parts) and not _CODE.fullmatch(key)}


def words_of(table: Table) -> dict[str, Any]:
    """Texts of a file in other languages, by their codes: {"de": {"page": {"Hip angle": "Hüftwinkel"}}}."""
    return {key: value for key, value in table.items() if _CODE.fullmatch(key)}


def words(code: str) -> dict[str, dict[str, Any]]:
    """Texts of the files of exercises and measures in a language: exercises by id, and ``page`` by English."""
    exercises: dict[str, Any] = {}
    page: dict[str, str] = {}
    for kind in ("measures", "exercises"):
        for name, table in folder(kind).items():
            texts = dict(table.get(code, {}))
            page |= texts.pop("page", {})
            if texts:
                exercises[name] = texts
    return {"exercise": exercises, "page": page}


def tables() -> dict[str, dict[str, Any]]:
    """Every table that `posture.knowledge.load.build` checks, by its name; new ones at every call."""
    limits, exercises, measures = parsed("limits.toml"), folder("exercises"), folder("measures")
    found: dict[str, dict[str, Any]] = {
        "norms": limits | {"norm": _of(measures, "norm", "measure")},
        "calibration": {"version": limits["calibration_version"], "error": _of(measures, "error", "measure")},
        "exercises": {
            "exercise": [{"id": name, **fields_of(one, "figure", "coach")} for name, one in exercises.items()]
        },
        "coaching": {"drill": _of(exercises, "coach", "exercise")},
    }
    found |= {name: parsed(f"{name}.toml") for name in ("cautions", "sources", "decisions")}
    return found | {name: json.loads((_DATA / f"{name}.json").read_text("utf-8")) for name in _FITTED}


_FITTED = ("pelvic_tilt", "verdict", "arms")


def _of(files: Mapping[str, Table], part: str, key: str) -> list[dict[str, Any]]:
    """A part of every file that has it, with the file's name under ``key``."""
    return [{key: name, **table[part]} for name, table in files.items() if part in table]
