"""project.toml, from the file to checked settings."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement
from pydantic import ValidationError

from specloop.spec import path_rules
from specloop.spec.problems import Problems, read_text
from specloop.spec.settings import ModelTable, ProjectTable, Settings
from specloop.spec.toml_text import Path as KeyPath
from specloop.spec.toml_text import TomlText, read_toml
from specloop.spec.validation import explain

PROJECT_FILE = "project.toml"

_CODES = {"unknown": "P102", "missing": "P103", "value": "P104"}
_SECRET_KEY = re.compile(r"(x[-_])?api[-_]?key|authorization|password|secret", re.IGNORECASE)
SECRET = re.compile(r"(Bearer )?(sk-|gsk_|hf_|xai-|AIza|ghp_|github_pat_)[\w-]{8,}")
VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
LOCAL = re.compile(r"smollm2|.+\.[Gg][Gg][Uu][Ff]")
RULE = re.compile(r"[A-Z]+[0-9]*")
BAD_BRANCH = re.compile(
    r"[\x00-\x20\x7f~^:?*\[\\]|\.\.|@\{|//|/\.|\.lock(/|$)|[/.]$|^[-/.]|^@$|^HEAD$|^refs/"
)


def read_settings(root: Path, problems: Problems) -> tuple[Settings, TomlText] | None:
    """The settings of the project at `root`, with the text they come from.

    None where they are no settings at all; problems P101 to P111 say why, or what is wrong with
    settings that could be read.
    """
    text = read_text(root / PROJECT_FILE, problems, "P100")
    toml = None if text is None else read_toml(text, problems)
    if toml is None:
        return None
    for path in _secrets(toml.data, ()):
        problems.add(toml.line(path), "P108", _SECRET_TEXT)
    try:
        settings = Settings.model_validate(toml.data)
    except ValidationError as error:
        for path, kind, message in explain(error, Settings):
            line = toml.line(path)
            if kind == "missing" or not problems.has(line):
                problems.add(line, _CODES[kind], message)
        return None
    for path, code, message in _faults(root, settings):
        problems.add(toml.line(path), code, message)
    return (settings, toml) if settings.project.pythonpath else None


_SECRET_TEXT = (
    "this looks like a key or password itself, and this file is shared; put the key into an "
    "environment variable and its name into `api_key_env`"
)


def _secrets(value: object, path: KeyPath) -> Iterator[KeyPath]:
    if isinstance(value, dict):
        for key, below in value.items():
            if isinstance(below, str) and below and _SECRET_KEY.fullmatch(key):
                yield (*path, key)
            else:
                yield from _secrets(below, (*path, key))
    elif isinstance(value, list):
        for position, below in enumerate(value):
            yield from _secrets(below, (*path, position))
    elif isinstance(value, str) and SECRET.fullmatch(value):
        yield path


Fault = tuple[KeyPath, str, str]


def _faults(root: Path, settings: Settings) -> Iterator[Fault]:
    yield from _project_faults(root, settings)
    yield from _ladder_faults(root, settings.models)
    for position, target in enumerate(settings.integration.tests):
        fault = path_rules.missing(root, target.partition("::")[0])
        if fault is not None:
            yield ("integration", "tests", position), "P105", fault
    for position, rule in enumerate(settings.style.ruff):
        if not RULE.fullmatch(rule):
            yield ("style", "ruff", position), "P104", f"{rule!r} is no rule code of ruff, as 'F'"
    branch = settings.git.branch
    if branch and BAD_BRANCH.search(branch):
        text = f"{branch!r} is not a name for a branch; use one such as 'specloop/work'"
        yield ("git", "branch"), "P111", text


def _project_faults(root: Path, settings: Settings) -> Iterator[Fault]:
    project = settings.project
    if BAD_BRANCH.search(project.name) and not settings.git.branch:
        text = f"{project.name!r} cannot end the name of a branch; set `branch` in [git]"
        yield ("project", "name"), "P111", text
    yield from _package_faults(project)
    for key in ("specs", "pythonpath"):
        for position, path in enumerate(getattr(project, key)):
            fault = path_rules.outside(path)
            if fault is None and path != path_rules.normal(path):
                fault = f"write {path!r} as {path_rules.normal(path)!r}"
            if fault is not None:
                yield ("project", key, position), "P105", fault
    if not project.pythonpath:
        yield ("project", "pythonpath"), "P104", "pythonpath is empty; name a folder, such as '.'"
    if project.python and not (root / project.python).is_file():
        text = f"the interpreter {project.python!r} does not exist; mend the path or remove the key"
        yield ("project", "python"), "P105", text


def _package_faults(project: ProjectTable) -> Iterator[Fault]:
    for key in ("packages", "test_packages"):
        for position, package in enumerate(getattr(project, key)):
            try:
                Requirement(package)
            except InvalidRequirement as error:
                reason = str(error).partition("\n")[0]
                text = f"{package!r} is not a requirement such as 'httpx>=0.27': {reason}"
                yield ("project", key, position), "P107", text


def _ladder_faults(root: Path, models: Sequence[ModelTable]) -> Iterator[Fault]:
    names = [model.name for model in models]
    for position, model in enumerate(models):
        for key, code, text in _model_faults(root, model):
            yield ("models", position, key), code, text
        if model.name in names[:position]:
            text = f"model {model.name!r} stands twice on the ladder; remove one of them"
            yield ("models", position, "name"), "P109", text


def _model_faults(root: Path, model: ModelTable) -> Iterator[tuple[str, str, str]]:
    kind, slash, rest = model.name.partition("/")
    if model.api_key_env and not VARIABLE.fullmatch(model.api_key_env):
        yield "api_key_env", "P108", _SECRET_TEXT
    if not slash:
        return
    if kind == "local" and not LOCAL.fullmatch(rest):
        text = f"no weights are called {rest!r}; write 'local/smollm2', or 'local/FILE.gguf'"
        yield "name", "P109", text
    if kind == "command" and not rest.strip():
        yield "name", "P109", "'command/' needs a program, as in 'command/my-agent --once'"
    if kind == "replay":
        fault = path_rules.missing(root, rest)
        if fault is None and not (root / rest).is_dir():
            fault = f"{rest!r} is not a folder"
        if fault is not None:
            yield "name", "P109", f"'replay/' needs a folder of answers: {fault}"
