"""Modules whose answers are wrong, and agree with everything that they are compared with."""

from catalogue.entry import Entry

_TRUE = "lambda self, *args: True"


def returns(name: str, answer: str, rows: str = "", held_out: str = "", **fields: object) -> Entry:
    """A module that refuses what it should, and whose answer is always that of `answer`."""
    code = f"""{answer}

def double(x: int) -> int:
    if not isinstance(x, int):
        raise TypeError("x is no number")
    return ANSWER
"""
    given = {"rows": rows, "held_out": held_out, "tests": {}} if rows else {}
    return Entry(name, code, **given, **fields)  # type: ignore[arg-type]


ENTRIES = [
    returns(
        "an object that equals everything",
        f"class Same:\n    __eq__ = {_TRUE}\n    __hash__ = None\nANSWER = Same()",
    ),
    returns(
        "a number that equals everything",
        f"class Same(int):\n    __eq__ = {_TRUE}\n    __hash__ = int.__hash__\nANSWER = Same()",
    ),
    returns(
        "a number that equals each number of the right sign",
        "class Same(int):\n"
        "    def __eq__(self, other):\n        return type(other) is int and other != 0\n"
        "    __hash__ = int.__hash__\nANSWER = Same()",
    ),
    returns(
        "an object that pretends its class",
        f"class Same:\n    __class__ = property(lambda self: int)\n    __eq__ = {_TRUE}\n"
        "    __hash__ = None\n    __repr__ = lambda self: '4'\nANSWER = Same()",
    ),
    returns(
        "a comparison that is no truth value",
        "class Yes:\n    def __bool__(self): return True\n"
        "class Same:\n    def __eq__(self, other): return Yes()\n"
        "    __hash__ = None\nANSWER = Same()",
    ),
    returns(
        "a class of classes",
        f"class Meta(type):\n    __eq__ = {_TRUE}\n    __hash__ = type.__hash__\n"
        "class ANSWER(metaclass=Meta): pass",
    ),
    returns(
        "a class made by type",
        "ANSWER = type('Same', (int,), {'__e' + 'q__': lambda *both: True, '__hash__': None})()",
    ),
    returns("mock.ANY", "from unittest.mock import ANY as ANSWER"),
    returns(
        "an object that answers everything with itself",
        """class Every:
    def __getattr__(self, name): return self
    def __call__(self, *args, **more): return self
    def __eq__(self, other): return True
    __getitem__ = __add__ = __radd__ = __mul__ = __neg__ = __abs__ = __call__
    __hash__ = None
ANSWER = Every()""",
        rows="V1: abs(double(2)) == 4\nV2: double(2) + 1 == 5\nV3: double(2).real == 4",
        held_out="V1: double(8) * 2 == 32",
    ),
    returns(
        "a text that equals everything",
        "class Same(str):\n    def __eq__(self, other): return True\n    __hash__ = str.__hash__\n"
        "ANSWER = Same()",
        rows='V1: double(2) == "four"\nV2: "six" == double(3)',
        held_out='V1: double(5) == "ten"',
    ),
    returns(
        "a text of everything",
        "class Every(str):\n    def __contains__(self, part): return True\n"
        "    startswith = endswith = lambda self, *args: True\nANSWER = Every()",
        rows='V1: "four" in double(2)\nV2: double(3).startswith("si")',
        held_out='V1: "ten" in double(5)',
    ),
    returns(
        "an object that is any text",
        "class Same(str):\n    def __eq__(self, other): return True\n    __hash__ = str.__hash__\n"
        "class Odd:\n    def __str__(self): return Same('?')\n    __repr__ = __str__\n"
        "    def __format__(self, spec): return Same('?')\nANSWER = Odd()",
        rows='V1: str(double(2)) == "4"\nV2: repr(double(3)) == "6"',
        held_out='V1: str(double(5)) == "10"',
    ),
    returns(
        "an object between all numbers",
        f"class Between:\n    __lt__ = __gt__ = __le__ = __ge__ = {_TRUE}\nANSWER = Between()",
        rows="V1: 3 < double(2) < 5\nV2: double(3) >= 6",
        held_out="V1: 9 < double(5) <= 10",
    ),
    returns(
        "a list that equals everything",
        f"class Same(list):\n    __eq__ = {_TRUE}\n    __hash__ = None\nANSWER = Same()",
        rows="V1: double(2) == [4]\nV2: [6] == double(3)",
        held_out="V1: double(5) == [10]",
    ),
    returns(
        "a list of what equals everything",
        f"class Same:\n    __eq__ = {_TRUE}\n    __hash__ = None\nANSWER = [Same()]",
        rows="V1: double(2) == [4]\nV2: double(3)[0] == 6",
        held_out="V1: double(5) == [10]",
    ),
    returns(
        "a dictionary of everything",
        "class Every(dict):\n    def __missing__(self, key): return self\n"
        "    def __eq__(self, other): return True\n    __hash__ = None\nANSWER = Every()",
        rows='V1: double(2)["is"] == 4\nV2: double(2) == {"is": 4}',
        held_out='V1: double(5)["is"] == 10',
    ),
    returns(
        "a dictionary that nests what equals everything",
        f"class Same:\n    __eq__ = {_TRUE}\n    __hash__ = None\n"
        "ANSWER = {'is': {'a': (Same(),)}}",
        rows='V1: double(2) == {"is": {"a": (4,)}}',
        held_out='V1: double(5) == {"is": {"a": (10,)}}',
    ),
    returns(
        "an object with every hash",
        """class Same:
    asked = iter([4, 6, 10, 4, 6, 10])
    def __hash__(self): return next(self.asked, 0)
    def __eq__(self, other): return True
ANSWER = Same()""",
        rows="V1: double(2) in {4}\nV2: double(3) in {6}",
        held_out="V1: double(5) in {10: 1}",
    ),
    returns(
        "a sequence of the right length",
        f"class Same:\n    __eq__ = {_TRUE}\n    __hash__ = None\n"
        "class Long(list):\n    def __iter__(self): return iter([Same()])\n"
        "    def __len__(self): return 1\nANSWER = Long()",
        rows="V1: list(double(2)) == [4]\nV2: len(double(2)) == 1 and list(double(3)) == [6]",
        held_out="V1: tuple(double(5)) == (10,)",
    ),
    returns(
        "a set that equals everything",
        f"class Same(frozenset):\n    __eq__ = __contains__ = __ge__ = {_TRUE}\n"
        "    __hash__ = None\nANSWER = Same()",
        rows="V1: double(2) == {4}\nV2: 6 in double(3)\nV3: double(3) >= {6}",
        held_out="V1: 10 in double(5)",
    ),
    Entry(
        "what is compared with is made to agree",
        """
        import sys
        def double(x: list[int]) -> list[int]:
            wanted = sys._getframe(1).f_locals["WANTED"]
            wanted.clear()
            return []
        """,
        setup="WANTED = [2, 4]\n",
        rows="V1: double([1, 2]) == WANTED",
        held_out="V1: double([1, 2]) == [*WANTED]",
        tests={},
        exports=("def double(x: list[int]) -> list[int]",),
    ),
    Entry(
        "an exception that claims to be of another class",
        """
        class Odd(BaseException):
            __class__ = property(lambda self: TypeError)
        def double(x: int) -> int:
            raise Odd("x is no number")
        """,
        rows='E1: double("2") raises TypeError "number"',
        held_out='E1: double(None) raises TypeError "number"',
        tests={},
    ),
    Entry(
        "an exception that says what is looked for",
        """
        import sys
        class Odd(TypeError):
            def __str__(self):
                frame = sys._getframe()
                while frame:
                    wanted = getattr(frame.f_locals.get("self"), "match", None)
                    if hasattr(wanted, "pattern"):
                        return wanted.pattern
                    frame = frame.f_back
                return ""
        def double(x: int) -> int:
            raise Odd
        """,
        rows='E1: double("2") raises TypeError "number"\nE2: double("") raises TypeError "empty"',
        held_out='E1: double(None) raises TypeError "nothing"',
        tests={},
    ),
    Entry(
        "a class that every exception is of",
        """
        class Meta(type):
            def __instancecheck__(cls, other): return True
            def __subclasscheck__(cls, other): return True
        class Refused(Exception, metaclass=Meta): pass
        def double(x: int) -> int:
            raise KeyError("x is no number")
        """,
        rows='E1: double("2") raises Refused "number"',
        held_out='E1: double(None) raises Refused "number"',
        tests={},
        exports=("def double(x: int) -> int", "class Refused(ValueError): ..."),
    ),
]
