"""What a prompt says besides the spec."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Needed:
    """A module that another depends on: how it is imported, its interface, that without prose."""

    import_path: str
    interface: str
    bare: str


@dataclass(frozen=True, slots=True)
class PromptContext:
    """The surroundings of a module, as a model is shown them.

    `interfaces` are those of the modules it depends on, by their names, `tests` the texts of the
    user's tests by their paths, `import_path` is the module's own dotted name.
    """

    import_path: str = ""
    style: tuple[str, ...] = ()
    packages: tuple[str, ...] = ()
    interfaces: Mapping[str, Needed] = field(default_factory=dict)
    tests: Mapping[str, str] = field(default_factory=dict)
    module_lines: int = 0
    function_lines: int = 0
