"""One database by its address: opened, brought up to date, asked in whole transactions."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, event, inspect, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.orm import Session

from posture.errors import UsageError
from posture.io.atomic import private_folder, tighten

_migrating = threading.Lock()
#: How client files begin.
MAKE = "posture clients add RESULTS makes them"


class Database:
    """An SQLite file, or PostgreSQL by its URL."""

    def __init__(self, url: str, make: bool = True) -> None:
        """Open a database, bring an older one up to date; where there is no file yet, ``make`` it.

        Raises UsageError for what is no address, a file that is not there or a server that does not answer, a database
        of another program or of a newer posture.
        """
        self._shown = url.split("@")[-1]  # never a password
        try:
            address = make_url(url)
        except (ArgumentError, ValueError) as error:
            raise UsageError(
                f"client files {self._shown}: give the address of a database, like sqlite:///clients.db or "
                "postgresql+psycopg://posture@host/clinic"
            ) from error
        try:
            if "@" in (address.host or ""):  # it is the end of a password
                raise UsageError(f"client files {self._shown}: write an @ of the password as %40")
            self._shown = address.render_as_string()
            self._in_a_file = address.get_backend_name() == "sqlite"
            if self._in_a_file:
                self._find(address.database or ":memory:", make)
            self._engine = create_engine(address, pool_pre_ping=True)
            if self._in_a_file:
                event.listen(self._engine, "connect", _careful_sqlite)
            self._migrate(make)
            if self._in_a_file:
                _for_this_user_alone(Path(address.database or ""))
        except (NoSuchModuleError, ImportError, OSError, ValueError) as error:
            raise UsageError(f"client files {self._shown}: {error}") from error
        except SQLAlchemyError as error:
            raise UsageError(f"client files {self._shown}: {_said(error)}") from error

    def _find(self, file: str, make: bool) -> None:
        if file.startswith("file:"):
            raise UsageError(f"client files {self._shown}: give the file's path, not a URI: sqlite:///clients.db")
        if file == ":memory:":
            raise UsageError(f"client files {self._shown}: name a file, or nothing is kept: sqlite:///clients.db")
        if make:
            private_folder(Path(file).parent)
            Path(file).touch(0o600)
        elif not Path(file).exists():
            raise UsageError(f"{file}: there are no client files yet; {MAKE}")

    @contextmanager
    def session(self) -> Iterator[Session]:
        """One transaction, for the block; what fails in it changes nothing. Raises UsageError."""
        try:
            with Session(self._engine) as session, session.begin():
                yield session
        except SQLAlchemyError as error:
            raise UsageError(f"client files {self._shown}: {_said(error)}; nothing was changed") from error
        except (ValueError, TypeError, KeyError) as error:
            raise UsageError(f"client files {self._shown}: a row is damaged ({error}); nothing was changed") from error

    def write_anew(self, done: str) -> None:
        """Overwrite what was freed, so that no byte of it is left. ``done``: what stays done where this fails."""
        try:
            with self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.execute(text("VACUUM"))
        except SQLAlchemyError as error:
            raise UsageError(
                f"client files {self._shown}: {_said(error)}; {done}, but freed pages may still hold traces: run "
                "VACUUM on the database when nobody else uses it"
            ) from error

    def _migrate(self, make: bool) -> None:
        from alembic import command
        from alembic.config import Config
        from alembic.util import CommandError

        config = Config()
        config.set_main_option("script_location", "posture.clinic:migrations")
        # one thread at a time, since Alembic's context belongs to the process; one process by the database's own lock
        with _migrating, self._engine.begin() as connection:
            if self._in_a_file:
                connection.exec_driver_sql("BEGIN IMMEDIATE")  # without it Python's sqlite3 runs DDL in no transaction
            tables = {*inspect(connection).get_table_names()}
            if not tables and not make:
                raise UsageError(f"client files {self._shown}: there are no client files yet; {MAKE}")
            if tables and not {"client", "alembic_version"} <= tables:
                raise UsageError(f"client files {self._shown}: a database of another program")
            config.attributes["connection"] = connection
            try:
                command.upgrade(config, "head")
            except CommandError as error:
                raise UsageError(
                    f"client files {self._shown}: made by a newer posture; update this one ({error})"
                ) from error


def _for_this_user_alone(file: Path) -> None:
    """Tighten client files that an older posture made readable to others; SQLite gives new side files the same mode."""
    for ending in ("", "-journal", "-wal", "-shm"):
        tighten(file.with_name(file.name + ending))


def _careful_sqlite(connection: Any, _record: object) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute("PRAGMA secure_delete=ON")
    cursor.close()


def _said(error: SQLAlchemyError) -> str:
    return str(getattr(error, "orig", None) or error).splitlines()[0]
