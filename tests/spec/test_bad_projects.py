"""Projects with one fault each: what is found, in which file, on which line."""

import pytest
from small_project import Make, changed, found_in

# (what is replaced, by what, line, code, a piece of the message)
OFF_PEAK = (
    "price = {{ input = 1, output = 2, "
    "off_peak = {{ input = 0.5, output = 1, hours_utc = [{hours}] }} }}"
)
OFF_PEAK_ON = """\
price.input = 1
price.output = 2
price.off_peak.input = 0.5
price.off_peak.output = 1
price.off_peak.hours_utc = ["10:00-00:00"]
price.off_peak.weekdays = {days}"""
PROJECT_FAULTS = [
    ('name = "shop"', 'name = "shop', 2, "P101", "not TOML"),
    ("[limits]", "[limits", 11, "P101", "not TOML"),
    ("usd = 5\n", "usd = 5\nusd = 6\n", 13, "P101", "overwrite"),
    ("usd = 5", "usdd = 5", 12, "P102", "unknown key 'usdd' in limits; did you mean 'usd'?"),
    ("[limits]", "[limit]", 11, "P102", "did you mean 'limits'?"),
    ("[limits]", '[git]\nbranhc = "x"\n[limits]', 12, "P102", "did you mean 'branch'?"),
    ("temperature = 0", "temprature = 0", 9, "P102", "did you mean 'temperature'?"),
    ('name = "shop"\n', "", 1, "P103", "the key 'name' is missing in project"),
    ("temperature = 0", "temperature = 3", 9, "P104", "models[0].temperature: must be less than"),
    ("temperature = 0", "temperature = true", 9, "P104", "valid number, not True"),
    ("temperature = 0", "temperature = nan", 9, "P104", "temperature"),
    ("usd = 5", 'usd = "5"', 12, "P104", "limits.usd: must be a valid number, not '5'"),
    ("usd = 5", "attempts = -1", 12, "P104", "greater than or equal to 0, not -1"),
    ("usd = 5", "attempts = 1.5", 12, "P104", "limits.attempts: must be a valid integer"),
    ("usd = 5", "models_in_flight = 0", 12, "P104", "greater than or equal to 1"),
    ("temperature = 0", "price = { input = -1, output = 1 }", 9, "P104", "price.input: must be"),
    ("temperature = 0", OFF_PEAK.format(hours='"10-12"'), 9, "P104", "'10-12' are no hours; write"),
    ("temperature = 0", OFF_PEAK.format(hours='"24:00-01:00"'), 9, "P104", "hours_utc[0]: '24:00"),
    ("temperature = 0", OFF_PEAK.format(hours=""), 9, "P104", "hours_utc: list should have"),
    ("temperature = 0", OFF_PEAK_ON.format(days="[0]"), 14, "P104", "weekdays[0]: must be greater"),
    ("temperature = 0", OFF_PEAK_ON.format(days="[8]"), 14, "P104", "weekdays[0]: must be less"),
    ("temperature = 0", OFF_PEAK_ON.format(days="['Mon']"), 14, "P104", "a valid integer"),
    (
        "temperature = 0",
        OFF_PEAK_ON.format(days="[1]\nprice.off_peak.hours = 1"),
        15,
        "P102",
        "mean 'hours_utc'?",
    ),
    ('name = "shop"', 'name = "a b"', 2, "P104", "project.name"),
    ('["specs/*.yaml"]', '[\n  "specs/*.yaml",\n  3,\n]', 5, "P104", "project.specs[1]"),
    ("usd = 5", 'usd = 5\n[style]\nruff = ["F", "f8"]', 14, "P104", "'f8' is no rule code"),
    ("usd = 5", 'usd = 5\n[sandbox]\nlevel = "full"', 14, "P104", "'auto', 'strong'"),
    ('["specs/*.yaml"]', '["specs/*.yaml"]\npythonpath = []', 4, "P104", "name a folder"),
    ('["specs/*.yaml"]', '["../*.yaml", "specs/*.yaml"]', 3, "P105", "leads upwards"),
    ('["specs/*.yaml"]', '["/x/*.yaml", "specs/*.yaml"]', 3, "P105", "absolute"),
    ('["specs/*.yaml"]', '["specs/*.yaml"]\npythonpath = [".", "a/.."]', 4, "P105", "upwards"),
    ('["specs/*.yaml"]', '["specs/*.yaml"]\npythonpath = [".", "src/"]', 4, "P105", "as 'src'"),
    ('["specs/*.yaml"]', '["specs/*.yaml"]\npython = "no/python"', 4, "P105", "no/python"),
    ('["tests/integration"]', '["tests/intgration"]', 15, "P105", "does not exist"),
    ('["specs/*.yaml"]', '["specs/*.yaml", "more/*.yaml"]', 3, "P106", "no file matches 'more"),
    ('"httpx"', '"httpx >< 1"', 4, "P107", "'httpx >< 1' is not a requirement"),
    ("temperature = 0", 'api_key = "abcdefgh"', 9, "P108", "environment variable"),
    ("temperature = 0", 'extra = { h = { Authorization = "x y" } }', 9, "P108", "api_key_env"),
    ('"DEEPSEEK_API_KEY"', '"sk-0123456789abcdef"', 8, "P108", "environment variable"),
    ('"DEEPSEEK_API_KEY"', '"my key"', 8, "P108", "environment variable"),
    ("deepseek/deepseek-flash", "replay/answers", 7, "P109", "'answers' does not exist"),
    ("deepseek/deepseek-flash", "replay/../answers", 7, "P109", "leads upwards"),
    ("deepseek/deepseek-flash", "replay/project.toml", 7, "P109", "not a folder"),
    ("deepseek/deepseek-flash", "command/ ", 7, "P109", "needs a program"),
    (
        "temperature = 0",
        'temperature = 0\n[[models]]\nname = "deepseek/deepseek-flash"',
        11,
        "P109",
        "stands twice on the ladder",
    ),
    ("deepseek/deepseek-flash", "local/smolm2", 7, "P109", "write 'local/smollm2', or"),
    ("deepseek/deepseek-flash", "local/", 7, "P109", "'local/FILE.gguf'"),
    ("usd = 5", 'usd = 5\n[git]\nbranch = "a b"', 14, "P111", "'a b'"),
    ("usd = 5", 'usd = 5\n[git]\nbranch = "a..b"', 14, "P111", "'a..b'"),
    ("usd = 5", 'usd = 5\n[git]\nbranch = "-d"', 14, "P111", "'-d'"),
    ("usd = 5", 'usd = 5\n[git]\nbranch = "x.lock/y"', 14, "P111", "'x.lock/y'"),
    ('name = "shop"', 'name = "shop.lock"', 2, "P111", "set `branch` in [git]"),
]


