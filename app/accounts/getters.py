"""Fetching an account for the administrator's pages."""

from __future__ import annotations

import uuid

from flask import abort
from sqlalchemy import select

from app.extensions import db
from app.models import User


def get_account(user_uuid: uuid.UUID) -> User:
    """An account, for a view that only administrators open; 404 where there is none."""
    return db.session.scalar(select(User).where(User.uuid == user_uuid)) or abort(404)
