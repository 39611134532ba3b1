from datetime import UTC, datetime

import pytest

from specloop.spec.hours import CheapHours, windows_of

DEEPSEEK = CheapHours(
    (
        *windows_of(["00:00-01:00", "04:00-06:00", "10:00-00:00"], [1, 2, 3, 4, 5]),
        *windows_of(["00:00-00:00"], [6, 7]),
    )
)


def at(day, clock):
    """A moment of the week from Monday the 2nd on."""
    hour, minute = map(int, clock.split(":"))
    return datetime(2026, 11, 1 + day, hour, minute, tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    ("now", "then"),
    [
        ((1, "00:30"), (1, "01:00")),
        ((1, "01:00"), (1, "04:00")),
        ((1, "03:59"), (1, "04:00")),
        ((1, "12:00"), (2, "01:00")),  # past midnight, which is no change
        ((4, "09:00"), (4, "10:00")),
        ((5, "10:00"), (8, "01:00")),  # over the weekend
        ((7, "23:59"), (8, "01:00")),
    ],
)
def test_when_the_hours_begin_or_end(now, then):
    assert DEEPSEEK.change(at(*now)) == at(*then)
    assert DEEPSEEK.hold(at(*then)) is not DEEPSEEK.hold(at(*now))
    assert DEEPSEEK.hold(at(*then) - 1) is DEEPSEEK.hold(at(*now))


def test_a_change_is_up_to_a_week_away():
    hours = CheapHours(windows_of(["05:07-05:08"], [3]))
    assert hours.change(at(3, "05:08")) == at(10, "05:07")
    assert hours.change(at(10, "05:07") + 0.5) == at(10, "05:08")


@pytest.mark.parametrize("hours", [CheapHours(()), CheapHours(windows_of(["00:00-24:00"]))])
def test_hours_that_never_change(hours):
    assert hours.change(at(1, "12:00")) is None


def test_hours_that_pass_midnight_belong_to_the_days_named():
    hours = CheapHours(windows_of(["22:00-02:00"], [5]))
    assert [hours.hold(at(5, clock)) for clock in ("01:59", "02:00", "21:59", "22:00")] == [
        *(True, False, False, True)
    ]
    assert not hours.hold(at(6, "01:00"))


def test_days_of_another_zone():
    hours = CheapHours(windows_of(["00:00-00:00"], [6]), "Asia/Kathmandu")  # 5:45 h before UTC
    assert hours.change(at(4, "00:00")) == at(5, "18:15")
    assert hours.change(at(5, "18:15")) == at(6, "18:15")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "10-12",
        "24:00-01:00",
        "10:00",
        "10:00-25:00",
        "10:60-11:00",
        "1:00-2:00",
        "10:00-11:00\n",
    ],
)
def test_what_are_no_hours(text):
    with pytest.raises(ValueError, match="write them as HH:MM-HH:MM"):
        windows_of([text])


@pytest.mark.parametrize(
    ("hours", "text"),
    [
        (
            DEEPSEEK,
            "Mon-Fri 00:00-01:00, 04:00-06:00, 10:00-24:00; Sat-Sun 00:00-24:00 UTC",
        ),
        (CheapHours(windows_of(["16:30-00:30"])), "Mon-Sun 00:00-00:30, 16:30-24:00 UTC"),
        (
            CheapHours(windows_of(["04:00-06:00"], [1, 3, 4, 7])),
            "Mon, Wed-Thu, Sun 04:00-06:00 UTC",
        ),
    ],
)
def test_hours_in_words(hours, text):
    assert str(hours) == text
