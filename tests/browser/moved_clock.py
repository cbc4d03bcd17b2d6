"""What gunicorn loads beside the application when a test moves its clock: how far, in seconds, stands in a file."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path


def ahead() -> datetime:
    """This moment and what the file says."""
    return datetime.now(UTC) + timedelta(seconds=float(Path(os.environ["CLOCK_AHEAD"]).read_text()))


def post_worker_init(_worker: object) -> None:
    """Called by gunicorn in each worker: `app.clock` is the one place that reads the clock."""
    import app.clock

    app.clock.system_time = ahead
