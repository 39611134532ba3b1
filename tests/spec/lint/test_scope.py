"""Names that nothing brings to a row, and modules that nothing is used of."""

from pathlib import Path

import pytest
from subjects import SPEC, texts

CART = """\
task: Add up a cart
file: shop/cart.py
exports:
  - "def total(prices: list[int]) -> int"
  - class EmptyCart(Exception)
output: the sum of all prices
error_handling: no price, raise EmptyCart
logging: the sum
setup: |
  PRICES = [1, 2]

  def summed(*prices):
      return total(list(prices))
examples: |
  O1: total(PRICES) == 3
"""
SETUP = 10
ROW = 15


def undefined(
    root: Path, row: str, setup: str = "", exports: str | None = None
) -> list[tuple[int, str]]:
    """Line and name of what a spec with this row uses without having it."""
    indented = "".join(f"  {line}\n" for line in setup.splitlines())
    spec = CART.replace("  O1: total(PRICES) == 3\n", f"  {row}\n")
    spec = spec.replace("examples:", f"{indented}examples:")
    if exports is not None:
        head, _, rest = spec.partition("exports:")
        spec = f"{head}exports: {exports}\noutput:{rest.partition('output:')[2]}"
    found = texts(root, spec)
    assert {path for path, *_ in found} <= {SPEC}
    return [(line, text.split("'")[1]) for _, line, code, text in found if code == "R106"]


UNDEFINED = [
    ("O1: total(Decimal(3)) == 3", "Decimal"),
    ("O1: totl(PRICES) == 3", "totl"),
    ("E1: total([]) raises Missing", "Missing"),
    ("E1: total([]) raises decimal.InvalidOperation", "decimal"),
    ("O1: sums = [total(p) for p in lists]; sums == []", "lists"),
    ("O1: x = y; total(x) == 3", "y"),
    ("O1: (lambda p: total(p + q))(PRICES) == 3", "q"),
    ("O1: [price for price in PRICES] and total([price]) == 1", "price"),
    ("O1: re.match('a', str(total(PRICES))) is None", "re"),
    ("O1: asyncio.run(total(PRICES)) == 3", "asyncio"),
    ("O1: logging.INFO == total(PRICES)", "logging"),
    ("O1: total(PRICES) == 3 and caplog.text", "caplog"),
    (r"O1: total(missing) == '\d'", "missing"),
]


@pytest.mark.parametrize(("row", "name"), UNDEFINED)
def test_name_that_nothing_brings(tmp_path: Path, row: str, name: str) -> None:
    assert undefined(tmp_path, row) == [(ROW, name)]


DEFINED = [
    "O1: summed(*PRICES) == 3",
    "O1: total(PRICES) == 3 and __name__ and isinstance(PRICES, list)",
    "E1: total([]) raises EmptyCart",
    "E1: total([]) raises ValueError",
    "E1: total([]) raises pytest.UsageError",
    "E1: total([re.I]) raises EmptyCart 'a'",
    "L1: total([len(caplog.records)]) logs INFO 'a'",
    "L1: total([logging.INFO]) logs INFO 'a'",
    "O1: x = [1]; total(x) == 1",
    "O1: a, (b, *c) = 1, (2, 3); total([a, b, *c]) == 6",
    "O1: (n := total(PRICES)) == 3 and n",
    "O1: [p for p in PRICES if p] == [total([p]) for p in PRICES]",
    "O1: {k: v for k, v in enumerate(PRICES)} and total(PRICES) == 3",
    "O1: total(list(map(lambda p, *, q=1: p + q, PRICES))) == 5",
    "O1: from decimal import Decimal as D; total([D(1)]) == D(1)",
    "O1: import os.path; total([len(os.sep)]) == 1",
    "O1: total(prices=PRICES) == PRICES[0].real + 2",
    "O1: x: Money = total(PRICES); x == 3",
    "O1: await asyncio.sleep(0) or total(PRICES) == 3",
    "O1: 1or total(PRICES)",
    r"O1: total(PRICES) == '\d'",
]


@pytest.mark.parametrize("row", DEFINED)
def test_name_that_is_there(tmp_path: Path, row: str) -> None:
    assert undefined(tmp_path, row) == []


SETUPS = [
    "try:\n    total([])\nexcept EmptyCart as error:\n    text = str(error)",
    "class Late(EmptyCart):\n    kind = 'late'\n    other = kind, __qualname__\n"
    "    def told(self):\n        return __class__, super().__str__()",
    "def count():\n    n = 0\n    def more():\n        nonlocal n\n        n += 1\n    return more",
    "def count():\n    global seen\n    seen = 1\nseen",
    "match PRICES:\n    case [first, *rest] if rest:\n        first\n    case {'a': a, **others}:\n"
    "        a, others\n    case int() as whole:\n        whole",
    "for p in PRICES:\n    p\nwith open(__file__) as file:\n    file",
    "def shown(price: Money) -> Text:\n    kind: Kind = 1\n    return kind",
    "def uses_what_a_row_defines():\n    return later",
    "# a comment",
]


@pytest.mark.parametrize("setup", SETUPS)
def test_setup_that_defines_what_it_uses(tmp_path: Path, setup: str) -> None:
    assert undefined(tmp_path, "O1: later = 3; total(PRICES) == later", setup) == []


def test_setup_that_does_not(tmp_path: Path) -> None:
    setup = "\n\nTODAY = date(2027, 1, 31)\n\ndef price():\n    return Decimal(1)"
    row = "O1: total(PRICES) == 3"
    assert undefined(tmp_path, row, setup) == [(16, "date"), (19, "Decimal")]


