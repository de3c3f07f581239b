"""Databases for the tests of client files: an SQLite file, and PostgreSQL where it is installed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import create_engine

from posture.clinic.archive import Archive
from tests import postgres


@pytest.fixture(scope="session")
def server() -> Iterator[str | None]:
    """Address of a PostgreSQL server, None where there is none."""
    programs = postgres.programs()
    if programs is None:
        yield None
        return
    with postgres.server(programs) as address:
        yield address


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Address of an empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'clinic.db'}"
    address = request.getfixturevalue("server")
    if address is None:
        pytest.skip(postgres.MISSING)
    name = f"clinic_{uuid4().hex}"
    with create_engine(address.format("postgres")).connect().execution_options(isolation_level="AUTOCOMMIT") as server:
        server.exec_driver_sql(f"CREATE DATABASE {name}")
    return str(address.format(name))


@pytest.fixture
def archive(url: str) -> Archive:
    return Archive(url)
