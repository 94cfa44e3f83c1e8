"""A throw-away PostgreSQL server on loopback."""

import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

SETTINGS = ("fsync=off", "synchronous_commit=off", "listen_addresses=127.0.0.1", "unix_socket_directories=")
TABLES = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
NUMBERED_ON = "SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)"  # where a table numbers its rows


def server_programs() -> Path | None:
    """Where the newest installed server's programs are."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    on_path = shutil.which("initdb")
    return found[-1].parent if found else Path(on_path).resolve().parent if on_path else None


@contextmanager
def cluster(folder: Path) -> Iterator[str]:
    """The address of a server whose files are in `folder`, up to the name of a database; stopped at the end."""
    programs = server_programs()
    if programs is None:
        sys.exit("there is no PostgreSQL server here: try --only sqlite")
    owner = {"user": "postgres", "group": "postgres"} if os.getuid() == 0 else {}  # it refuses to run as root
    place = folder / "cluster"
    if not place.exists():
        place.mkdir()
        if owner:
            shutil.chown(place, **owner)
        made = [programs / "initdb", "-D", place, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync"]
        subprocess.run(made, check=True, stdout=subprocess.DEVNULL, cwd="/", **owner)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = [option for setting in SETTINGS for option in ("-c", setting)]
    command = [programs / "postgres", "-D", place, "-p", str(port), *options]
    server = subprocess.Popen(command, cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **owner)
    try:
        address = f"postgres://postgres@127.0.0.1:{port}"
        _wait(address)
        yield address
    finally:
        server.terminate()
        server.wait(60)


def _wait(address: str) -> None:
    for _try in range(100):
        try:
            psycopg.connect(f"{address}/postgres").close()
        except psycopg.OperationalError:
            time.sleep(0.1)
        else:
            return
    sys.exit("the PostgreSQL server did not start")


def created(server: str, name: str) -> bool:
    """Whether the database was not there yet."""
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            return False
        connection.execute(f'CREATE DATABASE "{name}"')
        return True


def copy(file: Path, address: str) -> None:
    """Every row of an SQLite file into a database of the same tables, whose own rows go."""
    with sqlite3.connect(file) as source, psycopg.connect(address) as target:
        tables = [name for (name,) in source.execute(TABLES)]
        target.execute("SET session_replication_role = replica")  # rows come before those that they name
        target.execute("TRUNCATE " + ", ".join(tables))
        for table in tables:
            rows = source.execute(f"SELECT * FROM {table}")
            columns = ", ".join(f'"{column[0]}"' for column in rows.description)
            with target.cursor().copy(f"COPY {table} ({columns}) FROM STDIN") as taken:
                for row in rows:
                    taken.write_row(row)
            if "id" in (column[0] for column in rows.description):
                (last,) = source.execute(f"SELECT max(id) FROM {table}").fetchone()
                if isinstance(last, int):
                    target.execute(NUMBERED_ON, [table, last])
    with psycopg.connect(address, autocommit=True) as target:
        target.execute("VACUUM ANALYZE")  # which it does by itself sooner or later
