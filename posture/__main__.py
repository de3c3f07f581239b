"""``python -m posture``."""

from posture.cli.main import main

main()
