"""The plan as it follows from everything that one visitor told and showed."""

from __future__ import annotations

from posture.advise import Plan, advise
from posture.knowledge import Knowledge
from posture.ui import visit


def plan_of() -> Plan | None:
    """By the photo's finding where there is one, else by the answers alone."""
    now = visit.current()
    if now is not None:
        return now.examination.report.plan
    return advise(None, visit.intake(), Knowledge.load())
