"""Three honest interviewers and one who invents: the rules find the one and leave the three alone."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from surveys.integrity import BackCheckCandidate, Flag, Interview, flags, normalised, select_back_checks, to_back_check

EACH = 30
HONEST = ("chen", "lin", "wu")
REMARKS = ("希望多来看看老人", "上门太少", "活动时间可以早些", "没有意见", "挺好的", "请多通知", "电话打不通")
REASONS = ("", "，就这样", "，腿脚不便", "，住得远", "，孩子不在身边", "，别的都好", "，年纪大了听不清")


def allowed(moment: datetime) -> bool:
    return 9 <= moment.hour < 21


def honest(chance: random.Random, name: str, interviewer: str) -> Interview:
    """As people answer here: half are all 「很满意」, remarks are few and vary, the call lasts as long as the talk."""
    seconds = chance.lognormvariate(5.3, 0.25)
    scale = (100,) * 8 if chance.random() < 0.5 else tuple(chance.choice((100, 100, 80, 80, 60)) for _ in range(8))
    started = datetime(2026, 11, 2 + chance.randrange(20), chance.randrange(9, 20), chance.randrange(60), tzinfo=UTC)
    return Interview(
        id=name,
        interviewer=interviewer,
        mode="phone",
        started=started,
        ended=started + timedelta(seconds=seconds),
        questions=chance.randrange(19, 24),
        total_seconds=seconds,
        scale=scale,
        texts=(normalised(chance.choice(REMARKS) + chance.choice(REASONS)),) if chance.random() < 0.2 else (),
        called=f"n{name}",
        had_call=True,
        call_seconds=seconds * chance.uniform(0.95, 1.3),
        satisfied=chance.random() < 0.88,
        stratum=str(chance.randrange(3)),
    )


def invented(chance: random.Random, name: str) -> Interview:
    """Filled in at the desk: fast, all the best, the same remark, and no more than a ring of the telephone."""
    seconds = chance.uniform(45, 90)
    return replace(
        honest(chance, name, "ma"),
        total_seconds=seconds,
        scale=(100,) * 8,
        texts=(normalised("服务很好没有意见"),) if chance.random() < 0.5 else (),
        had_call=chance.random() < 0.5,
        call_seconds=chance.uniform(3, 15),
        satisfied=True,
    )


def a_fieldwork(seed: int, *, inventor: bool) -> list[Interview]:
    chance = random.Random(seed)
    interviews = [honest(chance, f"{name}{i}", name) for name in HONEST for i in range(EACH)]
    last = [invented(chance, f"ma{i}") if inventor else honest(chance, f"ma{i}", "ma") for i in range(EACH)]
    return interviews + last


def flagged_of(raised: tuple[Flag, ...], interviews: list[Interview]) -> Counter[str]:
    interviewer_of = {interview.id: interview.interviewer for interview in interviews}
    return Counter(interviewer_of[name] for name in to_back_check(raised))


@pytest.mark.parametrize("seed", range(12))
def test_the_inventor_is_found_and_the_honest_are_left_alone(seed: int) -> None:
    interviews = a_fieldwork(seed, inventor=True)
    raised = flags(interviews, hours=allowed)
    counts = flagged_of(raised, interviews)
    assert counts["ma"] >= 0.9 * EACH
    assert all(counts[name] <= 2 for name in HONEST)
    assert {flag.interviewer for flag in raised if flag.kind == "too_favourable"} <= {"ma"}


@pytest.mark.parametrize("seed", range(12))
def test_among_honest_interviewers_nobody_stands_out(seed: int) -> None:
    interviews = a_fieldwork(seed, inventor=False)
    raised = flags(interviews, hours=allowed)
    assert all(count <= 2 for count in flagged_of(raised, interviews).values())
    assert [flag for flag in raised if flag.kind == "too_favourable"] == []


def test_a_patient_inventor_whose_answers_vary_still_has_no_calls_and_is_drawn_by_chance() -> None:
    chance = random.Random(5)
    interviews = a_fieldwork(5, inventor=False)[: 3 * EACH]
    interviews += [replace(honest(chance, f"ma{i}", "ma"), had_call=False) for i in range(EACH)]
    assert flagged_of(flags(interviews, hours=allowed), interviews)["ma"] == EACH
    drawn = select_back_checks(
        [BackCheckCandidate(selection.id, selection.interviewer) for selection in interviews], "seed", 10
    )
    assert any(interview.response.startswith("ma") for interview in drawn)
