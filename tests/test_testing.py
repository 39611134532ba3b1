"""The same promises, kept by the fakes and by what they stand for."""

import subprocess

import pytest

from specloop.attempt.completion import Completion, Usage
from specloop.attempt.message import Message
from specloop.attempt.report import (
    Frame,
    OneOpinion,
    StaticFinding,
    TestFailure,
    TestReport,
    Verdict,
)
from specloop.commits.repository import GitRepository
from specloop.errors import ModelUnavailable, RepositoryUnavailable
from specloop.journal.sqlite import SqliteJournal
from specloop.loop.event import (
    CallStarted,
    CommitPrepared,
    CompletionReceived,
    IntegrationFinished,
    ModuleCommitted,
    ModuleFailed,
    ModuleReopened,
    ModuleRetried,
    ModuleStarted,
    RunEnded,
    RunPaused,
    RunResumed,
    RunStarted,
    TestsFinished,
)
from specloop.models.replay import ReplayModel
from specloop.ports import CommitRequest, Prompt, StaticJob, TestJob
from specloop.spec.settings import ModelTable
from specloop.testing import (
    FakeTestRunner,
    MemoryJournal,
    MemoryRepository,
    ScriptedModel,
    SilentObserver,
    unheard,
)

FILES = {"README.md": b"mine\n", "app/__init__.py": b"", "tests/data.bin": b"\x00\xff\r\n"}


def git(root, *arguments):
    command = ["git", "-c", "user.name=A", "-c", "user.email=a@example.org", *arguments]
    subprocess.run(command, cwd=root, check=True, capture_output=True)


@pytest.fixture(params=["memory", "git"])
def repository(request, tmp_path):
    if request.param == "memory":
        found = MemoryRepository(FILES)
    else:
        for path, data in FILES.items():
            (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / path).write_bytes(data)
        git(tmp_path, "init", "-q")
        git(tmp_path, "add", "-A")
        git(tmp_path, "commit", "-q", "-m", "start")
        found = GitRepository(tmp_path, "specloop/p")
    found.prepare()
    return found


def request_for(repository, module="a", key="sha256:1", code=b"x = 1\n", **more):
    values = {
        "subject": f"{module}: Make it",
        "body": "Checked before this commit:\n- 1 example rows",
        "trailers": (("Specloop-Module", module), ("Specloop-Key", key)),
        "files": {f"app/{module}.py": code},
        "parent": repository.tip(),
        "at": 1_700_000_000,
        **more,
    }
    return CommitRequest(module=module, key=key, **values)


def test_a_repository_begins_with_the_users_files(repository):
    assert dict(repository.work_files()) == FILES
    assert repository.read("README.md") == b"mine\n"
    assert repository.read("tests/data.bin") == FILES["tests/data.bin"]
    assert repository.read("app/a.py") is None
    assert repository.records() == {}
    assert len(repository.tip()) == 40


def test_a_commit_is_the_new_tip_and_holds_what_was_there(repository):
    before = repository.tip()
    commit = repository.commit(request_for(repository))
    assert repository.tip() == commit != before
    assert repository.read("app/a.py") == b"x = 1\n"
    assert repository.read("README.md") == b"mine\n"
    assert dict(repository.work_files()) == FILES
    record = repository.records()["a"]
    assert (record.module, record.commit, record.key) == ("a", commit, "sha256:1")
    assert record.subject == "a: Make it"
    assert record.trailers["Specloop-Module"] == "a"


def test_the_same_commit_is_made_once(repository):
    request = request_for(repository)
    commit = repository.commit(request)
    assert repository.commit(request) == commit
    repository.commit(request_for(repository, "b"))
    assert repository.commit(request) == commit  # though the tip is no longer its parent
    assert set(repository.records()) == {"a", "b"}


def test_a_module_may_be_committed_again(repository):
    first = repository.commit(request_for(repository))
    second = repository.commit(request_for(repository, key="sha256:2", code=b"x = 2\n"))
    assert first != second
    assert repository.records()["a"].commit == second
    assert repository.read("app/a.py") == b"x = 2\n"


