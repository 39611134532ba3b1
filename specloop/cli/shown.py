"""What people get to see of other people's text."""

import os

from specloop.attempt.redaction import Redactor
from specloop.models.key import secrets_of
from specloop.report.printable import printable
from specloop.spec.project import Project


def redactor_of(project: Project | None = None) -> Redactor:
    """What keeps the environment's secrets out of texts; a project says of more what they are."""
    return Redactor.of(secrets_of(os.environ, project.settings.models if project else ()))


def shown(text: str, redactor: Redactor | None = None) -> str:
    """The text without secrets, and with nothing in it that a terminal would obey."""
    return printable((redactor or redactor_of())(text))
