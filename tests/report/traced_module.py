"""A module with four requirements, and its measured strength."""

from datetime import date
from pathlib import Path

from specloop.spec.module import ModuleSpec
from specloop.spec.parse_row import parse_row
from specloop.spec.project import Project
from specloop.spec.requirement import Requirement
from specloop.spec.settings import Settings
from specloop.strength.strength import Killed, Strength, Survivor

TODAY = date(2027, 1, 31)

MODULE = ModuleSpec(
    name="double",
    path="specs/double.yaml",
    title="Double a number",
    task="Double a number",
    file="app/double.py",
    requirements=tuple(
        Requirement("double", id_, category, text, line)
        for id_, category, text, line in (
            ("O1", "output", "twice the number", 5),
            ("O2", "output", "the type of the number", 6),
            ("E1", "error_handling", "a text, raise TypeError", 7),
            ("X1", "edge_cases", "a number without end", 8),
        )
    ),
    rows=(parse_row("O1: double(2) == 4", 11, 1), parse_row("O1: double(-1) == -2", 12, 2)),
    held_out=(parse_row('E1: double("a") raises TypeError', 14, 1, held_out=True),),
)

PROJECT = Project(
    Path("nowhere"), Settings.model_validate({"project": {"name": "sums"}}), (MODULE,)
)


def strength() -> Strength:
    """Three of four mutants killed."""
    diff = "@@ -1,2 +1,2 @@\n def double(n):\n-    return 2 * n\n+    return 2 + n"
    return Strength(
        module="double",
        suite="sha256:1",
        words="sha256:2",
        mutants=4,
        killed=tuple(Killed(str(n), "return", 2, "failed") for n in range(3)),
        survived=(Survivor("3", "arithmetic", 2, diff, "double/O1", row="O1: double(3) == 6"),),
    )
