"""The words of the collaboration: statuses and codes, importing nothing of ours."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class AgreementStatus(TextChoices):
    DRAFT = "draft", _("Utkast")
    IN_REVIEW = "in_review", _("På remiss")
    SIGNED = "signed", _("Undertecknad")
    ACTIVE = "active", _("Gäller")
    REVIEW_DUE = "review_due", _("Ska ses över")
    SUPERSEDED = "superseded", _("Ersatt")
    TERMINATED = "terminated", _("Uppsagd")
    DROPPED = "dropped", _("Nedlagd")


IN_FORCE = (AgreementStatus.ACTIVE, AgreementStatus.REVIEW_DUE)
COMING = (AgreementStatus.DRAFT, AgreementStatus.IN_REVIEW, AgreementStatus.SIGNED)
OPEN_AGREEMENT = (*COMING, *IN_FORCE)
PAST = (AgreementStatus.SUPERSEDED, AgreementStatus.TERMINATED)


class Signature(TextChoices):
    """Where one party stands."""

    NOT_NEEDED = "not_needed", _("Omfattas")
    WAITING = "waiting", _("Väntar på underskrift")
    SIGNED = "signed", _("Har skrivit under")


class SignedHow(TextChoices):
    LINK = "link", _("Länk och kod")
    PAPER = "paper", _("Papper")


class EvaluationResult(TextChoices):
    WORKS = "works", _("Samverkan fungerar")
    NEEDS_WORK = "needs_work", _("Samverkan fungerar men behöver utvecklas")
    DOES_NOT_WORK = "does_not_work", _("Samverkan fungerar inte")


class SurveyKind(TextChoices):
    COLLABORATION = "collaboration", _("Samverkansenkät")
    PULSE = "pulse", _("Månadens puls")
    ENTRY = "entry", _("Elevens frågor vid start")


class RoundStatus(TextChoices):
    DRAFT = "draft", _("Utkast")
    OPEN = "open", _("Öppen")
    CLOSED = "closed", _("Stängd")
    REPORTED = "reported", _("Redovisad")
    TOO_FEW = "too_few", _("För få svar")
    DROPPED = "dropped", _("Nedlagd")


class Side(TextChoices):
    """Where the one who answers works, as they say themselves."""

    SCHOOL = "school", _("Skolan")
    SOCIAL = "social", _("Socialtjänsten")
    TEAM = "team", _("Skolsociala teamet")


class InterviewStatus(TextChoices):
    PLANNED = "planned", _("Planerad")
    HELD = "held", _("Genomförd")
    SUMMARISED = "summarised", _("Sammanfattad")
    DECLINED = "declined", _("Sa nej")
    CANCELLED = "cancelled", _("Inställd")


class InterviewWith(TextChoices):
    STAFF = "staff", _("Personal")
    PUPIL = "pupil", _("Elev")
    PARENT = "parent", _("Förälder")


class InterviewOccasion(TextChoices):
    """Seed 003: a first picture before it begins, and an equal one after six months."""

    START = "start", _("Vid start")
    AFTER = "after", _("Efter sex månader")
    LATER = "later", _("Senare")


class InterviewTheme(TextChoices):
    """What a conversation is summed up under: words, never a figure (seed 000)."""

    HELPS = "helps", _("Vad som hjälper")
    HINDERS = "hinders", _("Vad som hindrar")
    TRUST = "trust", _("Tillit och relationer")
    VOICE = "voice", _("Att bli lyssnad på")
    CHANGE = "change", _("Vad som borde ändras")


class PermissionHow(TextChoices):
    SPOKEN = "spoken", _("Muntligt")
    WRITTEN = "written", _("Skriftligt")


class ContactStatus(TextChoices):
    APPOINTED = "appointed", _("Utsedd")
    ANNOUNCED = "announced", _("Meddelad, väntar på skolan")
    ACTIVE = "active", _("Gäller")
    VACANT = "vacant", _("Vakant")
    ENDED = "ended", _("Avslutad")


COMING_CONTACT = (ContactStatus.APPOINTED, ContactStatus.ANNOUNCED)
HELD = (ContactStatus.ACTIVE, ContactStatus.VACANT)
OPEN_CONTACT = (*COMING_CONTACT, *HELD)


class Post(TextChoices):
    """The two posts every school has in social services."""

    CONTACT = "contact", _("Kontaktperson")
    DEPUTY = "deputy", _("Ersättare")


class Why(TextChoices):
    """Why somebody new is named."""

    NEW = "new", _("Skolan har ingen")
    CHANGE = "change", _("Byte")
    LEAVE = "leave", _("Den som har uppdraget är ledig")
    BACK = "back", _("Den som var ledig är tillbaka")


class Gone(TextChoices):
    """Why a post has become empty."""

    LEFT = "left", _("Har slutat")
    ILL = "ill", _("Är sjuk eller ledig utan ersättare")
    MOVED = "moved", _("Har fått andra uppgifter")
    NEVER = "never", _("Ingen har utsetts")


class MaterialKind(TextChoices):
    GUIDE = "guide", _("Stödmaterial")
    FILM = "film", _("Film")
    TOOLBOX = "toolbox", _("Verktygslådan")
    FORM = "form", _("Blankett eller mall")


# What is shown to pupils and guardians, and stands beside the toolbox.
TO_SHOW = (MaterialKind.FILM, MaterialKind.TOOLBOX)


class MaterialStatus(TextChoices):
    DRAFT = "draft", _("Utkast")
    PUBLISHED = "published", _("Publicerat")
    RETIRED = "retired", _("Gäller inte längre")


class FundingStatus(TextChoices):
    DRAFT = "draft", _("Utkast")
    SUBMITTED = "submitted", _("Inskickad")
    GRANTED = "granted", _("Beviljad")
    REJECTED = "rejected", _("Avslagen")
    REPORTED = "reported", _("Redovisad")
    DROPPED = "dropped", _("Nedlagd")


OPEN_FUNDING = (FundingStatus.DRAFT, FundingStatus.SUBMITTED, FundingStatus.GRANTED)
# What came to nothing keeps no year from being applied for anew.
CAME_TO_NOTHING = (FundingStatus.REJECTED, FundingStatus.DROPPED)


class AnswerStatus(TextChoices):
    """What a school's principal says of an application."""

    ASKED = "asked", _("Väntar på rektor")
    JOINED = "joined", _("Rektor står bakom")
    DECLINED = "declined", _("Rektor står inte bakom")
    LAPSED = "lapsed", _("Behövs inte längre")


