"""project.toml, as pydantic models: the types, the ranges and the defaults."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, WithJsonSchema

from specloop.spec.hours import EVERY_DAY, HOURS, windows_of


def _checked_hours(hours: str) -> str:
    windows_of([hours])
    return hours


NotNegative = Annotated[int, Field(ge=0)]
Dollars = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Weekday = Annotated[int, Field(ge=1, le=7)]
Hours = Annotated[
    str,
    AfterValidator(_checked_hours),
    WithJsonSchema(
        {
            "type": "string",
            "pattern": f"^{HOURS}$",
            "patternErrorMessage": "hours such as 16:30-00:30",
        }
    ),
]


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class ProjectTable(_Table):
    """The [project] table."""

    name: Annotated[str, Field(min_length=1, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")] = Field(
        description="Names the project and, unless [git] says otherwise, the run's branch"
    )
    specs: list[str] = Field(
        default=["specs/*.yaml"],
        description="Patterns of spec files, from the root",
    )
    packages: list[str] = Field(
        default=[],
        description="What generated code may import, as for pip",
    )
    test_packages: list[str] = Field(default=[], description="What the tests need besides those")
    pythonpath: list[str] = Field(
        default=["."], description="Folders of generated code and tests on sys.path"
    )
    python: str = Field(default="", description="The interpreter that runs the tests")


class OffPeak(_Table):
    """USD per million tokens at hours that cost less."""

    input: Dollars = Field(description="For tokens of the prompt")
    cached_input: Dollars | None = Field(
        default=None,
        description="For those that the provider has cached; left out: as at other hours, "
        "but not more than `input`",
    )
    output: Dollars = Field(description="For tokens of the answer")
    hours_utc: Annotated[list[Hours], Field(min_length=1)] = Field(
        description="The hours in UTC, such as 16:30-00:30"
    )
    weekdays: Annotated[list[Weekday], Field(min_length=1)] = Field(
        default=list(EVERY_DAY), description="The days with these hours, in UTC; 1 is Monday"
    )
    whole_days: list[Weekday] = Field(
        default=[], description="Days with this price at all hours, in UTC"
    )


class Price(_Table):
    """USD per million tokens."""

    input: Dollars = Field(description="For tokens of the prompt")
    cached_input: Dollars | None = Field(
        default=None,
        description="For those that the provider has cached; left out: what `input` is",
    )
    output: Dollars = Field(description="For tokens of the answer")
    off_peak: OffPeak | None = Field(default=None, description="What it is at cheaper hours")


class ModelTable(_Table):
    """One [[models]] table. What is not set comes from the model's family."""

    name: Annotated[str, Field(min_length=1)] = Field(
        description="A LiteLLM or server name, local/FILE.gguf, command/PROGRAM or replay/DIR"
    )
    api_base: str = Field(default="", description="The address of a server")
    api_key_env: str = Field(default="", description="The NAME of the variable that holds the key")
    temperature: Annotated[float, Field(ge=0, le=2)] | None = Field(
        default=None, description="0 to 2; left out: the family's, else the provider's"
    )
    max_output_tokens: Annotated[int, Field(ge=1)] | None = Field(
        default=None,
        description="The longest answer; left out: the family's, at most half of the window",
    )
    context_tokens: Annotated[int, Field(ge=256)] | None = Field(
        default=None,
        description="The window, for prompt and answer together; left out: the family's",
    )
    thinking: bool | None = Field(
        default=None, description="Whether it thinks before it answers; left out: the family's"
    )
    timeout_seconds: Annotated[int, Field(ge=1)] = Field(
        default=600, description="The longest silence of a server; three times that for a request"
    )
    price: Price | None = Field(
        default=None, description="USD per million tokens; left out: LiteLLM's table"
    )
    extra: dict[str, Any] = Field(
        default={}, description="Further keys of the request, passed on as they are"
    )


class LimitsTable(_Table):
    """The [limits] table; 0 is no limit."""

    attempts: NotNegative = Field(default=8, description="Answers that may be asked for one module")
    usd: Dollars = Field(default=5.0, description="USD that a run may cost")
    tokens: NotNegative = Field(default=0, description="Tokens, in and out, that a run may take")
    minutes: NotNegative = Field(default=0, description="Time in which a run may be worked on")
    module_lines: NotNegative = Field(default=100, description="Lines of a generated file")
    function_lines: NotNegative = Field(default=50, description="Lines of one function in it")
    test_seconds: NotNegative = Field(default=60, description="Time for one run of one suite")
    memory_mb: NotNegative = Field(default=2048, description="Megabytes of each test process")
    models_in_flight: Annotated[int, Field(ge=1)] = Field(default=4, description="Calls at once")
    test_workers: NotNegative = Field(
        default=0,
        description="Test runs at once; 0 is one for each core",
    )


class StyleTable(_Table):
    """The [style] table."""

    rules: list[str] = Field(default=[], description="Sentences that go into every prompt")
    ruff: list[str] = Field(
        default=["E9", "F63", "F7", "F82"],
        description="Rules of ruff that code must pass before its tests",
    )


class SandboxTable(_Table):
    """The [sandbox] table."""

    level: Literal["auto", "strong", "basic", "none"] = Field(
        default="auto",
        description="How test processes are confined; `none` must be asked for in the run",
    )
    network: bool = Field(default=False, description="Whether the tests need the network")
    subprocess: bool = Field(default=False, description="Whether the tests start programs")


class GitTable(_Table):
    """The [git] table."""

    branch: str = Field(
        default="",
        description="The branch that runs commit to; empty: specloop/ and the project's name",
    )


class IntegrationTable(_Table):
    """The [integration] table."""

    tests: list[str] = Field(
        default=[], description="Files, folders or node ids of pytest that try the modules together"
    )
    attempts: NotNegative = Field(
        default=6,
        description="Failing runs of them before a run gives up",
    )


class Settings(_Table):
    """A whole project.toml."""

    project: ProjectTable = Field(description="What the project is made of")
    models: list[ModelTable] = Field(
        default=[], description="The first is asked first; the others are the escalation ladder"
    )
    limits: LimitsTable = Field(default=LimitsTable(), description="Limits; 0 is none")
    style: StyleTable = Field(default=StyleTable(), description="What code should look like")
    sandbox: SandboxTable = Field(default=SandboxTable(), description="Where the tests run")
    git: GitTable = Field(default=GitTable(), description="Where the run commits")
    integration: IntegrationTable = Field(
        default=IntegrationTable(), description="Tests of all modules together"
    )
