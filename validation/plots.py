"""The plots of docs/accuracy.md."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import matplotlib as mpl
import numpy as np
from numpy.typing import NDArray

from validation.judge import Pairs

mpl.use("Agg")
from matplotlib import pyplot as plt

Array = NDArray[np.float64]
INK, FIRST, SECOND, THIRD = "#2b2b2b", "#1f6f8b", "#c8553d", "#7a7a7a"
COLOURS = (FIRST, SECOND, THIRD)
plt.rcParams.update({"font.size": 10, "axes.spines.top": False, "axes.spines.right": False, "text.color": INK,
                     "axes.labelcolor": INK, "axes.edgecolor": "#999999", "figure.dpi": 110})  # fmt: skip


def scatter_plot(file: Path, groups: Mapping[str, Pairs]) -> None:
    """Estimate against true rotation, one panel a group, with the shipped 95 % band."""
    figure, panels = plt.subplots(1, len(groups), figsize=(4.2 * len(groups), 4.2), sharey=True, layout="constrained")
    for panel, (name, found), colour in zip(np.atleast_1d(panels), groups.items(), COLOURS, strict=False):
        line = np.array([-6.0, 30.0])
        half = 1.96 * found.sigma.mean()
        panel.fill_between(line, line - half, line + half, color=colour, alpha=0.12, label="shipped 95 % interval")
        panel.plot(line, line, color=INK, linewidth=1)
        panel.scatter(found.true, found.value, s=14, color=colour, alpha=0.75, linewidth=0)
        panel.set(
            title=f"{name}: RMSE {found.rms:.1f}°, r {found.r:.2f}", xlabel="true pelvic rotation, °", xlim=(-6, 30)
        )
        panel.set_ylim(-20, 45)
        panel.legend(frameon=False, loc="upper left")
    np.atleast_1d(panels)[0].set_ylabel("estimate, °")
    figure.savefig(file)
    plt.close(figure)


def calibration_plot(file: Path, curves: Mapping[str, tuple[Array, Array]]) -> None:
    """How often it was so against how often it was said, with the 95 % error of each bin."""
    figure, panel = plt.subplots(figsize=(5, 4.4), layout="constrained")
    panel.plot([0, 0.6], [0, 0.6], color=INK, linewidth=1, label="as stated")
    for (name, (p, happened)), colour in zip(curves.items(), COLOURS, strict=False):
        parts = np.array_split(np.argsort(p), 6)
        stated = np.array([p[part].mean() for part in parts])
        seen = np.array([happened[part].mean() for part in parts])
        doubt = [1.96 * np.sqrt(max(s * (1 - s), 0.01) / len(part)) for s, part in zip(seen, parts, strict=True)]
        panel.errorbar(stated, seen, yerr=doubt, fmt="o-", markersize=4, capsize=2, linewidth=1, color=colour,
                       label=name.replace("_", ", "))  # fmt: skip
    panel.set(
        xlabel="stated probability of a tilt over 15°", ylabel="share of people with it", xlim=(0, 0.5), ylim=(0, 0.6)
    )
    panel.legend(frameon=False)
    figure.savefig(file)
    plt.close(figure)


def method_plot(file: Path, errors: Mapping[str, tuple[float, float, float]]) -> None:
    """RMSE of every reading on the strangers, best first, with its bootstrap interval."""
    names = sorted(errors, key=lambda name: -errors[name][0])
    error, low, high = np.array([errors[name] for name in names]).T
    figure, panel = plt.subplots(figsize=(7, 0.42 * len(names) + 1), layout="constrained")
    colours = [FIRST if name == "posture" else "#c9c9c9" for name in names]
    panel.barh(names, error, color=colours, xerr=[error - low, high - error], ecolor=INK, capsize=2)
    panel.axvline(errors["guessing the mean"][0], color=SECOND, linewidth=1, linestyle="--")
    panel.set(xlabel="RMSE of pelvic rotation on strangers, °")
    figure.savefig(file)
    plt.close(figure)
