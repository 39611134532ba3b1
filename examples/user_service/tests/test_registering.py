"""What the service stores, and what it never logs."""

import logging

import pytest

from app.models import DatabaseUnavailable, create_tables, make_engine, make_sessions
from app.passwords import verify_password
from app.repository import AlreadyTaken, UserRepository
from app.schemas import RegistrationRequest
from app.service import UserService

REQUEST = RegistrationRequest(email="first@example.com", username="first", password="Correct1horse")


@pytest.mark.spec("service/O1")
@pytest.mark.spec("service/O2")
async def test_a_registered_user_can_be_found_and_verified() -> None:
    engine = make_engine("sqlite+aiosqlite://")
    await create_tables(engine)
    async with make_sessions(engine)() as session:
        await UserService(UserRepository(session)).register(REQUEST)
    async with make_sessions(engine)() as session:
        user = await UserRepository(session).find_by_email("first@example.com")
    await engine.dispose()
    assert user is not None
    assert user.username == "first"
    assert user.password_hash.startswith("$2b$12$")
    assert verify_password("Correct1horse", user.password_hash)


@pytest.mark.spec("service/L5")
async def test_no_secret_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    engine = make_engine("sqlite+aiosqlite://")
    async with make_sessions(engine)() as session:
        service = UserService(UserRepository(session))
        with pytest.raises(DatabaseUnavailable):
            await service.register(REQUEST)
        await create_tables(engine)
        user = await service.register(REQUEST)
        with pytest.raises(AlreadyTaken):
            await service.register(REQUEST)
    await engine.dispose()
    ours = [record for record in caplog.records if record.name.startswith("app.")]
    text = "\n".join(caplog.handler.format(record) for record in ours)
    assert "registration succeeded" in text
    for secret in ("Correct1horse", user.password_hash, user.email):
        assert secret not in text
