from dataclasses import replace

import pytest

from specloop.errors import InvalidInput, ModelUnavailable
from specloop.models.registry import open_model
from specloop.models.replay import answer_path
from specloop.spec.settings import ModelTable, Price
from specloop.testing import unheard


def write(root, number, text):
    path = answer_path(root / "answers", "slug", number)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode())
    return path


def test_the_answer_to_a_call_is_the_file_of_that_number(tmp_path, prompt):
    write(tmp_path, 1, "first\r\n")
    write(tmp_path, 2, "second é\n")
    model = open_model(ModelTable(name="replay/answers"), tmp_path)
    assert model.complete(prompt, unheard).text == "first\r\n"
    second = model.complete(replace(prompt, number=2), unheard)
    assert second.text == "second é\n"
    assert (second.model, second.finish_reason, second.usage.calls) == ("replay/answers", "stop", 1)
    assert second.usage.output_tokens > 0
    assert second.cost_usd is None


def test_answers_past_the_ninety_ninth_have_as_many_digits_as_they_need(tmp_path, prompt):
    assert write(tmp_path, 100, "late").name == "100.md"
    model = open_model(ModelTable(name="replay/answers"), tmp_path)
    assert model.complete(replace(prompt, number=100), unheard).text == "late"


def test_a_missing_answer_is_named(tmp_path, prompt):
    write(tmp_path, 1, "x")
    model = open_model(ModelTable(name="replay/answers"), tmp_path)
    with pytest.raises(ModelUnavailable, match=r"call 7 of module 'slug'.*answers/slug/07\.md"):
        model.complete(replace(prompt, number=7), unheard)


def test_a_missing_folder_is_found_before_the_run(tmp_path):
    model = open_model(ModelTable(name="replay/answers"), tmp_path)
    with pytest.raises(ModelUnavailable, match=r"no folder .*answers"):
        model.check()
    (tmp_path / "answers").mkdir()
    model.check()


@pytest.mark.parametrize("name", ["replay/", "replay/..", "replay/../other", "replay//etc"])
def test_the_folder_is_inside_the_project(tmp_path, name):
    with pytest.raises(InvalidInput, match="no folder inside the project"):
        open_model(ModelTable(name=name), tmp_path)


def test_a_price_in_the_table_is_used(tmp_path, prompt):
    write(tmp_path, 1, "x" * 100)
    table = ModelTable(name="replay/answers", price=Price(input=1.0, output=2.0))
    model = open_model(table, tmp_path)
    done = model.complete(prompt, unheard)
    assert done.cost_usd == pytest.approx(
        (done.usage.input_tokens * 1.0 + done.usage.output_tokens * 2.0) / 1e6
    )
    tokens, usd = model.worst_case(prompt)
    assert tokens == done.usage.input_tokens + 8192
    assert usd is not None
    assert usd > done.cost_usd
