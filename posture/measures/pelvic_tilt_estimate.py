from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np

from posture.body.outline_features import outline_vector
from posture.body.sagittal import SagittalBody
from posture.geometry import UncertainPoint
from posture.knowledge.tilt_model import Array, Clothes, TiltModel, clothes_declared
from posture.measures.measurement import Measurement, Unmeasured
from posture.message import Message
from posture.quantity import Quantity

#: How far a joint that somebody sets may lie from where the model habitually puts it, percent of stature: the trunk's
#: known offset of 3.8° over a trunk of 0.288 statures.
HABIT_PCT = 1.9
#: How the clothes are called in the method's words.
CLOTHES: Mapping[Clothes, str] = {"tight": "tight clothes", "normal": "normal clothes", "untold": "clothes not told"}


def pelvic_tilt_estimate(body: SagittalBody, model: TiltModel) -> Measurement | Unmeasured:
    """Pelvic rotation estimated from the whole outline, on the ASIS-PSIS scale, + anterior.

    Degrees. It is a regression, which follows a degree of rotation by some 0.7: a true 25° reads 20 to 22. Its sigma is
    the policy for people unlike the generated ones it was fitted on, its sem the scatter between photos of one person.
    Bone shape is not in it: what a calliper reads on ASIS and PSIS differs from it by a personal 3.5° (one SD).
    Unmeasured where the outline is unlike those of the fitting, or where the outlines that different masks drew give
    values too far apart. Points set by hand widen sigma by what the value would move if they lay where the model
    habitually puts them.
    Source: a fit on generated people of known tilt, docs/method.md; docs/science.md, Pelvic tilt estimate.
    """
    read = read_outline(outline_vector(body), body.clothing, model)
    if isinstance(read, Unmeasured):
        return read

    def estimate(*bodies: SagittalBody) -> list[float]:
        values = model.values(np.array([outline_vector(one) for one in bodies]), body.clothing)
        return [float(one) for one in values]

    drawn = estimate(body, *(replace(body, contour=contour) for contour in body.usable_contour().others))
    apart = max(drawn) - min(drawn)
    if apart > model.agreement:
        return Unmeasured(Message("differently drawn outlines of the body give values {apart:.0f}° apart", apart=apart))
    moves = _moves(body, lambda moved: estimate(moved)[0] - read.raw)
    return replace(read, quantity=read.quantity.widened(*moves))


def read_outline(vector: Array, clothing: str | None, model: TiltModel) -> Measurement | Unmeasured:
    """The estimate of one outline vector (d,), as it was measured in a photo or kept in its report."""
    doubt = model.doubt(clothing)
    if model.novelty(vector) > 1:
        return Unmeasured("the outline is unlike those of the people that the estimate was made with")
    value = float(model.values(vector[None], clothing)[0])
    method = Message(
        "whole outline, fitted on {people} generated people, {clothes}",
        people=doubt.people,
        clothes=CLOTHES[clothes_declared(clothing)],
    )
    return Measurement(Quantity(value, doubt.sigma, "deg"), doubt.sem, "C", method, value)


def _moves(body: SagittalBody, change: Callable[[SagittalBody], float]) -> list[float]:
    """Sensitivity of a number to every point set by hand, sideways and up."""
    step = HABIT_PCT / 100 * body.stature_px
    moves = []
    for name in sorted(body.by_hand & set(body.points)):
        at = body.points[name]
        for x, y in ((at.x + step, at.y), (at.x, at.y + step)):
            moved = UncertainPoint(x, y, at.sigma)
            moves.append(change(replace(body, points={**body.points, name: moved})))
    return moves
