#!/bin/sh
# Sets version 1.0.0 up beside this one, from this repository's history, for `make bench`:  sh tools/first_release.sh
# Prints the path of its Python; nothing, and why, where the history does not reach so far or a package cannot be had.
set -eu
place=.venv/first_release
commit=$(git log --grep '^Call this version 1.0.0$' --format=%H | tail -n 1)

made() {
    rm -rf "$place"
    .venv/bin/uv venv -q --python .venv/bin/python "$place" &&
        mkdir "$place/source" && git archive "$commit" | tar -x -C "$place/source" &&
        .venv/bin/uv pip install -q --python "$place/bin/python" --no-deps --require-hashes \
            -r "$place/source/requirements.txt" >&2 &&
        .venv/bin/uv pip install -q --python "$place/bin/python" --no-deps "$place/source" >&2
}

if [ -z "$commit" ]; then
    echo "This clone does not hold version 1.0.0: nothing is timed beside it (git fetch --unshallow)" >&2
elif [ -x "$place/bin/posture" ] || made; then
    echo "$place/bin/python"
else
    rm -rf "$place"
    echo "Version 1.0.0 could not be set up: nothing is timed beside it" >&2
fi
