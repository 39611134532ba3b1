"""Words that sound like a demand and say nothing that can be checked, and what to write instead."""

import re
from collections.abc import Collection, Iterator

from specloop.spec.lint.english import QUOTE

_END = r"(?= *(?:$|[.,;:)!]))"  # nothing follows in the same clause
_CODE = r"(?:code|codebase|design|architecture|implementation|solution|structure|interface|api)"
_TIDY = r"(?:clean|simple|elegant|beautiful|modern|tidy|neat|readable|generic)"
_FAULTS = r"(?:errors?|exceptions?|failures?|(?:edge|corner) cases?)"
_FAULTY = r"(?:invalid|bad|wrong|malformed|missing|unexpected|unknown)"
_WORK = (
    r"(?:algorithm|implementation|code|solution|way|manner|lookup|search|access|storage|handling"
    r"|processing|memory|use|query|queries|method|data structure)s?"
)
_SORT = (
    r"(?:(?:common |other |possible |different )?"
    r"(?:kinds|sorts|types|ways|cases|formats|inputs|outputs|options|errors|faults|things|reasons"
    r"|sources|separators|encodings|characters|values|fields|languages|platforms|sizes|units))"
)
_NO_CASE = r"(?<!if )(?<!when )(?<!where )(?<!once )(?<!unless )(?<!while )(?<!that )(?<!even )"
_BE = r"(?:be|is|are|stays?)"

