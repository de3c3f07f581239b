"""``python -m posture``."""

from posture.frontends.cli import main

main()
