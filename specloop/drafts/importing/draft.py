"""What an import makes of a source: features as the source tells them, and drafts of modules."""

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A line of a file of the source, whose path is relative to the source's root."""

    path: str
    line: int

    def __str__(self) -> str:
        return f"{self.path}#L{self.line}"


@dataclass(frozen=True, slots=True)
class Dropped:
    """Something that no draft holds, and why."""

    place: Place
    reason: str


@dataclass(frozen=True, slots=True)
class Setting:
    """Something that belongs into project.toml; `key` says where, such as "[style] rules".

    All keys are lists, and the text is one item. It is not `usable` where a person must look at
    it first.
    """

    key: str
    text: str
    place: Place
    usable: bool = True

    @property
    def table(self) -> str:
        """The table of the key, in brackets."""
        return self.key.partition(" ")[0]

    @property
    def name(self) -> str:
        """The key within its table."""
        return self.key.partition(" ")[2]


@dataclass(frozen=True, slots=True)
class Rule:
    """A requirement of the source.

    `id` is the source's own, or ""; the text holds it, too. `category` is one of a spec's lists.
    `story` is what ties the rule to tasks that do not cite it; `note` is for people.
    """

    id: str
    category: str
    text: str
    place: Place
    story: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class RowToWrite:
    """A scenario, or a property, out of which a person makes example rows for the rules `about`."""

    text: str
    place: Place
    about: tuple[str, ...] = ()
    story: str = ""


@dataclass(frozen=True, slots=True)
class Task:
    """A task that names files.

    `files` are modules in Python, `tests` pytest files; `details` stand below the task; `cites` are
    ids of rules and `after` ids of tasks. The `foundation` comes before all stories.
    """

    id: str
    text: str
    place: Place
    files: tuple[str, ...]
    tests: tuple[str, ...] = ()
    details: tuple[str, ...] = ()
    cites: tuple[str, ...] = ()
    story: str = ""
    after: tuple[str, ...] = ()
    foundation: bool = False


@dataclass(frozen=True, slots=True)
class Feature:
    """What the tool of the source plans as one; `about` says what it is for, in free text.

    `signatures` are places that show how names in Python are to be used.
    """

    name: str
    title: str
    place: Place
    about: Sequence[str] = ()
    rules: Sequence[Rule] = ()
    rows: Sequence[RowToWrite] = ()
    tasks: Sequence[Task] = ()
    signatures: Sequence[Place] = ()


@dataclass(slots=True)
class Draft:
    """A module in the making; `file` is "" where the source does not say which."""

    name: str
    title: str
    file: str = ""
    about: list[str] = field(default_factory=list)
    sources: list[Place] = field(default_factory=list)
    rules: list[Rule] = field(default_factory=list)
    rows: list[RowToWrite] = field(default_factory=list)
    dependencies: list[str] = field(default_factory=list)
    tests: list[str] = field(default_factory=list)
    signatures: list[Place] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Written:
    """A draft as the text of a spec; `counts` are those of its lists and of rows to write."""

    draft: Draft
    text: str
    counts: dict[str, int]
    open_points: int


@dataclass(frozen=True, slots=True)
class Imported:
    """What was made of the source at `root`, whose layout is that of the tool `kind`."""

    kind: str
    root: str
    drafts: tuple[Written, ...]
    dropped: tuple[Dropped, ...]
    settings: tuple[Setting, ...]
