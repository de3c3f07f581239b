#!/bin/sh
# Builds the wheel and the sdist, installs the wheel into an environment of its own, and runs the tests on its files.
# PYTHON=/path/to/python3.12 chooses the interpreter.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
python=${PYTHON:-$root/.venv/bin/python}

git -C "$root" archive HEAD | tar -x -C "$place" --one-top-level=source
"$root/.venv/bin/uv" build -q --no-build-isolation --python "$root/.venv/bin/python" -o "$place/dist" "$place/source"
ls -l "$place/dist"

"$root/.venv/bin/uv" venv -q --python "$python" "$place/env"
echo "1. what pipx does: the wheel with its own dependencies, commands answer" >&2
"$root/.venv/bin/uv" pip install -q --python "$place/env/bin/python" --override "$place/source/tools/overrides.txt" "$place"/dist/*.whl
(cd "$place" && env/bin/posture --help >/dev/null && env/bin/posture doctor && ! env/bin/posture app 2>refusal.txt)
grep -q "pip install '\.\[app\]'" "$place/refusal.txt"
(cd "$place" && env/bin/posture analyze source/sample_images/typical.jpg --out out >/dev/null && ls out)

echo "2. the tests on the wheel's own files" >&2
"$root/.venv/bin/uv" pip sync -q --python "$place/env/bin/python" --require-hashes "$place/source/requirements-test.txt"
"$root/.venv/bin/uv" pip install -q --python "$place/env/bin/python" --no-deps "$place"/dist/*.whl
rm -rf "$place/source/posture"
ln -s "$("$place/env/bin/python" -c 'import sysconfig; print(sysconfig.get_paths()["purelib"])')/posture" "$place/source/posture"
ln -s "$place/env" "$place/source/.venv"  # where the README's commands look
cd "$place/source" && "$place/env/bin/python" -m pytest -n 2 "$@"
