#!/bin/sh
# Builds the wheel and the sdist, installs the wheel into a bare environment, lets its commands answer while strace
# watches the network, and runs the tests on the wheel's own files:  sh tools/try_wheel.sh [bare | arguments of pytest]
# `bare` leaves the tests out. PYTHON=/path/to/python3.13 chooses the interpreter.
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
"$root/.venv/bin/uv" pip install -q --python "$place/env/bin/python" --override "$place/source/tools/overrides.txt" "$(echo "$place"/dist/*.whl)[app]"
watch=""
if command -v strace >/dev/null; then watch="strace -f -qq --seccomp-bpf -e trace=connect,bind,sendto,sendmsg,sendmmsg -o $place/calls"; fi
cd "$place"
$watch env/bin/posture analyze source/sample_images/typical.jpg --out out >/dev/null
ls out
if [ -n "$watch" ]; then mv calls calls_of_analyze; fi
$watch env/bin/posture app --port 8599 >app.txt 2>&1 & app=$!
env/bin/python - <<'EOF'
import time, urllib.request
for _ in range(240):
    try:
        assert urllib.request.urlopen("http://127.0.0.1:8599/_stcore/health").status == 200
        print("the page answers")
        break
    except OSError:
        time.sleep(0.5)
else:
    raise SystemExit("the page does not answer")
EOF
kill "$app" 2>/dev/null || true
for child in $(pgrep -P "$app" || true); do kill "$child" 2>/dev/null || true; done
wait "$app" 2>/dev/null || true
if [ -n "$watch" ]; then
    if grep -hE 'sa_family=AF_INET6?,' calls calls_of_analyze | grep -vE '"127\.0\.0\.1"|"::1"'; then
        echo "something outside was spoken to" >&2; exit 1
    fi
    echo "strace: $(cat calls calls_of_analyze | wc -l) calls, none beyond this machine"
else
    echo "strace is not here (Debian: apt install strace): nobody watched the network" >&2
fi
if [ "${1:-}" = bare ]; then exit 0; fi

echo "2. the tests on the wheel's own files" >&2
"$root/.venv/bin/uv" pip sync -q --python "$place/env/bin/python" --require-hashes "$place/source/requirements-test.txt"
"$root/.venv/bin/uv" pip install -q --python "$place/env/bin/python" --no-deps "$place"/dist/*.whl
rm -rf "$place/source/posture"
ln -s "$("$place/env/bin/python" -c 'import sysconfig; print(sysconfig.get_paths()["purelib"])')/posture" "$place/source/posture"
ln -s "$place/env" "$place/source/.venv"  # where the README's commands look
cd "$place/source" && "$place/env/bin/python" -m pytest -n 2 "$@"
