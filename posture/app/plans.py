"""The plan as it follows from everything that one visitor told and showed."""

from __future__ import annotations

from posture.app import questionnaire, session
from posture.knowledge.load import Knowledge
from posture.plan.advise import Plan, advise


def plan_of() -> Plan | None:
    """By the photo's finding where there is one, else by the answers alone."""
    now = session.current()
    if now is not None:
        return now.examination.report.plan
    return advise(None, questionnaire.intake(), Knowledge.load())