# What the words of each pattern leave open. No pattern has groups of its own.
_VAGUE = (
    (
        r"(?<!fail )(?<!fails )fast(?:er)?(?![- ](?:fourier|path|track|lane|forward))"
        rf"|quick(?:ly|er)|efficiently|efficient{_END}|efficient {_WORK}|performant|timely"
        rf"|(?:without being|(?:is|are|be) not(?: too)?|never) slow{_END}"
        r"|(?:good|better|high|acceptable|optimal) (?:performance|speed|throughput)"
        r"|(?:minimal|low|little|small) (?:overhead|latency|memory (?:usage|use|consumption))"
        rf"|{_BE} (?:fully |highly |well )?optimi[sz]ed(?:{_END}|(?= for\b))",
        "say how long it may take, and for what size, such as 'below 50 ms for 1000 rows'",
    ),
    (
        r"as (?:fast|quickly|soon|efficiently|well|much|far|simple|good) as possible",
        "say how much is enough",
    ),
    (
        r"properly(?! (?:nested|formed|balanced|paired)\b)"
        r"|proper(?! (?:noun|name|subset|superset|divisor|factor|fraction|prefix|suffix))"
        r"|correctly|correct (?:result|value|output|behaviou?r|way|manner|format)s?"
        r"|works? (?:well|fine)|as (?:expected|intended|it should)",
        "say what is right here: the value, the form or the rule",
    ),
    (
        r"gracefully|graceful(?! (?:shutdown|stop|exit|restart))",
        "say what is raised, returned or logged",
    ),
    (
        r"appropriate(?:ly)?|suitable(?! for\b)|suitably|adequate(?:ly)?|reasonabl[ey]|sensibl[ey]"
        r"|sane(?:ly)?|sufficiently"
        r"|(?:everything|anything) (?:relevant|important)"
        r"|(?:relevant|important) (?:information|data|details?|fields?|events?|steps)",
        "say which one, or how much",
    ),
    (
        r"(?:meaningful|helpful|useful|informative|descriptive|good|nice) (?:error )?"
        r"(?:message|name|text|output|information)s?|clear and concise|concise and clear"
        rf"|(?:^(?:must |should )?|(?:output|text|messages?|report|log) (?:must |should )?){_BE} "
        rf"(?:easily )?readable{_END}|well[- ](?:documented|tested)",
        "say what it contains",
    ),
    (
        r"(?<!the )better(?! (?:of|than|when|if|where|one)\b)|nicely"
        rf"|nice{_END}|nice (?:output|formatting|format|layout|table|report|{_CODE}|way|manner)"
        rf"|(?:result|output|answer|response) (?:is|must be|should be) (?:valid|right){_END}"
        r"|high[- ]quality (?:output|results?|code|text)"
        r"|good (?:quality|experience|results?|enough|manner|way|style)"
        r"|(?:is|are|be|looks?) (?:very |really |so )?good" + _END,
        "say what is measured or seen, and what it must be",
    ),
    (
        rf"{_TIDY} {_CODE}|{_CODE} (?:must |should )?(?:be|is|stays?) {_TIDY}|cleanly|elegantly"
        rf"|keep (?:it|things|everything|the {_CODE}|the module) (?:{_TIDY}|short|small)"
        r"|maintainable|easy to (?:read|understand|maintain|change)"
        r"|well[- ](?:structured|organi[sz]ed|designed|written)",
        "say what may not be in it, or set `limits: { function_lines: 20 }`",
    ),
    (
        r"(?:best|good) practices?|industry standards?|state[- ]of[- ]the[- ]art"
        r"|(?:production|enterprise)[- ](?:ready|grade|quality)",
        "name the rule, such as 'Follow PEP 8'",
    ),
    (
        r"robust(?:ly|ness)?(?! (?:mean|median|regression|estimat|statistic|scal))",
        "say which faults it survives, and how",
    ),
    (
        r"flexible(?! (?:hours|working|time|rate))|flexibly|extensible(?! markup)|easy to extend",
        "say what may vary, and how",
    ),
    (r"scalabl[ey](?! vector)", "say for how many rows, users or calls"),
    (
        r"intuitive(?:ly)?|user[- ]friendly|easy to use|seamless(?:ly)?",
        "say what the user types and sees",
    ),
    (rf"securely|{_BE} (?:very |fully )?secure{_END}", "say against what, and by what means"),
    (
        r"(?:as (?:needed|necessary|required|appropriate|applicable)"
        r"|(?:if|when|where|whenever|wherever) "
        r"(?:needed|necessary|required|appropriate|applicable|possible|desired))"
        rf"(?:{_END}|(?= (?:the|it)\b))",
        "say when",
    ),
    (
        r"somehow|in some way|(?:sometimes|usually|typically)(?! \w+ed \w)",
        "say how and when, or leave it out",
    ),
    (
        r"(?<!the )(?<!with )(?<!has )(?<!have )most (?:inputs|cases|situations|formats)",
        "say which",
    ),
    (r"a (?:few|couple of) (?:times|retries|tries|attempts|seconds|minutes)", "say how many"),
    (
        rf"(?:various|miscellaneous)(?:{_END}| {_SORT})"
        rf"|{_NO_CASE}some (?:characters|values|inputs|fields|words|lines|rows|columns|keys)"
        r"(?= (?:are|must|should|may|can)\b)"
        r"|(?:support|handle|provide|cover|consider)(?:s|ed|ing)? "
        r"(?:some|several|many|multiple|different|a few|a number of|a variety of|lots of)"
        r"|(?:some|several|a few|certain|different) "
        r"(?:kinds|sorts|types|ways|cases|situations|circumstances)",
        "name them all, or say how many",
    ),
    (
        rf"(?:handle|cover|consider|catch)(?:s|es)? (?:(?:all|any|the|every|possible|potential) )*"
        rf"{_FAULTS}(?! (?:of|by|with|as|from|in|that|which)\b)"
        rf"|(?:{_FAULTS}|{_FAULTY} \w+) (?:are|is|must be|should be|will be) "
        r"(?:handled|dealt with|taken care of)(?! (?:by|with|in|as)\b)",
        "name each one, and what is raised or returned",
    ),
)
_OPEN_END = (
    rf"(?<![/\w.])etc\b(?!/)|et cetera|and so (?:on|forth)|and the like|among others"
    rf"|(?:and|or) similar(?: things| ones)?{_END}|or (?:so|something|whatever){_END}"
)


def _grouped(patterns: Collection[str]) -> re.Pattern[str]:
    groups = (rf"(?P<g{place}>\b(?:{pattern}))" for place, pattern in enumerate(patterns))
    return re.compile(rf"(?:{'|'.join(groups)})(?![\w-])", re.IGNORECASE)