def test_a_commit_on_what_is_no_longer_the_tip_is_refused(repository):
    late = request_for(repository, "b")
    repository.commit(request_for(repository))
    tip = repository.tip()
    with pytest.raises(RepositoryUnavailable):
        repository.commit(late)
    assert repository.tip() == tip
    assert repository.read("app/b.py") is None


def test_a_key_alone_does_not_make_a_commit_stand(repository):
    first = repository.commit(request_for(repository))
    again = repository.commit(request_for(repository, code=b"x = 2\n"))
    assert again != first
    assert repository.read("app/a.py") == b"x = 2\n"


def test_a_commits_id_is_a_function_of_its_request(repository):
    request = request_for(repository)
    later = request_for(repository, at=1_700_000_001)
    assert repository.commit(request) != repository.commit(
        CommitRequest(**{**_fields(later), "key": "sha256:2", "parent": repository.tip()})
    )


def _fields(request):
    return {name: getattr(request, name) for name in request.__dataclass_fields__}


def test_files_that_do_not_stand_at_the_tip_are_uncommitted(repository):
    files = {**FILES, "README.md": b"edited\n", "new.py": b"", "app/a.py": b"x = 1\n"}
    assert sorted(repository.uncommitted(files)) == ["README.md", "app/a.py", "new.py"]
    repository.commit(request_for(repository))
    assert sorted(repository.uncommitted(files)) == ["README.md", "new.py"]
    assert repository.uncommitted({}) == ()


def test_red_code_is_kept_apart_from_the_branch(repository):
    tip = repository.tip()
    kept = repository.keep_failed("a", {"app/a.py": b"red\n"}, "a: failed: stuck", 1_700_000_000)
    assert len(kept) == 40
    assert repository.tip() == tip
    assert repository.read("app/a.py") is None
    again = repository.keep_failed("a", {"app/a.py": b"redder\n"}, "a: failed: again", 1)
    assert again != kept


USAGE = Usage(1, 10, 5, 3)
REPORT = TestReport(
    *(Verdict.FAILED, ("t::a",), ()),
    (TestFailure("t::a", "call", "E", "é", "E  ☃", (Frame("a.py", 3, "f"),), "out", ("a/V1",)),),
    (StaticFinding(0, "X", "y"),),
    *("note", "strong", 1.5, ("w",), ("t::s",), ("landlock", "seccomp"), ("it lied",)),
    (OneOpinion("t::o", "no plain data"),),
    ("t::n",),
)
EVENTS = (
    RunStarted(1.5, "1"),
    ModuleStarted(2, "a", "sha256:1"),
    TestsFinished(3, "a", "red", "", REPORT),
    TestsFinished(3, "a", "candidate", "c", REPORT, "suite", "x = 1\n"),
    CallStarted(4, "a", 1, "first", "m", (Message("system", "s"), Message("user", "u")), 9, None),
    CompletionReceived(
        5, "a", 1, Completion("\ud800\0\r\n", "m", "length", USAGE, None, 2, ("x",))
    ),
    CommitPrepared(6, "a", "k", "p"),
    ModuleCommitted(7, "a", "k", "c"),
    ModuleReopened(8, "a", "integration", "why", "x = 1\n", REPORT),
    ModuleReopened(8, "a", "stale", "why", "x" * 100_000),
    ModuleFailed(9, "a", "stuck"),
    ModuleRetried(10, "a"),
    IntegrationFinished(11, "c", "t", REPORT),
    RunPaused(12, "stop", 130),
    RunResumed(13),
    RunEnded(14, False, "failed: a"),
)


@pytest.fixture(params=["memory", "sqlite"])
def journal(request, tmp_path):
    made = MemoryJournal() if request.param == "memory" else SqliteJournal.open(tmp_path / "j.db")
    yield made
    made.close()


