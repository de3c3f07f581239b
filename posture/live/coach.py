"""The coach: how an exercise goes on, frame by frame, and what is said about it; a pure fold over forms.

Time in the hold counts only while the form holds; repetitions count when the knee comes up far enough and down again;
left and right are kept apart. What good form is stands in the exercise's file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from statistics import median
from typing import Literal

import numpy as np

from posture.body.pose import SIDES, Side
from posture.knowledge.exercise_rules import ExerciseRules, Lift
from posture.live.exercise_angles import Form
from posture.report.practice import Practice

#: A cue waits while its angle moves by more than this within that time: somebody is on the way, degrees and seconds.
MOVING, MOVING_S = 5.0, 0.4
#: A hold shorter than this is none, seconds.
LEAST_HOLD_S = 1.0
#: A lifted knee is at the top within this of the highest it came, degrees.
NEAR_TOP_DEG = 6.0
#: Angles are medians of so many frames, so that one slip of the model is nothing.
CALM_FRAMES = 3
#: A fault is said when it has lasted so long, and stays said so long; a shorter one is the model's, seconds.
CUE_S, SAID_S = 0.4, 1.5
#: A rule that was broken holds again this much within its limit, degrees or percent.
BACK_WITHIN = 1.0
#: How the person stands relaxed is the median of so many seconds of standing; then the exercise may begin.
STAND_S = 1.5
#: Standing upright: knees straighter and thighs nearer to hanging than this, degrees.
STRAIGHT_DEG = 25.0
#: Frames further apart than this count no time in between, seconds.
GAP_S = 0.6


@dataclass(frozen=True, slots=True)
class Done:
    """Work done by one side.

    held_s : seconds in good form · reps : whole repetitions · rise_s, top_s, fall_s : of each of them
    cues : how often each cue was raised · a repetition is at the top within `NEAR_TOP_DEG` of the highest it came
    """

    held_s: float = 0.0
    reps: int = 0
    rise_s: tuple[float, ...] = ()
    top_s: tuple[float, ...] = ()
    fall_s: tuple[float, ...] = ()
    cues: Mapping[str, int] = field(default_factory=dict)


def practices(state: Coaching, drill: ExerciseRules) -> tuple[Practice, ...]:
    """Work done so far, side by side, with what is under way; sides without any are left out."""
    done = _leave(state).done
    return tuple(
        Practice(
            drill.exercise,
            side,
            one.held_s,
            one.reps,
            (median(one.rise_s), median(one.top_s), median(one.fall_s)) if one.reps else None,
            dict(one.cues),
        )
        for side in SIDES
        if (one := done.get(side)) is not None and (one.held_s or one.reps or one.cues)
    )


Phase = Literal["stand", "begin", "exercise"]


@dataclass(frozen=True, slots=True)
class Coaching:
    """State of the coaching.

    phase : "stand" relaxed first, "begin" the exercise, "exercise" goes on · cue : what is said now, ""
    good : the form holds right now · side : the one that works · done : by side, without what goes on
    stretch_s : good form without a break · pending_s : the longer stretches of this stance before it
    recent, path : the last frames · relaxed : how the person stands · standing : the frames that will tell it
    broken : rules by their cue, and since when · votes : frames for each side · climb : (time, angle, good) of a lift
    """

    phase: Phase = "stand"
    at_s: float | None = None
    cue: str = ""
    cue_since_s: float = 0.0
    good: bool = False
    side: Side | None = None
    done: Mapping[Side, Done] = field(default_factory=dict)
    recent: tuple[Form, ...] = ()
    path: tuple[tuple[float, Form], ...] = ()
    standing: tuple[tuple[float, Form], ...] = ()
    relaxed: Form | None = None
    broken: Mapping[str, float] = field(default_factory=dict)
    votes: tuple[int, int] = (0, 0)
    stretch_s: float = 0.0
    pending_s: float = 0.0
    climb: tuple[tuple[float, float, bool], ...] = ()

    @property
    def held_s(self) -> float:
        """Seconds held in good form in this stance."""
        return self.pending_s + (self.stretch_s if self.stretch_s >= LEAST_HOLD_S else 0.0)


def coach(before: Coaching, at_s: float, form: Form | None, drill: ExerciseRules) -> Coaching:
    """The next state after a frame; ``form`` is None where nobody was seen. Frames come in the order of time.

    Ten seconds of good form at ten frames a second give 10 s held, whatever was said before and after.
    """
    step_s = 0.0 if before.at_s is None else at_s - before.at_s
    if step_s > GAP_S:
        before, step_s = _leave(replace(before, at_s=None, recent=(), path=(), standing=())), 0.0
    if form is None:
        return before  # a frame that shows nobody is the model's slip, until it lasts
    now = replace(before, at_s=at_s, recent=(*before.recent, form)[-CALM_FRAMES:])
    calm = _calm(now.recent)
    if now.relaxed is None:
        return _stand(now, at_s, calm)
    calm = _with_changes(calm, now.relaxed)
    path = (*(point for point in now.path if point[0] >= at_s - MOVING_S - 1e-9), (at_s, calm))
    now = replace(now, path=path)
    return _hold(now, at_s, step_s, calm, drill) if drill.lift is None else _lift(now, at_s, calm, drill, drill.lift)


def _stand(now: Coaching, at_s: float, calm: Form) -> Coaching:
    """Gather how the person stands relaxed: what changes is told against it."""
    upright = all(abs(calm[name] or 0.0) < STRAIGHT_DEG for name in ("raised_thigh", "standing_knee", "front_knee"))
    if not upright:
        return replace(now, standing=())
    standing = (*now.standing, (at_s, calm))
    if at_s - standing[0][0] < STAND_S:
        return replace(now, standing=standing)
    return replace(now, phase="begin", standing=(), relaxed=_calm([form for _, form in standing]))


def _hold(now: Coaching, at_s: float, step_s: float, calm: Form, drill: ExerciseRules) -> Coaching:
    slack = 5.0 if now.phase == "exercise" else 0.0
    if not all(window.holds(calm[window.angle], slack) for window in drill.stance):
        return _leave(now)
    now = replace(now, phase="exercise", votes=_vote(now.votes, calm, drill))
    now = replace(now, side=SIDES[int(np.argmax(now.votes))])
    now = _judge(now, at_s, calm, drill)
    if now.good:
        return replace(now, stretch_s=now.stretch_s + step_s)
    return replace(now, pending_s=now.held_s, stretch_s=0.0)


def _leave(now: Coaching) -> Coaching:
    """The stance was left: what was held in it belongs to the side that most frames showed."""
    done = dict(now.done)
    if now.held_s > 0 and now.side is not None:
        own = done.get(now.side, Done())
        done[now.side] = replace(own, held_s=own.held_s + now.held_s)
    phase: Phase = "stand" if now.relaxed is None else "begin"
    return replace(
        now, phase=phase, cue="", good=False, done=done, broken={}, votes=(0, 0), stretch_s=0.0, pending_s=0.0,
        climb=(), side=None,
    )  # fmt: skip


def _lift(now: Coaching, at_s: float, calm: Form, drill: ExerciseRules, lift: Lift) -> Coaching:
    angle = calm[lift.angle]
    if angle is None:
        return now
    if angle <= lift.rest:
        now = _down(now, at_s, lift) if now.climb else now
        return replace(now, phase="begin", good=False, broken={}, votes=(0, 0), climb=(), cue=_still_said(now, at_s))
    votes = _vote(now.votes, calm, drill)
    now = replace(now, phase="exercise", votes=votes, side=SIDES[int(np.argmax(votes))])
    now = _judge(now, at_s, calm, drill)
    return replace(now, climb=(*now.climb, (at_s, angle, now.good)))


def _down(now: Coaching, at_s: float, lift: Lift) -> Coaching:
    """A knee that was lifted has come down again."""
    assert now.side is not None
    highest = max(angle for _, angle, _ in now.climb)
    if highest < lift.top:
        return _say(now, at_s, lift.low_cue)
    top = [k for k, (_, angle, _) in enumerate(now.climb) if angle >= highest - NEAR_TOP_DEG]
    times = [at for at, _, _ in now.climb]
    rise, stay, fall = times[top[0]] - times[0], times[top[-1]] - times[top[0]], at_s - times[top[-1]]
    held = sum(times[k] - times[k - 1] for k in top if k - 1 in top and now.climb[k][2])
    own = now.done.get(now.side, Done())
    own = replace(
        own,
        reps=own.reps + 1,
        held_s=own.held_s + held,
        rise_s=(*own.rise_s, rise),
        top_s=(*own.top_s, stay),
        fall_s=(*own.fall_s, fall),
    )
    now = replace(now, done={**now.done, now.side: own})
    return _say(now, at_s, lift.fast_cue) if rise < lift.least_rise_s else now


def _judge(now: Coaching, at_s: float, calm: Form, drill: ExerciseRules) -> Coaching:
    """Which rules are broken, since when without moving, and what is said; the form is good while none is broken."""
    broken, moves = {}, False
    for rule in drill.form:
        slack = -BACK_WITHIN if rule.cue in now.broken else 0.0
        if not rule.window.holds(calm[rule.window.angle], slack):
            broken[rule.cue] = now.broken.get(rule.cue, at_s)
            moves = moves or _moves(now, rule.window.angle)
    broken = dict.fromkeys(broken, at_s) if moves else broken  # of what is wrong together, the first rule is said
    now = replace(now, broken=broken, good=not broken)
    lasting = [cue for cue, since in broken.items() if at_s - since >= CUE_S]
    if lasting:
        return now if now.cue in lasting else _say(now, at_s, lasting[0])
    return replace(now, cue=_still_said(now, at_s))


def _moves(now: Coaching, angle: str) -> bool:
    """Whether an angle is on its way somewhere."""
    values = [value for _, form in now.path if (value := form[angle]) is not None]
    return len(values) > 1 and max(values) - min(values) > MOVING


def _say(now: Coaching, at_s: float, cue: str) -> Coaching:
    assert now.side is not None
    own = now.done.get(now.side, Done())
    counted = replace(own, cues={**own.cues, cue: own.cues.get(cue, 0) + 1})
    return replace(now, cue=cue, cue_since_s=at_s, done={**now.done, now.side: counted})


def _still_said(now: Coaching, at_s: float) -> str:
    return now.cue if at_s - now.cue_since_s < SAID_S else ""


def _vote(votes: tuple[int, int], calm: Form, drill: ExerciseRules) -> tuple[int, int]:
    left, right = votes
    return (left, right + 1) if calm[drill.trained] else (left + 1, right)


def _calm(forms: tuple[Form, ...] | list[Form]) -> dict[str, float | None]:
    """The median of each angle over some frames, None where fewer than half have it."""
    calm: dict[str, float | None] = {}
    for name in forms[-1]:
        known = [value for form in forms if (value := form[name]) is not None]
        calm[name] = median(known) if 2 * len(known) > len(forms) else None
    return calm


def _with_changes(calm: Form, relaxed: Form) -> dict[str, float | None]:
    """The angles, and how three of them differ from standing relaxed."""
    changed = dict(calm)
    for name in ("trunk", "standing_knee", "hollow"):
        now, then = calm[name], relaxed[name]
        changed[f"{name}_change"] = None if now is None or then is None else now - then
    return changed
