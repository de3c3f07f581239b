"""Answers and tests of a visit, in words for its page."""

from __future__ import annotations

from posture.knowledge.load import Knowledge
from posture.plan.intake import Intake, SideTests
from posture.text.labels import JUDGED_WORDS, LEG_PAIN_WORDS, SIGN_WORDS
from posture.text.language import Language

FLAT_WORDS = {True: "lower back flat", False: "lower back not flat", None: "lower back not noted"}


def intake_lines(intake: Intake, knowledge: Knowledge, language: Language) -> list[str]:
    """A line each: tests of both hips, safety answers, pain, conditions, daily life, person; nothing that was not told.

    A hold of 14.0 s on the left gives "Hip-flexion hold, left: 14 s".
    """
    tr, lines = language.text, []
    for side, tests in intake.tests.items():
        lines += _tested(tr(side), tests, language)
    if intake.asked and not (intake.flags or intake.conditions):
        lines.append(tr("Safety questions: none answered yes"))
    yes_to = [knowledge.cautions[name] for name in (*intake.flags, *intake.conditions)]
    lines += [f"{language.question(caution)} {tr('Yes')}." for caution in yes_to]
    numbers = {
        "Pain: {value} of 10": intake.pain_0_10,
        "Weeks of pain: {value}": intake.pain_weeks or None,
        "Sitting: {value} h a day": intake.sitting_h_day,
        "Minutes for exercise a day: {value}": intake.minutes_per_day,
        "Days for exercise a week: {value}": intake.days_per_week,
        "Age: {value} years": intake.age_years,
        "Body height: {value} cm": intake.stature_cm,
    }
    lines += [tr(words).format(value=f"{value:.0f}") for words, value in numbers.items() if value is not None]
    if intake.leg_pain is not None:
        lines.append(f"{tr('Pain in a leg')}: {tr(LEG_PAIN_WORDS[intake.leg_pain])}")
    yes = {
        "The pain is getting worse": intake.pain_worsening,
        "A professional has looked at it": intake.pain_assessed,
        "A doctor or physiotherapist has said that I may exercise": intake.cleared_by_clinician,
    }
    lines += [tr(words) for words, said in yes.items() if said]
    lines += [tr(SIGN_WORDS[sign]) for sign in intake.signs]
    if intake.clothing is not None:
        lines.append(tr("Clothing") + ": " + tr(intake.clothing))
    return lines


def _tested(leg: str, tests: SideTests, language: Language) -> list[str]:
    tr, lines = language.text, []
    if tests.thomas_thigh_deg is not None:
        words = tr("Thomas test, {leg}: thigh {value}° above horizontal")
        lines.append(
            f"{words.format(leg=leg, value=_whole(tests.thomas_thigh_deg))}, {tr(FLAT_WORDS[tests.lumbar_flat])}"
        )
    if tests.thomas_knee_flexion_deg is not None:
        words = tr("Thomas test, {leg}: knee bent by {value}°")
        lines.append(words.format(leg=leg, value=_whole(tests.thomas_knee_flexion_deg)))
    if tests.hip_flexion_hold_s is not None:
        lines.append(tr("Hip-flexion hold, {leg}: {value} s").format(leg=leg, value=_whole(tests.hip_flexion_hold_s)))
    if tests.slr_effort_0_5 is not None:
        words = tr("Effort of a straight-leg raise, {leg}: {value} of 5")
        lines.append(words.format(leg=leg, value=tests.slr_effort_0_5))
    if tests.length is not None:
        words = tr("Length of the hip flexors as judged, {leg}: {word}")
        lines.append(words.format(leg=leg, word=tr(JUDGED_WORDS[tests.length])))
    if tests.strength is not None:
        words = tr("Strength of the hip flexors as judged, {leg}: {word}")
        lines.append(words.format(leg=leg, word=tr(JUDGED_WORDS[tests.strength])))
    return lines


def _whole(value: float) -> str:
    return f"{round(value) + 0:.0f}".replace("-", "−")