def test_setup_in_quotes_has_one_line(tmp_path: Path) -> None:
    spec = CART.replace("examples:", "other: 1\nexamples:").partition("setup:")[0]
    spec += 'setup: "TODAY = date(1)"\nexamples: "O1: total([]) == TODAY"\n'
    found = texts(tmp_path, spec)
    assert [found[:3] for found in found if found[2] == "R106"] == [(SPEC, 9, "R106")]


def test_held_out_rows_are_looked_at_too(tmp_path: Path) -> None:
    found = texts(tmp_path, CART + "held_out: |\n  O1: total([a]) == b\n")
    told = [(line, text) for _, line, code, text in found if code == "R106"]
    assert [line for line, _ in told] == [17, 17]
    assert "uses 'a'" in told[0][1]
    assert "uses 'b'" in told[1][1]


def test_advice_names_the_nearest(tmp_path: Path) -> None:
    found = texts(tmp_path, CART.replace("total(PRICES)", "totl(PRICES)"))
    (text,) = [text for *_, code, text in found if code == "R106"]
    assert "did you mean 'total'?; export it, or import it in `setup`" in text


def test_advice_names_nothing_that_only_the_tests_import(tmp_path: Path) -> None:
    row = 'O1: total(PRICES) raises ValueError "re"'
    found = texts(
        tmp_path, CART.replace("total(PRICES)", "loging.INFO", 1) + f"held_out: |\n  {row}\n"
    )
    (text,) = [text for *_, code, text in found if code == "R106"]
    assert "; known: " in text
    assert " re," not in text


def test_names_may_come_from_where_nobody_sees(tmp_path: Path) -> None:
    setup = "globals()['Decimal'] = int"
    assert undefined(tmp_path, "O1: total([Decimal(3)]) == 3", setup) == []


def test_without_exports_all_names_of_the_module_are_there(tmp_path: Path) -> None:
    assert undefined(tmp_path, "O1: anything() == 3", exports="none") == []


PRICES = """\
task: Read a price
file: shop/prices.py
exports:
  - "def read_price(text: str) -> int"
  - class BadPrice(ValueError)
output: cents
examples: |
  O1: read_price("1.00") == 100
"""
SUMS = """\
task: Add up a bill
file: shop/bill.py
exports: "def total(lines: list[str]) -> int"
output: the sum
dependencies: [prices]
examples: |
  O1: total(["1.00"]) == 100
"""
RATES = """\
task: Look a rate up
file: shop/rates.py
exports: "def rate_of(code: str) -> int"
output: percents
examples: |
  O1: rate_of("food") == 7
"""
DEPENDENCIES = 5


def unused(root: Path, spec: str, files: dict[str, str] | None = None) -> list[tuple[int, str]]:
    found = texts(root, spec, {"specs/prices.yaml": PRICES, **(files or {})})
    return [(line, text) for path, line, code, text in found if (path, code) == (SPEC, "W108")]


def test_module_that_nothing_is_used_of(tmp_path: Path) -> None:
    ((line, text),) = unused(tmp_path, SUMS)
    assert line == DEPENDENCIES
    assert "'prices'" in text
    assert "read_price, BadPrice" in text


def test_entry_on_a_line_of_its_own(tmp_path: Path) -> None:
    spec = SUMS.replace("[prices]", "\n  - rates\n  - prices").replace("the sum", "as rate_of says")
    assert [line for line, _ in unused(tmp_path, spec, {"specs/rates.yaml": RATES})] == [7]


USES = [
    ("the sum", "the sum of what read_price returns"),
    ("Add up a bill", "Add up a bill with read_price"),
    ("the sum", "the sum; the module prices reads them"),
    ("[prices]", "[prices]\nconstraints: nothing but BadPrice is raised"),
    ("[prices]", "[prices]\nsetup: from shop import prices"),
    ("[prices]", "[prices]\nsetup: import shop.prices"),
    ("list[str]", "list[str], error: type[BadPrice]"),
    ("O1: total", "O1: read_price('1') and total"),
    ("== 100\n", "== 100\nheld_out: |\n  O1: total(['']) raises BadPrice\n"),
]


@pytest.mark.parametrize(("old", "new"), USES)
def test_module_that_is_used(tmp_path: Path, old: str, new: str) -> None:
    assert unused(tmp_path, SUMS.replace(old, new, 1)) == []


def test_a_test_of_the_module_uses_it(tmp_path: Path) -> None:
    spec = SUMS + "tests: ['tests/test_bill.py::test_it']\n"
    test = "from shop.prices import BadPrice\n\n\ndef test_it(): ...\n"
    assert unused(tmp_path, spec, {"tests/test_bill.py": test}) == []
    assert unused(tmp_path, spec, {"tests/test_bill.py": "def test_it(): ...\n"})


def test_what_a_used_module_speaks_of_is_used(tmp_path: Path) -> None:
    spec = SUMS.replace("[prices]", "[prices, rates]").replace("the sum", "as rate_of says")
    assert len(unused(tmp_path, spec, {"specs/rates.yaml": RATES})) == 1
    rates = RATES.replace("code: str", "code: BadPrice")
    assert unused(tmp_path, spec, {"specs/rates.yaml": rates}) == []


def test_nothing_can_be_said_of_a_module_without_exports(tmp_path: Path) -> None:
    bare = PRICES.partition("exports")[0] + "output" + PRICES.partition("output")[2]
    assert unused(tmp_path, SUMS, {"specs/prices.yaml": bare}) == []


def test_a_folder_may_have_the_name_of_a_file(tmp_path: Path) -> None:
    spec = SUMS + "tests: [tests/bill]\n"
    (tmp_path / "tests/bill/old.py").mkdir(parents=True)
    test = {"tests/bill/test_bill.py": "from shop.prices import BadPrice\n"}
    assert unused(tmp_path, spec, test) == []
