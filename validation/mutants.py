"""Does a test fail when the code says something else? ``python -m validation.mutants`` lets mutmut try.

Every small change of how a body stands and is judged, of verdict and sway, of intake and advice, and of the change
between two photos that no test notices is shown; 95 % have to be noticed.
"""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from pathlib import Path
from shutil import rmtree

ROOT = Path(__file__).parent.parent
#: Least share of changes that a test has to notice.
NOTICED = 0.95


def main() -> int:
    rmtree(ROOT / "mutants", ignore_errors=True)
    mutmut = [sys.executable, "-m", "mutmut"]
    subprocess.run([*mutmut, "run", "--max-children", "2"], cwd=ROOT, stdout=subprocess.DEVNULL, check=True)
    told = subprocess.run([*mutmut, "results", "--all", "true"], cwd=ROOT, capture_output=True, text=True, check=True)
    results = dict(line.strip().rsplit(": ", 1) for line in told.stdout.splitlines() if ": " in line)
    modules = Counter(name.rpartition(".")[0] for name in results)
    killed = Counter(name.rpartition(".")[0] for name, result in results.items() if result in ("killed", "timeout"))
    for name, result in results.items():
        if result not in ("killed", "timeout"):
            shown = subprocess.run(
                [*mutmut, "show", name], cwd=ROOT, capture_output=True, text=True, check=False
            ).stdout
            changed = [line for line in shown.splitlines() if line[:1] in "+-" and line[:3] not in ("+++", "---")]
            print(f"{name}: {result}", *changed, sep="\n")
    for module, count in modules.items():
        print(f"{module}: {killed[module]} of {count} noticed, {killed[module] / count:.1%}")
    share = sum(killed.values()) / len(results)
    print(f"all: {sum(killed.values())} of {len(results)} noticed, {share:.1%} (wanted {NOTICED:.0%})")
    return 0 if share >= NOTICED else 1


if __name__ == "__main__":
    sys.exit(main())
