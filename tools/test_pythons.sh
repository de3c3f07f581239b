#!/bin/sh
# `make test` in a clone of what is committed, on every Python from 3.11 to 3.14 that is found here; says which are missing.
# On the path, or where pyenv keeps them; PYTHONS="/path/to/python3.14 ..." names others.
set -u
root=$(cd "$(dirname "$0")/.." && pwd)
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
version='import sys; print("%d.%d" % sys.version_info[:2])'
failed=0 missing=""

for wanted in 3.11 3.12 3.13 3.14; do
    python=""
    for candidate in ${PYTHONS:-} "python$wanted" "${PYENV_ROOT:-$HOME/.pyenv}"/versions/"$wanted".*/bin/python; do
        if [ "$("$candidate" -c "$version" 2>/dev/null)" = "$wanted" ]; then python=$candidate; break; fi
    done
    if [ -z "$python" ]; then missing="$missing $wanted"; continue; fi
    echo "Python $wanted ($("$python" --version 2>&1 | cut -d' ' -f2))" >&2
    rm -rf "$place/clone" && git clone -q "$root" "$place/clone" || exit 2
    if [ -d "$root/../shared" ]; then ln -sfn "$(cd "$root/../shared" && pwd)" "$place/shared"; fi
    make -C "$place/clone" --no-print-directory PYTHON="$python" "${1:-test}" || failed=1
done
[ -z "$missing" ] || echo "not here, so nothing is said of:$missing" >&2
exit $failed
