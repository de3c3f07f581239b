"""Additions of the command line to a message: the options that do as it advises."""

from __future__ import annotations

from posture.errors import Issue
from posture.report.report import Report

#: Options that do what an issue asks for, by its code.
OPTIONS = {
    "leg_unclear": "--hip X,Y --knee X,Y --ankle X,Y",
    "looks_disagree": "--hip X,Y --knee X,Y --ankle X,Y",
    "lying_body": "--hip X,Y --knee X,Y --ankle X,Y",
    "lumbar_not_flat": "--lumbar-flat",
    "roll_unknown": "--level X1,Y1,X2,Y2",
}


def retake(issue: Issue) -> str:
    """The remedy of an issue of a table test, with its options in brackets."""
    options = OPTIONS.get(issue.code)
    return issue.retake if options is None else f"{issue.retake} ({options})"


def sticker_options(report: Report) -> str:
    """The options that confirm spots which may be stickers: "--asis 259,578 --psis 354,537"; empty without spots."""
    spots = report.stickers
    if spots is None or spots.used:
        return ""
    asis, psis = (f"{x:.0f},{y:.0f}" for x, y in (spots.asis, spots.psis))
    return f"--asis {asis} --psis {psis}"
