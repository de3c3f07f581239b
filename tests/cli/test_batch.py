"""``posture batch`` as it is typed: options that may stand alone, and those that cannot be meant."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from posture.batch import run
from posture.batch.request import Request
from posture.cli.main import app
from posture.errors import UsageError


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Request]:
    """What the command asks for; nothing is measured."""
    requests = list[Request]()

    def ask(request: Request) -> int:
        requests.append(request)
        return 0

    monkeypatch.setattr(run, "run", ask)
    return requests


@pytest.mark.parametrize(
    ("typed", "retry"),
    [
        (["photos", "--out", "out"], None),
        (["photos", "--out", "out", "--retry"], "all"),
        (["photos", "--retry", "--out", "out"], "all"),
        (["photos", "--out", "out", "--retry", "no_person"], "no_person"),
        (["--retry", "time_limit", "photos", "--out", "out"], "time_limit"),
    ],
)
def test_retry_may_stand_without_a_code(asked: list[Request], typed: list[str], retry: str | None) -> None:
    assert CliRunner().invoke(app, ["batch", *typed]).exit_code == 0
    assert asked[0].retry == retry


def test_what_is_asked_for(asked: list[Request]) -> None:
    typed = ["photos", "--out", "out", "--lang", "de", "--separator", ";", "--time-limit", "30", "--fold-clients"]
    CliRunner().invoke(app, ["batch", *typed])
    (request,) = asked
    assert (request.language.code, request.separator, request.limit_s, request.fold_clients) == ("de", ";", 30, True)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (["--lang", "tlh"], "choose from en, de"),
        (["--separator", "|"], "choose , or ;"),
        (["--pattern", "{client}", "--manifest", "list.csv"], "not both"),
    ],
)
def test_what_cannot_be_meant_is_said_first(asked: list[Request], tmp_path: Path, typed: list[str], said: str) -> None:
    done = CliRunner().invoke(app, ["batch", str(tmp_path), "--out", str(tmp_path / "out"), *typed])
    assert isinstance(done.exception, UsageError)
    assert said in str(done.exception)
    assert not asked


def test_a_limit_under_a_second_is_none(asked: list[Request]) -> None:
    done = CliRunner().invoke(app, ["batch", "photos", "--out", "out", "--time-limit", "0"])
    assert (done.exit_code, asked) == (2, [])
