"""The requirement that a mutant is shown with."""

from mutated import new_line

from specloop.spec.module import ModuleSpec
from specloop.spec.parse_row import parse_row
from specloop.spec.requirement import Requirement
from specloop.strength.mutant import mutants
from specloop.strength.nearest import nearest_requirement
from specloop.strength.strength import Killed

CODE = """\
def price(net, country):
    if net < 0:
        raise ValueError("below zero")
    return net + tax(net, country)


def tax(net, country):
    if country == "CH":
        return round(net * 0.081, 2)
    return round(net * RATES[country], 2)
"""
TEXTS = {
    "I1": ("input", "anything that is sold"),
    "O1": ("output", "the price with its tax"),
    "V1": ("validation", "amounts are in cents"),
    "E1": ("error_handling", "an amount that cannot be"),
    "X1": ("edge_cases", "Switzerland has a rate of its own"),
}
ROWS = ("X1: price(100, 'CH') == 108.1", "O1: price(100, 'DE') == 119")


def spec_of(texts=TEXTS, rows=ROWS):
    requirements = [Requirement("price", id_, *text, 1) for id_, text in texts.items()]
    parsed = [parse_row(row, n, n) for n, row in enumerate(rows, 1)]
    return ModuleSpec(
        name="price",
        path="specs/price.yaml",
        title="",
        task="",
        file="shop/price.py",
        requirements=tuple(requirements),
        rows=tuple(parsed),
    )


def nearest(new, killed=(), spec=None):
    (mutant,) = [one for one in mutants(CODE) if new_line(one).startswith(new)]
    found = nearest_requirement(spec or spec_of(), mutant, CODE, killed)
    return found and found.full_id


def test_words_and_names_of_the_rows_count():
    assert nearest('if country == "":') == "price/X1"


def test_an_exception_is_a_matter_of_error_handling():
    assert nearest("raise Exception(") == "price/E1"


def test_kills_close_by_count_as_far_as_they_are_special():
    line = "return round(net * RATES[country], 3)"
    everywhere = Killed("1", "constant", 4, "failed", requirements=("price/I1",))
    close = Killed("2", "constant", 10, "failed", requirements=("price/V1", "price/I1"))
    assert nearest(line) != "price/V1"
    assert nearest(line, (close, everywhere, everywhere, everywhere)) == "price/V1"


def test_the_first_of_equals():
    same = {"O1": ("output", "tax"), "O2": ("output", "tax")}
    assert nearest("return round(net * RATES[country], 3)", spec=spec_of(same, ())) == "price/O1"


def test_none_where_nothing_is_shared():
    alien = {"O1": ("output", "colours of the rainbow")}
    line = "return round(net * RATES[country], 3)"
    assert nearest(line, spec=spec_of(alien, ())) is None
    assert nearest(line, spec=spec_of({}, ())) is None
