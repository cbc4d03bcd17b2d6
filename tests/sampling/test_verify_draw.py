"""Two verifiers, written apart from one definition, agree on every true and every false certificate."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from sampling import verify_draw
from sampling.certificate import Mismatch, check, check_with_frame
from sampling.checks import content_digest
from sampling.differences import CertificateCheck
from sampling.frame import MalformedFrame, read_canonical
from tests.sampling.golden.make import rounds
from tests.sampling.tamperings import NAMES, TAMPERINGS, Tampering, golden

PROGRAM = Path(verify_draw.__file__)
TAMPERED = pytest.mark.parametrize("tampering", TAMPERINGS.values(), ids=TAMPERINGS)


def application(certificate: Any, frame: bytes | None = None) -> set[str]:
    """The checks that fail in the application."""
    try:
        if frame is None:
            check(certificate)
            return set()
        try:
            people = list(read_canonical(frame.splitlines(keepends=True)))
        except MalformedFrame:
            return application(certificate) | ({"frame"} if "shape" not in application(certificate) else set())
        check_with_frame(certificate, people)
    except Mismatch as mismatch:
        return {str(name) for name in mismatch.checks}
    return set()


def program(certificate: Any, frame: bytes | None = None) -> set[str]:
    """The checks that fail in the program."""
    return {name for name, _where in verify_draw.check(certificate, frame)}


def test_the_program_is_short_enough_to_be_read() -> None:
    text = PROGRAM.read_text("utf-8")
    assert len(text.splitlines()) < 150
    assert max(len(line) for line in text.splitlines()) <= 120
    imported = next(line for line in text.splitlines() if line.startswith("import "))
    assert set(imported.removeprefix("import ").split(", ")) <= set(sys.stdlib_module_names)
    assert text.count("import ") == 1


@pytest.mark.parametrize("name", NAMES)
def test_true_certificates_agree_with_both(name: str) -> None:
    certificate, frame = golden(name)
    for verifier in (application, program):
        assert verifier(certificate) == set()
        assert verifier(certificate, frame) == set()


def test_the_golden_certificates_are_what_this_code_draws() -> None:
    assert set(NAMES) == set(rounds())
    for name, made in rounds().items():
        certificate, _frame = golden(name)
        kept = {field: value for field, value in certificate.items() if field not in ("voided", "register", "digest")}
        now = {field: value for field, value in made.certificate.items() if field in kept}
        assert kept | {"replacements": []} == now | {"replacements": []}
        assert certificate["digest"] == content_digest(certificate)


@TAMPERED
def test_both_find_each_tampering_and_name_the_same_checks(tampering: Tampering) -> None:
    certificate, frame = tampering.made()
    assert application(certificate, frame) == program(certificate, frame) == set(tampering.checks)


@TAMPERED
def test_both_agree_without_the_frame(tampering: Tampering) -> None:
    certificate, _frame = tampering.made()
    assert application(certificate) == program(certificate) == set(tampering.checks) - {"frame"}


def test_every_check_is_tampered_with() -> None:
    assert {name for tampering in TAMPERINGS.values() for name in tampering.checks} == set(CertificateCheck) - {"cases"}


@pytest.mark.parametrize(
    "content", ["null", "[]", "1", '"x"', "{}", "true", '{"a": ' * 50 + "1" + "}" * 50, '{"plan": {"spread": 1e999}}']
)
def test_any_json_is_answered(content: str) -> None:
    assert application(json.loads(content)) == program(json.loads(content)) == {"shape"}


def run(*files: Path) -> tuple[int, str]:
    done = subprocess.run([sys.executable, str(PROGRAM), *map(str, files)], capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr
    return done.returncode, done.stdout + done.stderr


def test_the_program_on_the_command_line(tmp_path: Path) -> None:
    certificate, frame = tmp_path / "c.json", tmp_path / "frame.txt"
    true, people = golden("default")
    certificate.write_text(json.dumps(true), "utf-8")
    frame.write_bytes(people)
    assert run(certificate) == (0, "一致。\n")
    assert run(certificate, frame) == (0, "一致。\n")
    frame.write_bytes(people[:-1])
    code, said = run(certificate, frame)
    assert (code, "frame：frame.txt" in said) == (1, True)
    certificate.write_text(json.dumps(true).replace('"size": 100', '"size": 100, "size": 100'), "utf-8")
    assert run(certificate) == (1, "shape：plan\n不一致。\n")
    for content in (b"{", b"\xff\xfe", b"[" * 100_000, b""):
        certificate.write_bytes(content)
        assert run(certificate)[0] == 1
    assert run(tmp_path / "nothing.json")[0] == 1
    assert run()[0] == 1
