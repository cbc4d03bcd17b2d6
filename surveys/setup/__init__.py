"""What an evaluation is opened with: one description, read and checked the same way from a page and from a file."""

from surveys.setup.model import FORMAT, AreaSetup, DocumentChoice, EvaluationSetup, MemberSetup, StationSetup
from surveys.setup.parsing import read_setup

__all__ = [
    "FORMAT",
    "AreaSetup",
    "DocumentChoice",
    "EvaluationSetup",
    "MemberSetup",
    "StationSetup",
    "read_setup",
]
