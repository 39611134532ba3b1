"""A project: its settings and its modules, in build order."""

from dataclasses import dataclass
from pathlib import Path

from specloop.spec.module import ModuleSpec
from specloop.spec.settings import Settings


@dataclass(frozen=True, slots=True)
class Project:
    """Everything the user wrote, read and checked.

    `root` is the folder that holds project.toml. `modules` are in build order: a module comes after
    all it depends on.
    """

    root: Path
    settings: Settings
    modules: tuple[ModuleSpec, ...]

    @property
    def name(self) -> str:
        """The project's name."""
        return self.settings.project.name

    @property
    def branch(self) -> str:
        """The branch that the run commits to, without refs/heads/."""
        return self.settings.git.branch or f"specloop/{self.name}"

    def module(self, name: str) -> ModuleSpec:
        """The module of that name; KeyError if there is none."""
        for module in self.modules:
            if module.name == name:
                return module
        raise KeyError(name)

    def needs(self, module: ModuleSpec) -> tuple[ModuleSpec, ...]:
        """The modules that `module` depends on, directly or not, in build order."""
        wanted = set(module.dependencies)
        for other in reversed(self.modules):
            if other.name in wanted:
                wanted.update(other.dependencies)
        return tuple(m for m in self.modules if m.name in wanted)

    def limit(self, module: ModuleSpec, key: str) -> int:
        """A limit of [limits], or the spec's own."""
        own = module.limits.get(key)
        return int(getattr(self.settings.limits, key)) if own is None else own