class ReportKind(TextChoices):
    JULY = "july", _("Lägesrapport i juli")
    FINAL = "final", _("Slutrapport")


class Employer(TextChoices):
    SCHOOL = "school", _("Skolan")
    SOCIAL = "social", _("Socialtjänsten")


class Level(TextChoices):
    """The four forums of seed 001 (domain A2.3)."""

    STEERING_GROUP = "steering_group", _("Styrgrupp")
    MANAGER_FORUM = "manager_forum", _("Samverkansforum på chefsnivå")
    TRANSITION_FORUM = "transition_forum", _("Samverkansforum övergång förskola–skola")
    LOCAL_FORUM = "local_forum", _("Lokalt samverkansforum 6–20 år")


class MeetingStatus(TextChoices):
    PLANNED = "planned", _("Planerat")
    INVITED = "invited", _("Kallat")
    HELD = "held", _("Genomfört")
    MINUTED = "minuted", _("Protokollfört")
    CANCELLED = "cancelled", _("Inställt")


OPEN_MEETING = (MeetingStatus.PLANNED, MeetingStatus.INVITED, MeetingStatus.HELD)
TOOK_PLACE = (MeetingStatus.HELD, MeetingStatus.MINUTED)


class MeetingKind(TextChoices):
    MEETING = "meeting", _("Möte")
    EVALUATION = "evaluation", _("Möte med årets utvärdering")
    LECTURE = "lecture", _("Halvdag med föreläsare")


class Reply(TextChoices):
    NONE = "none", _("Har inte svarat")
    YES = "yes", _("Kommer")
    OTHER = "other", _("Skickar någon annan")
    NO = "no", _("Kan inte")


class Seat(TextChoices):
    """In which role somebody sits in a forum (domain A2.3)."""

    PRINCIPAL = "principal", _("Rektor")
    HEALTH = "health", _("Elevhälsan")
    STAFF = "staff", _("Annan skolpersonal")
    PROVIDER = "provider", _("Huvudman")
    DISTRICT = "district", _("Avdelningschef")
    MANAGER = "manager", _("Enhetschef")
    WORKER = "worker", _("Skolsocionom eller socialsekreterare")
    OTHER = "other", _("Annan")


class Presence(TextChoices):
    UNKNOWN = "unknown", _("Inte ifyllt")
    PRESENT = "present", _("Var med")
    EXCUSED = "excused", _("Hade sagt till")
    ABSENT = "absent", _("Uteblev")


class ActionStatus(TextChoices):
    OPEN = "open", _("Öppen")
    DONE = "done", _("Klar")
    DROPPED = "dropped", _("Struken")
