"""What an evaluation may set about calling, and the problems that are reported otherwise."""

from __future__ import annotations

from datetime import datetime, timedelta
from datetime import time as clock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.calling.reading import NUMBERS, read_calling_settings
from surveys.calling.settings import DEFAULT, CallingSettings, Quiet, Slot
from surveys.problems import InvalidDocument


def complaints(body: object) -> dict[str, str]:
    with pytest.raises(InvalidDocument) as refused:
        read_calling_settings(body)
    return {problem.where.zh: problem.message.zh for problem in refused.value.problems}


def test_an_empty_body_means_the_defaults() -> None:
    assert read_calling_settings({}) == DEFAULT == CallingSettings()
    assert [(f"{slot.begins:%H:%M}", f"{slot.ends:%H:%M}") for slot in DEFAULT.working_days] == [
        ("09:00", "11:30"),
        ("14:30", "17:30"),
        ("18:30", "20:30"),
    ]


def test_defaults_keep_within_their_own_bounds_and_are_written_and_read_back() -> None:
    assert read_calling_settings(DEFAULT.to_json()) == DEFAULT


def test_all_problems_are_reported_at_once_and_name_their_field_in_chinese() -> None:
    said = complaints(
        {
            "working_days": [["9:00", "11:30"], ["14:30", "14:30"], ["07:59", "09:00"], "always"],
            "rest_days": [["14:00", "16:00"], ["15:00", "17:00"]],
            "call_on_public_holidays": "yes",
            "quiet": [
                {"from": "2026-02-30", "to": "2026-02-20T12:00", "reason": "春节"},
                {"from": "2026-02-20", "to": "2026-02-19", "reason": "哀悼"},
                {"from": "2026-02-20", "to": "2026-02-21", "reason": " "},
                {"from": "2026-02-20T12:00+08:00", "to": "2026-02-21", "reason": "x"},
                {"to": "2026-02-21", "reason": "x"},
            ],
            "least_attempts": 2,
            "lease_minutes": True,
            "colour": "red",
        }
    )
    assert set(said) == {
        "working_days[0]", "working_days[1]", "working_days[2]", "working_days[3]", "rest_days",
        "call_on_public_holidays", "quiet[0].from", "quiet[1]", "quiet[2].reason", "quiet[3].from", "quiet[4]",
        "least_attempts", "lease_minutes", "colour",
    }  # fmt: skip
    assert said["least_attempts"] == "放弃前最少联系次数应为 3 到 10 之间的整数。"
    assert said["rest_days"] == "休息日的拨打时段应从早到晚排列，互不重叠。"


@pytest.mark.parametrize("body", [None, [], "x", 3])
def test_what_is_no_object_is_refused(body: object) -> None:
    assert complaints(body) == {"（全文）": "应为一个对象 {…}。"}


@pytest.mark.parametrize("name", ["least_attempts", "least_days", "least_day_parts"])
def test_the_rule_for_giving_up_can_be_made_stricter_and_never_weaker(name: str) -> None:
    least = getattr(DEFAULT, name)
    assert name in complaints({name: least - 1})
    assert getattr(read_calling_settings({name: least + 1}), name) == least + 1


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ({"most_attempts": 4, "least_attempts": 5}, "most_attempts"),
        ({"most_attempts": 5, "least_days": 6}, "most_attempts"),
        ({"most_calls_a_day": 4, "most_calls_a_week": 3}, "most_calls_a_week"),
        ({"working_days": [], "rest_days": []}, "working_days"),
        ({"working_days": [], "rest_days": [["09:00", "10:00"]]}, "least_day_parts"),
        ({"working_days": [["09:00", "12:00"]], "rest_days": []}, "least_day_parts"),
        ({"least_day_parts": 4, "rest_days": []}, "least_day_parts"),
    ],
)
def test_settings_that_could_never_close_a_case_are_refused(body: object, place: str) -> None:
    assert set(complaints(body)) == {place}


def test_a_quiet_time_in_dates_includes_its_last_day() -> None:
    quiet = read_calling_settings({"quiet": [{"from": "2026-02-16", "to": "2026-02-18", "reason": "村里过年"}]}).quiet
    assert quiet == (Quiet(datetime.fromisoformat("2026-02-16"), datetime.fromisoformat("2026-02-19"), "村里过年"),)


minutes = st.integers(8 * 60, 21 * 60)
slots = (
    st.lists(minutes, min_size=2, max_size=8, unique=True)
    .map(sorted)
    .map(
        lambda m: tuple(
            Slot(clock(*divmod(a, 60)), clock(*divmod(b, 60))) for a, b in zip(m[::2], m[1::2], strict=False)
        )
    )
)
moments = st.datetimes(min_value=datetime.fromisoformat("2020-01-01"), max_value=datetime.fromisoformat("2035-01-01"))
quiets = st.builds(
    lambda at, length, reason: Quiet(
        at.replace(second=0, microsecond=0), at.replace(second=0, microsecond=0) + length, reason
    ),
    moments,
    st.integers(1, 20_000).map(lambda n: timedelta(minutes=n)) | st.integers(1, 9).map(lambda n: timedelta(days=n)),
    st.text("春节哀悼", min_size=1, max_size=9),
)
some_settings = st.builds(
    CallingSettings,
    rest_days=slots | st.just(()),
    call_on_public_holidays=st.booleans(),
    quiet=st.lists(quiets, max_size=4).map(tuple),
    most_attempts=st.integers(5, 15),
    lease_minutes=st.integers(*NUMBERS["lease_minutes"][1:]),
)


@given(some_settings)
def test_written_settings_are_read_back_the_same(settings: CallingSettings) -> None:
    assert read_calling_settings(settings.to_json()) == settings


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["from", "to", "reason"]) | st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from([*DEFAULT.to_json()]) | st.text(max_size=5), anything, max_size=8) | anything)
def test_any_json_body_is_read_or_refused(body: object) -> None:
    try:
        settings = read_calling_settings(body)
    except InvalidDocument:
        return
    assert read_calling_settings(settings.to_json()) == settings
