"""Import of ledgers of 20,000 and 500,000 rows: read, clean, merge, encrypt fields, write."""

from __future__ import annotations

from benchmarks.support import application, in_a_process, table_count
from tests.builders import VILLAGES, an_evaluation

CATEGORIES = ("低保", "残疾人", "独居老人", "空巢老人、残疾人")


def a_large_ledger(rows: int) -> bytes:
    """A CSV of that many different people, with invented telephones from 199 0000 0000 on."""
    lines = ["姓名,村居,人员类别,联系电话,出生年月,居住地址"]
    lines += [
        f"示例{n:06d},{VILLAGES[n % 5]},{CATEGORIES[n % 4]},199{n:08d},1940-0{n % 9 + 1},示例街{n}号"
        for n in range(rows)
    ]
    return "\n".join(lines).encode()


def run(kind: str, rows: int) -> int:
    """Import through the same commands as the screens."""
    from app.extensions import db
    from app.ledger.commands.uploads import import_upload, store_upload
    from app.ledger.reader.errors import Limits

    limits = Limits(max_rows=1_000_000, max_bytes=1 << 30)
    with application(kind):
        evaluation = an_evaluation(db.session)
        data = a_large_ledger(rows)
        upload, workbook, recognition = store_upload(db.session, evaluation, filename="a.csv", data=data, limits=limits)
        import_upload(db.session, upload, recognition.plans, limits=limits, workbook=workbook)
        db.session.commit()
        return table_count("recipient")


def main() -> None:
    """Measure on SQLite, and the growth of the time per row."""
    times = {}
    for rows in (20_000, 500_000):
        seconds, peak, people = in_a_process(run, "sqlite", rows)
        times[rows] = seconds / rows
        print(f"{rows:>8,} rows: {seconds:.1f} s, peak {peak:.0f} MB, {people:,} people")
    print(f"per row, 500,000 against 20,000: {times[500_000] / times[20_000]:.2f}")
