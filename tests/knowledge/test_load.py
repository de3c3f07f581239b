"""The data files: complete, sourced, consistent; and refused when they are not."""

from __future__ import annotations

import copy
import re
from dataclasses import replace
from importlib import resources

import pytest

from posture.errors import KnowledgeError
from posture.knowledge.files import tables
from posture.knowledge.load import CHECKED, READ, Knowledge, build
from posture.measures.measurement import Measurement
from posture.pipeline import analyze
from posture.plan.intake import EQUIPMENT, Intake
from posture.render.html.report import render
from posture.report.report import Report
from tests.conftest import ROOT
from tests.figures import Figure, Sees, frame, observation

IDS = (
    "half_kneeling_tuck",
    "lunge_stretch",
    "supine_edge_stretch",
    "couch_active_mobility",
    "standing_stagger",
    "flexor_neutral",
    "flexor_shortened",
    "flexor_lengthened_eccentric",
    "glute_bridge",
    "hamstring_bridge",
    "dead_bug",
    "abdominal_draw_in",
    "ball_release",
    "arch_tuck_control",
    "stand_tall_cue",
    "sitting_breaks",
    "sit_stand_switch",
    "ergonomics",
    "general_activity",
    "locate_iliopsoas",
    "thomas_test",
    "hold_test",
)


def test_every_exercise_of_the_contract_is_there(knowledge: Knowledge) -> None:
    assert set(IDS) <= set(knowledge.exercises)


@pytest.mark.parametrize("name", IDS)
def test_an_exercise_can_be_done_from_its_entry(knowledge: Knowledge, name: str) -> None:
    exercise = knowledge.exercises[name]
    assert len(exercise.steps) >= 2
    assert exercise.stop
    assert 1 <= exercise.weeks[0] <= exercise.weeks[1] <= 8
    assert set(exercise.equipment) <= set(EQUIPMENT)
    minutes = exercise.dose.get("sets", 1) * exercise.dose.get("reps", 1) * max(exercise.dose.get("hold_s", 4), 4) / 60
    assert minutes < 15


def test_corrections_of_the_source_articles_are_in(knowledge: Knowledge) -> None:
    """docs/science.md, Corrections of the articles, (a) and (d)."""
    supine = knowledge.exercises["supine_edge_stretch"]
    assert "edge" in " ".join((supine.position, *supine.steps))
    ball = knowledge.exercises["ball_release"]
    assert {"pregnancy", "abdominal_or_vascular_disease", "hernia", "anticoagulants"} <= set(ball.cautions)


def test_habits_stay_open_to_everybody(knowledge: Knowledge) -> None:
    for name in ("sitting_breaks", "general_activity", "ergonomics", "stand_tall_cue"):
        assert knowledge.exercises[name].cautions == ()


def test_the_files_as_they_are_build() -> None:
    assert build(tables()).gates.yaw_refuse_deg == 20


def spoiled(*path, value) -> dict:
    data = copy.deepcopy(tables())
    place = data
    for key in path[:-1]:
        place = place[key]
    if value is None:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return data


@pytest.mark.parametrize(
    ("path", "value", "says"),
    [
        (("norms", "norm", 0, "source"), None, "Norm trunk_incl: source missing"),
        (("norms", "norm", 0, "source"), "nobody2030", "source nobody2030 is not in sources.toml"),
        (("norms", "norm", 0, "population"), "", "population is empty"),
        (("norms", "norm", 0, "sd"), 0.0, "sd must be positive"),
        (("norms", "norm", 1, "measure"), "trunk_incl", "appears twice"),
        (("norms", "gates", "yaw_warn_deg"), None, "yaw_warn_deg missing"),
        (("norms", "finding", "p_mildly"), 0.3, "p_mildly unknown"),
        (("norms", "widening", "cropped"), 0.9, "would make a poor photo surer"),
        (("calibration", "error", 0, "source"), "x", "source x is not in"),
        (("exercises", "exercise", 0, "dose"), {"kilos": 3}, "dose has kilos"),
        (("exercises", "exercise", 0, "kind"), "dance", "kind dance is not one of"),
        (("exercises", "exercise", 0, "cautions"), ["fever"], "caution fever is no condition"),
        (("exercises", "exercise", 0, "cautions"), ["unheard_of"], "caution unheard_of is no condition"),
        (("exercises", "exercise", 0, "steps"), [], "steps is empty"),
        (("exercises", "exercise", 0, "stop"), None, "stop missing"),
        (("exercises", "exercise", 0, "source"), ["x"], "source x is not in"),
        (("cautions", "caution", 0, "level"), "mild", "level mild is not one of"),
        (("cautions", "caution", 0, "question"), None, "question missing"),
        (("sources", "source", 0, "says"), "", "says is empty"),
        (("sources", "source", 0, "checked"), "memory", "checked memory is not one of full text, abstract"),
        (("sources", "source", 0, "checked"), "found", "checked found is not one of"),
        (("sources", "source", 0, "identifier"), "10.1007/BF00426309", "identifier 10.1007/BF00426309 is no doi:"),
        (("sources", "source", 0, "identifier"), "isbn:", "identifier isbn: is no doi:"),
        (("sources", "source", 0, "read_on"), "yesterday", "read_on yesterday is no day"),
        (("sources", "source", 1, "read_on"), "2026-11-29", "it was computed, and cannot have been read"),
        (("decisions", "extra", 0, "length"), ["shrot"], "length shrot is none of short, normal"),
        (("norms", "gates"), None, "the data files lack 'gates'"),
    ],
    ids=lambda value: ".".join(map(str, value)) if isinstance(value, tuple) else None,
)
def test_a_spoiled_entry_is_refused_by_name(path: tuple, value: object, says: str) -> None:
    with pytest.raises(KnowledgeError) as error:
        build(spoiled(*path, value=value))
    assert says in str(error.value)


