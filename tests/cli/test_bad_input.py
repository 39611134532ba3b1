"""Whatever is wrong with what the user wrote or typed: a clear message, and nothing is changed."""

from dataclasses import dataclass, field

import pytest
from command_line import DOUBLE, PROJECT, everything


@dataclass(frozen=True)
class Case:
    """Files in the place of the good ones, and the words that tell what is wrong with them."""

    words: tuple[str, ...]
    files: dict[str, str] = field(default_factory=dict)


def project(text, *words):
    return Case(words, {"project.toml": text})


def spec(text, *words, **others):
    named = {f"specs/{name}.yaml": other for name, other in others.items()}
    return Case(words, {"specs/double.yaml": text, **named})


def renamed(name, needs):
    """The spec, as that of another module."""
    return f"{DOUBLE.replace('double', name)}dependencies: [{needs}]\n"


def at(file):
    return DOUBLE.replace("sums/double.py", file)


CASES = {
    "TOML": project(PROJECT + "x = [", "project.toml:6: error P101 not TOML"),
    "unknown table": project(PROJECT + "[limit]\n", "unknown key 'limit'; did you mean 'limits'?"),
    "unknown key": project(
        PROJECT + "[limits]\nattempt = 3\n",
        "project.toml:7: error P102",
        "unknown key 'attempt' in limits; did you mean 'attempts'?",
    ),
    "wrong type": project(
        PROJECT + '[limits]\nattempts = "3"\n',
        "project.toml:7: error P104 limits.attempts: must be a valid integer, not '3'",
    ),
    "no model": project(PROJECT.partition("\n\n")[0], "names no model", "[[models]]\nname = "),
    "model without a name": project(
        PROJECT.replace('name = "replay/replies"', ""),
        "project.toml:4: error P103 the key 'name' is missing in models[0]",
    ),
    "no answers": project(
        PROJECT.replace("/replies", "/nowhere"), "error P109", "'nowhere' does not exist"
    ),
    "key in the file": project(
        PROJECT + 'api_key_env = "sk-abcdefgh12345678"\n', "project.toml:6: error P108", "variable"
    ),
    "no sandbox without saying so": project(
        PROJECT + '[sandbox]\nlevel = "none"\n',
        "Usage: specloop run",
        "level = 'none'",
        "--sandbox none",
    ),
    "no spec": project(
        PROJECT.replace("[[", 'specs = ["modules/*.yaml"]\n[['),
        "project.toml:4: error P106 no file matches 'modules/*.yaml'",
    ),
    "YAML": spec(DOUBLE + 'task: "abc', "specs/double.yaml:13: error S101 not YAML"),
    "key of a spec": spec(
        DOUBLE + "exmaples: x\n",
        "specs/double.yaml:13: error S106 unknown key 'exmaples'; did you mean 'examples'?",
    ),
    "type in a spec": spec(
        DOUBLE + "limits: { module_lines: many }\n",
        "specs/double.yaml:13: error S108 limits.module_lines: must be a valid integer, not 'many'",
    ),
    "one file for two": spec(
        DOUBLE,
        "specs/twice.yaml:2: error S202",
        "the file 'sums/double.py' is that of 'specs/double.yaml', too",
        twice=DOUBLE,
    ),
    "cycle": spec(
        renamed("double", "third"),
        "error S204 modules depend on each other: double -> third -> twice -> double",
        twice=renamed("twice", "double"),
        third=renamed("third", "twice"),
    ),
    "unknown dependency": spec(
        DOUBLE,
        "specs/twice.yaml:13: error S203 module 'twice' depends on 'duoble', which no spec defines",
        "did you mean 'double'?",
        twice=renamed("twice", "duoble"),
    ),
    "absolute file": spec(at("/tmp/x.py"), "error S114", "'/tmp/x.py' is absolute"),
    "file outside": spec(at("sums/../../x.py"), "error S114", "may not leave the project's root"),
    "file behind a link": spec(at("link/x.py"), "error S114", "'link' is a symbolic link"),
    "conftest.py": spec(at("sums/conftest.py"), "pytest would take 'sums/conftest.py'"),
    "file in .git": spec(at(".git/hooks/x.py"), "is below '.git'"),
    "file among the tests": spec(at("tests/x.py"), "is below 'tests'"),
    "no such test": spec(
        DOUBLE + "tests: [tests/test_x.py]\n",
        "specs/double.yaml:13: error S115 'tests/test_x.py' does not exist",
    ),
    "row that is no Python": spec(
        DOUBLE.replace("== 4", "=="),
        "specs/double.yaml:9: error R103 the check 'double(2) ==' is not an expression",
    ),
    "row with an unknown id": spec(
        DOUBLE.replace("O1: double(2)", "O7: double(2)"),
        "specs/double.yaml:9: error R102 no requirement has the id 'O7'; known: O1",
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_what_is_written(folder, refused, case):
    (folder.root.parent / "outside").mkdir()
    (folder.root / "link").symlink_to(folder.root.parent / "outside")
    folder.write(case.files)
    folder.start_repository()
    before = everything(folder.root.parent)

    code, message = refused("run")

    assert code == 2
    assert [words for words in case.words if words not in message] == [], message
    assert everything(folder.root.parent) == before


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("check nowhere", "there is no project.toml in 'nowhere'"),
        ("check nowhere/project.toml", "there is no project.toml in 'nowhere'"),
        ("run specs", "there is no project.toml in 'specs'"),
        ("run specs/double.yaml", "'specs/double.yaml' is not a project"),
        ("run --module duoble", "no spec defines a module 'duoble'; did you mean 'double'?"),
        ("show double", "nothing is recorded here about module 'double'"),
    ],
)
def test_what_is_meant(folder, refused, words, told):
    folder.start_repository()
    before = everything(folder.root)
    code, message = refused(*words.split())
    assert code == 2
    assert message.startswith(told)
    assert everything(folder.root) == before


