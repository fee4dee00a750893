from collaboration.models.action import ForumAction
from collaboration.models.agreement import Agreement
from collaboration.models.agreement_parts import (
    AgreementComment,
    AgreementEvaluation,
    AgreementParty,
    AgreementSection,
)
from collaboration.models.contact import ContactAssignment
from collaboration.models.forum import Forum, ForumMeeting
from collaboration.models.forum_parts import ForumDecision, Invitee
from collaboration.models.funding import FundingApplication
from collaboration.models.funding_answer import FundingAnswer
from collaboration.models.funding_parts import FundingReport, FundingSchool
from collaboration.models.interview import Interview, InterviewSaid
from collaboration.models.material import MaterialVersion, Receipt, SupportMaterial
from collaboration.models.survey import CityFigure, SurveyRound, SurveyToken
from collaboration.models.survey_answers import SurveyMark, SurveyWords
from collaboration.models.team_post import TeamPost

__all__ = [
    "Agreement",
    "AgreementComment",
    "AgreementEvaluation",
    "AgreementParty",
    "AgreementSection",
    "CityFigure",
    "ContactAssignment",
    "Forum",
    "ForumAction",
    "ForumDecision",
    "ForumMeeting",
    "FundingAnswer",
    "FundingApplication",
    "FundingReport",
    "FundingSchool",
    "Interview",
    "InterviewSaid",
    "Invitee",
    "MaterialVersion",
    "Receipt",
    "SupportMaterial",
    "SurveyMark",
    "SurveyRound",
    "SurveyToken",
    "SurveyWords",
    "TeamPost",
]
