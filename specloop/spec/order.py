"""The order in which modules are built."""

import heapq
from collections.abc import Mapping, Sequence


def build_order(needs: Mapping[str, Sequence[str]]) -> list[str]:
    """The names, dependencies first and else in the order given; those on or behind a cycle lack.

    `needs` has a key for every name that stands in it.
    """
    rank = {name: place for place, name in enumerate(needs)}
    waiting = {name: len(set(below)) for name, below in needs.items()}
    dependants: dict[str, list[str]] = {name: [] for name in needs}
    for name, below in needs.items():
        for dependency in set(below):
            dependants[dependency].append(name)
    ready = [rank[name] for name, count in waiting.items() if count == 0]
    heapq.heapify(ready)
    names = list(needs)
    ordered = []
    while ready:
        name = names[heapq.heappop(ready)]
        ordered.append(name)
        for dependant in dependants[name]:
            waiting[dependant] -= 1
            if waiting[dependant] == 0:
                heapq.heappush(ready, rank[dependant])
    return ordered


def find_cycles(needs: Mapping[str, Sequence[str]]) -> list[list[str]]:
    """Cycles, each as the path that begins and ends with the same name; [] if there are none.

    Where cycles share a name, one of them is given: mending it shows the next.
    """
    cycles: list[list[str]] = []
    left = dict(needs)
    while True:
        for name in build_order(left):
            del left[name]
        left = {name: [n for n in below if n in left] for name, below in left.items()}
        if not left:
            return cycles
        path = [next(iter(left))]
        while path[-1] not in path[:-1]:
            path.append(left[path[-1]][0])
        cycle = path[path.index(path[-1]) :]
        cycles.append(cycle)
        left = {name: below for name, below in left.items() if name not in cycle}
        left = {name: [n for n in below if n in left] for name, below in left.items()}
