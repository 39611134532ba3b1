"""What a prompt says besides the spec."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class PromptContext:
    """The surroundings of a module, as a model is shown them.

    `interfaces` maps the names of the modules it depends on to `(import path, interface)`, `tests`
    the paths of the user's tests to their text, `import_path` is the module's own dotted name.
    """

    import_path: str = ""
    style: tuple[str, ...] = ()
    packages: tuple[str, ...] = ()
    interfaces: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    tests: Mapping[str, str] = field(default_factory=dict)
    module_lines: int = 0
    function_lines: int = 0
