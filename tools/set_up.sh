#!/bin/sh
# Builds .venv from a hash-locked requirements file and installs posture into it:  sh tools/set_up.sh requirements.txt
# PYTHON=/path/to/python3.13 chooses the interpreter.
set -eu
requirements=$1
usable='import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 14))'

say() { printf '%s\n' "$*" >&2; }

# Fetches uv, hash by hash, into the environment of $1, which must have pip.
fetch_uv() {
    uv_lines=$(mktemp)
    awk '/^uv==/ {on=1} on {print} on && !/\\$/ {exit}' "$requirements" > "$uv_lines"
    "$1/bin/python" -m pip install -q --disable-pip-version-check --no-deps --require-hashes -r "$uv_lines"
    rm -f "$uv_lines"
}

# Makes .venv with a Python that uv fetches where the network allows.
managed_python() {
    say "No Python 3.11 to 3.14 is here. Fetching Python 3.13 with uv (some 35 MB, from GitHub) ..."
    place=$(mktemp -d)
    uv=$(command -v uv || true)
    if [ -z "$uv" ]; then
        for any in python3 python; do
            "$any" -m venv "$place" >/dev/null 2>&1 && fetch_uv "$place" >/dev/null 2>&1 && uv=$place/bin/uv && break
        done
    fi
    [ -n "$uv" ] && "$uv" venv -q --seed --managed-python --python 3.13 .venv >/dev/null 2>&1
    made=$?
    rm -rf "$place"
    return $made
}

if ! [ -x .venv/bin/python ] || ! .venv/bin/python -c "$usable" 2>/dev/null; then
    found=""
    for candidate in ${PYTHON:-} python3.13 python3.12 python3.11 python3.14 python3 python; do
        if "$candidate" -c "$usable" >/dev/null 2>&1; then found=$candidate; break; fi
    done
    rm -rf .venv
    if [ -z "$found" ]; then
        if ! managed_python; then
            say "That did not work. posture needs Python 3.11, 3.12, 3.13 or 3.14."
            say "Found here: $(python3 --version 2>&1 || echo 'no python3'). Install Python 3.13 beside it, then run"
            say "    make PYTHON=/path/to/python3.13 ${MAKECMDGOALS:-demo}"
            exit 2
        fi
    elif ! "$found" -m venv .venv; then
        say "Python could not make a virtual environment. On Debian and Ubuntu: apt install python3-venv"
        exit 2
    fi
fi

say "Setting up .venv from $requirements (only once) ..."
started=$(date +%s)
# uv is in the lock; pip fetches it first so that it can install the rest, itself included, hash by hash.
[ -x .venv/bin/uv ] || fetch_uv .venv
.venv/bin/uv pip sync -q --python .venv/bin/python --require-hashes "$requirements"
.venv/bin/uv pip install -q --python .venv/bin/python --no-deps --no-build-isolation -e .
say "Ready after $(($(date +%s) - started)) s, $(du -sm .venv | cut -f1) MB."
