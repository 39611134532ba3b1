from specloop.attempt.message import Message
from specloop.models.recording import RecordingModel
from specloop.models.replay import ReplayModel
from specloop.ports import Prompt
from specloop.spec.settings import ModelTable
from specloop.testing import ScriptedModel, unheard


def test_what_is_recorded_can_be_replayed(tmp_path):
    replies = {"slug": ["```python\r\nx = 1\n```", "second"]}
    recording = RecordingModel(ScriptedModel(replies, name="some/model"), tmp_path / "kept")
    replay = ReplayModel(ModelTable(name="replay/kept"), tmp_path)

    for number, text in enumerate(replies["slug"], 1):
        prompt = Prompt("slug", number, (Message("user", "write"),), key="k")
        assert recording.complete(prompt, unheard).text == text
        assert replay.complete(prompt, unheard).text == text
    assert recording.name == "some/model"
