"""Requirements and their ids."""

from dataclasses import dataclass

CATEGORIES = {
    "input": "I",
    "output": "O",
    "validation": "V",
    "error_handling": "E",
    "edge_cases": "X",
    "logging": "L",
}


@dataclass(frozen=True, slots=True)
class Requirement:
    """One item of one of a spec's lists.

    `id` is a letter and a number ("V1"); `module` and `id` make the full id that tests cite.
    `line` is where the item stands in the spec.
    """

    module: str
    id: str
    category: str
    text: str
    line: int

    @property
    def full_id(self) -> str:
        """The id as tests cite it, such as "slug/V1"."""
        return f"{self.module}/{self.id}"
