import subprocess

import pytest

from specloop.commits.trailers import message, parse_trailers
from specloop.ports import CommitRequest

TRAILERS = (
    ("Specloop-Module", "slug"),
    ("Specloop-Key", "sha256:ab"),
    ("Specloop-Tokens", "5120 in, 2048 cached, 1890 out"),
)


def request(subject="slug: Turn a title into a slug", body="", trailers=TRAILERS):
    return CommitRequest("slug", "sha256:ab", subject, body, trailers, {}, "0" * 40, 0)


def git_reads(text):
    done = subprocess.run(
        ["git", "interpret-trailers", "--parse"],
        input=text.encode(),
        capture_output=True,
        check=True,
    )
    lines = done.stdout.decode().splitlines()
    return {name: value.strip() for name, _, value in (line.partition(":") for line in lines)}


@pytest.mark.parametrize(
    "body",
    [
        "",
        "14 tests passed",
        "two\nlines\n\nand a paragraph",
        "Looks-Like: a trailer",
        "---\na patch, it seems\n--- a/x\n",
        "# a heading\n\n* é ☃",
        "nul \0 and \r\n carriage return",
    ],
)
def test_git_reads_the_trailers_that_were_given(body):
    text = message(request(body=body))
    assert git_reads(text) == dict(TRAILERS)
    assert parse_trailers(text) == dict(TRAILERS)
    assert text.startswith("slug: Turn a title into a slug\n\n")


def test_a_message_has_subject_body_and_trailers_in_the_order_given():
    text = message(
        request(subject="a: b\nc", body=" checked\n", trailers=(("B", "2\n3"), ("A", "1")))
    )
    assert text == "a: b c\n\nchecked\n\nB: 2 3\nA: 1\n"


@pytest.mark.parametrize(
    "text",
    [
        "Title: only\n",
        "Title: only\nSecond: line\n",
        "title\n\nprose here\nA: b\n",
        "title\n\nA: b\nsecond line of prose\n",
        "title\n\nA: b\n\nprose\n",
        "title\n\nA: b\nC : d\n",
        "title\n\nA: long\n  folded\n\tagain\nC: d\n",
        "title\n\nA: b\nA: c\n",
        "title\n\nA:\nC: d\n",
        "title\n\nA: b\nSigned-off-by: Ada <a@b>\n",
        "title\n\nA: b\n(cherry picked from commit 0123456789)\n",
        "title\n\nprose\nA: b\nSigned-off-by: Ada <a@b>\n",
        "title\n\nprose\nmore\nand more\nand more\nSigned-off-by: Ada <a@b>\n",
        "title\n\nA: b\n# comment\nC: d\n",
        "title\n\nA: b\n\n\n   \n",
        "title\n   \nA: b\n",
        "title\n\n  A: indented\n",
        "title\n\nA b: c\n",
        "title\n\nhttp://example.org\n",
        "",
        "\n\n",
    ],
)
def test_any_message_is_read_as_git_reads_it(text):
    assert parse_trailers(text) == git_reads(text)
