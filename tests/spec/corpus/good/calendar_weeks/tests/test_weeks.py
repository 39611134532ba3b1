from datetime import date

import pytest
from dates.weeks import week


@pytest.mark.spec("calendar_weeks/I1", "calendar_weeks/O1")
@pytest.mark.parametrize(
    ("day", "expected"), [(date(2027, 1, 31), (2027, 4)), (date(1, 1, 1), (1, 1))]
)
def test_week(day, expected):
    assert week(day) == expected


@pytest.mark.spec("calendar_weeks/E1")
def test_no_date():
    with pytest.raises(TypeError):
        week("2027-01-31")


@pytest.mark.spec("calendar_weeks/X1")
def test_january():
    assert week(date(2027, 1, 1)) == (2026, 53)
