"""What checks which requirement: one value, made from specs, tests, commits and strength."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from specloop.ports import CommitRecord
from specloop.spec.lint.citations import Citation
from specloop.spec.module import ModuleSpec
from specloop.spec.project import Project
from specloop.spec.requirement import Requirement
from specloop.strength.strength import Strength


@dataclass(frozen=True, slots=True)
class RequirementTrace:
    """One requirement, by its full id.

    `state` is "checked", "accepted" (openly without a check), "expired" (that no longer) or
    "unchecked". `rows` and `held_out` are lines of the spec, `tests` node ids. `survivors` counts
    the mutants that no test noticed and that are nearest to it, None where that is not known.
    """

    id: str
    text: str
    line: int
    state: str
    rows: tuple[int, ...]
    held_out: tuple[int, ...]
    tests: tuple[str, ...]
    survivors: int | None


@dataclass(frozen=True, slots=True)
class ModuleTrace:
    """One module; `commit` is its newest, `stale` says that it is not of what the spec says now.

    `strength` is None where it was not measured on what stands now.
    """

    module: str
    spec: str
    commit: str | None
    stale: bool
    requirements: tuple[RequirementTrace, ...]
    strength: Strength | None


@dataclass(frozen=True, slots=True)
class Trace:
    """A project's requirements; `unknown` are citations of ids that no spec has."""

    project: str
    modules: tuple[ModuleTrace, ...]
    unknown: tuple[Citation, ...]

    @property
    def ok(self) -> bool:
        """Whether everything is checked, or accepted openly, and nothing unknown is cited."""
        states = {one.state for module in self.modules for one in module.requirements}
        return not self.unknown and not states & {"unchecked", "expired"}

    def as_json(self) -> dict[str, Any]:
        """The shape that `specloop trace --json` prints."""
        data = asdict(self)
        for module, plain in zip(self.modules, data["modules"], strict=True):
            if module.strength is not None:
                plain["strength"]["score"] = module.strength.score
        return data


def trace(
    project: Project,
    citations: Iterable[Citation],
    records: Mapping[str, CommitRecord],
    stale: Iterable[str],
    strengths: Mapping[str, Strength],
    today: date,
) -> Trace:
    """Trace every requirement; `stale` are names of modules that are not up to date."""
    citations = tuple(citations)
    known = {r.full_id for module in project.modules for r in module.requirements}
    return Trace(
        project.name,
        tuple(
            _module(
                module,
                [citation for citation in citations if citation.module == module.name],
                records.get(module.name),
                strengths.get(module.name),
                stale=module.name in stale,
                today=today,
            )
            for module in project.modules
        ),
        tuple(one for one in citations if f"{one.module}/{one.id}" not in known),
    )


def _module(
    spec: ModuleSpec,
    citations: list[Citation],
    made: CommitRecord | None,
    strength: Strength | None,
    *,
    stale: bool,
    today: date,
) -> ModuleTrace:
    requirements = tuple(
        _requirement(spec, requirement, citations, strength, today)
        for requirement in spec.requirements
    )
    return ModuleTrace(
        spec.name, spec.path, made.commit if made else None, stale, requirements, strength
    )


def _requirement(
    spec: ModuleSpec,
    requirement: Requirement,
    citations: list[Citation],
    strength: Strength | None,
    today: date,
) -> RequirementTrace:
    id_ = requirement.id
    rows = tuple(row.line for row in spec.rows if id_ in row.ids)
    held_out = tuple(row.line for row in spec.held_out if id_ in row.ids)
    tests = tuple(dict.fromkeys(one.node_id for one in citations if one.id == id_))
    survivors = None
    if strength is not None:
        near = (one for one in strength.survived if one.requirement == requirement.full_id)
        survivors = sum(1 for _ in near)
    state = "checked" if rows or held_out or tests else _unchecked(spec, id_, today)
    return RequirementTrace(
        requirement.full_id,
        requirement.text,
        requirement.line,
        state,
        rows,
        held_out,
        tests,
        survivors,
    )


def _unchecked(spec: ModuleSpec, id_: str, today: date) -> str:
    accepted = next((one for one in spec.accepted if one.id == id_), None)
    if accepted is None:
        return "unchecked"
    return "accepted" if accepted.holds(today) else "expired"
