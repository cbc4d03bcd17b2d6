"""The erasure of an evaluation's personal data, and the links that then say that they are expired."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.accounts import User
from app.models.base import Base, Created
from app.models.evaluations import Evaluation

# Replaces erased text in columns that are NOT NULL; pages show it in the visitor's language.
ERASED_WORDS = "已按期删除"


class Erasure(Base):
    """The erasure of an evaluation: on which day (in Guangzhou), by whom, and how much of each kind; written once."""

    __tablename__ = "erasure"

    evaluation_id: Mapped[int] = mapped_column(ForeignKey("evaluation.id"), primary_key=True, autoincrement=False)
    erased_on: Mapped[date]
    erased_at: Mapped[Created]
    erased_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    counts: Mapped[dict[str, Any]]

    evaluation: Mapped[Evaluation] = relationship(back_populates="erasure")
    erased_by: Mapped[User | None] = relationship()


class ErasedLink(Base):
    """The token hash of an erased personal link, without its case, so that the link can say that it has expired."""

    __tablename__ = "erased_link"

    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    evaluation_id: Mapped[int] = mapped_column(ForeignKey("evaluation.id"))
