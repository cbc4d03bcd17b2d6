"""The evaluator's and administrator's pages from the ledger to the settlement, through forms and links."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app.clock import local, now
from app.demo.ledger_file import ledger_workbook
from app.draw.commands.ceremonies import SYSTEM_NAME, SYSTEM_SOURCE
from app.models import Case, Draw, Evaluation, LedgerUpload, Response, Role, Schedule, Settlement, User
from surveys import library
from tests.app.ledger.reader.corpus import FILES
from tests.builders import (
    AREAS,
    STATION,
    VILLAGES,
    a_draw,
    a_finished_evaluation,
    a_ledger,
    a_member,
    a_response,
    a_sealed_frame,
    a_user,
    an_evaluation,
    cases_of,
)
from tests.clock import Clock
from tests.visitor import Visitor, upload

S = "/evaluations/sample-2023"


@pytest.fixture
def lead(session: Session, visitor: Visitor) -> Visitor:
    evaluation = an_evaluation(session)
    a_member(session, evaluation, Role.LEAD, "lead")
    visitor.sign_in("lead")
    return visitor


def test_from_ledger_to_draw_through_the_pages(session: Session, lead: Visitor, clock: Clock) -> None:
    assert "还没有名册" in lead.get(f"{S}/ledgers").text
    page = lead.get(f"{S}/ledgers").submit(label="台账", file=upload(a_ledger(150), "台账.csv"))
    assert page.heading == "核对读法"
    assert "示例00000" not in page.text
    assert "19900000000" not in page.text
    page = page.form(containing="seen").submit()
    assert "名册已导入" in page.text
    assert lead.get(f"{S}/frame").submit(typed_name="别的站").status == 422
    page = lead.get(f"{S}/frame").submit(typed_name=STATION)
    assert "已封存" in page.text
    assert "不少于 100 人" in lead.get(f"{S}/ceremony/new?size_by=typed&size=99").text
    expected = f"{local(now()) + timedelta(hours=1):%Y-%m-%dT%H:%M}"
    form = lead.get(f"{S}/ceremony/new?size_by=typed&size=120").form(containing="public")
    page = form.submit(public="骰子", expected=expected)
    assert "方案已公布" in page.text
    page.form(action="close").submit()
    clock.goes_on(hours=2)
    for _ in range(2):
        lead.get(f"{S}/ceremony").form(action="reveal/1").submit(value="3 5 2")
    page = lead.get(f"{S}/ceremony").form(action="ceremony/draw").submit()
    assert "已抽样" in page.text
    draw = session.scalars(select(Draw)).one()
    assert (draw.size, draw.certificate["seed"]["contributions"][0]["value"]) == (120, "3 5 2")
    page = lead.get(f"{S}/draw").form(action="verify").submit()
    assert "重新验证：一致" in page.text
    certificate = lead.client.get(f"{S}/draw/certificate.json")
    check = lead.get("/verify").submit(certificate=upload(certificate.data, "c.json"))
    assert "证书自身一致" in check.text
    altered = certificate.data.replace(b'"size": 120', b'"size": 121')
    page = lead.get("/verify").submit(certificate=upload(altered, "c.json"))
    assert page.status == 422
    assert "allocated" in page.text


def test_the_offices_first_delivery_is_corrected_and_delivered_again(session: Session, lead: Visitor) -> None:
    from app.demo.people import AREAS as SHIBI
    from app.models import ServiceArea, Village

    evaluation = session.scalars(select(Evaluation)).one()
    area = session.scalars(select(ServiceArea)).first()
    assert area is not None
    for number, village in enumerate(v for _, villages in SHIBI for v, _ in villages):
        session.add(Village(station_id=evaluation.station_id, area_id=area.id, code=f"9{number:03d}", name=village))
    session.commit()
    counts = []
    for corrected in (False, True):
        file = upload(ledger_workbook(corrected=corrected), "台账.xlsx")
        page = lead.get(f"{S}/ledgers").submit(label="台账", file=file).form(containing="seen").submit()
        counts.append(page.text)
        if not corrected:
            assert "第 20 行的村居「石壁1村」不在名单里" in page.follow("村居不在名单里").text
    assert "10 处错误所在的行没有列入" in counts[0]
    assert "处错误所在的行" not in counts[1]
    uploads = session.scalars(select(LedgerUpload).order_by(LedgerUpload.id)).all()
    assert [u.state for u in uploads] == ["replaced", "imported"]
    csv = lead.client.get(f"{S}/ledgers/{uploads[0].uuid}/findings.csv")
    assert csv.data.startswith("\ufeff工作表".encode())


@pytest.mark.parametrize(
    "name", ["a renamed program", "a locked package", "a formula", "a zip bomb", "half a million rows"]
)
def test_a_hostile_ledger_is_answered_on_the_page_and_nothing_is_stored(
    session: Session, lead: Visitor, name: str
) -> None:
    filename, build, _code, word = FILES[name]
    page = lead.get(f"{S}/ledgers").submit(label="坏文件", file=upload(build(), filename))
    assert page.status == 422
    assert word in page.text
    assert session.scalar(select(func.count()).select_from(LedgerUpload)) == 0


def test_a_ledger_without_a_name_or_file_keeps_what_was_typed(lead: Visitor) -> None:
    page = lead.get(f"{S}/ledgers").submit(label="")
    assert page.status == 422
    assert "请选择名册文件" in page.text
    page = lead.get(f"{S}/ledgers").submit(label="石壁台账")
    assert 'value="石壁台账"' in page.html


def test_columns_that_do_not_match_are_named(lead: Visitor) -> None:
    page = lead.get(f"{S}/ledgers").submit(label="台账", file=upload(a_ledger(5), "a.csv"))
    page = page.form(containing="seen").submit(set0_column1="-", set0_column0="categories")
    assert page.status == 422
    assert "里没有「村居」这一栏" in page.text
    assert "哪一栏是「姓名」" in page.text


def test_every_stage_has_a_page_before_there_are_data(lead: Visitor) -> None:
    for path, word in (
        ("/frame", "抽样框是空的"),
        ("/draw", "还没有可以抽样的名册"),
        ("/fieldwork", "还没有抽样"),
        ("/results", "还没有有效答卷"),
    ):
        page = lead.get(S + path)
        assert page.status == 200
        assert word in page.text
    assert lead.get(f"{S}/score").status == 409


def test_the_progress_page_shows_counts_and_no_names(session: Session, lead: Visitor) -> None:
    evaluation = session.scalars(select(Evaluation)).one()
    draw = a_draw(session, evaluation)
    assert "还没有联系 100" in lead.get(f"{S}/fieldwork").text
    a_response(session, cases_of(session, draw)[0])
    page = lead.get(f"{S}/fieldwork")
    assert "本人完成" in page.text
    assert "示例0" not in page.text


def test_results_score_and_settling(session: Session, another_visitor: Callable[[], Visitor]) -> None:
    evaluation = a_finished_evaluation(session)
    lead, station = another_visitor(), another_visitor()
    lead.sign_in("lead")
    a_member(session, evaluation, Role.STATION, "station")
    station.sign_in("station")
    assert "共 100 人接受调查评价，100 人满意度 100%" in lead.get(f"{S}/results").text
    page = lead.get(f"{S}/score")
    assert "87.6" in page.text
    assert "良好" in page.text
    assert "16.3 + 16.8 + 17.6" in page.text
    assert "对照项" in page.text
    assert station.get(f"{S}/score").status == 404
    page = lead.get(f"{S}/score/entry").submit(monitoring="11")
    assert page.status == 422
    assert "要在 0 到 10 之间" in page.text
    page = lead.get(f"{S}/score/settle").form(action="settle").submit()
    assert "评分已定案" in page.text
    assert session.scalars(select(Settlement.total)).one() == "87.6"
    assert "87.6" in station.get(f"{S}/score").text
    assert lead.get(f"{S}/score/settle").form(action="settle").submit().status == 422


def test_a_deleted_case_stops_the_score_on_the_page(session: Session, visitor: Visitor) -> None:
    a_finished_evaluation(session, answered=5)
    visitor.sign_in("lead")
    victim = session.scalars(select(Case.id).where(Case.id.not_in(select(Response.case_id))).limit(1)).one()
    session.execute(delete(Schedule).where(Schedule.case_id == victim))
    session.execute(delete(Case).where(Case.id == victim))
    session.commit()
    for path in ("/score", "/score/settle"):
        page = visitor.get(S + path)
        assert page.status == 409
        assert "没有个案" in page.text
    page = visitor.get(f"{S}/draw").form(action="verify").submit()
    assert page.status == 409
    assert "重新验证：不一致" in page.text


def test_each_party_enters_its_own_points_and_sees_no_more(session: Session, visitor: Visitor) -> None:
    evaluation = an_evaluation(session)
    a_member(session, evaluation, Role.PURCHASER, "street")
    visitor.sign_in("street")
    form = visitor.get(f"{S}/score/entry").form(containing="purchaser_score")
    assert form.names() == {"csrf_token", "purchaser_score"}
    assert "评分已保存" in form.submit(purchaser_score="19.8").text
    assert 'value="19.8"' in visitor.get(f"{S}/score/entry").html


def test_facts_are_stated_and_wrong_ones_named(session: Session, lead: Visitor) -> None:
    page = lead.get(f"{S}/score/facts").submit(staff_due="很多", posts_misused="false")
    assert page.status == 422
    assert "请填数字" in page.text
    a_draw(session, session.scalars(select(Evaluation)).one())
    page = lead.get(f"{S}/score/facts").submit(staff_due="130", staff_present="134", posts_misused="false")
    assert "站点情况已保存" in page.text


@pytest.fixture
def boss(session: Session, visitor: Visitor) -> Visitor:
    a_user(session, "boss", administrator=True)
    visitor.sign_in("boss")
    return visitor


def test_a_document_with_five_mistakes_names_all_five(session: Session, boss: Visitor) -> None:
    body = json.loads(json.dumps(library.body("questionnaires", "recipient", 1)))
    body["version"] = 0
    questions = body["sections"][3]["questions"]
    questions[0]["kind"] = "slider"
    questions[1]["options"][0]["score"] = 200
    questions[2]["options"][1]["code"] = questions[2]["options"][0]["code"]
    questions[3]["when"] = {"question": "Z9", "in": ["1"]}
    questions[4]["text"]["zh"] = ""
    file = upload(json.dumps(body).encode(), "q.json")
    page = boss.get("/admin/documents/new").submit(kind="questionnaire", file=file)
    assert page.status == 422
    for place in (
        "version",
        "sections[3].questions[0].kind",
        "sections[3].questions[1].options[0].score",
        "sections[3].questions[2].options[1].code",
        "sections[3].questions[3].when.question",
        "sections[3].questions[4].text.zh",
    ):
        assert place in page.text
    for data in (b"", b"{", b"[" * 100_000, b"\xff\xfe"):
        assert boss.get("/admin/documents/new").submit(kind="scheme", file=upload(data, "s.json")).status == 422


def test_accounts_are_checked_before_they_are_opened(session: Session, boss: Visitor) -> None:
    for values, word in (
        ({"username": "BOSS", "display_name": "x", "password": "long-enough"}, "已经有人使用"),
        ({"username": "b", "display_name": "x", "password": "short"}, "至少 8 个字符"),
        ({"username": "", "display_name": "x", "password": "long-enough"}, "请填写"),
    ):
        page = boss.get("/admin/users/new").submit(**values)
        assert page.status == 422
        assert word in page.text
    assert session.scalar(select(func.count()).select_from(User)) == 1


def test_every_page_of_an_evaluation_is_complete_in_english(session: Session, visitor: Visitor) -> None:
    import re

    a_finished_evaluation(session)
    page = visitor.get("/")
    next(f for f in page.forms() if "language" in f.action).submit(("language", "en"))
    visitor.sign_in("lead")
    data = [
        STATION,
        "示例用户",
        "示例",
        "中期评估",
        "测试",
        "中文",
        "台账",
        "评估机构",
        "机构",
        "区民政局",
        "街道办事处",
        "骰子",
        "预计",  # of a source, as the certificate has it
        "揭晓",
        SYSTEM_SOURCE,
        SYSTEM_NAME,
        *VILLAGES,
        *(name for name, _ in AREAS),
    ]
    for path in (
        "/evaluations",
        S,
        f"{S}/ledgers",
        f"{S}/frame",
        f"{S}/draw",
        f"{S}/fieldwork",
        f"{S}/fieldwork/rates",
        f"{S}/score/entry",
        f"{S}/audit",
    ):
        page = visitor.get(path)
        assert page.tree.get("lang") == "en"
        rest = page.text
        for word in data:
            rest = rest.replace(word, "")
        assert set(re.findall("[\u4e00-\u9fff]{2,}", rest)) == set(), path


def test_the_language_switch_never_leaves_the_site(visitor: Visitor) -> None:
    for target in ("//evil.example", "https://evil.example", "/\\evil.example", ""):
        form = next(f for f in visitor.get("/").forms() if "language" in f.action)
        response = visitor.client.post(
            "/language", data={"csrf_token": form.values()["csrf_token"][0], "language": "en", "next": target}
        )
        assert response.status_code in (302, 303)
        assert response.headers["Location"] == "/"


def test_the_style_guide_and_the_health_check(visitor: Visitor) -> None:
    assert visitor.get("/styleguide").status == 200
    assert visitor.client.get("/healthz").data == b"ok\n"


def test_a_sealed_frame_is_shown_with_its_fingerprint(session: Session, lead: Visitor) -> None:
    frame = a_sealed_frame(session, session.scalars(select(Evaluation)).one())
    page = lead.get(f"{S}/frame")
    assert frame.fingerprint is not None
    assert frame.fingerprint in page.text.replace(" ", "")
