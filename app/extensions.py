"""The Flask extensions: created here at import, bound to an application in create_app()."""

from __future__ import annotations

from flask_babel import Babel
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_sqlalchemy_lite import SQLAlchemy
from flask_wtf.csrf import CSRFProtect

from app.database import ENGINE_OPTIONS

db = SQLAlchemy(engine_options=ENGINE_OPTIONS, session_options={"autoflush": True})
babel = Babel()
csrf = CSRFProtect()
limiter = Limiter(get_remote_address)
