"""Other people's text, made safe to stand in a prompt: as data, of a bounded length."""

import re

# What moves the cursor, colours, or sets a title: none of it says anything.
_SEQUENCE = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]"  # CSI
    r"|\x1b[\]PX^_][^\x07\x1b\n]{0,2000}(?:\x07|\x1b\\)"  # OSC, DCS, SOS, PM, APC
    r"|\x1b[ -/]*[0-~]"
)
_UNSHOWN = re.compile(
    "["
    "\x00-\x08\x0b-\x1f\x7f-\x9f"  # C0 and C1 controls but newline and tab
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # they turn the direction of text
    "\u2028\u2029"  # line ends that few programs know
    # Nothing is seen of them, so that they hide text, or make two names look alike. What chooses
    # between the forms of a character stays: it is part of many an emoji.
    "\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200d\u2060-\u2065\u206a-\u206f"
    "\u3164\ufeff\uffa0\ufff0-\ufffb\U000e0000-\U000e0fff"
    "\ud800-\udfff"  # halves of characters, which no stream could take
    "]"
)
_TICKS = re.compile("`+")


def plain(text: str) -> str:
    """The text without the escape sequences of terminals; see `escaped` for what is left."""
    return escaped(_SEQUENCE.sub("", text.replace("\r\n", "\n")))


def escaped(text: str) -> str:
    r"""The text with visible escapes, such as \x1b, in place of all that hides or turns text."""
    return _UNSHOWN.sub(lambda found: _escape(ord(found[0])), text)


def _escape(code: int) -> str:
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def cut(text: str, longest: int) -> str:
    """The text, with its middle left out where it is long."""
    text = text.strip()
    if len(text) <= longest:
        return text
    half = longest // 2
    return f"{text[:half]}\n[{len(text) - longest} characters left out]\n{text[-half:]}"


def one_line(text: str, longest: int) -> str:
    """The text as one line, without its end where it is long."""
    text = " ".join(plain(text).split())
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def fenced(text: str, language: str = "text") -> str:
    """A block that nothing in the text can end."""
    fence = "`" * max(3, _longest_run(text) + 1)
    return f"{fence}{language}\n{text.rstrip()}\n{fence}"


def quoted(text: str) -> str:
    """The text behind a label: on its line, where it can end nothing, else as a block below it."""
    return f"\n\n{fenced(text)}" if "\n" in text else f" {text}"


def _longest_run(text: str) -> int:
    return max((len(run) for run in _TICKS.findall(text)), default=0)