@pytest.mark.parametrize(("old", "new", "line", "code", "piece"), PROJECT_FAULTS)
def test_project_fault(make: Make, old: str, new: str, line: int, code: str, piece: str) -> None:
    (finding,) = found_in(make(changed("project.toml", old, new)))
    assert (finding.path, finding.line, finding.code) == ("project.toml", line, code)
    assert finding.level == "error"
    assert piece in finding.text


def test_key_is_never_printed(make: Make) -> None:
    root = make(changed("project.toml", "DEEPSEEK_API_KEY", "sk-canary-0123456789"))
    assert "canary" not in str(found_in(root))
    root = make(changed("project.toml", "temperature = 0", 'api_key = "sk-canary-0123456789"'))
    assert "canary" not in str(found_in(root))


SPEC_FAULTS = [
    # YAML and its traps
    ("task: Turn", "task: [Turn", 2, "S101", "not YAML"),
    ("V1: no hyphen", "V1: no: hyphen", 7, "S101", "in quotes"),
    ("V1: no hyphen", "@no hyphen", 7, "S101", "in quotes"),
    ("style:\n", "style: \x07\n", 12, "S101", "not allowed"),
    ("- Follow PEP 8", "- 'Follow PEP 8", 13, "S101", "end of stream"),
    ("style:\n", "<<: {a: b}\nstyle:\n", 12, "S102", "merge key"),
    ("  - Follow PEP 8", "  - !!str Follow PEP 8", 13, "S102", "tag"),
    ("setup: |", "---\nsetup: |", 14, "S102", "second document"),
    ("task: Turn", "%YAML 1.1\n---\ntask: Turn", 1, "S102", "directives"),
    ("style:\n", "task: again\nstyle:\n", 12, "S103", "'task'"),
    ("at most 60 characters", "at most # 60 characters", 8, "S104", "in quotes"),
    ("into a slug", "into a slug # 1", 1, "S104", "in quotes"),
    ("V1: no hyphen at either end", "V1: no hyphen # at the end", 7, "S104", "in quotes"),
    ("at most 60 characters", "no", 8, "S105", "'no' as true or false"),
    ("at most 60 characters", "0123", 8, "S105", "'0123' as a number"),
    ("at most 60 characters", "1.50", 8, "S105", "'1.50' as a number"),
    ("at most 60 characters", "2026-01-31", 8, "S105", "as a date"),
    ("at most 60 characters", "12:30", 8, "S105", "'12:30'"),
    ("at most 60 characters", "limit: 60", 8, "S105", "'60' as a number"),
    ("at most 60 characters", "off: switched", 8, "S105", "'off'"),
    ("at most 60 characters", "", 8, "S105", "is empty"),
    ("task: Turn a title into a slug", "task: true", 1, "S105", "'true'"),
    ("style:\n", "accepted: [{id: V1, reason: 1.5}]\nstyle:\n", 12, "S105", "as a number"),
    ("dependencies: [text]", "dependencies:", 11, "S105", "'dependencies' is empty"),
    # keys and values
    ("style:\n", "stile:\n", 12, "S106", "unknown key 'stile'; did you mean 'style'?"),
    ("error_handling:", "eror_handling:", 9, "S106", "did you mean 'error_handling'?"),
    ("style:\n", "limits: {usd: 1}\nstyle:\n", 12, "S106", "unknown key 'usd' in limits"),
    ("file: shop/slug.py\n", "", 1, "S107", "the key 'file' is missing"),
    ("task: Turn a title into a slug", "task: ' '", 1, "S108", "what the module is for"),
    ("style:\n", "limits: {module_lines: 0x20}\nstyle:\n", 12, "S108", "valid integer"),
    ("style:\n", "limits: {attempts: -1}\nstyle:\n", 12, "S108", "greater than or equal"),
    ("style:\n", "checked_by: hand\nstyle:\n", 12, "S108", "'integration'"),
    ("at most 60 characters", "{a: b, c: d}", 8, "S108", "one text or one `key: value`"),
    ("at most 60 characters", "a: [b]", 8, "S108", "must be a text"),
    ("style:\n", "validation: [more]\nstyle:\n", 12, "S108", "top level"),
    ("examples: |", "examples: >", 16, "S108", "`examples: |`"),
    ("into a slug", "into a {what it becomes}", 1, "S109", "'{what it becomes}'"),
    ("task: Turn a title into a slug", "task: {description}", 1, "S109", "'{description}'"),
    ("- Follow PEP 8", "- {style rules}", 13, "S109", "'{style rules}'"),
    ("file: shop/slug.py", "file: {path}", 2, "S109", "'{path}'"),
    ("at most 60", "[NEEDS CLARIFICATION] at most", 8, "S101", "in quotes"),
    ("at most 60", "at most NEEDS CLARIFICATION", 8, "S109", "write down the answer"),
    # requirements
    ("V1: no hyphen", "E1: no hyphen", 7, "S110", "ids begin with V"),
    ("V1: no hyphen", "V01: no hyphen", 7, "S110", "leading zero"),
    ("nothing is left of the title", "none\n    - E1: nope", 10, "S110", "beside other items"),
    ("at most 60 characters", "V2: none", 8, "S110", "beside other items"),
    ("nothing is left of the title", "'V1: none'", 10, "S110", "ids begin with E"),
    ("at most 60 characters", "V1: at most 60 characters", 8, "S111", "first on line 7"),
    ("at most 60 characters", '"V1: at most"', 8, "S111", "the id V1"),
    # exports, name, file, tests
    ("def slugify(title: str) -> str", "slugify", 4, "S112", "not a signature"),
    ("def slugify(title: str) -> str", "def slugify(title", 4, "S112", "not closed"),
    ('-> str"', '-> str"\n  - class slugify', 5, "S112", "exported twice"),
    ("file: shop", "name: 1st\nfile: shop", 2, "S113", "'1st'"),
    ("file: shop", "name: integration\nfile: shop", 2, "S113", "'integration'"),
    ("shop/slug.py", "../slug.py", 2, "S114", "leads upwards"),
    ("shop/slug.py", "/shop/slug.py", 2, "S114", "absolute"),
    ("shop/slug.py", "shop\\slug.py", 2, "S114", "backslash"),
    ("shop/slug.py", "shop/slug.txt", 2, "S114", "does not end in .py"),
    ("shop/slug.py", "shop/my-slug.py", 2, "S114", "'my-slug' is not a name"),
    ("shop/slug.py", "class/slug.py", 2, "S114", "'class' is not a name"),
    ("shop/slug.py", "json/slug.py", 2, "S114", "standard library's 'json'"),
    ("shop/slug.py", "conftest.py", 2, "S114", "pytest would take"),
    ("shop/slug.py", "shop/test_slug.py", 2, "S114", "pytest would take"),
    ("shop/slug.py", "tests/slug.py", 2, "S114", "no generated code"),
    ("shop/slug.py", ".git/slug.py", 2, "S114", "no generated code"),
    ("shop/slug.py", ".specloop/slug.py", 2, "S114", "no generated code"),
    ("shop/slug.py", "__init__.py", 2, "S114", "cannot be imported"),
    ("style:\n", "tests: [tests/test_slug.py]\nstyle:\n", 12, "S115", "does not exist"),
    ("style:\n", "tests:\n  - ../t.py\nstyle:\n", 13, "S115", "leads upwards"),
    # what says that the module is right
    ("style:\n", "checked_by: integration\nstyle:\n", 12, "S116", "tests of their own"),
    ("examples: |", "held_out: |", 1, "S116", "nothing says when"),
    ("examples: |", "examples: |\n  # row to write\nheld_out: |", 1, "S116", "nothing says when"),
    ("style:\n", "write_tests: true\nstyle:\n", 12, "S117", "not available in this version"),
    ('TITLE = "a"', 'ok = 1\n  TITLE = "a', 16, "S118", "`setup` is not Python"),
    ('TITLE = "a"', "return", 15, "S118", "outside function"),
    ('TITLE = "a"', 'TITLE = "a"\n  from json import *', 16, "S118", "only allowed at module"),
    # rows
    ('E1: slugify("")', 'slugify("")', 20, "R101", "does not begin with requirement ids"),
    ("V1, V2:", "V1, V3:", 17, "R102", "no requirement has the id 'V3'"),
    ('slugify(TITLE) == "a"', "slugify(TITLE", 17, "R103", "not closed"),
    ('slugify(TITLE) == "a"', 'slugify(TITLE) = "a"', 17, "R103", "not an expression"),
    ('ValueError "empty"', "", 20, "R104", "needs an exception"),
    ("raises ValueError", "logs warning", 20, "R104", "did you mean 'WARNING'?"),
    ('slugify(TITLE) == "a"', '(slugify(TITLE), "a")', 17, "R105", "says nothing"),
    # other specs
    ("dependencies: [text]", "dependencies:\n  - text\n  - slug", 13, "S204", "slug -> slug"),
    ("[text]", "[txet]", 11, "S203", "did you mean 'text'?"),
    ("[text]", "[text, requests]", 11, "S203", "which no spec defines"),
    ("[text]", "[json]", 11, "S203", "standard library"),
]


