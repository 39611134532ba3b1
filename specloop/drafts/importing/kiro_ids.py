"""The ids of Kiro's criteria, such as 1.2, and texts that cite them."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable

_RANGE = re.compile(r"([0-9.]{1,9})\s*[-–~]\s*([0-9.]{1,9})")
_BETWEEN = re.compile(r"[,、;\s]+")
_ALL = re.compile(r"(?i)\ball\b")

Numbers = tuple[int, ...]


def rule_id(requirement: str, criterion: str) -> str:
    """The id of criterion 2 of requirement 1, which is "R1_2"; "" without a requirement."""
    return f"R{requirement}_{criterion}" if requirement else ""


class RuleIds:
    """The ids that rules have, in the order of their numbers."""

    def __init__(self, ids: Iterable[str]) -> None:
        numbered = sorted({(_numbers(id_), id_) for id_ in ids if id_})
        self._numbers = [numbers for numbers, _ in numbered]
        self._ids = tuple(id_ for _, id_ in numbered)

    def cited_in(self, text: str) -> tuple[str, ...]:
        """Those that a text such as "1.1, 2.1-2.4, 8" or "All" cites; 8 is all of 8.1 to 8.9."""
        if _ALL.search(text):
            return self._ids
        words = _BETWEEN.split(_RANGE.sub(r"\1-\2", text))
        return tuple(dict.fromkeys(id_ for word in words for id_ in self._of(word)))

    def _of(self, word: str) -> tuple[str, ...]:
        first, _, last = (_numbers(part) for part in word.partition("-"))
        if not first:
            return ()
        low = bisect_left(self._numbers, first)
        high = bisect_right(self._numbers, (*(last or first), float("inf")))
        return self._ids[low:high]


def _numbers(text: str) -> Numbers:
    return tuple(int(part) for part in re.findall(r"[0-9]{1,4}", text))
