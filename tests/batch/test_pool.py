"""The processes of a batch, as they start."""

from __future__ import annotations

import os

import pytest

from posture.batch.pool import make_engine


@pytest.mark.parametrize(("told", "arenas"), [(None, "2"), ("7", "7")])
def test_a_worker_keeps_few_stores_of_memory(monkeypatch: pytest.MonkeyPatch, told: str | None, arenas: str) -> None:
    monkeypatch.setenv("MALLOC_ARENA_MAX", told or "")  # what was there before comes back, whatever the pool sets
    if told is None:
        monkeypatch.delenv("MALLOC_ARENA_MAX")
    engine, *_ = make_engine(None, 1)
    with engine() as workers:
        assert workers.submit(os.getenv, "MALLOC_ARENA_MAX").result() == arenas