@pytest.mark.parametrize(("old", "new", "line", "code", "piece"), SPEC_FAULTS)
def test_spec_fault(make: Make, old: str, new: str, line: int, code: str, piece: str) -> None:
    (finding,) = found_in(make(changed("specs/slug.yaml", old, new)))
    assert (finding.path, finding.line, finding.code) == ("specs/slug.yaml", line, code)
    assert finding.level == "error"
    assert piece in finding.text


BYTES = [
    (b"", "S101", 1),
    (b"just text", "S108", 1),
    (b"- a\n- b\n", "S108", 1),
    (b"task: ok\nfile: \xff\n", "S100", 2),
    (b"task: " + b"x" * 1_000_000, "S100", 1),
    (b"[" * 5_000, "S102", 1),
    (b"task: \x00", "S101", 1),
    (b"task: *nowhere", "S101", 1),
]


@pytest.mark.parametrize(("data", "code", "line"), BYTES)
def test_bytes_that_are_no_spec(make: Make, data: bytes, code: str, line: int) -> None:
    found = found_in(make({"specs/text2.yaml": data}))
    assert [(f.path, f.line, f.code) for f in found] == [("specs/text2.yaml", line, code)]


def test_alias_bomb(make: Make) -> None:
    levels = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    for level in range(1, 9):
        levels.append(f"a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * 10)}]")
    (finding,) = found_in(make({"specs/bomb.yaml": "\n".join(levels)}))
    assert (finding.code, finding.line) == ("S102", 4)


def test_every_fault_is_told_at_once(make: Make) -> None:
    changes = changed("project.toml", '"httpx"', '"httpx >< 1"')
    changes |= changed("specs/slug.yaml", "shop/slug.py", "shop/slug")
    changes |= changed("specs/text.yaml", "tests/test_text.py", "tests/none.py")
    changes["specs/broken.yaml"] = "task: ["
    assert [(f.path, f.code) for f in found_in(make(changes))] == [
        ("project.toml", "P107"),
        ("specs/broken.yaml", "S101"),
        ("specs/slug.yaml", "S114"),
        ("specs/text.yaml", "S115"),
    ]


def test_spec_that_cannot_be_read_is_no_unknown_dependency(make: Make) -> None:
    root = make({"specs/text.yaml": "task: ["})
    assert [(f.path, f.code) for f in found_in(root)] == [("specs/text.yaml", "S101")]
