"""The pages of docs/reference that are made from data and code: ``python -m validation.reference`` writes them anew.

Norms, exercises and sources come from posture/data, the report's dictionary from its schema, the commands from their
own help, the picture of the imports from the imports.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import grimp
import typer
from typer.testing import CliRunner

from posture.cli.main import app
from posture.findings.verdict import WORDS, Kind
from posture.knowledge import files
from posture.knowledge.load import Knowledge
from posture.plan.advise import Plan, advise
from posture.plan.intake import Intake, Length, SideTests, Strength
from posture.text.labels import NAMES, plan_words
from validation.tables import table

ROOT = Path(__file__).parent.parent
FOLDER, DATA = ROOT / "docs" / "reference", ROOT / "posture" / "data"
#: A picture of the imports: width of the page, height of a row, of a box, margins, px.
_WIDE, _ROW, _BOX, _LEFT = 640, 54, 30, 20
SIGNS = {"deg": "°", "%": " %"}


def norms() -> str:
    """Every norm, limit and band with its source."""
    data = files.tables()["norms"]
    verdict = json.loads((DATA / "verdict.json").read_text("utf-8"))
    rows = [
        (NAMES.get(n["measure"], n["measure"]), f"{n['mean']:g} ± {n['sd']:g}{SIGNS[n['unit']]}", str(n["n"]),
         n["population"], n["instrument"], f"[{n['source']}](sources.md#{n['source']})",
         "yes" if n["provisional"] else "no")
        for n in data["norm"]
    ]  # fmt: skip
    limits = [(name, f"{value:g}") for name, value in data["finding"].items() if isinstance(value, int | float)]
    gates = [(name, f"{value:g}") for name, value in data["gates"].items() if isinstance(value, int | float)]
    return "\n\n".join(
        [
            "# Norms and limits",
            f"Version {data['norms_version']}, from `posture/data/measures/` and `limits.toml`; n is how many "
            "people a norm rests on, 0 a figure pooled from several. A provisional figure is a proposal until it is "
            "measured on people.",
            table(("measure", "mean ± SD", "n", "people", "instrument", "source", "provisional"), rows),
            "## Limits of sway-back and flat back",
            table(("limit", "value"), limits),
            "## The verdict on the tilt",
            f"Version {verdict['version']}, from `posture/data/verdict.json`: {verdict['recipe']}. How they work: "
            "[method](../method.md).",
            table(("figure", "value"), [(name, f"{v:g}") for name, v in verdict.items() if isinstance(v, int | float)]),
            "## Gates of the photo",
            table(("gate", "value"), gates),
        ]
    )


def exercises(knowledge: Knowledge) -> str:
    """Every exercise as a plan may hold it."""
    parts = ["# Exercises, habits and tests", "From `posture/data/exercises/`, one file each. A dose that no source "
             "gives is a proposal of this project (posture_proposal)."]  # fmt: skip
    for one in knowledge.exercises.values():
        dose = ", ".join(f"{key.replace('_', ' ')} {value}" for key, value in one.dose.items())
        steps = "\n".join(f"{number}. {step}" for number, step in enumerate(one.steps, 1))
        sources = ", ".join(f"[{name}](sources.md#{name})" for name in one.source)
        parts.append(
            f"## {one.name}\n\n`{one.id}` · {one.kind} · weeks {one.weeks[0]} to {one.weeks[1]} · {dose}\n\n"
            f"{one.position}\n\n{steps}\n\n**Never with:** {', '.join(one.cautions) or 'no condition asked about'}. "
            f"**Answers:** {one.answers}\n\n**Evidence:** {one.evidence} Certainty: {one.certainty}.\n\n"
            f"**Sources:** {sources}"
        )
    return "\n\n".join(parts)


def decisions(knowledge: Knowledge) -> str:
    """The whole table from verdict and tests to exercises, as the plan works it out for a person who may do all."""

    def names(plan: Plan) -> str:
        said = []
        for item in plan.items:
            low = dict(item.dose) != dict(knowledge.exercises[item.id].dose)
            said.append(knowledge.exercises[item.id].name + (" (low dose)" if low else ""))
        return ", ".join(said)

    def row(kind: Kind, length: Length | None, strength: Strength | None) -> str:
        known = {"length": length, "strength": strength}
        tests = SideTests(**{name: value for name, value in known.items() if value is not None})  # type: ignore[arg-type]
        plan = advise(kind, Intake(asked=True, tests={"left": tests, "right": tests}), knowledge)
        assert plan is not None
        return f"{plan_words(plan, knowledge)} | {names(plan)}"

    parts = [
        "# From the result to the plan",
        "Worked out by the plan itself for a person whom no condition, no equipment and no movement holds back. The "
        "rows are data (`posture/data/decisions.toml`). Safety comes before all of them: an answer that calls for a "
        "professional leaves no exercise. The photo decides on gluteals, hamstrings and abdominals. The two tests "
        "decide whether the hip flexors are stretched or strengthened, and each side has its own row.",
        "## Nothing tested\n\n| verdict | hip flexors | exercises |\n| --- | --- | --- |\n"
        + "\n".join(f"| {words} | {row(kind, None, None)} |" for kind, words in WORDS.items()),
    ]
    shown: tuple[Kind, ...] = ("marked_anterior_tilt", "mild_anterior_tilt", "no_sign", "possible_sway_back")
    for kind in shown:
        lines = [
            f"| {length or 'not known'} | {strength or 'not known'} | {row(kind, length, strength)} |"
            for length in ("short", "normal", None)
            for strength in ("weak", "fine", None)
        ]
        head = "| length | strength | hip flexors | exercises |\n| --- | --- | --- | --- |\n"
        parts.append(f"## Tested, where the pelvis {WORDS[kind]}\n\n{head}" + "\n".join(lines))
    parts.append("The other verdicts go by the rows of a pelvis that tips as usual where a test decides.")
    variants = [
        f"| {one.name} | {', '.join(one.equipment)} | {knowledge.exercises[one.without].name} |"
        for one in knowledge.exercises.values()
        if one.without
    ]
    parts.append(
        "## Without the equipment\n\n| exercise | needs | in its place |\n| --- | --- | --- |\n" + "\n".join(variants)
    )
    return "\n\n".join(parts)


def sources() -> str:
    """Where every number and piece of advice comes from."""
    data = tomllib.loads((DATA / "sources.toml").read_text("utf-8"))
    parts = ["# Sources", "How far each was read for this project stands below it: *full text*, *abstract* (the figure "
             "stands there), *excerpt* (a table, a page, a passage), *second-hand* (what somebody else says of it), "
             "*computed* (by this project), *proposal* (of this project; no study was read). The day is that of the "
             "reading; without one it was read before 2026-11-29. Nothing rests on a source that was not read. An "
             "identifier is missing where the text that was read prints none."]  # fmt: skip
    for one in data["source"]:
        cited = f"{one['citation']} · {_identified(one['identifier'])}" if "identifier" in one else one["citation"]
        read = f"{one['checked']}, {one['read_on']}" if "read_on" in one else one["checked"]
        parts.append(f"## {one['id']}\n\n{cited}\n\n*{one['kind']}, {read}.* {one['says']}")
    return "\n\n".join(parts)


def _identified(identifier: str) -> str:
    """A DOI or a PubMed number as a link to the article; an ISBN as it is."""
    kind, number = identifier.split(":", 1)
    place = {"doi": "https://doi.org/", "pmid": "https://pubmed.ncbi.nlm.nih.gov/"}.get(kind)
    return f"[{identifier}](<{place}{number}>)" if place else identifier


def words() -> str:
    """The words that posture does not use, and where one of them may stand."""
    data = tomllib.loads((DATA / "forbidden_words.toml").read_text("utf-8"))
    rows = [(word["name"], word["why"], word["instead"]) for word in data["word"]]
    allowed = [(one["phrase"], one["why"]) for one in data["allowed"]]
    return "\n\n".join(
        [
            "# Words it does not use",
            f"Version {data['version']}, from `posture/data/forbidden_words.toml`, which holds the English and German "
            "patterns. No text that a person reads uses one of these words; `tests/text/test_words.py` walks them. "
            "What the tool is for: [intended purpose](../intended_purpose.md).",
            table(("word", "why not", "said in its place"), rows),
            "## Where one may stand",
            "A sentence that denies the word, a question about safety, a word of another meaning.",
            table(("phrase", "why"), allowed),
            "What `sources.toml` says of the studies of others keeps their words for people and complaints. It may not "
            "promise an effect either.",
        ]
    )


def dictionary() -> str:
    """What every key of a report means."""
    schema = json.loads((DATA / "report.schema.json").read_text("utf-8"))
    parts = ["# The report's JSON", f"{schema['description']} The shape is `posture/data/report.schema.json` (JSON "
             "Schema, draft 7); `Report.from_json` refuses what departs from it.",
             table(("key", "type", "meaning"), _keys(schema))]  # fmt: skip
    for name, shape in schema["definitions"].items():
        if "properties" in shape:
            parts += [f"## {name}", table(("key", "type", "meaning"), _keys(shape))]
    return "\n\n".join(parts)


def _keys(shape: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    for key, value in shape["properties"].items():
        yield f"`{key}`", _type(value), value.get("description", "")


def _type(value: Mapping[str, Any]) -> str:
    if "else" in value:
        return _type(value["else"]) + " or null"
    if "$ref" in value:
        name = value["$ref"].rsplit("/", 1)[1]
        return name if name == "mode" else f"[{name}](#{name})"
    if "enum" in value:
        return " · ".join("null" if one is None else f"`{one}`" for one in value["enum"])
    if "const" in value:
        return f"`{value['const']}`"
    if value.get("type") == "array":
        return f"list of {_type(value.get('items', {}))}"
    if "additionalProperties" in value and isinstance(value["additionalProperties"], dict):
        inner = value["additionalProperties"]
        return "by name: " + (" or ".join(_type(inner[k]) for k in ("then", "else")) if "if" in inner else _type(inner))
    kind = value.get("type", "anything")
    return " or ".join(kind) if isinstance(kind, list) else kind


def commands() -> str:
    """Every command's own help."""
    parts = [
        "# Commands",
        "What `--help` says of each. Exit codes: 0 done, 1 some photos were refused, 2 a wrong request.",
    ]
    runner, root = CliRunner(), typer.main.get_command(app)
    for name, command in root.commands.items():  # type: ignore[attr-defined]
        for words in [[name, sub] for sub in getattr(command, "commands", {})] or [[name]]:
            said = runner.invoke(app, [*words, "--help"], env={"COLUMNS": "100"}, prog_name="posture").output
            parts.append(f"## posture {' '.join(words)}\n\n```text\n{said.strip()}\n```")
    return "\n\n".join(parts)


