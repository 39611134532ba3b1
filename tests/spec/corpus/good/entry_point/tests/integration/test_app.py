import pytest
from app.entry_point import create_app
from fastapi.testclient import TestClient


@pytest.mark.spec("entry_point/O1")
def test_health():
    assert TestClient(create_app()).get("/health").status_code == 200


@pytest.mark.spec("entry_point/E1")
def test_unknown_address():
    assert TestClient(create_app()).get("/nowhere").status_code == 404


@pytest.mark.spec("entry_point/X1")
def test_each_its_own():
    assert create_app() is not create_app()
