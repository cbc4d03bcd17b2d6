"""Running counts and sums of responses and of cases by outcome.

Maintained by triggers (migrations/tallies.py) in the transaction of every write, so that a summary reads a few rows
instead of all responses. `app.results.queries.tally_check` recounts everything and compares.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base
from app.models.draws import LONGEST_STRATUM

# The interviewer id of rows without an interviewer (web responses, unassigned cases).
NOBODY = 0


class ResponseTally(Base):
    """Counted responses of one stratum, village, mode, interviewer, proxy or not, and answer on overall satisfaction.

    `index_total` and `index_squares` are of valid satisfaction indices in ten-thousandths of a point.
    """

    __tablename__ = "response_tally"

    draw_id: Mapped[int] = mapped_column(ForeignKey("draw.id"), primary_key=True, autoincrement=False)
    stratum: Mapped[str] = mapped_column(String(LONGEST_STRATUM), primary_key=True)
    village_id: Mapped[int] = mapped_column(ForeignKey("village.id"), primary_key=True, autoincrement=False)
    mode: Mapped[str] = mapped_column(String(10), primary_key=True)
    interviewer_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    proxy: Mapped[bool] = mapped_column(primary_key=True)
    overall: Mapped[str] = mapped_column(String(10), primary_key=True)

    counted: Mapped[int] = mapped_column(BigInteger)
    valid: Mapped[int] = mapped_column(BigInteger)
    index_total: Mapped[int] = mapped_column(BigInteger)
    index_squares: Mapped[int] = mapped_column(BigInteger)
    awareness_n: Mapped[int] = mapped_column(BigInteger)
    aware: Mapped[int] = mapped_column(BigInteger)
    never_served: Mapped[int] = mapped_column(BigInteger)
    address_n: Mapped[int] = mapped_column(BigInteger)
    address_known: Mapped[int] = mapped_column(BigInteger)
    services_n: Mapped[int] = mapped_column(BigInteger)
    services_known: Mapped[int] = mapped_column(BigInteger)
    staff_n: Mapped[int] = mapped_column(BigInteger)
    staff_known: Mapped[int] = mapped_column(BigInteger)
    help_n: Mapped[int] = mapped_column(BigInteger)
    help_known: Mapped[int] = mapped_column(BigInteger)
    funding_n: Mapped[int] = mapped_column(BigInteger)
    funding_known: Mapped[int] = mapped_column(BigInteger)


class IndexTally(Base):
    """How many counted responses of a stratum have this satisfaction index (ten-thousandths of a point)."""

    __tablename__ = "index_tally"

    draw_id: Mapped[int] = mapped_column(ForeignKey("draw.id"), primary_key=True, autoincrement=False)
    stratum: Mapped[str] = mapped_column(String(LONGEST_STRATUM), primary_key=True)
    satisfaction_index: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)

    valid: Mapped[int] = mapped_column(BigInteger)


class CaseTally(Base):
    """Cases of one stratum, village, interviewer and latest outcome (empty while nothing was tried)."""

    __tablename__ = "case_tally"

    draw_id: Mapped[int] = mapped_column(ForeignKey("draw.id"), primary_key=True, autoincrement=False)
    stratum: Mapped[str] = mapped_column(String(LONGEST_STRATUM), primary_key=True)
    village_id: Mapped[int] = mapped_column(ForeignKey("village.id"), primary_key=True, autoincrement=False)
    interviewer_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    outcome: Mapped[str] = mapped_column(String(10), primary_key=True)

    cases: Mapped[int] = mapped_column(BigInteger)
