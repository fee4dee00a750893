from collaboration.models.agreement import Agreement
from collaboration.models.agreement_parts import (
    AgreementComment,
    AgreementEvaluation,
    AgreementParty,
    AgreementSection,
)
from collaboration.models.contact import ContactAssignment
from collaboration.models.funding import (
    FundingApplication,
    FundingReport,
    FundingSchool,
    TeamPost,
)
from collaboration.models.material import MaterialVersion, Receipt, SupportMaterial
from collaboration.models.survey import (
    CityFigure,
    SurveyMark,
    SurveyRound,
    SurveyToken,
    SurveyWords,
)

__all__ = [
    "Agreement",
    "AgreementComment",
    "AgreementEvaluation",
    "AgreementParty",
    "AgreementSection",
    "CityFigure",
    "ContactAssignment",
    "FundingApplication",
    "FundingReport",
    "FundingSchool",
    "MaterialVersion",
    "Receipt",
    "SupportMaterial",
    "SurveyMark",
    "SurveyRound",
    "SurveyToken",
    "SurveyWords",
    "TeamPost",
]
