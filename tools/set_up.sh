#!/bin/sh
# Builds .venv from a hash-locked requirements file and installs posture into it:  sh tools/set_up.sh requirements.txt
# PYTHON=/path/to/python3.12 chooses the interpreter.
set -eu
requirements=$1
usable='import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 12))'

say() { printf '%s\n' "$*" >&2; }

if ! [ -x .venv/bin/python ] || ! .venv/bin/python -c "$usable" 2>/dev/null; then
    found=""
    for candidate in ${PYTHON:-} python3.12 python3.11 python3 python; do
        if "$candidate" -c "$usable" >/dev/null 2>&1; then found=$candidate; break; fi
    done
    if [ -z "$found" ]; then
        say "posture needs Python 3.11 or 3.12: its pose model, MediaPipe 0.10.21, has no build for newer or older ones."
        say "Found here: $(python3 --version 2>&1 || echo 'no python3'). Install Python 3.12 beside it, then run"
        say "    make PYTHON=/path/to/python3.12 ${MAKECMDGOALS:-demo}"
        exit 2
    fi
    rm -rf .venv
    if ! "$found" -m venv .venv; then
        say "Python could not make a virtual environment. On Debian and Ubuntu: apt install python3-venv"
        exit 2
    fi
fi

say "Setting up .venv from $requirements (only once) ..."
started=$(date +%s)
# uv is in the lock; pip fetches it first so that it can install the rest, itself included, hash by hash.
if ! [ -x .venv/bin/uv ]; then
    uv_lines=$(mktemp)
    awk '/^uv==/ {on=1} on {print} on && !/\\$/ {exit}' "$requirements" > "$uv_lines"
    .venv/bin/python -m pip install -q --disable-pip-version-check --no-deps --require-hashes -r "$uv_lines"
    rm -f "$uv_lines"
fi
.venv/bin/uv pip sync -q --python .venv/bin/python --require-hashes "$requirements"
.venv/bin/uv pip install -q --python .venv/bin/python --no-deps --no-build-isolation -e .
say "Ready after $(($(date +%s) - started)) s, $(du -sm .venv | cut -f1) MB."
