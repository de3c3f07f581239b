"""The turn of the pelvis in one photo, from its outline; only differences within one person mean anything."""

from __future__ import annotations

from posture.body.outline_features import outline_vector
from posture.body.sagittal import SagittalBody
from posture.errors import PostureError
from posture.knowledge.tilt_model import TiltModel
from posture.quantity import Quantity

CARRIED = "the marks of another photo of this person, moved by the turn of the pelvis since"


def rotation_feature(body: SagittalBody, model: TiltModel) -> Quantity | None:
    """The turn of one photo, degrees, + anterior, its zero unknown; None where the outline cannot be used.

    sigma is the error about the person's own line between photos in the same clothes: two photos that read 4 ± 2 and
    10 ± 2 give a pelvis turned forward by 6 ± 2.8.
    """
    try:
        vector = outline_vector(body)
    except PostureError:  # the estimate says why
        return None
    if model.novelty(vector) > 1:
        return None
    return Quantity(float(model.rotated(vector[None])[0]), model.rotation.error, "deg")
