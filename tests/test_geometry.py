"""Plane mathematics: known angles, propagated doubt against simulation, degenerate input."""

from __future__ import annotations

from math import cos, radians, sin

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from posture.errors import DegenerateGeometry
from posture.geometry import UncertainPoint, distance, joint_angle, lean, rotated, slope, wrap
from posture.quantity import Quantity, normal_cdf

ANGLES = st.floats(-80, 80)


def at(x: float, y: float, sigma: float = 0.1) -> UncertainPoint:
    return UncertainPoint(x, y, sigma)


@pytest.mark.parametrize(
    ("top", "lean_deg"),
    [((0, 10), 0), ((10, 10), 45), ((-10, 10), -45), ((10, 0), 90), ((0, -10), 180)],
    ids=["upright", "forward", "backward", "level", "upside down"],
)
def test_lean(top: tuple[float, float], lean_deg: float) -> None:
    assert lean(at(0, 0), at(*top)).value == pytest.approx(lean_deg)


@pytest.mark.parametrize(("front", "slope_deg"), [((10, 0), 0), ((10, 10), 45), ((10, -10), -45), ((-10, 10), 135)])
def test_slope(front: tuple[float, float], slope_deg: float) -> None:
    assert slope(at(0, 0), at(*front)).value == pytest.approx(slope_deg)


@pytest.mark.parametrize(("angle", "wrapped"), [(190, -170), (-190, 170), (180, 180), (-180, 180), (540, 180), (0, 0)])
def test_wrap(angle: float, wrapped: float) -> None:
    assert wrap(angle) == pytest.approx(wrapped)


@given(ANGLES, ANGLES, st.floats(5, 500))
def test_joint_angle_is_distal_minus_proximal(distal: float, proximal: float, length: float) -> None:
    joint = (length * sin(radians(distal)), length * cos(radians(distal)))
    top = (joint[0] + length * sin(radians(proximal)), joint[1] + length * cos(radians(proximal)))
    assert joint_angle(at(0, 0), at(*joint), at(*top)).value == pytest.approx(distal - proximal, abs=1e-9)


@given(ANGLES, ANGLES, st.floats(-180, 180))
def test_joint_angle_does_not_feel_roll(distal: float, proximal: float, roll: float) -> None:
    points = np.array([[0, 0], [100 * sin(radians(distal)), 100 * cos(radians(distal))]])
    top = points[1] + [100 * sin(radians(proximal)), 100 * cos(radians(proximal))]
    turned = rotated(np.vstack([points, top]), (3, 4), roll)
    upright = joint_angle(at(*points[0]), at(*points[1]), at(*top))
    assert joint_angle(*(at(*p) for p in turned)).value == pytest.approx(upright.value, abs=1e-7)


@pytest.mark.parametrize("measure", [lean, slope], ids=["lean", "slope"])
def test_sigma_of_a_line_matches_simulation(measure) -> None:
    rng = np.random.default_rng(1)
    a, b, sigma = np.array([0.0, 0.0]), np.array([30.0, 100.0]), 2.0
    draws = [measure(at(*(a + e[:2])), at(*(b + e[2:]))).value for e in rng.normal(0, sigma, (4000, 4))]
    # 4000 draws know an SD to 1.1 %; the linear term is good to another per cent at sigma / length = 2 %
    assert measure(at(0, 0, sigma), at(30, 100, sigma)).sigma == pytest.approx(np.std(draws), rel=0.05)


def test_sigma_of_a_joint_angle_keeps_the_shared_point() -> None:
    rng = np.random.default_rng(2)
    points, sigma = np.array([[0.0, 0.0], [10.0, 100.0], [-10.0, 220.0]]), 2.0
    draws = [joint_angle(*(at(*p) for p in points + e)).value for e in rng.normal(0, sigma, (4000, 3, 2))]
    expected = joint_angle(*(at(x, y, sigma) for x, y in points)).sigma
    assert expected == pytest.approx(np.std(draws), rel=0.05)
    apart = np.hypot(
        lean(at(0, 0, sigma), at(10, 100, sigma)).sigma, lean(at(10, 100, sigma), at(-10, 220, sigma)).sigma
    )
    assert expected > 1.1 * apart  # adding two leans as if independent would promise too much


