"""What a module's suite made of the mutants of its code."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from specloop.spec.fingerprint import digest
from specloop.spec.module import ModuleSpec
from specloop.strength.mutant import Mutant


@dataclass(frozen=True, slots=True)
class Killed:
    """A mutant that the suite noticed.

    `by` is the node id of the test that failed first, `requirements` are the full ids it cites,
    `verdict` is "failed", "timeout" or "resource".
    """

    id: str
    operator: str
    line: int
    verdict: str
    by: str = ""
    requirements: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Survivor:
    """A mutant with which the suite passes.

    `requirement` is the full id of the nearest one, "" where none is near. `row` would kill it, as
    it may be written into the spec; where none was found `note` says what that means. Both are ""
    as long as no row was looked for.
    """

    id: str
    operator: str
    line: int
    diff: str
    requirement: str = ""
    row: str = ""
    note: str = ""

    @property
    def settled(self) -> bool:
        """Whether a row for it was looked for."""
        return bool(self.row or self.note)


@dataclass(frozen=True, slots=True)
class Unjudged:
    """A mutant whose run proved nothing; `note` says why. It is run again the next time."""

    id: str
    operator: str
    line: int
    note: str


Judged = Killed | Survivor | Unjudged


@dataclass(frozen=True, slots=True)
class Strength:
    """How much the suite of a module notices, as far as that is known.

    `suite` is the digest of the suite and the code, `words` that of the requirements which the
    survivors are near to, `mutants` how many there are. The others are in the order of the lines.
    """

    module: str
    suite: str
    words: str
    mutants: int
    killed: tuple[Killed, ...] = ()
    survived: tuple[Survivor, ...] = ()
    unjudged: tuple[Unjudged, ...] = ()

    @classmethod
    def of(
        cls, spec: ModuleSpec, suite: str, mutants: Iterable[Mutant], judged: Mapping[str, Judged]
    ) -> "Strength":
        """From what is known of each mutant, by its id."""
        ids = [mutant.id for mutant in mutants]
        found = [judged[id_] for id_ in ids if id_ in judged]
        return cls(
            spec.name,
            suite,
            _words(spec),
            len(ids),
            tuple(one for one in found if isinstance(one, Killed)),
            tuple(one for one in found if isinstance(one, Survivor)),
            tuple(one for one in found if isinstance(one, Unjudged)),
        )

    @classmethod
    def from_plain(cls, data: Mapping[str, Any]) -> "Strength":
        """The way back from `dataclasses.asdict` and JSON; any error it raises means: no such."""
        killed = [Killed(**one) for one in data["killed"]]
        return cls(
            str(data["module"]),
            str(data["suite"]),
            str(data["words"]),
            int(data["mutants"]),
            tuple(replace(one, requirements=tuple(one.requirements)) for one in killed),
            tuple(Survivor(**one) for one in data["survived"]),
            tuple(Unjudged(**one) for one in data["unjudged"]),
        )

    def holds_for(self, spec: ModuleSpec, suite: str) -> bool:
        """Whether it was measured with this suite and these requirements."""
        return self.suite == suite and self.words == _words(spec)

    @property
    def judged(self) -> int:
        """How many mutants have been run."""
        return len(self.killed) + len(self.survived) + len(self.unjudged)

    @property
    def finished(self) -> bool:
        """Whether every mutant was run, and a row looked for, for each survivor."""
        return self.judged == self.mutants and all(one.settled for one in self.survived)

    @property
    def score(self) -> float | None:
        """The part of the judged mutants that was noticed, 0 to 1; None where there is none."""
        judged = len(self.killed) + len(self.survived)
        return len(self.killed) / judged if judged else None


def _words(spec: ModuleSpec) -> str:
    return digest([[requirement.id, requirement.text] for requirement in spec.requirements])
