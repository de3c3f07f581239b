"""Were exactly the photos refused whose refusal is expected?  python tools/expected_refusals.py REPORTS TRUTH.csv

TRUTH.csv names each photo (``name``) and what is ``expected`` of it: analyzed or refused.
"""

import csv
import json
import sys
from pathlib import Path

reports, truth = Path(sys.argv[1]), Path(sys.argv[2])
with truth.open(newline="", encoding="utf-8") as file:
    expected = {row["name"]: row["expected"] for row in csv.DictReader(file)}
wrong = 0
for name, wanted in expected.items():
    report = json.loads((reports / f"{name}.json").read_text("utf-8"))
    if report["status"] != wanted:
        wrong += 1
        print(f"{name}: {report['status']}, but {wanted} was expected", file=sys.stderr)
    elif wanted == "refused":
        codes = ", ".join(reason["code"] for reason in report["reasons"])
        print(f"{name}: refused as expected ({codes})", file=sys.stderr)
sys.exit(int(wrong > 0))
