"""The names and numbers that tables, pictures and pages share, in plain words."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from posture.findings.verdict import WORDS
from posture.knowledge.load import Knowledge
from posture.measures import MEASURES
from posture.message import Message
from posture.plan.advise import Plan
from posture.plan.choice import Item
from posture.plan.schedule import Programme
from posture.report.report import Report

#: Shown name of every measure, and what a positive and a negative value mean.
NAMES = {name: measure.called for name, measure in MEASURES.items()}
SIGNS = {name: measure.sign for name, measure in MEASURES.items()}
#: Shown name of the one tilt of a report, and of a client's joint reading over the visits.
TILT = NAMES["tilt"] = "Forward tilt of the pelvis"

#: Shown name of every point that can be set by hand.
POINTS = {
    "asis": "front hip bone (ASIS)",
    "psis": "back hip bone (PSIS)",
    "ear": "ear",
    "shoulder": "shoulder joint",
    "hip": "hip joint",
    "knee": "knee joint",
    "ankle": "ankle joint",
    "heel": "heel",
    "toe": "tip of the toes",
}

#: Shown name of every length in centimetres.
LENGTHS = {
    "hips_ahead_of_ankles": "Hips ahead of the ankles",
    "head_ahead_of_shoulder": "Ear ahead of the shoulder",
    "lumbar_depth": "Hollow of the lower back",
}

#: Shown name of every plan mode; it is about the hip flexors.
MODES = {
    "stretch": "stretch the hip flexors",
    "strengthen": "strengthen the hip flexors",
    "both": "stretch and strengthen",
    "neither": "no special work on the hip flexors",
    "tests": "the tests come first",
    "refer": "see a professional first",
}

#: What exercises of these kinds are known to change, and what not; said once with a plan (warneke2024, brekke2022).
KNOWN_CHANGE = (
    "Such exercises make people stronger and more mobile within weeks. How the pelvis stands was not shown to change: "
    "over 23 studies strengthening left the lower back and pelvis as they were (d -0.23, p 0.25), and eight weeks of "
    "exercise in 42 people changed the tilt by -1.6° (95 % interval -3.9 to 0.7°)."
)

#: Parts of the body that a plan strengthens beside the hip flexors, and the part that these have, as a head names them.
AREAS = {"glutes": "buttocks", "hamstrings": "hamstrings", "abdominals": "abdomen"}
FLEXORS = {"both": "stretch and strengthen", "stretch": "stretch", "strengthen": "strengthen"}

#: The head of a plan whose items were all left out.
NO_EXERCISE = "no exercise for now"

#: What a test of the hip flexors says of their length and of their strength.
JUDGED_WORDS = {
    "short": "short",
    "normal": "long enough",
    "weak": "weak",
    "fine": "strong enough",
    "unclear": "unclear",
}

#: Why a reviewer does not use a photo; the first has the key 1. Other reasons are typed.
REVIEW_REASONS = {
    "turned": "not from the side",
    "blurred": "moved or blurred",
    "clothes": "clothes hide the body",
    "mixed_up": "another person or another day",
    "other": "another reason",
}

#: Where a leg hurts, as a person says it.
LEG_PAIN_WORDS = {"none": "no", "thigh": "in the thigh", "below_knee": "below the knee"}

#: The signs as a person says them, in the order of `posture.plan.intake.SIGNS`.
SIGN_WORDS = {
    "front_hip_stiffness": "The front of my hips feels stiff",
    "hard_to_straighten_after_sitting": "It is hard to straighten up after sitting",
    "ache_after_walking_or_training": "The hips or the lower back ache after walking or training",
    "looks_arched": "My lower back looks arched",
    "feels_tight": "The front of my hips feels tight",
    "felt_nothing_in_stretch": "I stretched the hip flexors and felt nothing",
}


def outcome(report: Report) -> str:
    """Outcome of a photo in a few words: the verdict, or the refusal; no verdict where help comes first."""
    if report.status == "refused":
        return "not measured: " + ", ".join(reason.code.replace("_", " ") for reason in report.reasons)
    if report.emergency:
        return "read the safety message first"
    return "measurements only (under 18)" if report.finding is None else WORDS[report.finding.kind]


def plan_words(plan: Plan, knowledge: Knowledge) -> str:
    """The head of a plan, which promises no more than stands under it: what is strengthened, and the hip flexors' part.

    Bridges and a stretch of the hip flexors give "strengthen buttocks; hip flexors: stretch". A plan to stretch and
    strengthen of which the stretches were left out is one to strengthen the hip flexors.
    """
    if plan.mode == "refer":
        return MODES["refer"]
    if not plan.items:
        return NO_EXERCISE
    done: dict[str, set[str]] = {}
    for item in plan.items:
        done.setdefault(knowledge.exercises[item.id].target, set()).add(item.kind)
    if {item.kind for item in plan.items} in ({"test"}, {"test", "habit"}):
        return MODES["tests"]
    kinds = done.get("hip_flexors", set())
    longer, stronger = bool(kinds & {"stretch", "mobilize", "release"}), "strengthen" in kinds
    flexors = "both" if longer and stronger else "stretch" if longer else "strengthen" if stronger else "neither"
    areas = ", ".join(words for target, words in AREAS.items() if done.get(target, set()) & {"strengthen", "activate"})
    if not areas:
        return MODES[flexors]
    if flexors == "neither":
        return Message("strengthen {areas}", areas=areas)
    return Message("strengthen {areas}; hip flexors: {flexors}", areas=areas, flexors=FLEXORS[flexors])


def time_lines(weeks: Programme, names: Mapping[str, str], tr: Callable[[str], str] = str) -> list[str]:
    """Effect of the time at hand on a programme: exercises with fewer sets, and those left out of some weeks."""
    declared, usual = (
        "Fewer sets, to fit your {minutes} minutes a day",
        "Fewer sets, to keep to about {minutes} minutes a day",
    )
    kept = declared if weeks.minutes_given else usual
    said = [
        (tr(kept).format(minutes=weeks.minutes_per_day), weeks.shortened),
        (tr("Left out of some weeks for want of time"), weeks.left_out),
    ]
    return [f"{words}: {', '.join(names[name] for name in ids)}." for words, ids in said if ids]


def plain_words(text: str, knowledge: Knowledge) -> str:
    """A report's text with ids of sources and conditions in words, as older reports hold them, too.

    "6.1 ± 4.2° (woodhull_angles, n = 15)" gives "6.1 ± 4.2° (Woodhull 1985, computed, n = 15)".
    """

    def word(found: re.Match[str]) -> str:
        source, caution = knowledge.sources.get(found[0]), knowledge.cautions.get(found[0])
        return (source.short or source.citation) if source else caution.called if caution else found[0]

    return re.sub(r"\b[a-z]+[a-z0-9]*(?:_[a-z0-9]+)+\b", word, text)


def odds(chance: float) -> str:
    """A chance as people say it: 0.64 gives "about 6 in 10", 0.11 "1 in 9", 0.98 "more than 19 in 20"."""
    if chance > 0.95:
        return "more than 19 in 20"
    if chance >= 0.2:
        return Message("about {n} in 10", n=min(9, round(10 * chance)))
    return Message("1 in {n}", n=round(1 / chance)) if chance >= 0.01 else "fewer than 1 in 100"


def in_people(of_100: int) -> str:
    """A place among people: 85 gives "higher than 85 of 100 people"."""
    return Message("higher than {n} of 100 people", n=of_100)


def sentence(text: str) -> str:
    """A text with a capital first letter, the rest as it is."""
    return text[:1].upper() + text[1:]


def number(value: float, unit: str, digits: int = 0) -> str:
    """A value as people read it, whole or to some digits: (-3.4, "deg") gives −3°, (7.6, "%") gives 8 %."""
    said = f"{round(value, digits) + 0.0:.{digits}f}".replace("-", "−")  # + 0.0: no minus before nothing
    return said + {"deg": "°", "%": " %", "cm": " cm", "": ""}[unit]


def dose_words(item: Item, tr: Callable[[str], str] = str) -> str:
    """A dose in words: 2 sets of 1 repetition held 30 s on 5 days is "2 × 30 s, 5 days a week"; a test is done once.

    ``tr`` puts the English words into another language.
    """
    if item.kind == "test":
        return tr("once now, and again at the retest")
    dose, parts = item.dose, []
    sets, reps, hold = dose.get("sets"), dose.get("reps"), dose.get("hold_s")
    if hold and (reps or 1) == 1:
        parts.append(f"{sets or 1} × {hold} s")
    elif reps:
        parts.append(f"{sets or 1} × {reps}" + (", " + tr("each held {hold} s").format(hold=hold) if hold else ""))
    if tempo := dose.get("tempo"):
        words = [re.sub(r"[a-z]{2,}", lambda word: tr(word[0]), part) for part in str(tempo).split(", ")]
        parts.append(f"{tr('tempo')} {', '.join(words)}")
    if days := dose.get("days_per_week"):
        parts.append(tr("every day" if days == 7 else Message("{days} days a week", days=days)))
    return ", ".join(parts)


def side_words(item: Item) -> str:
    """ ", left side" or ", each side"; nothing where an exercise has no side."""
    return {"left": ", left side", "right": ", right side", "both": ", each side"}.get(item.side, "")
