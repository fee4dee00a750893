from collaboration.models.agreement import Agreement
from collaboration.models.agreement_parts import (
    AgreementComment,
    AgreementEvaluation,
    AgreementParty,
    AgreementSection,
)

__all__ = [
    "Agreement",
    "AgreementComment",
    "AgreementEvaluation",
    "AgreementParty",
    "AgreementSection",
]
