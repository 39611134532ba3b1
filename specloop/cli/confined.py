"""A runner that says when tests are confined by less than could be."""

from collections.abc import Callable

from specloop.attempt.redaction import Redactor
from specloop.verify.guarded import GuardedRunner
from specloop.verify.runner import PytestRunner
from specloop.verify.sandbox import Confinement


class TellingRunner(GuardedRunner):
    """Tells `notice`, once it is ready, what code may do here that it may not do elsewhere.

    It is meant for a level that nobody chose: whoever did knows what it leaves open.
    """

    def __init__(
        self, runner: PytestRunner, redactor: Redactor, notice: Callable[[str], None]
    ) -> None:
        super().__init__(runner, redactor)
        self._notice = notice

    def prepare(self) -> None:
        """Make the runner ready, and say what it lacks."""
        super().prepare()
        if text := lacking(self.confinement):
            self._notice(text)


def lacking(confinement: Confinement) -> str:
    """What this machine lacks of the level "strong", and what helps; "" where that holds."""
    if confinement.level == "strong":
        return ""
    missing = "".join(f"; {each}" for each in confinement.missing)
    return (
        f"tests may reach your files or the network here: only {confinement.level!r} "
        f"({', '.join(confinement.layers)}) can be had{missing}; run specloop in a container, or "
        "see `specloop doctor`"
    )
