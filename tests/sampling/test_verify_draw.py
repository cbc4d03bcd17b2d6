"""Two verifiers, written apart from one definition, agree on every true and every false certificate."""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import config
from sampling import verify_draw
from sampling.certificate import Mismatch, check, check_with_frame
from sampling.checks import content_digest
from sampling.differences import CertificateCheck
from sampling.frame import MalformedFrame, read_canonical
from tests.sampling.any_json import JSON
from tests.sampling.golden.make import coverages, rounds
from tests.sampling.tamperings import EVERYONE, FULL, NAMES, TAMPERINGS, Tampering, golden

PROGRAM = Path(verify_draw.__file__)
DEFINITION = config.ROOT / "docs" / "certificate.md"
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


def test_the_program_can_be_read() -> None:
    """The page `/verify` states the number of lines."""
    text = PROGRAM.read_text("utf-8")
    assert len(text.splitlines()) < 650
    assert max(len(line) for line in text.splitlines()) <= 120
    functions = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef)]
    for function in functions:
        assert ast.get_docstring(function), function.name
        assert len(ast.unparse(function).splitlines()) <= 20, function.name
    assert re.findall(r"^# ---- Section (\d)", text, re.MULTILINE) == list("1234567")
    assert re.findall(r"^## (\d)", DEFINITION.read_text("utf-8"), re.MULTILINE) == list("1234567")


def test_the_program_needs_nothing_but_python() -> None:
    imports = [node for node in ast.walk(ast.parse(PROGRAM.read_text("utf-8"))) if isinstance(node, ast.Import)]
    assert {alias.name for node in imports for alias in node.names} <= set(sys.stdlib_module_names)
    assert PROGRAM.read_text("utf-8").count("import ") == len(imports)


@pytest.mark.parametrize("name", NAMES)
def test_true_certificates_agree_with_both(name: str) -> None:
    certificate, frame = golden(name)
    for verifier in (application, program):
        assert verifier(certificate) == set()
        assert verifier(certificate, frame) == set()


def test_the_golden_certificates_are_what_this_code_draws() -> None:
    made = {name: drawing.certificate for name, drawing in rounds().items()} | coverages()
    assert set(NAMES) == set(made)
    for name, written in made.items():
        certificate, _frame = golden(name)
        stated = {field: value for field, value in certificate.items() if field not in ("voided", "register", "digest")}
        now = {field: value for field, value in written.items() if field in stated}
        assert stated | {"replacements": []} == now | {"replacements": []}
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


def places_in(value: Any, here: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The path of every value in a JSON value."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [here, *(path for name, item in inner for path in places_in(item, (*here, name)))]


def replaced(certificate: Any, path: tuple[Any, ...], value: object) -> Any:
    """The certificate with another value in one place."""
    if not path:
        return value
    parent = certificate
    for step in path[:-1]:
        parent = parent[step]
    parent[path[-1]] = value
    return certificate


PLACES = [(name, path) for name in (FULL, EVERYONE) for path in places_in(golden(name)[0])]


@settings(max_examples=300)
@given(st.sampled_from(PLACES), st.integers(0, 6), JSON | st.sampled_from(range(200)))
def test_both_agree_on_any_json_in_any_place(place: tuple[str, tuple[Any, ...]], depth: int, value: object) -> None:
    """Also when the digest is made anew, as a forger would."""
    name, path = place
    certificate = replaced(golden(name)[0], path[:depth], value)
    assert application(certificate) == program(certificate)
    if "shape" not in program(certificate):
        certificate["digest"] = content_digest(certificate)
        assert application(certificate) == program(certificate)


@settings(max_examples=100)
@given(st.sampled_from(NAMES), st.integers(0, 10**6), st.binary(max_size=3))
def test_both_agree_on_any_bytes_in_a_frame(name: str, at: int, inserted: bytes) -> None:
    certificate, frame = golden(name)
    at %= len(frame)
    changed = frame[:at] + inserted + frame[at + 1 :]
    assert application(certificate, changed) == program(certificate, changed)


def run(*files: Path, **environment: str) -> tuple[int, str]:
    process = subprocess.run(
        [sys.executable, str(PROGRAM), *map(str, files)],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | environment,
    )
    assert "Traceback" not in process.stderr
    return process.returncode, process.stdout + process.stderr


def test_the_program_on_the_command_line(tmp_path: Path) -> None:
    certificate, frame = tmp_path / "c.json", tmp_path / "frame.txt"
    true, people = golden("default")
    certificate.write_text(json.dumps(true), "utf-8")
    frame.write_bytes(people)
    assert run(certificate) == (0, "一致。\n")
    assert run(certificate, frame) == (0, "一致。\n")
    frame.write_bytes(people[:-1])
    code, output = run(certificate, frame)
    assert (code, "frame：frame.txt" in output) == (1, True)
    certificate.write_text(json.dumps(true).replace('"size": 100', '"size": 100, "size": 100'), "utf-8")
    assert run(certificate) == (1, "shape：plan\n不一致。\n")
    for content in (b"{", b"\xff\xfe", b"[" * 100_000, b"", b"9" * 5_000):
        certificate.write_bytes(content)
        code, output = run(certificate)
        assert (code, "里面不是 JSON，或嵌套太深" in output) == (1, True)
    for missing in ((tmp_path / "nothing.json",), (tmp_path,), (certificate, tmp_path / "nothing.txt")):
        code, output = run(*missing)
        assert (code, "读不出文件" in output) == (1, True)
    assert run() == (1, "用法：python verify_draw.py certificate.json [frame.txt]\n")


@pytest.mark.parametrize(
    ("place", "old", "new"),
    [
        ("plan", '"spread": {}', '"spread": {"0101": 1, "0101": 1}'),
        ("plan", '"overlap": null', '"overlap": {"a": 1, "a": 1}'),
        ("fields", '"register": ', '"register": "", "register": '),
    ],
)
def test_a_field_named_twice_is_found_wherever_it_stands(tmp_path: Path, place: str, old: str, new: str) -> None:
    text = json.dumps(golden("default")[0])
    assert old in text
    certificate = tmp_path / "c.json"
    certificate.write_text(text.replace(old, new), "utf-8")
    assert run(certificate) == (1, f"shape：{place}\n不一致。\n")


def test_a_screen_without_chinese_characters_gets_their_numbers(tmp_path: Path) -> None:
    certificate = tmp_path / "c.json"
    certificate.write_text(json.dumps(golden("default")[0]), "utf-8")
    assert run(certificate, PYTHONIOENCODING="ascii") == (0, "\\u4e00\\u81f4\\u3002\n")
