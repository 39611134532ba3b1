import pytest

from specloop.verify.opinion.promised import plain_returns


@pytest.mark.parametrize(
    "returns",
    [
        *("str", "int", "None", "bytes | None", "list[str]", "dict[str, list[int]]", "'str'"),
        *(
            "tuple[int, ...]",
            "Optional[str]",
            "typing.Union[int, None]",
            "datetime.date",
            "Decimal",
        ),
    ],
)
def test_plain_annotations_promise_plain_data(returns):
    assert plain_returns([f"def f(x) -> {returns}: ...", "class A: ..."]) == {"f"}
    assert plain_returns([f"async def g() -> {returns}: ..."]) == {"g"}


@pytest.mark.parametrize(
    "returns",
    ["Money", "list", "list[Money]", "object", "Any", "Sequence[str]", "str | Money", "'(('"],
)
def test_others_promise_nothing(returns):
    assert plain_returns([f"def f(x) -> {returns}: ...", "def g(x): ...", "LIMIT: int"]) == set()


def test_what_is_no_python_promises_nothing():
    assert plain_returns(["def f(", ""]) == set()
