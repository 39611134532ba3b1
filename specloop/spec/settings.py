"""project.toml, as pydantic models: the types, the ranges and the defaults."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

NotNegative = Annotated[int, Field(ge=0)]
Dollars = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class ProjectTable(_Table):
    """The [project] table."""

    name: Annotated[str, Field(min_length=1, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]
    specs: list[str] = ["specs/*.yaml"]
    packages: list[str] = []
    test_packages: list[str] = []
    pythonpath: list[str] = ["."]
    python: str = ""


class Price(_Table):
    """USD per million tokens."""

    input: Dollars
    cached_input: Dollars | None = None
    output: Dollars


class ModelTable(_Table):
    """One [[models]] table. `None` means: the default of the model's profile."""

    name: Annotated[str, Field(min_length=1)]
    api_base: str = ""
    api_key_env: str = ""
    temperature: Annotated[float, Field(ge=0, le=2)] | None = None
    max_output_tokens: Annotated[int, Field(ge=1)] | None = None
    context_tokens: Annotated[int, Field(ge=256)] | None = None
    timeout_seconds: Annotated[int, Field(ge=1)] = 600
    price: Price | None = None
    extra: dict[str, Any] = {}


class LimitsTable(_Table):
    """The [limits] table; 0 is no limit."""

    attempts: NotNegative = 8
    usd: Dollars = 5.0
    tokens: NotNegative = 0
    minutes: NotNegative = 0
    module_lines: NotNegative = 100
    function_lines: NotNegative = 50
    test_seconds: NotNegative = 60
    memory_mb: NotNegative = 2048
    models_in_flight: Annotated[int, Field(ge=1)] = 4
    test_workers: NotNegative = 0


class StyleTable(_Table):
    """The [style] table."""

    rules: list[str] = []
    ruff: list[str] = ["E9", "F63", "F7", "F82"]


class SandboxTable(_Table):
    """The [sandbox] table."""

    level: Literal["auto", "strong", "basic", "none"] = "auto"
    network: bool = False
    subprocess: bool = False


class GitTable(_Table):
    """The [git] table; an empty branch means specloop/NAME."""

    branch: str = ""


class IntegrationTable(_Table):
    """The [integration] table."""

    tests: list[str] = []
    attempts: NotNegative = 6


class Settings(_Table):
    """A whole project.toml."""

    project: ProjectTable
    models: list[ModelTable] = []
    limits: LimitsTable = LimitsTable()
    style: StyleTable = StyleTable()
    sandbox: SandboxTable = SandboxTable()
    git: GitTable = GitTable()
    integration: IntegrationTable = IntegrationTable()
