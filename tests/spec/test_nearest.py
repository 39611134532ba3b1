from specloop.spec.nearest import did_you_mean, nearest


def test_nearest() -> None:
    assert nearest("branhc", ["branch", "bench"]) == "branch"
    assert nearest("INFOO", ["info", "warning"]) == "info"
    assert nearest("xyz", ["branch"]) is None
    assert nearest("x", []) is None


def test_did_you_mean() -> None:
    assert did_you_mean("branhc", ["branch"]) == "; did you mean 'branch'?"
    assert did_you_mean("x", ["bb", "aa"]) == "; known: aa, bb"
    assert did_you_mean("x", []) == ""
    assert did_you_mean("x", [f"name{n}" for n in range(99)]) == ""
