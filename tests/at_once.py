"""Several people doing something at the same instant, each with a session of their own."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from flask import Flask
from sqlalchemy.orm import Session

from app import database
from app.extensions import db
from app.shared.errors import Refused

Act = Callable[[Session], Any]


def at_once(app: Flask, *acts: Act) -> list[Any]:
    """What each was told, in their order: what the act returned, or the code it was refused with; each commits.

    Any other error is raised here: nobody at a desk should see it.
    """
    barrier, results, failed = threading.Barrier(len(acts)), list[Any]([None] * len(acts)), list[BaseException]()

    def run(place: int, act: Act) -> None:
        with app.app_context():
            database.set_read_only(False)
            barrier.wait()
            try:
                results[place] = act(db.session)
                db.session.commit()
            except Refused as refused:
                db.session.rollback()
                results[place] = refused.code
            except BaseException as error:
                failed.append(error)
            finally:
                db.session.close()

    threads = [threading.Thread(target=run, args=arguments) for arguments in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    if failed:
        raise failed[0]
    return results
