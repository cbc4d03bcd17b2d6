"""The tables, one file per subject. Only app.commands constructs their rows."""

from app.models.accounts import MEMBER_ROLES, SCORING_ROLES, Membership, Role, SiteRole, User
from app.models.audit import AuditEvent
from app.models.base import Base
from app.models.ceremonies import Ceremony, SeedContribution, VoidRequest
from app.models.draws import Attempt, Case, Draw, DrawStratum, Invitation, Replacement
from app.models.evaluations import Document, Evaluation, ServiceArea, Station, Village
from app.models.frames import Contact, ContactIndex, Frame, LedgerFinding, LedgerUpload, Recipient
from app.models.responses import Response
from app.models.scores import ContractIndicator, PartyScore, Settlement, StationFact

__all__ = [
    "MEMBER_ROLES",
    "SCORING_ROLES",
    "Attempt",
    "AuditEvent",
    "Base",
    "Case",
    "Ceremony",
    "Contact",
    "ContactIndex",
    "ContractIndicator",
    "Document",
    "Draw",
    "DrawStratum",
    "Evaluation",
    "Frame",
    "Invitation",
    "LedgerFinding",
    "LedgerUpload",
    "Membership",
    "PartyScore",
    "Recipient",
    "Replacement",
    "Response",
    "Role",
    "SeedContribution",
    "ServiceArea",
    "Settlement",
    "SiteRole",
    "Station",
    "StationFact",
    "User",
    "Village",
    "VoidRequest",
]
