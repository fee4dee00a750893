from collaboration.models.agreement import Agreement
from collaboration.models.agreement_parts import (
    AgreementComment,
    AgreementEvaluation,
    AgreementParty,
    AgreementSection,
)
from collaboration.models.contact import ContactAssignment

__all__ = [
    "Agreement",
    "AgreementComment",
    "AgreementEvaluation",
    "AgreementParty",
    "AgreementSection",
    "ContactAssignment",
]
