"""Honest modules: classes of all kinds."""

from catalogue.honest import honest

ENTRIES = [
    honest(
        "exceptions",
        """
        class ParseError(ValueError):
            def __init__(self, text: str) -> None:
                super().__init__(f"cannot parse {text!r}")
                self.text = text
        def parse(text: str) -> int:
            try:
                return int(text)
            except ValueError as error:
                raise ParseError(text) from error
        """,
        ("class ParseError(ValueError): ...", "def parse(text: str) -> int"),
        'V1: parse(" 7 ") == 7\nE1: parse("x") raises ParseError "cannot parse \'x\'"',
        'E1: parse("") raises ValueError "cannot parse"',
        "def test_cause():\n    import pytest\n    with pytest.raises(it.ParseError) as caught:\n"
        "        it.parse('y')\n    assert caught.value.text == 'y'\n"
        "    assert isinstance(caught.value.__cause__, ValueError)",
    ),
    honest(
        "dataclasses and their order",
        """
        from dataclasses import dataclass, field, replace
        @dataclass(frozen=True, order=True)
        class Version:
            major: int
            minor: int = 0
            tags: tuple[str, ...] = field(default=(), compare=False)
            def bump(self) -> "Version":
                return replace(self, minor=self.minor + 1)
        """,
        "class Version: ...",
        "V1: Version(1).bump() == Version(1, 1)\nV2: Version(1, 2) < Version(2)\n"
        'V3: Version(1, tags=("a",)) == Version(1)\nV4: repr(Version(1)) == "Version('
        'major=1, minor=0, tags=())"',
        "V1: Version(3, 4).bump().minor == 5",
    ),
    honest(
        "metaclasses and descriptors",
        """
        class Registry(type):
            kinds: dict[str, type] = {}
            def __new__(mcs, name: str, bases: tuple, space: dict) -> type:
                made = super().__new__(mcs, name, bases, space)
                mcs.kinds[name.lower()] = made
                return made
        class Positive:
            def __set_name__(self, owner: type, name: str) -> None:
                self.name = f"_{name}"
            def __get__(self, instance: object, owner: type) -> int:
                return getattr(instance, self.name)
            def __set__(self, instance: object, value: int) -> None:
                if value < 0:
                    raise ValueError("must be positive")
                setattr(instance, self.name, value)
        class Shape(metaclass=Registry):
            size = Positive()
            def __init__(self, size: int) -> None:
                self.size = size
        class Square(Shape):
            pass
        def make(kind: str, size: int) -> Shape:
            return Registry.kinds[kind](size)
        """,
        "def make(kind: str, size: int) -> Shape",
        'V1: make("square", 2).size == 2\nE1: make("shape", -1) raises ValueError "positive"',
        'E1: make("circle", 1) raises KeyError',
    ),
    honest(
        "comparisons of its own",
        """
        class Money:
            def __init__(self, cents: int, unit: str = "EUR") -> None:
                self.cents, self.unit = cents, unit
            def __eq__(self, other: object) -> bool:
                if not isinstance(other, Money):
                    return NotImplemented
                return (self.cents, self.unit) == (other.cents, other.unit)
            def __hash__(self) -> int:
                return hash((self.cents, self.unit))
            def __add__(self, other: "Money") -> "Money":
                return Money(self.cents + other.cents, self.unit)
            def __str__(self) -> str:
                return f"{self.cents / 100:.2f} {self.unit}"
        """,
        "class Money: ...",
        'V1: Money(5) + Money(7) == Money(12)\nV2: str(Money(1234)) == "12.34 EUR"\n'
        'V3: Money(5) != Money(5, "USD")\nV4: len({Money(1), Money(1)}) == 1',
        'V2: str(Money(5, "USD")) == "0.05 USD"',
    ),
    honest(
        "enumerations and matching",
        """
        from enum import Enum, Flag, auto
        class Light(Enum):
            RED = "red"
            GREEN = "green"
            def next(self) -> "Light":
                match self:
                    case Light.RED:
                        return Light.GREEN
                    case _:
                        return Light.RED
        class Right(Flag):
            READ = auto()
            WRITE = auto()
        """,
        ("class Light: ...", "class Right: ..."),
        'V1: Light("red").next() is Light.GREEN\nV2: Right.READ in (Right.READ | Right.WRITE)',
        "V1: Light.GREEN.next().value == 'red'",
    ),
    honest(
        "weak references and callbacks",
        """
        import weakref
        class Signal:
            def __init__(self) -> None:
                self._seen: weakref.WeakSet = weakref.WeakSet()
            def connect(self, listener: object) -> None:
                self._seen.add(listener)
            def __len__(self) -> int:
                return len(self._seen)
        """,
        "class Signal: ...",
        "V1: len(Signal()) == 0",
        tests="import gc\nclass L: pass\ndef test_dies():\n"
        "    signal, listener = it.Signal(), L()\n"
        "    signal.connect(listener)\n    assert len(signal) == 1\n    del listener\n"
        "    gc.collect()\n    assert len(signal) == 0",
    ),
    honest(
        "protocols and generics",
        """
        from typing import Generic, Protocol, TypeVar, runtime_checkable
        T = TypeVar("T")
        @runtime_checkable
        class Sized2(Protocol):
            def size(self) -> int: ...
        class Stack(Generic[T]):
            def __init__(self) -> None:
                self._items: list[T] = []
            def push(self, item: T) -> "Stack[T]":
                self._items.append(item)
                return self
            def size(self) -> int:
                return len(self._items)
        """,
        ("class Sized2: ...", "class Stack: ..."),
        "V1: Stack().push(1).push(2).size() == 2\nV2: isinstance(Stack(), Sized2)",
        "V2: not isinstance([], Sized2)",
    ),
]
