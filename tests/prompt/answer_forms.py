"""The forms in which models answer, as data: one module's code, wrapped as each of them does it.

Tests of the loop and of the adapters send these texts, too: what a form is to give stands here.
"""

import ast
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from specloop.attempt.completion import Completion
from specloop.spec.interface import defined_names


def same(code):
    return code


@dataclass(frozen=True, slots=True)
class Form:
    """One form of answer.

    `make` takes the module's code (it ends with one line end) and its file and gives the raw text;
    None stands for a null. `field` is where a server puts it; `content` is null then. `wanted` is
    the code that is to be read, where `expect` is "code"; where it is "format", `says` is a part
    of the message, in which "{file}" stands for the file.
    """

    name: str
    make: Callable[[str, str], str | None]
    expect: Literal["code", "format"] = "code"
    finish_reason: str = "stop"
    field: Literal["content", "reasoning_content", "reasoning"] = "content"
    wanted: Callable[[str], str] = same
    says: str = ""

    def completion(self, code, file):
        """What an adapter makes of it."""
        return Completion(self.make(code, file) or "", "m", self.finish_reason)

    def message(self, code, file):
        """The `message` of a chat completion's choice."""
        return {"role": "assistant", "content": None, self.field: self.make(code, file)}


def fence(code, info="python", marks="```"):
    return f"{marks}{info}\n{code}{marks}"


def name_in(code):
    """A public name that the code defines."""
    defined = [n for s in ast.parse(code).body for n in defined_names(s) if n[0] != "_"]
    return defined[0]


def path_of(file):
    return file.removesuffix(".py").replace("/", ".").removeprefix("src.")


