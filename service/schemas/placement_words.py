"""What notices say of how a placement ends, of hours and of feedback; never what the feedback says."""

from __future__ import annotations

from models.notices import NoticeKind
from service.errors import N_
from service.i18n import say
from service.schemas.notice_parts import Seen, Speaker, Words, about_need, values_of

PLACEMENT_NAMES: dict[str, str] = {
    NoticeKind.PLACEMENT_COMPLETED: N_("An organisation says that my placement is completed"),
    NoticeKind.PLACEMENT_NO_SHOW: N_("An organisation says that I did not come"),
    NoticeKind.HOURS_CONFIRMED: N_("My hours are confirmed"),
    NoticeKind.HOURS_CORRECTED: N_("My hours are corrected"),
    NoticeKind.FEEDBACK_GIVEN: N_("Somebody has given feedback"),
    NoticeKind.COMPLETION_DUE: N_("A need is over, and placements are not completed"),
    NoticeKind.NO_SHOW_ANSWERED: N_("Somebody answers that they did not come"),
    NoticeKind.HOURS_ENTERED: N_("Hours wait for our confirmation"),
    NoticeKind.HOURS_DISPUTED: N_("Somebody disputes our correction of hours"),
}


def _feedback(seen: Seen, language: str) -> Words:
    values = values_of(seen, language)
    line = say(language, "You read it when you have written too, or two weeks after the completion.")
    if seen.to_volunteer:
        title = say(language, "%(organisation)s has given feedback on “%(need)s”", **values)
        return Words(title, (line,), path="/placements")
    title = say(language, "A volunteer has given feedback on “%(need)s”", **values)
    return Words(title, (line,), path=f"/needs/{seen.notice.need_id}/placements")


PLACEMENT_SPEAKERS: dict[str, Speaker] = {
    NoticeKind.PLACEMENT_COMPLETED: about_need(
        N_("You have completed “%(need)s”"),
        N_("%(organisation)s says so. Please enter your hours, and say how it was."),
    ),
    NoticeKind.PLACEMENT_NO_SHOW: about_need(
        N_("%(organisation)s says that you did not come"),
        N_("It is about “%(need)s”. You can say how it was; your answer stands beside it."),
        N_("No other organisation sees this, and it changes nothing in what we propose to you."),
    ),
    NoticeKind.HOURS_CONFIRMED: about_need(
        N_("%(organisation)s has confirmed your hours"), N_("They stand in your record now."), path="/hours"
    ),
    NoticeKind.HOURS_CORRECTED: about_need(
        N_("%(organisation)s has corrected your hours"),
        N_("It is about “%(need)s”. You can accept the correction or dispute it."),
        path="/hours",
    ),
    NoticeKind.FEEDBACK_GIVEN: _feedback,
    NoticeKind.COMPLETION_DUE: about_need(
        N_("“%(need)s” is over"),
        N_("Please say of those who hold a place that they have completed it, and confirm their hours."),
        path="/needs/%(need_id)s/placements",
    ),
    NoticeKind.NO_SHOW_ANSWERED: about_need(
        N_("A volunteer answers that they did not come"),
        N_("It is about “%(need)s”. If it was a mistake, say that the placement is completed."),
        path="/needs/%(need_id)s/placements",
    ),
    NoticeKind.HOURS_ENTERED: about_need(
        N_("Hours in “%(need)s” wait for you"),
        N_("Please confirm or correct them: only confirmed hours stand in a volunteer's record."),
        path="/organisation/hours",
    ),
    NoticeKind.HOURS_DISPUTED: about_need(
        N_("A volunteer disputes your correction"),
        N_("It is about hours in “%(need)s”. Please look at them again."),
        path="/organisation/hours",
    ),
}
