from collaboration.models.action import ForumAction
from collaboration.models.agreement import Agreement
from collaboration.models.agreement_parts import (
    AgreementComment,
    AgreementEvaluation,
    AgreementParty,
    AgreementSection,
)
from collaboration.models.contact import ContactAssignment
from collaboration.models.forum import Forum, ForumDecision, ForumMeeting, Invitee

__all__ = [
    "Agreement",
    "AgreementComment",
    "AgreementEvaluation",
    "AgreementParty",
    "AgreementSection",
    "ContactAssignment",
    "Forum",
    "ForumAction",
    "ForumDecision",
    "ForumMeeting",
    "Invitee",
]