@pytest.mark.parametrize("measure", [lean, slope])
def test_points_too_close_are_refused(measure) -> None:
    with pytest.raises(DegenerateGeometry):
        measure(at(0, 0, 0.1), at(0, 2, 1))  # the worse of the two decides
    with pytest.raises(DegenerateGeometry, match=r"2\.0 apart"):
        measure(at(0, 0, 1), at(0, 2, 1))
    with pytest.raises(DegenerateGeometry):
        measure(at(0, 0, 0), at(0, 0, 0))


def test_every_angle_is_in_degrees_with_its_own_points_doubts() -> None:
    """Each point alone, another sigma each, against the shift of the angle when that point moves by it."""
    knee, hip, shoulder = (3.0, 1.0), (5.0, 40.0), (-12.0, 90.0)
    for moved, sigma in ((0, 0.7), (1, 0.3), (2, 1.1)):
        sigmas = [sigma if k == moved else 0.0 for k in range(3)]
        angle = joint_angle(*(at(*xy, s) for xy, s in zip((knee, hip, shoulder), sigmas, strict=True)))
        shifts = []
        for axis in (0, 1):
            points = [list(xy) for xy in (knee, hip, shoulder)]
            points[moved][axis] += 1e-6
            shifts.append((joint_angle(*(at(*xy, 0.0) for xy in points)).value - angle.value) / 1e-6)
        assert angle.sigma == pytest.approx(sigma * np.hypot(*shifts), rel=1e-4)
        assert angle.unit == "deg"
    for line in (lean, slope):
        drawn = line(at(0, 0, 0.3), at(3, 4, 0.4))
        assert (drawn.sigma, drawn.unit) == (pytest.approx(np.degrees(0.5 / 5)), "deg")


def test_three_sigma_are_too_close_and_a_little_more_is_not() -> None:
    with pytest.raises(DegenerateGeometry, match=r"points are 3\.0 apart with sigma 1\.0"):
        lean(at(0, 0, 1.0), at(0, 3, 0.5))
    assert lean(at(0, 0, 1.0), at(0, 3.01, 0.5)).value == 0
    assert lean(at(0, 0, 0.0), at(0, 1, 0.0)).value == 0


def test_distance() -> None:
    assert distance(at(1, 1), at(4, 5)) == pytest.approx(5)


class TestQuantity:
    def test_interval(self) -> None:
        assert Quantity(10, 2, "deg").low95 == pytest.approx(6.08, abs=0.01)
        assert Quantity(10, 2, "deg").high95 == pytest.approx(13.92, abs=0.01)

    def test_widened_adds_in_quadrature(self) -> None:
        assert Quantity(10, 3, "deg").widened(4) == Quantity(10, 5, "deg")

    @pytest.mark.parametrize(("limit", "above"), [(10, 0.5), (8, 0.841), (12, 0.159)])
    def test_probability(self, limit: float, above: float) -> None:
        assert Quantity(10, 2, "deg").probability_above(limit) == pytest.approx(above, abs=1e-3)
        assert Quantity(10, 2, "deg").probability_below(limit) == pytest.approx(1 - above, abs=1e-3)

    def test_certain_value(self) -> None:
        assert Quantity(10, 0, "deg").probability_above(9) == 1
        assert Quantity(10, 0, "deg").probability_above(11) == 0

    @pytest.mark.parametrize(("value", "sigma"), [(float("nan"), 1), (1, float("inf")), (1, -0.1)])
    def test_no_nonsense(self, value: float, sigma: float) -> None:
        with pytest.raises(ValueError, match="not a measured number"):
            Quantity(value, sigma, "deg")

    def test_normal_cdf(self) -> None:
        assert normal_cdf(1) == pytest.approx(0.8413, abs=1e-4)
