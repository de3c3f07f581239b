"""``posture app``: the web page, for this computer alone."""

from __future__ import annotations

import subprocess
import sys
from importlib.resources import as_file, files

#: What the page must be run with wherever it is started; `.streamlit/config.toml` says the same to `make app`.
SETTINGS = {
    "server.address": "127.0.0.1",
    "server.headless": "true",
    "server.maxUploadSize": "60",
    "client.toolbarMode": "minimal",
    "browser.gatherUsageStats": "false",
    "theme.primaryColor": "#0f7d56",
    "theme.backgroundColor": "#ffffff",
    "theme.secondaryBackgroundColor": "#f1f5f3",
    "theme.textColor": "#1c2430",
}


def run(port: int) -> int:
    """Serve the page until it is stopped; Streamlit's exit code, 0 where the person ended it."""
    options = [part for name, value in SETTINGS.items() for part in (f"--{name}", value)]
    with as_file(files("posture") / "ui" / "start.py") as script:
        command = [sys.executable, "-m", "streamlit", "run", str(script), "--server.port", str(port), *options]
        try:
            return subprocess.run(command, check=False).returncode
        except KeyboardInterrupt:
            return 0