def test_a_journal_gives_back_what_it_was_given_in_order(journal):
    assert journal.events() == ()
    for n, event in enumerate(EVENTS, 1):
        journal.append(event)
        assert journal.events() == EVENTS[:n]


def test_a_journal_keeps_its_own_order_whatever_the_clocks_say(journal):
    late, early = RunStarted(100, "1"), RunResumed(1)
    journal.append(late)
    journal.append(early)
    assert journal.events() == (late, early)


@pytest.fixture(params=["scripted", "replay"])
def model(request, tmp_path):
    replies = {"a": ["one\r\n", "two"], "b": ["three"]}
    if request.param == "scripted":
        return ScriptedModel(replies, "replay/answers")
    for module, texts in replies.items():
        folder = tmp_path / "answers" / module
        folder.mkdir(parents=True)
        for number, text in enumerate(texts, 1):
            (folder / f"{number:02}.md").write_bytes(text.encode())
    return ReplayModel(ModelTable(name="replay/answers"), tmp_path)


def prompt(module, number):
    return Prompt(module, number, (Message("user", "Write it."),), "key")


def test_a_model_answers_by_module_and_number(model):
    asked = (("a", 1), ("b", 1), ("a", 2), ("a", 1))
    texts = [model.complete(prompt(*which), unheard).text for which in asked]
    assert texts == ["one\r\n", "three", "two", "one\r\n"]
    completion = model.complete(prompt("a", 1), unheard)
    assert completion.model == model.name == "replay/answers"
    assert completion.finish_reason == "stop"
    assert completion.usage.calls == 1
    assert completion.cost_usd is None
    model.close()


@pytest.mark.parametrize("which", [("a", 3), ("c", 1)])
def test_a_model_without_an_answer_is_unavailable(model, which):
    with pytest.raises(ModelUnavailable, match=repr(which[0])):
        model.complete(prompt(*which), unheard)


def test_a_models_worst_case_is_no_less_than_what_comes(model):
    tokens, usd = model.worst_case(prompt("a", 1))
    usage = model.complete(prompt("a", 1), unheard).usage
    assert usage.input_tokens + usage.output_tokens <= tokens
    assert usd is None


def test_a_scripted_model_keeps_what_it_was_asked_and_raises_what_it_is_told():
    model = ScriptedModel({"a": [ModelUnavailable("no key"), "two"]}, cost_usd=0.5)
    with pytest.raises(ModelUnavailable, match="no key"):
        model.complete(prompt("a", 1), unheard)
    assert model.complete(prompt("a", 2), unheard).cost_usd == 0.5
    assert model.prompts == [prompt("a", 1), prompt("a", 2)]
    assert model.worst_case(prompt("a", 3)) == (150, 0.5)


def test_a_fake_runner_passes_all_but_the_stub():
    runner = FakeTestRunner()
    runner.prepare()
    assert runner.names_of(["attrs"]) == {"attrs"}
    assert runner.inspect(StaticJob("a.py", "", {}, frozenset())).ok
    assert runner.format("x=1\n", "a.py") == "x=1\n"
    assert (
        FakeTestRunner(format=lambda code, file: f"# {file}\n{code}").format("x", "a") == "# a\nx"
    )
    stub, real = b"raise X('no code yet')", b"x = 1\n"
    jobs = [TestJob({"a.py": code}, (), "a.py", ("t",)) for code in (stub, b"", real)]
    assert [runner.run(job).ok for job in jobs] == [False, False, True]
    assert runner.run(TestJob({}, ("tests",))).ok
    assert runner.jobs[:3] == jobs
    runner.close()


def test_an_observer_keeps_what_it_is_told():
    observer = SilentObserver()
    observer.notice("hello")
    observer.doing("a", "runs tests")
    observer.happened(EVENTS[0])
    assert observer.notices == ["hello"]
    assert observer.steps == [("a", "runs tests")]
    assert observer.events == [EVENTS[0]]
