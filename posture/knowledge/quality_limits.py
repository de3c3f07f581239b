"""The limits that a photo is held to."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class QualityLimits:
    """The limits of ``limits.toml`` (docs/science.md, Quality gates); px, degrees, percent of stature, shares."""

    yaw_warn_deg: float
    yaw_refuse_deg: float
    yaw_lenient_deg: float
    twist_warn_deg: float
    small_px: float
    too_small_px: float
    too_small_lenient_px: float
    visibility_warn: float
    visibility_refuse: float
    lying_trunk_deg: float
    sitting_thigh_deg: float
    sitting_knee_deg: float
    squatting_knee_deg: float
    squatting_shank_deg: float
    stepping_ankles_pct: float
    stepping_knee_deg: float
    stepping_foot_deg: float
    yaw_place_deg: float
    second_person_share: float
    contour_px: float
    outline_difference_pct: float
    straight_length_pct: float
    straight_edge_pct: float
    roll_unknown_deg: float
    roll_known_deg: float
    roll_sure: float
    stickers_sure: float
    stickers_likely: float
