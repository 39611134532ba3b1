import pytest
from drafted import KIRO, codes, drafts_of, dropped, text_of, written

from specloop.drafts.importing.kiro_ids import RuleIds

CART = ".kiro/specs/cart-total"


@pytest.fixture(scope="module")
def found():
    return drafts_of(KIRO)


def test_a_leaf_task_with_a_file_is_a_module(found):
    drafts, _ = found
    files = {name: draft.file for name, draft in drafts.items() if "NEEDS" not in draft.file}
    assert files == {"cart": "shop/cart.py", "discount": "shop/discount.py"}
    assert drafts["discount"].task.splitlines() == [
        "Discounts",
        "",
        "Part of: cart total",
        "The total of a shopping cart.",
        "2: Discounts; Write shop/discount.py",
    ]
    assert drafts["discount"].dependencies == ["cart"]


def test_criteria_keep_their_ids_and_go_where_tasks_cite_them(found):
    drafts, imported = found
    cart, discount = drafts["cart"].requirements, drafts["discount"].requirements
    assert cart.validation == [
        "R1_1: WHEN items are added, THE cart SHALL add their prices",
        "R1_2: THE cart SHALL round to cents",
    ]
    assert discount.error_handling == [
        "R2_2: IF a code is unknown THEN THE cart SHALL raise an error"
    ]
    assert discount.validation[1] == (
        "R2_2: WHILE a code is expired, THE cart SHALL ignore it "
        f"NEEDS CLARIFICATION: R2_2 is also the id of {CART}/requirements.md#L20"
    )
    left = drafts["cart-total"].requirements.validation
    assert left == ["R1_3: WHERE tax applies, THE cart SHALL add it"]
    assert f"# from: {CART}/requirements.md#L29\n" in text_of(imported, "cart")


def test_properties_are_rows_to_write(found):
    drafts, _ = found
    assert drafts["cart"].examples[0].splitlines() == [
        f"# from: {CART}/design.md#L9, for V1, V2",
        "# row to write: Property 1: Order does not matter *For any* list of items, "
        "the total is that of its reverse. Validates: Requirements 1.1, 1.2",
    ]
    assert "Property 2: Never negative" in drafts["discount"].examples[0]


def test_criteria_in_other_languages_are_rules(found):
    drafts, _ = found
    assert drafts["sprache"].requirements.validation == [
        "R1_1: 利用者が正しいパスワードを入力したとき、システムはログインさせること。",
        "R1_2: もしパスワードが誤っているなら、システムはエラーを表示すること。",
        "R2_1: Wenn jemand sich abmeldet, muss das System die Sitzung beenden.",
    ]


def test_what_is_left_out_is_told(found):
    _, imported = found
    told = dropped(imported)
    for text in [
        f"{CART}/design.md:5 the design: how it is built, not what must hold",
        f"{CART}/requirements.md:9 the glossary: terms, which say nothing that a test could check",
        f"{CART}/requirements.md:15 user stories: why it is wanted",
        f"{CART}/requirements.md:33 blocks of code",
        f"{CART}/tasks.md:3 tasks that only head others",
        f"{CART}/tasks.md:13 tasks: no Python file is named",
        f"{CART}/tasks.md:7 the test file 'tests/test_cart.py': it does not exist",
        ".kiro/specs/leer/requirements.md:1 the file is empty",
        ".kiro/specs/skizze/tasks.md:5 text beside the tasks",
    ]:
        assert text in told
    assert any("skizze/tasks.md:7 a block of code without an end" in text for text in told)
    assert [(s.key, s.text) for s in imported.settings] == [
        ("[project] packages", "fastapi"),
        ("[style] rules", "Type hints everywhere"),
    ]


def test_check_finds_open_points_and_nothing_else(found, tmp_path):
    assert codes(found[1], tmp_path) == {"S109", "S116"}


def test_without_files_a_feature_is_one_draft(tmp_path):
    text = "## Requirements\n### Requirement 1\n- IF it fails\n### Requirements\n- no number\n"
    drafts, _ = drafts_of(written(tmp_path, {".kiro/specs/a/requirements.md": text}))
    assert drafts["a"].requirements.error_handling == ["R1_1: IF it fails"]
    assert drafts["a"].requirements.validation == ["no number"]


def test_signatures_in_the_design_are_where_to_look_for_exports(tmp_path):
    design = """```python
class Cart:
    def total(self) -> int:
        ...
```
- below an item
  ~~~
  async def fetch(sku: str) -> int
  def keep(
  class Cart {
  print("def f()")
"""
    files = {
        f"{CART}/requirements.md": "## Requirements\n### Requirement 1\n1. WHEN a\n2. WHEN b",
        f"{CART}/design.md": design,
        f"{CART}/tasks.md": "- [ ] 1 cart.py\n  - _Requirements: 1.1_\n- [ ] 2 tax.py",
        ".kiro/specs/other/requirements.md": "### Requirement 1\n1. WHEN c",
    }
    drafts, _ = drafts_of(written(tmp_path, files))
    asked = "which names does it export? Write their signatures under `exports`"
    see = f"(see {CART}/design.md#L2, {CART}/design.md#L8, {CART}/design.md#L9)"
    for name in ("cart", "tax", "cart-total"):
        assert drafts[name].constraints[0] == f"NEEDS CLARIFICATION: {asked} {see}"
    assert drafts["other"].constraints[0] == f"NEEDS CLARIFICATION: {asked}"
    files = {f"{CART}/design.md": "```\n" + "def f():\n" * 5}
    drafts, _ = drafts_of(written(tmp_path, files))
    assert drafts["cart"].constraints[0].endswith(f"{CART}/design.md#L4 and 2 more)")


def test_a_criterion_that_asks_is_an_open_point(tmp_path):
    text = "### Requirement 1\n1. **IF it fails?**\n2. WHEN a? THEN b\n3. WHEN ENTER 空？\n"
    drafts, _ = drafts_of(written(tmp_path, {".kiro/specs/a/requirements.md": text}))
    asked = "NEEDS CLARIFICATION: say what happens"
    assert drafts["a"].requirements.error_handling == [f"R1_1: IF it fails? {asked}"]
    assert drafts["a"].requirements.validation == [
        "R1_2: WHEN a? THEN b",
        f"R1_3: WHEN ENTER 空？ {asked}",
    ]


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("1.1, 2.1", ["R1_1", "R2_1"]),
        ("1.2-1.10", ["R1_2", "R1_10"]),
        ("1.1 – 2.1", ["R1_1", "R1_2", "R1_10", "R2_1"]),
        ("1、2.1", ["R1_1", "R1_2", "R1_10", "R2_1"]),
        ("All", ["R1_1", "R1_2", "R1_10", "R2_1"]),
        ("2.1, 2.1", ["R2_1"]),
        ("9.9, -, 1-, none, 2-1", ["R1_1", "R1_2", "R1_10"]),
        ("", []),
    ],
)
def test_citations(text, ids):
    rules = RuleIds(["R1_10", "R1_2", "R1_1", "R2_1", "", "R2_1"])
    assert list(rules.cited_in(text)) == ids
