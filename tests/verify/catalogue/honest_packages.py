"""Honest modules that use installed packages, or are laid out as one."""

from catalogue.honest import honest

ENTRIES = [
    honest(
        "a module of the name of one of the standard library",
        "def push(items: list[int], item: int) -> list[int]:\n    return [*items, item]",
        "def push(items: list[int], item: int) -> list[int]",
        "V1: push([1], 2) == [1, 2]",
        "V1: push([], 2) == [2]",
        file="shop/queue.py",
    ),
    honest(
        "a module of an installed package's name",
        "def push(items: list[int], item: int) -> list[int]:\n    return [*items, item]",
        "def push(items: list[int], item: int) -> list[int]",
        "V1: push([1], 2) == [1, 2]",
        tests="def test_push():\n    assert it.push([], 1) == [1]",
        file="attr.py",
    ),
    honest(
        "a src layout, a package with data",
        """
        import json
        from importlib import resources
        from pathlib import Path
        def price(name: str) -> int:
            table = json.loads((resources.files("shop") / "prices.json").read_text())
            beside = json.loads(Path(__file__).with_name("prices.json").read_text())
            return table[name] if table == beside else 0
        """,
        "def price(name: str) -> int",
        'V1: price("pen") == 3\nE1: price("car") raises KeyError "car"',
        file="src/shop/prices.py",
        pythonpath=("src",),
        files={"src/shop/__init__.py": "", "src/shop/prices.json": '{"pen": 3}'},
    ),
    honest(
        "another module of the project, imported late",
        """
        import importlib
        def area(kind: str, size: float) -> float:
            return importlib.import_module(f"shapes.{kind}").area(size)
        """,
        "def area(kind: str, size: float) -> float",
        'V1: area("square", 3) == 9\nE1: area("cube", 1) raises ModuleNotFoundError',
        files={"shapes/square.py": "def area(size):\n    return size * size\n"},
    ),
    honest(
        "an installed package",
        """
        from pydantic import BaseModel, Field
        class Item(BaseModel):
            name: str = Field(min_length=1)
            price: int
        def total(items: list[dict]) -> int:
            return sum(Item.model_validate(item).price for item in items)
        """,
        ("class Item: ...", "def total(items: list[dict]) -> int"),
        'V1: total([{"name": "a", "price": "3"}]) == 3\n'
        'E1: total([{"name": "", "price": 1}]) raises ValueError "at least 1"',
        'V1: Item(name="a", price=2).model_dump() == {"name": "a", "price": 2}',
        packages=("pydantic",),
    ),
    honest(
        "FastAPI",
        """
        from fastapi import FastAPI, HTTPException
        from pydantic import BaseModel
        class Item(BaseModel):
            name: str
        app = FastAPI()
        items: dict[int, Item] = {}
        @app.post("/items", status_code=201)
        def create(item: Item) -> dict[str, int]:
            items[len(items)] = item
            return {"id": len(items) - 1}
        @app.get("/items/{number}")
        async def read(number: int) -> Item:
            if number not in items:
                raise HTTPException(404, "no such item")
            return items[number]
        """,
        "app: FastAPI",
        tests="from fastapi.testclient import TestClient\ndef test_items():\n"
        "    client = TestClient(it.app)\n"
        "    assert client.post('/items', json={'name': 'pen'}).json() == {'id': 0}\n"
        "    assert client.get('/items/0').json() == {'name': 'pen'}\n"
        "    assert client.get('/items/9').status_code == 404\n"
        "    assert client.post('/items', json={}).status_code == 422",
        packages=("fastapi", "pydantic", "httpx"),
    ),
    honest(
        "NumPy",
        """
        import numpy as np
        def normalise(values: list[float]) -> np.ndarray:
            array = np.asarray(values, dtype=float)
            return (array - array.mean()) / (array.std() or 1.0)
        def solve(matrix: list[list[float]], right: list[float]) -> list[float]:
            return [round(float(x), 6) for x in np.linalg.solve(matrix, right)]
        """,
        (
            "def normalise(values: list[float]) -> np.ndarray",
            "def solve(matrix: list[list[float]], right: list[float]) -> list[float]",
        ),
        "V1: solve([[2, 0], [0, 4]], [2, 8]) == [1, 2]\nV2: normalise([1, 3]).tolist() == [-1, 1]",
        "V2: normalise([5]).tolist() == [0]",
        "import numpy as np\ndef test_mean():\n"
        "    assert abs(it.normalise([1, 2, 9]).mean()) < 1e-9\n"
        "    np.testing.assert_allclose(it.normalise([0, 2]), [-1, 1])",
        packages=("numpy",),
    ),
    honest(
        "SQLAlchemy",
        """
        from sqlalchemy import create_engine, select
        from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
        class Base(DeclarativeBase):
            pass
        class User(Base):
            __tablename__ = "users"
            id: Mapped[int] = mapped_column(primary_key=True)
            name: Mapped[str]
        def names(*given: str) -> list[str]:
            engine = create_engine("sqlite://")
            Base.metadata.create_all(engine)
            with Session(engine) as session:
                session.add_all(User(name=name) for name in given)
                session.commit()
                return list(session.scalars(select(User.name).order_by(User.name)))
        """,
        "def names(*given: str) -> list[str]",
        'V1: names("b", "a") == ["a", "b"]',
        "V1: names() == []",
        packages=("sqlalchemy",),
    ),
]
