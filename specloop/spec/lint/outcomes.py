"""Errors of which a text says the condition alone, and not what it leads to.

A text is that only where it is, from its first word to its last, one of a few shapes: something
that is wrong ("invalid input", "network problems", "more than 60 characters"), a sentence that
says what is wrong ("the file is missing", "the text is no day"), or handling that says nothing
("errors are handled", "validate the input"). Any other verb and any second clause may say what
happens, so that they are enough.
"""

import re

# Small words and forms of "be" are no part of a name.
_SMALL = (
    r"(?:the|an?|all|any|no|not|is|are|was|were|be|been|must|should|shall|will|may|can|cannot|has"
    r"|have|and|or|but|if|when|where|while|as|in|of|on|at|by|for|from|with|to|into|than|then|it"
    r"|them|they|so)"
)
_WORD = rf"(?!{_SMALL}\b)[\w/'’-]+"
# One word, or two neither of which has an s at its end: "an unknown key waits" has a verb.
_NOUN = rf"(?:{_WORD}|{_WORD}(?<!s) {_WORD}(?<!s))"
_THE = r"(?:(?:the|an?|any|its|this|that|each|every|some) )?"
_TAIL = rf"(?: (?:in|of|on|at|from|for|with|without|during|between|inside) {_THE}{_WORD}){{,2}}"
_WRONG = (
    r"(?:invalid|illegal|wrong|bad|malformed|incorrect|unexpected|unknown|missing|empty|blank"
    r"|negative|expired|duplicate|corrupt(?:ed)?|broken|damaged|unreadable|unreachable|unavailable"
    r"|unsupported|inconsistent|incomplete|insufficient)"
)
_BEYOND = (
    rf"(?:(?:more|less|fewer|\w+er) than {_THE}{_NOUN}(?: {_WORD})?"
    rf"|(?:below|above|over|under|beyond|outside|out of) {_THE}{_NOUN}(?: {_WORD})?"
    r"|in the (?:past|future)|too \w+)"
)
_TROUBLE = r"(?:error|problem|failure|exception|time-?out|issue|fault|crash|conflict)(?:e?s)?"
_KIND = (
    r"(?:all|any|other|possible|unexpected|general|internal|network|connection|database|server"
    r"|file|disk|i/o|io|http|parse|parsing|validation|input|runtime|programming)"
)
_ANY = (
    r"(?:(?:(?!(?:is|are|was|were|must|should|will|if|when|where|unless|until)\b)[\w/'’-]+ ){1,7})"
)
# What is said of a result, or of what is known to be wrong, may be the outcome.
_RESULT = r"(?:result|answer|output|reply|response|outcome|default|return(?:ed)? value)"
_SUBJECT = rf"(?!{_THE}(?:{_RESULT}|{_WRONG})\b){_ANY}"
_BY_HAND = r"(?:\w+ly |well )?(?:handled|dealt with|taken care of)(?: \w+ly| well)?"

_NOT = (
    r"not (?:valid|found|known|given|there|available|reachable|readable|writable|numeric|positive"
    r"|allowed)"
)
# Without a verb, as in "file not found"; "return empty" is an order, and "gives empty" has a verb.
_SHORT = (
    rf"(?!(?:return|give|answer|yield|raise|report|print|show|log|write|send|set|mark|leave|keep"
    rf"|stay|{_RESULT})\b)(?:{_WORD}(?<!s)|{_WORD}(?<!s) {_WORD}(?<!s)) "
)
_OVER = r"(?:refused|denied|exceeded|timed out|offline|down)"
# Of a status or an error, None may be what comes of it.
_LACKS = r"(?:missing|empty|blank|absent|invalid|not given|None)"

_GIVEN = r"(?: (?:is|are) (?:given|passed|typed|entered|sent|used))?"

