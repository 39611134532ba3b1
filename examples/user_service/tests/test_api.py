"""The app in its own process, without a network, on a database that comes and goes."""

import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from sqlalchemy import event
from sqlalchemy.pool import Pool

from app.routes import create_app, router

BODY = {"email": "first@example.com", "username": "first", "password": "Correct1horse"}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "users.db"


@pytest.fixture
async def client(path: Path) -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(f"sqlite+aiosqlite:///{path}?timeout=0.2")
    transport = httpx.ASGITransport(app=app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://shop.example") as client,
    ):
        yield client


@pytest.mark.spec("routes/I1")
def test_the_router_can_be_mounted_elsewhere() -> None:
    assert [route.path for route in router.routes] == ["/api/v1/users/register"]


@pytest.mark.spec("routes/E3")
@pytest.mark.spec("routes/X2")
async def test_a_locked_database_is_503_until_it_is_not(
    client: httpx.AsyncClient, path: Path
) -> None:
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    locked = await client.post("/api/v1/users/register", json=BODY)
    other.execute("ROLLBACK")
    other.close()
    assert locked.status_code == 503
    assert locked.json() == {"error": "the service is not available now, try again later"}
    assert (await client.post("/api/v1/users/register", json=BODY)).status_code == 201


@pytest.mark.spec("routes/E3")
async def test_a_missing_table_is_503(client: httpx.AsyncClient, path: Path) -> None:
    with sqlite3.connect(path) as other:
        other.execute("DROP TABLE users")
    answer = await client.post("/api/v1/users/register", json=BODY)
    assert answer.status_code == 503
    assert set(answer.json()) == {"error"}


@pytest.mark.spec("routes/O3")
async def test_no_connection_stays_open(path: Path) -> None:
    opened: list[object] = []
    closed: list[object] = []

    def connect(connection: object, record: object) -> None:
        opened.append(connection)

    def close(connection: object, record: object) -> None:
        closed.append(connection)

    event.listen(Pool, "connect", connect)
    event.listen(Pool, "close", close)
    try:
        app = create_app(f"sqlite+aiosqlite:///{path}")
        async with app.router.lifespan_context(app):
            assert opened
    finally:
        event.remove(Pool, "connect", connect)
        event.remove(Pool, "close", close)
    assert closed == opened


@pytest.mark.spec("routes/O1")
async def test_each_user_has_an_id_of_its_own(client: httpx.AsyncClient) -> None:
    first = await client.post("/api/v1/users/register", json=BODY)
    second = await client.post(
        "/api/v1/users/register", json=BODY | {"email": "second@example.com", "username": "second"}
    )
    assert first.json()["user_id"] != second.json()["user_id"]
