"""The nine points of the registration endpoint: real HTTP, a real server, a real database file."""

import ast
import logging
import socket
import sqlite3
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import bcrypt
import httpx
import pytest
import uvicorn
from sqlalchemy import Engine, event

import app.routes

REGISTER = "/api/v1/users/register"
PASSWORD = "Correct1horse"


def wait_for_the_log(response: httpx.Response) -> None:
    """After a 500, wait until its traceback is logged: before anything else is answered."""
    if response.status_code == 500:
        httpx.get(response.url.join("/"), timeout=30, trust_env=False)


@contextmanager
def served(database_url: str) -> Iterator[httpx.Client]:
    """Serve the app on a free port of 127.0.0.1; a client of it."""
    application = app.routes.create_app(database_url)
    # without a log_config, uvicorn's records reach the root logger: pytest shows its tracebacks
    server = uvicorn.Server(uvicorn.Config(application, lifespan="on", log_config=None))
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        try:
            while not server.started:
                assert thread.is_alive(), "the server ended before it served"
                time.sleep(0.01)
            hooks = {"response": [wait_for_the_log]}
            with httpx.Client(
                base_url=url, timeout=30, trust_env=False, event_hooks=hooks
            ) as client:
                yield client
        finally:
            server.should_exit = True
            thread.join()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "users.db"


@pytest.fixture
def client(path: Path) -> Iterator[httpx.Client]:
    with served(f"sqlite+aiosqlite:///{path}?timeout=2") as client:
        yield client


def body(
    email: str = "first@example.com", username: str = "first", password: str = PASSWORD
) -> dict[str, str]:
    return {"email": email, "username": username, "password": password}


def rows(path: Path) -> list[dict[str, object]]:
    """All that the database holds about users, read by another program than the app."""
    with sqlite3.connect(path) as database:
        database.row_factory = sqlite3.Row
        return [dict(row) for row in database.execute("SELECT * FROM users")]


def test_1_and_6_registering_answers_201_with_id_and_date(client: httpx.Client) -> None:
    answer = client.post(REGISTER, json=body())
    assert answer.status_code == 201
    assert set(answer.json()) == {"user_id", "created_at"}
    created_at = datetime.fromisoformat(answer.json()["created_at"])
    assert abs(datetime.now(UTC) - created_at) < timedelta(minutes=1)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", "first.example.com"),
        ("email", "first@"),
        ("username", "ab"),
        ("username", "a" * 21),
        ("username", "first-one"),
        ("password", "Corr1ct"),
        ("password", "correct1horse"),
        ("password", "CORRECT1HORSE"),
        ("password", "Correcthorse"),
    ],
)
def test_2_input_is_validated(client: httpx.Client, path: Path, field: str, value: str) -> None:
    answer = client.post(REGISTER, json=body() | {field: value})
    assert answer.status_code == 422
    assert set(answer.json()) == {"error", "field"}
    assert answer.json()["field"] == field
    assert body()["password"] not in answer.text
    assert field != "password" or value not in answer.text
    assert rows(path) == []


def test_2_the_shortest_and_the_longest_are_accepted(client: httpx.Client) -> None:
    assert client.post(REGISTER, json=body(username="abc", password="Abcdefg1")).status_code == 201
    longest = body("second@example.com", "a" * 20, "Aa1" + "x" * 69)
    assert client.post(REGISTER, json=longest).status_code == 201


@pytest.mark.parametrize("email", ["first@example.com", "First@Example.COM"])
def test_3_an_existing_email_is_400(client: httpx.Client, path: Path, email: str) -> None:
    client.post(REGISTER, json=body())
    answer = client.post(REGISTER, json=body(email, "second"))
    assert answer.status_code == 400
    assert set(answer.json()) == {"error", "field"}
    assert answer.json()["field"] == "email"
    assert len(rows(path)) == 1