_SHAPES = (
    # things
    rf"{_THE}(?:{_WRONG} (?:or |and )?){{1,2}}{_NOUN}{_TAIL}{_GIVEN}",
    rf"(?:{_THE}{_NOUN} of )?(?:another|any other) {_NOUN}{_GIVEN}",
    rf"{_THE}(?:{_KIND} ){{,3}}{_TROUBLE}{_TAIL}",
    rf"{_THE}(?:{_NOUN}{_TAIL} )?(?:that (?:is|are) )?{_BEYOND}{_TAIL}{_GIVEN}",
    rf"no such {_NOUN}{_TAIL}",
    r"division by (?:zero|0)",
    # sentences
    rf"{_SUBJECT}(?:is|are|was|were) (?:not |no longer |already )?"
    rf"(?:{_WRONG}|{_BEYOND}|zero|0|offline|down|(?:no|not (?:an?|the)) (?!{_TROUBLE}){_NOUN}"
    rf"|{_NOT}){_TAIL}",
    rf"{_SHORT}(?:{_WRONG}|{_NOT}|{_OVER}(?: or {_OVER})?){_TAIL}",
    rf"(?!{_THE}(?:{_RESULT}|status|error|code)\b){_THE}{_NOUN} (?:is|are) "
    rf"{_LACKS}(?: or {_LACKS})?",
    rf"{_SUBJECT}(?:has|have) (?:another|an? {_WRONG}|{_WRONG}) {_NOUN}",
    rf"{_SUBJECT}(?:(?:does|do|did) not|doesn't|don't|didn't)"
    rf" (?:exist|match|parse|fit|respond)(?: {_THE}{_NOUN})?{_TAIL}",
    rf"{_SUBJECT}(?:cannot|can not|could not|can't|couldn't) be"
    rf" (?:read|opened|parsed|found|reached|decoded|converted|loaded|resolved){_TAIL}",
    rf"{_SUBJECT}(?:fails?|failed|times? out|timed out|crashes|goes wrong)",
    r"(?:the )?connection (?:is|was) lost",
    # handling
    rf"{_ANY}(?:is|are|be|gets?|must be|should be|will be) {_BY_HAND}",
    rf"{_ANY}(?:must|should|shall|will|has to|have to|needs? to) be"
    r" (?:\w+ly )?(?:validated|checked|verified|caught|considered|covered)",
    r"(?:handles?|catch(?:es)?|deals? with|takes? care of|considers?|covers?|manages?|validates?"
    rf"|checks?(?: for)?) (?:(?:all|any|the|every|possible|other) )*"
    rf"(?:{_WRONG} )?(?:{_KIND} )*{_NOUN}{_TAIL}",
    r"(?:use )?try(?:/| and )except(?: (?:is|are) used| blocks?)?",
)
_BARE = re.compile(
    rf"(?:(?:if|when|whenever|where|in case(?: of)?|on|upon|for) )?(?:{'|'.join(_SHAPES)})\.?",
    re.IGNORECASE,
)
# The end of "the price is negative, handle it".
_HANDLED = re.compile(
    rf"[,:;–—] (?:(?:handle|deal with|take care of) \w+|{_ANY}(?:is|are) {_BY_HAND})\.?$",
    re.IGNORECASE,
)
_UNNAMED = re.compile(
    r"\b(?:rais(?:e|es|ing)|throws?) (?:an (?:error|exception)|errors|exceptions)"
    r"(?=\.?$| (?:if|when|where|for|on)\b)"
    r"|\b(?:is|are) an error\.?$"
    r"|^(?:(?!if|when|whenever|where|once|after|while|until|unless)[\w'’-]+ ){,3}"
    r"(?:returns?|gives?|gets?) an (?:error|exception)(?=\.?$| (?:if|when|where|for|on)\b)"
    r"|(?<!if )(?<!when )(?<!where )(?<!once )(?<!after )\ban (?:error|exception)"
    r" (?:is|must be|should be|will be) (?:raised|thrown)(?=\.?$| (?:if|when|where|for|on)\b)",
    re.IGNORECASE,
)


def is_bare(text: str) -> bool:
    """Whether a text says what is wrong, and not what happens then."""
    return bool(_BARE.fullmatch(text) or _HANDLED.search(text))


def raises_something(text: str) -> bool:
    """Whether it says that an error is raised, and not which one."""
    return bool(_UNNAMED.search(text))
