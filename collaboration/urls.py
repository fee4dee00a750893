"""One list of addresses a topic, so that a new topic is a new list."""

from django.urls import path

from collaboration.views import (
    acting,
    agreement,
    appointing,
    city_figures,
    contact,
    directory,
    forum,
    forum_plan,
    funding,
    home,
    interview,
    link,
    link_meeting,
    material,
    meeting,
    reading,
    standing,
    survey,
    survey_draft,
    survey_years,
    team_register,
)

app_name = "collaboration"
AGREEMENT = "overenskommelser/<uuid:uuid>/"
agreements = [
    path("overenskommelser/", agreement.index, name="agreements"),
    path("overenskommelser/ny/", agreement.new, name="new_agreement"),
    path("overenskommelser/tackning/", agreement.coverage, name="coverage"),
    path(AGREEMENT, agreement.detail, name="agreement"),
    path(f"{AGREEMENT}revidera/", agreement.revise, name="revise"),
    path(f"{AGREEMENT}andringar/", agreement.changes, name="agreement_changes"),
    path(f"{AGREEMENT}synpunkt/", agreement.comment, name="agreement_comment"),
    path(f"{AGREEMENT}avsnitt/nytt/", agreement.new_section, name="new_section"),
    path(f"{AGREEMENT}avsnitt/<uuid:row>/", agreement.section, name="section"),
    path(f"{AGREEMENT}avsnitt/<uuid:row>/agare/", agreement.section_owner, name="section_owner"),
    path(f"{AGREEMENT}avsnitt/<uuid:row>/bort/", agreement.remove_section, name="remove_section"),
    path(f"{AGREEMENT}parter/ny/", agreement.new_party, name="new_party"),
    path(f"{AGREEMENT}parter/<uuid:row>/", agreement.party, name="party"),
    path(f"{AGREEMENT}parter/<uuid:row>/bort/", agreement.remove_party, name="remove_party"),
    path(f"{AGREEMENT}parter/<uuid:row>/papper/", agreement.on_paper, name="sign_on_paper"),
    path(f"{AGREEMENT}parter/<uuid:row>/lank/", agreement.make_link, name="party_link"),
    path(f"{AGREEMENT}parter/<uuid:row>/fil/", agreement.file, name="signed_paper"),
    path("lank/oppnad/", link.read, name="link"),
    path("lank/tack/", link.thanks, name="link_thanks"),
    path("lank/<str:token>/", link.enter, name="enter"),
]
surveys = [
    path("enkater/", survey.index, name="surveys"),
    path("enkater/ny/", survey.new, name="new_survey"),
    path("enkater/staden/", city_figures.city_figures, name="city_figures"),
    path("enkater/over-tid/<slug:kind>/", survey_years.over_the_years, name="survey_years"),
    path("enkater/<uuid:uuid>/", survey.detail, name="survey"),
    path("enkater/<uuid:uuid>/andra/", survey_draft.change, name="change_survey"),
    path("enkater/<uuid:uuid>/lamna/", survey.hand_out, name="survey_hand_out"),
    path("enkat/tack/<uuid:uuid>/", survey.thanks, name="sheet_thanks"),
    path("enkat/resultat/<uuid:uuid>/", survey.reported, name="survey_reported"),
    path("enkat/<str:secret>/", survey.sheet, name="sheet"),
]
CONTACT = "kontakter/<uuid:uuid>/"
contacts = [
    path("kontakt/", directory.directory, name="directory"),
    path("kontakter/", contact.index, name="contacts"),
    path("kontakter/ny/", appointing.appoint, name="appoint"),
    path("kontakter/skola/<uuid:uuid>/", contact.school, name="contact_school"),
    path(CONTACT, contact.detail, name="contact"),
    path(f"{CONTACT}uppgifter/", contact.change, name="contact_details"),
    path("lank/kontakt/<str:token>/", contact.confirm_by_link, name="confirm_contact"),
]
MATERIAL = "material/<uuid:uuid>/"
materials = [
    path("material/", material.index, name="materials"),
    path("material/nytt/", material.new, name="new_material"),
    path("material/forst/", material.first, name="read_first"),
    path("material/tackning/", reading.coverage, name="material_coverage"),
    path("material/tackning/<uuid:uuid>/", reading.unit, name="unit_coverage"),
    path(MATERIAL, material.detail, name="material"),
    path(f"{MATERIAL}andra/", material.change, name="change_material"),
    path(f"{MATERIAL}last/", material.acknowledge, name="acknowledge"),
    path(f"{MATERIAL}version/<int:number>/", material.version, name="material_version"),
    path(f"{MATERIAL}fil/<int:number>/", material.file, name="material_file"),
]
FUNDING = "medel/<uuid:uuid>/"
funds = [
    path("medel/", funding.index, name="applications"),
    path("medel/ny/", funding.new, name="new_application"),
    path("medel/teamen/", team_register.register, name="team_register"),
    path("medel/teamen/ny/", team_register.new_post, name="new_post"),
    path("medel/teamen/<int:pk>/sluta/", team_register.end_post, name="end_post"),
    path("medel/teamen/<int:pk>/bort/", team_register.remove_post, name="remove_post"),
    path("medel/svar/<uuid:uuid>/", funding.answer, name="funding_answer"),
    path(FUNDING, funding.detail, name="application"),
    path(f"{FUNDING}skriv/", funding.write, name="write_application"),
]
MEETING = "moten/<uuid:uuid>/"
forums = [
    path("forum/", forum.index, name="forums"),
    path("forum/nytt/", forum_plan.new, name="new_forum"),
    path("forum/plan/", forum_plan.plan, name="forum_plan"),
    path("forum/narvaro/", forum.presence, name="presence"),
    path("forum/<uuid:uuid>/nytt-mote/", forum_plan.new_meeting, name="new_meeting"),
    path("forum/<uuid:uuid>/andra/", forum.change, name="change_forum"),
    path("forum/<uuid:uuid>/avsluta/", forum.close, name="close_forum"),
    path(MEETING, meeting.meeting, name="meeting"),
    path(f"{MEETING}andra/", meeting.change, name="change_meeting"),
    path(f"{MEETING}svar/", meeting.answer, name="answer_meeting"),
    path(f"{MEETING}svar/<uuid:row>/", meeting.answer, name="answer_for"),
    path(f"{MEETING}kallade/ny/", meeting.new_invitee, name="new_invitee"),
    path(f"{MEETING}kallade/<uuid:row>/", meeting.invitee, name="invitee"),
    path(f"{MEETING}att-gora/", meeting.new_action, name="new_action"),
    path(f"{MEETING}kalender/", meeting.calendar, name="meeting_calendar"),
    # Offered as any move; its page saves what is to be done in the same breath.
    path(
        "gor/forummeeting/<uuid:uuid>/write_minutes/", meeting.write_minutes, name="write_minutes"
    ),
    path("uppgifter/<uuid:uuid>/", meeting.action, name="action"),
    path("lank/mote/<str:token>/", link_meeting.answer, name="answer_by_link"),
]
standings = [
    path("laget/", standing.table, name="standing"),
    path("laget/<slug:code>/", standing.districts, name="standing_districts"),
    path("laget/<slug:code>/<int:pk>/", standing.behind, name="standing_rows"),
]
INTERVIEW = "intervjuer/<uuid:uuid>/"
interviews = [
    path("intervjuer/", interview.index, name="interviews"),
    path("intervjuer/ny/", interview.new, name="new_interview"),
    path("intervjuer/teman/", interview.themes, name="interview_themes"),
    path("intervjuer/guide/<slug:subject>/", interview.guide, name="interview_guide"),
    path(INTERVIEW, interview.detail, name="interview"),
]
urlpatterns = [
    path("", home.home, name="home"),
    *standings,
    *contacts,
    *forums,
    *agreements,
    *surveys,
    *interviews,
    *materials,
    *funds,
    path("gor/<slug:kind>/<uuid:uuid>/<slug:move>/", acting.act, name="act"),
]
