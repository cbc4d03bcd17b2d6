"""What a WSGI server and the `flask` command load."""

from dotenv import load_dotenv

from config import ROOT

load_dotenv(ROOT / ".env")

from app import create_app  # noqa: E402 - the secrets must be in the environment first

app = create_app()
