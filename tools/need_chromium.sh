#!/bin/sh
# The browser that drives the page: says what to install where it is missing, and installs nothing.
set -eu
command -v chromium >/dev/null && exit 0
echo "this needs the chromium browser: sudo apt install chromium (Debian, Ubuntu)" >&2
exit 2
