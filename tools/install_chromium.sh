#!/bin/sh
# The browser that `make test-e2e` drives: Debian's chromium, installed only where it is missing and can be.
set -eu
command -v chromium >/dev/null && exit 0
if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
    apt-get update -qq && apt-get install -y -qq chromium >/dev/null
else
    echo "make test-e2e needs a chromium browser (Debian and Ubuntu: sudo apt install chromium)" >&2
    exit 2
fi
