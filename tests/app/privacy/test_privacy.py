"""Encryption, masking, and the absence of personal data from database, logs and error pages."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.extensions import db
from app.models import AuditEvent, Contact
from app.privacy.keyring import Keyring, KeyringError, new_key
from app.privacy.masking import mask_name, mask_phone
from app.secrets_file import content
from tests.builders import a_finished_evaluation
from tests.conftest import SECRETS, an_app
from tests.visitor import Visitor


@pytest.fixture
def ring() -> Keyring:
    return Keyring.from_settings(f"1:{new_key()}", new_key())


def test_a_value_is_decrypted_only_in_its_own_column_and_unaltered(ring: Keyring) -> None:
    sealed = ring.encrypt("contact.name", "𠮷阿妹".encode())
    assert ring.decrypt("contact.name", sealed).decode() == "𠮷阿妹"
    for column, value in (("contact.address", sealed), ("contact.name", sealed[:-1] + bytes([sealed[-1] ^ 1]))):
        with pytest.raises(KeyringError):
            ring.decrypt(column, value)
    with pytest.raises(KeyringError, match="key 9"):
        ring.decrypt("contact.name", bytes([9]) + sealed[1:])


def test_equal_values_are_encrypted_differently_and_indexed_equally(ring: Keyring) -> None:
    assert ring.encrypt("a", b"x") != ring.encrypt("a", b"x")
    assert ring.blind_index("phone", "１９９ 0000") == ring.blind_index("phone", "1990000")
    assert ring.blind_index("phone", "1990000") != ring.blind_index("name", "1990000")
    other = Keyring.from_settings(f"1:{new_key()}", new_key())
    assert ring.blind_index("phone", "1") != other.blind_index("phone", "1")


KEY = "A" * 43 + "="


@pytest.mark.parametrize("keys", ["", "x", "1:short", f"0:{KEY}", f"300:{KEY}", KEY])
def test_unusable_keys_are_refused_without_showing_them(keys: str) -> None:
    with pytest.raises(KeyringError) as error:
        Keyring.from_settings(keys, new_key())
    assert not keys or keys not in str(error.value)


def test_names_telephones_and_addresses_are_masked() -> None:
    assert mask_phone("19900001234") == "199****1234"
    assert mask_name("欧阳小明") == "欧***"
    assert mask_name("𠮷妹") == "𠮷*"


def test_neither_database_nor_log_nor_audit_contains_personal_data(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    from app.schema import migrate

    file = tmp_path / "evaluation.sqlite3"
    app = an_app(f"sqlite:///{file}")
    caplog.set_level(logging.DEBUG)
    with app.app_context():
        migrate(db.engine)
        a_finished_evaluation(db.session, answered=3)
        people = [(c.name, c.phones[0]) for c in db.session.scalars(select(Contact))]
        visitor = Visitor(app)
        visitor.sign_in("lead")
        visitor.get("/evaluations/sample-2023/fieldwork")
        details = " ".join(str(event.details) for event in db.session.scalars(select(AuditEvent)))
        db.session.close()
        db.engine.dispose()
    raw = b"".join(path.read_bytes() for path in tmp_path.glob("evaluation.sqlite3*"))
    for name, phone in people:
        assert name.encode() not in raw
        assert phone.encode() not in raw
        assert name not in details + caplog.text
        assert phone not in details + caplog.text


def test_an_error_page_and_its_log_contain_no_request_data(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    import config
    from app import access, create_app

    app = create_app(config.Development({**SECRETS, "DATABASE_URL": f"sqlite:///{tmp_path / 'x.sqlite3'}"}))

    def crash() -> str:
        raise ValueError("".join(("示例", "甲", "1990000", "0001")))  # the source line itself may be logged

    app.add_url_rule("/crash", "crash", access.public("a test")(crash))
    response = app.test_client().get("/crash")
    assert response.status_code == 500
    assert "示例甲" not in response.get_data(as_text=True)
    assert "示例甲" not in caplog.text
    assert "ValueError" in caplog.text


def test_a_missing_table_is_an_error_page_without_traceback(tmp_path: Path) -> None:
    app: Flask = an_app(f"sqlite:///{tmp_path / 'empty.sqlite3'}")
    page = app.test_client().get("/q/0000000000000000")
    assert page.status_code == 503
    assert "数据库" in page.get_data(as_text=True) or "繁忙" in page.get_data(as_text=True)


def test_the_secrets_file_holds_fresh_keys(session: Session) -> None:
    first, second = content(), content()
    assert first != second
    values = dict(line.split("=", 1) for line in first.splitlines() if "=" in line)
    Keyring.from_settings(values["FIELD_KEYS"], values["INDEX_KEY"])
    assert session is db.session
