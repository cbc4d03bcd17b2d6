"""Field keys from the command line."""

from __future__ import annotations

import click
from flask.cli import with_appcontext
from flask_babel import gettext as _

from app.extensions import db
from app.field_keys.commands import rotate_fields
from app.privacy.columns import keyring
from app.shared.cli import progress_line


@click.group()
def keys() -> None:
    """Field keys: what they are for, and their rotation."""


@keys.command("rotate")
@with_appcontext
def rotate() -> None:
    """Seal every encrypted field anew with the highest-numbered key of FIELD_KEYS.

    Put a new key in front (`FIELD_KEYS=2:NEW,1:OLD`), run this, then drop the old one. Safe to interrupt and repeat.
    """
    done = rotate_fields(db.session, keyring(), progress_line())
    db.session.commit()
    click.echo(_("已用第 %(key)s 号密钥重新加密 %(n)s 个字段。", key=keyring().current, n=done))


COMMANDS = (keys,)