def imports() -> str:
    """The picture of what imports what, by package, in the layers of pyproject.toml.

    What a chain of arrows says already is left out; what the core's contract names is green.
    """
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    down, core = (
        next(one for one in contracts if one["name"].startswith(said)) for said in ("Packages go", "The core")
    )
    layers = [[name.strip() for name in layer.split(":")] for layer in down["layers"]]
    graph = grimp.build_graph("posture", include_external_packages=False)
    middle: dict[str, tuple[float, float, float]] = {}
    boxes = []
    for row, names in enumerate(layers):
        total = sum(_width(name) for name in names) + 12 * (len(names) - 1)
        x, y = _LEFT + (_WIDE - 2 * _LEFT - total) / 2, 20 + row * _ROW
        for name in names:
            wide = _width(name)
            middle[name] = x + wide / 2, y, wide
            place = "" if f"posture.{name}" in core["source_modules"] else ' class="place"'
            boxes.append(
                f'<g{place}><rect x="{x:.0f}" y="{y}" width="{wide:.0f}" height="{_BOX}" rx="6"/>'
                f'<text x="{x + wide / 2:.0f}" y="{y + 20}">{name}</text></g>'
            )
            x += wide + 12
    below = {one: {other for other in middle if one != other and _imports(graph, one, other)} for one in middle}
    reach = dict.fromkeys(middle, frozenset[str]())
    for one in reversed(middle):  # what lies below is known first
        reach[one] = frozenset(below[one]).union(*(reach[other] for other in below[one]))
    arrows = []
    for one, targets in below.items():
        for other in sorted(targets - {far for near in targets for far in reach[near]}):
            (x0, y0, _), (x1, y1, _) = middle[one], middle[other]
            bend = (y1 - y0) / 2
            arrows.append(
                f'<path d="M{x0:.0f} {y0 + _BOX} C{x0:.0f} {y0 + _BOX + bend:.0f} '
                f'{x1:.0f} {y1 - bend:.0f} {x1:.0f} {y1}"/>'
            )
    tall = 20 + _ROW * len(layers)
    style = (
        "rect{fill:#eef5f2;stroke:#0b6e4b}.place rect{fill:#e8eef8;stroke:#2b4f8c}"
        "text{font:13px sans-serif;text-anchor:middle;fill:#1c2430}path{fill:none;stroke:#8a949e;stroke-opacity:.8}"
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDE} {tall}" role="img" '
        f'aria-label="What imports what"><style>{style}</style><rect width="{_WIDE}" height="{tall}" '
        f'style="fill:#fff;stroke:none"/>{"".join(arrows)}{"".join(boxes)}</svg>'
    )


def _width(name: str) -> float:
    return 22 + 7.4 * len(name)


def _imports(graph: grimp.ImportGraph, importer: str, imported: str) -> bool:
    """Whether a module, or any of a package, imports another."""
    who, what = ({f"posture.{name}"} | graph.find_descendants(f"posture.{name}") for name in (importer, imported))
    return any(what & graph.find_modules_directly_imported_by(module) for module in who)


def pages() -> dict[str, str]:
    """Every page by its file's name."""
    made = {
        "norms.md": norms(), "exercises.md": exercises(Knowledge.load()), "sources.md": sources(),
        "json.md": dictionary(), "commands.md": commands(), "imports.svg": imports(),
        "words.md": words(), "decisions.md": decisions(Knowledge.load()),
    }  # fmt: skip
    return {name: text.rstrip() + "\n" for name, text in made.items()}


if __name__ == "__main__":
    for name, text in pages().items():
        (FOLDER / name).write_text(text, "utf-8")
        print(f"docs/reference/{name}")
