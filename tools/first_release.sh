#!/bin/sh
# Sets version 1.0.0 up beside this one, from this repository's history, for `make bench`:  sh tools/first_release.sh
# Prints the path of its Python; nothing, and why, where the history does not reach so far.
set -eu
place=.venv/first_release
if ! [ -x "$place/bin/posture" ]; then
    commit=$(git log --grep '^Call this version 1.0.0$' --format=%H | tail -n 1)
    if [ -z "$commit" ]; then
        echo "This clone does not hold version 1.0.0: nothing is timed beside it (git fetch --unshallow)" >&2
        exit 0
    fi
    rm -rf "$place"
    .venv/bin/uv venv -q --python .venv/bin/python "$place"
    mkdir "$place/source"
    git archive "$commit" | tar -x -C "$place/source"
    .venv/bin/uv pip install -q --python "$place/bin/python" --require-hashes -r "$place/source/requirements.txt" >&2
    .venv/bin/uv pip install -q --python "$place/bin/python" --no-deps -e "$place/source" >&2
fi
echo "$place/bin/python"
