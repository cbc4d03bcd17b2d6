"""What every act about a case is refused for, whoever asks and whatever page they come from."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app.commands.keeping import refuse_when_time_is_over
from app.commands.recused import refuse_when_recused
from app.commands.settled import refuse_when_over
from app.models import Case, User


def refuse_at_desk(session: Session, case: Case, actor: User | None) -> None:
    """Refuse once the score is settled, the draw void or the time to keep data over, and to whoever stands aside.

    A beneficiary is no actor.
    """
    refuse_when_over(session, case.draw)
    refuse_when_time_is_over(case.draw.evaluation)
    refuse_when_recused(session, case.draw.evaluation, actor)