_WORDS = _grouped([pattern for pattern, _ in _VAGUE])
_INSTEAD = {f"g{place}": instead for place, (_, instead) in enumerate(_VAGUE)}
_OPEN = re.compile(rf"\b(?:{_OPEN_END})", re.IGNORECASE)

_CLAUSE_END = re.compile(r";|\.(?= )")
# A number, but for that of a status, a version and the like, which measure nothing.
_N = (
    r"(?<![\w.-])(?<!status )(?<!code )(?<!http )(?<!HTTP )(?<!error )(?<!version )(?<!port )"
    r"(?:\d[\d.,_]*|(?:two|three|four|five|six|seven|eight|nine|ten|dozen|hundred)\b)"
)
_NO_UNIT = (
    r"(?:and|or|for|with|to|of|in|is|are|if|when|where|by|on|as|at|from|the|an?|that|which|then"
    r"|instead)\b"
)
# With its unit or with what makes a limit of it; or in the name of a standard, such as UTF-8.
_MEASURE = re.compile(
    rf"{_N}(?: ?[%°€$£]|(?i:(?:ms|s|h|kb|mb|gb)\b)|[ -](?!{_NO_UNIT})[a-z])"
    rf"|(?:at most|at least|within|below|above|under|over|up to|than|exactly|[<>≤≥]=?) [$€£]?{_N}"
    r"|\b(?!HTTP)[A-Z]{2,}[- ]?\d"
)
# Right beside a word: with two words between at most.
_BESIDE = re.compile(rf",? (?:\w+ ){{,2}}{_N}")
_BESIDE_BEFORE = re.compile(rf"{_N}(?: \w+){{,2}} $")
EXCEPTION = re.compile(
    r"\b[A-Z]\w*(?:Error|Exception|Warning|Exit|Interrupt|Iteration)\b"
    r"|\braises? (?:an? )?[A-Z]\w+"
)
# The text goes on to say what is meant, or the word is part of a subject that is described.
_EXPLAINED = re.compile(
    r"(?: [\w-]+){0,3}?(?: ?[:(] ?\S|,? (?:that is|which (?:is|are)|i\.e\.|namely|meaning)\b)"
    r"|(?: (?!and\b|or\b|is\b|are\b)[\w-]+){,2} (?:has|have|(?:is|are) (?:that|those|one|the))\b"
)
_RANKED = re.compile(r"[^,;]{,60},? by \w")  # "the most important field, by weight"
_NEXT_WORD = re.compile(r" (?:an? |the )?([A-Za-z_]\w*)")
_IDENTIFIER = re.compile(r"[a-z]\w*_\w+|[A-Z][a-z0-9]+[A-Z]\w*")


def vague_words(
    text: str, exported: Collection[str], declared: Collection[str]
) -> Iterator[tuple[str, str]]:
    """Each vague word of a text without quoted parts, and what to write instead.

    A measure, a quoted text or an exception in the same clause makes it specific, and so does a
    number beside it, a name that follows it, or a colon or bracket that explains it. An open end is
    always vague.
    `declared` are names of the spec's own, which its texts may use whatever they mean in English.
    """
    told = set()
    for clause in _CLAUSE_END.split(text):
        for match in _OPEN.finditer(clause):
            yield match[0], "write the whole list"
        if _MEASURE.search(clause) or QUOTE in clause or EXCEPTION.search(clause):
            continue
        for match in _WORDS.finditer(clause):
            word = match[0].lower()
            if word not in told and word not in declared and not _named(match, exported):
                told.add(word)
                yield match[0], _INSTEAD[str(match.lastgroup)]


def _named(match: re.Match[str], exported: Collection[str]) -> bool:
    before = match.string[max(0, match.start() - 60) : match.start()]  # enough for three words
    if any(form.match(match.string, match.end()) for form in (_EXPLAINED, _BESIDE)):
        return True
    if _BESIDE_BEFORE.search(before):
        return True
    if before.endswith("most ") and _RANKED.match(match.string, match.end()):
        return True
    after = _NEXT_WORD.match(match.string, match.end())
    return after is not None and (after[1] in exported or bool(_IDENTIFIER.fullmatch(after[1])))
