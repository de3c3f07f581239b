"""Files of measures that say what cannot be meant are refused by name."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

import posture.measures
from posture.errors import KnowledgeError
from posture.knowledge import files


@pytest.fixture
def measures(monkeypatch: pytest.MonkeyPatch) -> dict[str, dict[str, Any]]:
    """The tables of all measures; what a test changes in them is what is found."""
    tables = {name: deepcopy(dict(table)) for name, table in files.folder("measures").items()}
    monkeypatch.setattr(files, "names_in", lambda _: sorted(tables))
    monkeypatch.setattr(files, "parsed", lambda path: tables[path.split("/")[1].removesuffix(".toml")])
    monkeypatch.setattr(files, "folder", files.folder.__wrapped__)
    return tables


def test_the_files_as_they_are_give_the_measures_as_they_are(measures: dict[str, dict[str, Any]]) -> None:
    assert posture.measures._found() == dict(posture.measures.MEASURES)
    assert {*measures} == {*posture.measures.MEASURES}


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("to_verticle", True, "measures/hip_angle.toml: Measure: to_verticle unknown"),
        ("called", "", "measures/hip_angle.toml: Measure: called is empty"),
        ("joints", ["sholder"], "measures/hip_angle.toml: joint sholder unknown: choose from ankle, "),
        ("order", 10, "measures/trunk_incl.toml: order 10 is that of hip_angle.toml"),
        ("de", {"pge": {}}, "measures/hip_angle.toml: pge unknown: words in another language stand under page"),
    ],
)
def test_a_spoiled_measure_is_refused_by_its_file(
    measures: dict[str, dict[str, Any]], key: str, value: object, said: str
) -> None:
    measures["hip_angle"][key] = value
    with pytest.raises(KnowledgeError) as refused:
        posture.measures._found()
    assert said in str(refused.value)


def test_a_file_without_its_function_is_refused(measures: dict[str, dict[str, Any]]) -> None:
    measures["neck"] = measures["hip_angle"] | {"order": 99}
    with pytest.raises(KnowledgeError, match=r"measures/neck\.toml: posture/measures/neck\.py .* is missing"):
        posture.measures._found()
