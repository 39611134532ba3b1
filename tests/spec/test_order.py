from specloop.spec.order import build_order, find_cycles


def test_dependencies_come_first_and_else_the_given_order() -> None:
    needs = {"a": ["c"], "b": [], "c": ["d"], "d": [], "e": ["b", "b"]}
    assert build_order(needs) == ["b", "d", "c", "a", "e"]
    assert find_cycles(needs) == []


def test_what_stands_on_or_behind_a_cycle_lacks() -> None:
    assert build_order({"a": ["b"], "b": ["a"], "c": ["a"], "d": []}) == ["d"]


def test_cycles_are_paths() -> None:
    needs = {"a": ["b"], "b": ["c"], "c": ["b"], "x": ["x"], "y": ["z"], "z": ["y", "a"]}
    assert find_cycles(needs) == [["b", "c", "b"], ["x", "x"], ["y", "z", "y"]]


def test_long_chain() -> None:
    count = 5_000
    needs = {str(n): [str(n + 1)] if n < count else [] for n in range(count + 1)}
    assert build_order(needs) == [str(n) for n in range(count, -1, -1)]
    needs[str(count)] = ["0"]
    (cycle,) = find_cycles(needs)
    assert len(cycle) == count + 2