@pytest.mark.parametrize(
    ("words", "usage", "told"),
    [
        ("rnu", "specloop [OPTIONS] COMMAND", "No such command 'rnu'"),
        ("run --fast", "specloop run [OPTIONS]", "'--fast'"),
        ("run --jobs 0", "specloop run [OPTIONS]", "0 is not in the range x>=1"),
        ("run --sandbox weak", "specloop run [OPTIONS]", "'auto', 'strong', 'basic', 'none'"),
        ("check a b", "specloop check [OPTIONS]", "unexpected extra argument (b)"),
        ("show", "specloop show [OPTIONS]", "Missing argument 'MODULE'"),
        ("init", "specloop init [OPTIONS]", "missing argument 'DIR'"),
    ],
)
def test_what_no_command_takes(folder, refused, words, usage, told):
    folder.start_repository()
    before = everything(folder.root)
    code, message = refused(*words.split())
    assert code == 2
    assert message.startswith(f"Usage: {usage}")
    assert told in message
    assert everything(folder.root) == before


@pytest.mark.parametrize("place", ["nowhere", "README.md"])
def test_status_of_another_place_than_the_one_at_hand(folder, refused, place):
    folder.write({"README.md": "Sums", ".specloop/.gitignore": "*"})
    folder.specloop("status")
    assert (folder.root / ".specloop" / "status.json").exists()
    code, message = refused("status", place)
    assert code == 2
    assert "project.toml" in message


UNKNOWN = '[[models]]\nname = "nobody/knows"\n'


@pytest.mark.parametrize(
    "text",
    [PROJECT.partition("[[")[0] + UNKNOWN, PROJECT + UNKNOWN],
    ids=["alone", "to go on with"],
)
def test_unknown_model(folder, refused, text):
    folder.write({"project.toml": text})
    folder.start_repository()
    before = everything(folder.root)
    code, message = refused("run")
    assert code == 2
    assert "model 'nobody/knows' has no provider that LiteLLM knows" in message
    assert everything(folder.root) == before
