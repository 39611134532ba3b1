"""What pytest.approx() says, worked out here."""

import math
from collections.abc import Mapping
from numbers import Number
from typing import Any

from specloop.verify.opinion.opaque import Opaque, Unclear


class Approx:
    """A number, or a collection of some, that is equal to what is near it; as pytest.approx is."""

    def __init__(
        self,
        expected: Any,  # noqa: ANN401
        rel: float | None = None,
        abs: float | None = None,  # pytest calls it so
        nan_ok: bool = False,
    ) -> None:
        plain = isinstance(expected, int | float | complex)
        if not plain and not isinstance(expected, list | tuple | dict):
            raise Unclear("pytest.approx() compares what is no number")
        self._expected = expected
        self._rel, self._abs, self._nan_ok = rel, abs, nan_ok

    def __eq__(self, actual: object) -> bool:
        if isinstance(actual, Opaque):
            actual.unclear()
        wanted = self._expected
        if isinstance(wanted, dict):
            if not isinstance(actual, Mapping) or set(actual) != set(wanted):
                return False
            return all(self._near(actual[key], wanted[key]) for key in wanted)
        if isinstance(wanted, list | tuple):
            if not isinstance(actual, list | tuple) or len(actual) != len(wanted):
                return False
            return all(map(self._near, actual, wanted))
        return self._near(actual, wanted)

    __hash__ = None  # type: ignore[assignment]

    def _near(self, actual: Any, wanted: Any) -> bool:  # noqa: ANN401
        if isinstance(actual, Opaque):
            actual.unclear()
        if isinstance(wanted, bool) or not isinstance(wanted, Number):
            return bool(actual == wanted)
        if actual == wanted:
            return True
        if not isinstance(actual, int | float | complex) or isinstance(actual, bool):
            raise Unclear("pytest.approx() compares what is no number")
        if wanted != wanted:
            return self._nan_ok and actual != actual
        size = abs(wanted)  # type: ignore[arg-type,var-annotated]
        if math.isinf(size):
            return False
        return abs(actual - wanted) <= self._tolerance(size)  # type: ignore[operator]

    def _tolerance(self, size: float) -> float:
        absolute = 1e-12 if self._abs is None else self._abs
        if self._rel is None and self._abs is not None:
            return absolute
        return max((1e-6 if self._rel is None else self._rel) * size, absolute)