def test_provisional_norms_say_so(knowledge: Knowledge) -> None:
    for norm in knowledge.norms.values():
        checked = knowledge.sources[norm.source].checked
        assert norm.provisional or checked in ("full text", "abstract"), norm.measure


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("norms", "norm", 0, "source"), "shamsi2020"),
        (("calibration", "error", 0, "source"), "shamsi2020"),
        (("exercises", "exercise", 0, "source"), ["shamsi2020"]),
        (("cautions", "caution", 0, "source"), "shamsi2020"),
        (("decisions", "side", 0, "evidence"), ["shamsi2020"]),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else None,
)
def test_nothing_rests_on_a_source_that_was_not_read(path: tuple, value: object) -> None:
    data = spoiled(*path, value=value)
    for source in data["sources"]["source"]:
        if source["id"] == "shamsi2020":
            source |= {"checked": "not read", "short": "Shamsi"}
            del source["read_on"]
    with pytest.raises(KnowledgeError, match="source shamsi2020 was not read"):
        build(data)


@pytest.mark.parametrize("name", IDS)
def test_an_exercise_names_a_source_that_was_read(knowledge: Knowledge, name: str) -> None:
    checked = [knowledge.sources[source].checked for source in knowledge.exercises[name].source]
    assert set(checked) <= set(CHECKED)
    assert set(checked) & set(READ)


def test_every_source_is_cited(knowledge: Knowledge) -> None:
    """By the data or by the page of the science: a list that nobody cites would only look like evidence."""
    folder = resources.files("posture") / "data"
    names = ("limits", "cautions", "decisions", "background")
    citing = [(folder / f"{name}.toml").read_text("utf-8") for name in names]
    citing += [file.read_text("utf-8") for kind in ("exercises", "measures") for file in (folder / kind).iterdir()]
    citing.append((folder / "verdict.json").read_text("utf-8"))
    cited = set(re.findall(r'"([a-z0-9_]+)"', "".join(citing)))
    cited |= set(re.findall(r"\]\[([a-z0-9_]+)\]", (ROOT / "docs" / "science.md").read_text("utf-8")))
    assert set(knowledge.sources) - cited == set()


def test_what_this_project_proposes_says_that_it_is_a_proposal(knowledge: Knowledge) -> None:
    for source in knowledge.sources.values():
        if source.checked == "proposal":
            assert source.kind == "proposal", source.id
        assert "memory" not in source.says + source.citation, source.id


class TestGivenKnowledge:
    """A caller's own knowledge is gone by everywhere, and the package's own is not even loaded."""

    def analyzed(self, given: Knowledge, monkeypatch: pytest.MonkeyPatch) -> Report:
        def never() -> Knowledge:
            raise AssertionError("the package's own knowledge was loaded beside the one that was given")

        monkeypatch.setattr("posture.knowledge.load._load", never)
        return analyze(frame(), Sees(observation(Figure(trunk=-3, thigh=3))), given, Intake(asked=True))

    @pytest.fixture
    def takes_all(self, knowledge: Knowledge) -> Knowledge:
        """A tilt model to which no outline is strange."""
        model = replace(knowledge.tilt_model, limit=1e9, rest_limit=1e9, agreement=1e9)
        return replace(knowledge, tilt_model=model)

    def test_its_tilt_model_makes_the_estimate(self, takes_all: Knowledge, monkeypatch: pytest.MonkeyPatch) -> None:
        model = takes_all.tilt_model
        further = tuple(
            replace(network, layers=(*network.layers[:-1], (network.layers[-1][0], network.layers[-1][1] + 5.0)))
            for network in model.networks
        )
        other = replace(takes_all, tilt_model=replace(model, networks=further))
        reports = [self.analyzed(known, monkeypatch) for known in (takes_all, other)]
        one, two = (report.measurements["pelvic_tilt_estimate"] for report in reports)
        assert isinstance(one, Measurement)
        assert isinstance(two, Measurement)
        assert two.raw - one.raw == pytest.approx(5.0 * (1 - model.line_share))

    def test_its_line_and_its_estimate_make_the_turn(
        self, takes_all: Knowledge, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        line = takes_all.tilt_model.rotation
        twice = replace(line, weights=2 * line.weights, gain=2 * line.gain, error=7.0)
        other = replace(takes_all, tilt_model=replace(takes_all.tilt_model, rotation=twice))
        one, two = (self.analyzed(known, monkeypatch).rotation for known in (takes_all, other))
        assert one is not None
        assert two is not None
        assert (two.value, two.sigma) == (pytest.approx(2 * one.value), 7.0)

    def test_its_norms_stand_on_the_page(self, knowledge: Knowledge, monkeypatch: pytest.MonkeyPatch) -> None:
        bare = replace(knowledge, norms={k: norm for k, norm in knowledge.norms.items() if k != "hip_angle"})
        page = render(self.analyzed(bare, monkeypatch), bare)
        assert "Hip angle" in page
        assert "the norms are of adults" not in page