def test_4_an_existing_username_is_400(client: httpx.Client, path: Path) -> None:
    client.post(REGISTER, json=body())
    answer = client.post(REGISTER, json=body("second@example.com"))
    assert answer.status_code == 400
    assert set(answer.json()) == {"error", "field"}
    assert answer.json()["field"] == "username"
    assert len(rows(path)) == 1


@contextmanager
def another_process_stores(path: Path, email: str, username: str) -> Iterator[None]:
    """Store a user at the last moment: when the app's own INSERT is about to be executed."""

    def store(conn: object, cursor: object, statement: str, *rest: object) -> None:
        if statement.startswith("INSERT INTO users"):
            with sqlite3.connect(path) as other:
                other.execute(
                    "INSERT INTO users (email, username, password_hash, created_at)"
                    " VALUES (?, ?, ?, ?)",
                    (email, username, "a-hash", "2026-01-01 00:00:00.000000"),
                )

    event.listen(Engine, "before_cursor_execute", store)
    try:
        yield
    finally:
        event.remove(Engine, "before_cursor_execute", store)


@pytest.mark.spec("repository/E1")
@pytest.mark.spec("repository/E2")
@pytest.mark.parametrize(
    ("email", "username", "field"),
    [("first@example.com", "other", "email"), ("other@example.com", "first", "username")],
)
def test_3_and_4_hold_when_two_processes_race(
    client: httpx.Client, path: Path, email: str, username: str, field: str
) -> None:
    with another_process_stores(path, email, username):
        answer = client.post(REGISTER, json=body())
    assert answer.status_code == 400
    assert answer.json()["field"] == field
    assert len(rows(path)) == 1


def test_5_only_the_hash_is_stored(client: httpx.Client, path: Path) -> None:
    client.post(REGISTER, json=body())
    (row,) = rows(path)
    assert (row["email"], row["username"]) == ("first@example.com", "first")
    hashed = str(row["password_hash"])
    assert hashed.startswith("$2b$12$")
    assert bcrypt.checkpw(PASSWORD.encode(), hashed.encode())
    assert PASSWORD.encode() not in path.read_bytes()


def test_7_attempt_success_and_failure_are_logged(
    client: httpx.Client, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    client.post(REGISTER, json=body())
    client.post(REGISTER, json=body())
    client.post(REGISTER, json=body(password="Sesame"))
    logged = [
        (record.levelname, record.getMessage())
        for record in caplog.records
        if record.name.startswith("app.")
    ]
    levels = [level for level, _ in logged]
    assert levels == ["INFO", "INFO", "INFO", "WARNING", "WARNING"]
    assert "attempt" in logged[0][1]
    assert "succeeded" in logged[1][1]
    assert "refused" in logged[3][1]
    assert PASSWORD not in caplog.text
    assert "Sesame" not in caplog.text


def test_8_type_hints_are_everywhere() -> None:
    files = sorted(Path(app.routes.__file__).parent.glob("*.py"))
    assert len(files) >= 6
    for file in files:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                arguments = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
                bare = [
                    a.arg
                    for a in arguments
                    if a.annotation is None and a.arg not in ("self", "cls")
                ]
                assert not bare, f"{file.name}:{node.lineno}: no type for {bare}"
                assert node.returns is not None, f"{file.name}:{node.lineno}: no return type"


def test_9_a_database_that_cannot_be_used_is_503(
    client: httpx.Client, path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    answer = client.post(REGISTER, json=body())
    other.execute("ROLLBACK")
    other.close()
    assert answer.status_code == 503
    assert set(answer.json()) == {"error"}
    assert any(r.levelname == "ERROR" and r.name.startswith("app.") for r in caplog.records)
    assert client.post(REGISTER, json=body()).status_code == 201


def test_many_clients_at_once(client: httpx.Client, path: Path) -> None:
    bodies = [body(f"user{number}@example.com", f"user{number}") for number in range(4)]
    with ThreadPoolExecutor(4) as pool:
        codes = list(pool.map(lambda each: client.post(REGISTER, json=each).status_code, bodies))
    assert codes == [201] * 4
    assert len(rows(path)) == 4
