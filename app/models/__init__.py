"""The tables, one module a subject. Only modules named `commands` construct their rows."""

from app.models.accounts import (
    EVALUATOR_ROLES,
    INTERESTED_ROLES,
    MEMBER_ROLES,
    SCORING_ROLES,
    AccountLink,
    Membership,
    Role,
    SiteRole,
    User,
)
from app.models.audit import AuditEvent
from app.models.base import Base
from app.models.calling import (
    AnswerKey,
    Appointment,
    DeskNote,
    DeskSetting,
    InterviewerSkill,
    MinorOpening,
    PhoneCall,
    Recusal,
    Schedule,
)
from app.models.ceremonies import Ceremony, SeedContribution, VoidRequest
from app.models.draws import Attempt, Case, Draw, DrawStratum, Invitation, Replacement
from app.models.erasures import ErasedLink, Erasure
from app.models.evaluations import Document, Evaluation, OpeningDraft, ServiceArea, Station, Village
from app.models.frames import (
    Contact,
    ContactIndex,
    Frame,
    LedgerCorrection,
    LedgerDecision,
    LedgerFinding,
    LedgerUpload,
    Recipient,
)
from app.models.interviews import BackCheck, Draft, IntegritySetting, Paradata
from app.models.responses import Exclusion, Response
from app.models.scores import ContractIndicator, PartyScore, ScoreOverride, Settlement, StationFact
from app.models.tallies import CaseTally, IndexTally, ResponseTally

__all__ = [
    "EVALUATOR_ROLES",
    "INTERESTED_ROLES",
    "MEMBER_ROLES",
    "SCORING_ROLES",
    "AccountLink",
    "AnswerKey",
    "Appointment",
    "Attempt",
    "AuditEvent",
    "BackCheck",
    "Base",
    "Case",
    "CaseTally",
    "Ceremony",
    "Contact",
    "ContactIndex",
    "ContractIndicator",
    "DeskNote",
    "DeskSetting",
    "Document",
    "Draft",
    "Draw",
    "DrawStratum",
    "ErasedLink",
    "Erasure",
    "Evaluation",
    "Exclusion",
    "Frame",
    "IndexTally",
    "IntegritySetting",
    "InterviewerSkill",
    "Invitation",
    "LedgerCorrection",
    "LedgerDecision",
    "LedgerFinding",
    "LedgerUpload",
    "Membership",
    "MinorOpening",
    "OpeningDraft",
    "Paradata",
    "PartyScore",
    "PhoneCall",
    "Recipient",
    "Recusal",
    "Replacement",
    "Response",
    "ResponseTally",
    "Role",
    "Schedule",
    "ScoreOverride",
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
