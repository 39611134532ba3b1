"""The repository on a database file, which other programs read and write, too."""

import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from app.models import DatabaseUnavailable, User, create_tables, make_engine, make_sessions
from app.repository import AlreadyTaken, UserRepository


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "users.db"


@pytest.fixture
async def engine(path: Path) -> AsyncIterator[AsyncEngine]:
    engine = make_engine(f"sqlite+aiosqlite:///{path}?timeout=0.2")
    await create_tables(engine)
    yield engine
    await engine.dispose()


def user(email: str = "first@example.com", username: str = "first") -> User:
    return User(email=email, username=username, password_hash="a-hash")


@pytest.mark.spec("repository/O2")
async def test_an_added_user_is_in_the_file(engine: AsyncEngine, path: Path) -> None:
    async with make_sessions(engine)() as session:
        await UserRepository(session).add(user())
        with sqlite3.connect(path) as other:
            rows = other.execute("SELECT email, username FROM users").fetchall()
    assert rows == [("first@example.com", "first")]


@pytest.mark.spec("repository/E3")
@pytest.mark.spec("repository/X1")
async def test_a_locked_database_is_unavailable_until_it_is_not(
    engine: AsyncEngine, path: Path
) -> None:
    other = sqlite3.connect(path, isolation_level=None)
    async with make_sessions(engine)() as session:
        repository = UserRepository(session)
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(DatabaseUnavailable):
            await repository.find_by_email("first@example.com")
        with pytest.raises(DatabaseUnavailable):
            await repository.add(user())
        other.execute("ROLLBACK")
        other.close()
        assert (await repository.add(user())).id == 1


@pytest.mark.spec("repository/X1")
async def test_the_session_goes_on_after_a_refusal(engine: AsyncEngine) -> None:
    async with make_sessions(engine)() as session:
        repository = UserRepository(session)
        await repository.add(user())
        with pytest.raises(AlreadyTaken):
            await repository.add(user(username="second"))
        await repository.add(user("second@example.com", "second"))
        found = await repository.find_by_username("second")
    assert found is not None
    assert found.email == "second@example.com"