def usage(code, file):
    """An example of use, longer than the code itself."""
    call = f"print({name_in(code)})  # as you can see, it is quite simple to use it\n"
    return f"from {path_of(file)} import {name_in(code)}\n\n" + call * (len(code) // 60 + 1)


def tests(code, file):
    """Tests, longer than the code itself."""
    name = name_in(code)
    each = "".join(
        f"\n\ndef test_{name}_{n}():\n    assert {name} is not None\n"
        for n in range(len(code) // 50 + 1)
    )
    return f"import pytest\nfrom {path_of(file)} import {name}\n{each}"


def decoy(code, file):
    """A first idea: it defines the name, and no more."""
    return f"{name_in(code)} = None  # a first idea\n"


def sibling(file):
    folder, slash, name = file.rpartition("/")
    return f"{folder}{slash}other_{name}"


def indented(text, by="   "):
    return "".join(f"{by}{line}" if line.strip() else line for line in text.splitlines(True))


FENCES_INSIDE = '''

def _about() -> str:
    """Explain.

    ```python
    _about()
    ```

    or, without a language:

    ```
    _about()
    ```
    """
    return ""
'''


def with_fences_inside(code):
    return code + FENCES_INSIDE


def with_tabs(code):
    return re.sub(r"(?m)^(?: {4})+", lambda found: "\t" * (len(found[0]) // 4), code)


def tutorial(code, file):
    name, path = name_in(code), path_of(file)
    return (
        f"# How to write {name}\n\nFirst install what is needed:\n\n"
        f"{fence('pip install shop && ls -l | wc' + chr(10), 'bash')}\n\n"
        f"Then configure it:\n\n{fence(json.dumps({'debug': [1, 2, 3]}) + chr(10), 'json')}\n\n"
        f"## The code\n\n{fence(code)}\n\n"
        f"## How to use it\n\n{fence(usage(code, file))}\n\nIt prints:\n\n"
        f"{fence('a' + chr(10), '')}\n\n## Tests\n\n`tests/test_it.py`\n\n"
        f"{fence(tests(code, file))}\n\nRun them with:\n\n"
        f"{fence('python -m pytest' + chr(10), 'sh')}\n\nThat is all. `{path}` is done. Enjoy!"
    )


def several_files(code, file):
    return (
        f"### tests/test_it.py\n{fence(tests(code, file))}\n\n### {file}\n{fence(code)}\n\n"
        f"### {sibling(file)}\n{fence(usage(code, file))}"
    )


def diff(code, file):
    added = "".join(f"+{line}" for line in code.splitlines(True))
    removed = f"-{name_in(code)} = None\n"
    return f"--- a/{file}\n+++ b/{file}\n@@ -1,1 +1,{code.count(chr(10))} @@\n{removed}{added}"


def search_replace(code, file):
    return f"<<<<<<< SEARCH\n{decoy(code, file)}=======\n{code}>>>>>>> REPLACE\n"


def cut(code, file):
    return fence(code)[: len(code) * 2 // 3]


def thoughts(code, file, opening="<think>\n"):
    return f"{opening}Perhaps so:\n{fence(decoy(code, file))}\nNo.\n</think>\n\n{fence(code)}"


def typographic(code, file):
    return fence(code.replace('"', "”") + "QUOTE = ”plain”\n")


READ = [
    Form("a fence", lambda code, file: fence(code)),
    Form("prose around", lambda code, file: f"Here you are:\n\n{fence(code)}\n\nIt is short."),
    Form("py", lambda code, file: fence(code, "py")),
    Form("no language", lambda code, file: fence(code, "")),
    Form("tildes", lambda code, file: fence(code, marks="~~~")),
    Form("four backticks", lambda code, file: fence(code, marks="````")),
    Form(
        "nested fences",
        lambda code, file: fence(f"# The file\n\n{fence(code)}\n", "markdown", "````"),
    ),
    Form(
        "nested fences of one length",
        lambda code, file: fence(f"# The file\n\n{fence(code)}\n", "markdown"),
    ),
    Form("no fence", lambda code, file: code),
    Form("the right block second", lambda c, f: f"{fence(decoy(c, f))}\n\nBetter:\n\n{fence(c)}"),
    Form("the right block first", lambda c, f: f"{fence(c)}\n\nUse:\n\n{fence(usage(c, f))}"),
    Form("an example first", lambda c, f: f"Use it so:\n{fence(usage(c, f))}\n\n{fence(c)}"),
    Form("the tests first", lambda c, f: f"{fence(tests(c, f))}\n\nThe code:\n\n{fence(c)}"),
    Form("the same block twice", lambda c, f: f"{fence(c)}\n\nOnce more:\n\n{fence(c)}"),
    Form("thoughts", thoughts),
    Form("thoughts without their opening", lambda c, f: thoughts(c, f, opening="")),
    Form("all in the reasoning content", lambda c, f: fence(c), field="reasoning_content"),
    Form("all in the reasoning", lambda c, f: f"So:\n\n{fence(c)}", field="reasoning"),
    Form(
        "a fence in a docstring",
        lambda code, file: f"Done:\n{fence(with_fences_inside(code))}\nEnjoy.",
        wanted=with_fences_inside,
    ),
    Form("in a list", lambda c, f: f"1. The module:\n\n{indented(fence(c))}\n\n2. Done."),
    Form("CRLF", lambda code, file: f"So:\n{fence(code)}\n".replace("\n", "\r\n")),
    Form("a byte order mark", lambda code, file: f"\ufeff{fence(code)}"),
    Form("a byte order mark in the block", lambda code, file: fence(f"\ufeff{code}")),
    Form("no fence, a byte order mark", lambda code, file: f"\ufeff{code}"),
    Form("zero-width characters", lambda code, file: f"\u200b{fence(code)}\u200b\n"),
    Form(
        "no-break spaces",
        lambda c, f: fence(indented(c, "").replace("\n    ", "\n\xa0\xa0\xa0\xa0")),
    ),
    Form("tabs", lambda c, f: fence(with_tabs(c)), wanted=with_tabs),
    Form("blanks after the fences", lambda code, file: f"```python  \n{code}```  \n \n"),
    Form("several files", several_files),
    Form("the file in bold above", lambda c, f: f"Here is the file:\n\n**{f}**\n\n{fence(c)}"),
    Form("the file in the fence", lambda c, f: f"{fence(c, f'python {f}')}\n{fence(decoy(c, f))}"),
    Form("a tutorial", tutorial),
    Form("only the closing fence", lambda code, file: f"{code}```"),
    Form("only the closing fence, and prose", lambda code, file: f"{code}```\n\nThat is all."),
    Form("JSON", lambda code, file: json.dumps({"code": code})),
    Form("JSON in a fence", lambda c, f: fence(json.dumps({"file": f, "code": c}) + "\n", "json")),
    Form("tags", lambda code, file: f"<answer>\n<code>\n{code}</code>\n</answer>"),
    Form("tags around a fence", lambda code, file: f"<answer>\n{fence(code)}\n</answer>"),
    Form("a tag with its file", lambda c, f: f'<file path="{f}">\n{c}</file>\nIt is done.'),
    Form("brackets", lambda code, file: f"[PYTHON]\n{code}[/PYTHON]\n"),
    Form("a heredoc", lambda c, f: fence(f"mkdir -p a\ncat > {f} <<'EOF'\n{c}EOF\n", "bash")),
    Form("a heredoc without a fence", lambda c, f: f"cat <<EOF > {f}\n{c}EOF\n"),
    Form(
        "cut off after the code", lambda c, f: f"{fence(c)}\n\nAs you can", finish_reason="length"
    ),
]
REFUSED = [
    Form("empty", lambda code, file: "", "format", says="empty"),
    Form("null", lambda code, file: None, "format", says="empty"),
    Form("blanks", lambda code, file: " \n\t\n  ", "format", says="empty"),
    Form(
        "nothing but thoughts", lambda c, f: f"<think>{fence(c)}</think>\n", "format", says="empty"
    ),
    Form("an empty block", lambda code, file: fence(""), "format", says="empty"),
    Form(
        "a refusal", lambda code, file: "I'm sorry, but I can't.", "format", says="no fenced block"
    ),
    Form(
        "chatter",
        lambda code, file: f"Great question! Let me think about {file}.",
        "format",
        says="no fenced block",
    ),
    Form("cut off", cut, "format", "length", says="cut off"),
    Form("cut off in silence", cut, "format", says="cut off"),
    Form(
        "cut off before any code",
        lambda code, file: "Let me think about it. First of all,",
        "format",
        "length",
        says="cut off",
    ),
    Form(
        "cut off in its thoughts",
        lambda c, f: f"<think>\nPerhaps:\n{fence(decoy(c, f))}\nor",
        "format",
        "length",
        says="cut off",
    ),
    Form("never closed", lambda code, file: f"```python\n{code}", "format", says="cut off"),
    Form("typographic quotes", typographic, "format", says="typographic quote '”'"),
    Form("broken code", lambda c, f: fence(f"{c}def (\n"), "format", says="not valid Python"),
    Form(
        "a wrong file",
        lambda code, file: fence(f"# {sibling(file)}\n{code}"),
        "format",
        says="but the file to write is {file}",
    ),
    Form(
        "lazy",
        lambda code, file: fence(f"{code}\n# ... the rest stays the same\n"),
        "format",
        says="leaves parts",
    ),
    Form("tests alone", lambda c, f: fence(tests(c, f)), "format", says="tests, not {file}"),
    Form("an example alone", lambda c, f: fence(usage(c, f)), "format", says="example, not {file}"),
    Form(
        "shell alone",
        lambda code, file: f"Run this:\n{fence('ls' + chr(10), 'bash')}",
        "format",
        says="no block of Python",
    ),
    Form("a diff", lambda c, f: fence(diff(c, f), "diff"), "format", says="it is a diff"),
    Form("a diff without a fence", diff, "format", says="it is a diff"),
    Form("search and replace", lambda c, f: fence(search_replace(c, f)), "format", says="a diff"),
]
FORMS = {form.name: form for form in (*READ, *REFUSED)}
