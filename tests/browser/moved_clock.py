"""What gunicorn loads beside the application when a test moves its clock: how far, in seconds, stands in a file."""

from __future__ import annotations

import os
from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any


class Moved(datetime):
    """A clock that is ahead."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> Any:
        """This moment and what the file says."""
        return datetime.now(tz) + timedelta(seconds=float(Path(os.environ["CLOCK_AHEAD"]).read_text()))


def post_worker_init(_worker: object) -> None:
    """Called by gunicorn in each worker: `app.clock` is the one place that reads the clock."""
    import app.clock

    vars(app.clock)["datetime"] = Moved
