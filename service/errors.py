"""Ways to fail, drawn as a tree; each has a stable code, and each code one status and one title.

* Refusal                 anything the service says no to, with its code
  + NotFound         404  not there, or not for this caller: the two look the same
  + NotAllowed       403  the caller is known, and may not
  + NotSignedIn      401  nobody, or a token that opens nothing
  + TooManyRequests  429  asked too often; says how long to wait
  + Invalid          422  the request names what is wrong, field by field

Rules of the models refuse with `models.errors.NotPossible`, whose codes stand in the same table.
"""

from __future__ import annotations

from dataclasses import dataclass


def N_(text: str) -> str:  # noqa: N802 the name that extraction tools know
    """Mark a text for translation where no reader's language is known yet."""
    return text


# code: (HTTP status, title). docs/errors.md says what a caller can do about each.
CODES: dict[str, tuple[int, str]] = {
    "bad_request": (400, N_("The request cannot be read")),
    "idempotency_key_missing": (
        400,
        N_("This request needs an Idempotency-Key header"),
    ),
    "idempotency_key_invalid": (
        400,
        N_("The Idempotency-Key header is too long or unreadable"),
    ),
    "not_signed_in": (401, N_("Please sign in")),
    "wrong_credentials": (401, N_("The address or the password is wrong")),
    "otp_missing": (401, N_("This account needs the code of its second factor, too")),
    "otp_wrong": (401, N_("That code is wrong, too old, or was used already")),
    "second_factor_missing": (403, N_("Please set up a second factor on the pages first")),
    "not_allowed": (403, N_("This is not yours to do")),
    "csrf": (403, N_("The page was too old; please try again")),
    "not_found": (404, N_("Not found")),
    "method_not_allowed": (405, N_("This address does not take that method")),
    "not_acceptable": (406, N_("There is no answer in that form")),
    "already_decided": (409, N_("This proposal has been answered already")),
    "not_declined": (409, N_("Only a declined or snoozed proposal can be reconsidered")),
    "not_accepted": (409, N_("Only what is accepted or waited for can be withdrawn")),
    "offer_over": (409, N_("The time to decide has passed; the place is offered to somebody else")),
    "need_full": (409, N_("All places are taken")),
    "overlaps": (409, N_("You hold something else at the same time")),
    "shift_over": (409, N_("This shift is over or cancelled")),
    "last_shift": (409, N_("The last shift is given back by withdrawing")),
    "not_of_age": (409, N_("This need asks for another age, or for a birth date in your profile")),
    "need_closed": (409, N_("This need is no longer open")),
    "need_not_draft": (409, N_("Only a draft or a closed need can be published")),
    "need_not_open": (409, N_("Only an open need can be closed")),
    "need_cancelled": (409, N_("This need has been cancelled")),
    "need_over": (409, N_("The dates of this need have passed")),
    "places_held": (409, N_("More volunteers hold a place than there would be places")),
    "slot_taken": (409, N_("That time is taken or no longer offered")),
    "introduction_over": (409, N_("This has been answered or cancelled already")),
    "not_asked": (409, N_("Nothing is asked of you here")),
    "changed_again": (409, N_("It has changed once more since you read it")),
    "too_many_codes": (409, N_("There are too many share codes already; end one first")),
    "invitations_spent": (409, N_("So many invitations are enough for a day")),
    "conversation_over": (409, N_("Nothing more can be written here")),
    "conversation_waits": (409, N_("You have written a lot; please wait for an answer")),
    "through_centre": (409, N_("Whoever is under 18 is reached through their volunteer centre")),
    "placement_not_held": (409, N_("This placement cannot be confirmed any more")),
    "placement_over": (409, N_("This placement has ended")),
    "placement_not_over": (409, N_("This placement has not been completed")),
    "shifts_ahead": (409, N_("Some of the volunteer's shifts are still to come")),
    "need_not_begun": (409, N_("This has not begun yet")),
    "no_show_not_said": (409, N_("Nobody says that you did not come")),
    "hours_confirmed": (409, N_("Hours of this placement have been confirmed")),
    "hours_answered": (409, N_("These hours have been confirmed or corrected")),
    "hours_not_corrected": (409, N_("Only a correction can be accepted or disputed")),
    "nothing_to_record": (409, N_("There are no confirmed hours yet")),
    "feedback_closed": (409, N_("Feedback can no longer be given or changed")),
    "organisation_suspended": (409, N_("The centre has suspended this organisation")),
    "external_id_taken": (409, N_("That external id is in use already")),
    "idempotency_in_progress": (409, N_("The same request is still being worked on")),
    "conflict": (
        409,
        N_("Somebody else changed this at the same moment; please try again"),
    ),
    "length_required": (411, N_("The request needs a Content-Length")),
    "stale": (412, N_("This has changed since you read it")),
    "too_large": (413, N_("The request is too large")),
    "unsupported_media_type": (415, N_("This address takes another content type")),
    "invalid": (422, N_("Some of what was sent cannot be taken")),
    "idempotency_key_reused": (
        422,
        N_("This Idempotency-Key came with another request before"),
    ),
    "precondition_required": (428, N_("This request needs an If-Match header")),
    "too_many_requests": (429, N_("Too many requests; please wait a little")),
    "internal": (500, N_("Something went wrong on our side")),
    "unavailable": (503, N_("The service is busy; please try again shortly")),
}


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with one field: a dotted name, a stable code, and words for a person."""

    field: str
    code: str
    message: str


class Refusal(Exception):
    """The service says no."""

    def __init__(self, code: str, detail: str | None = None, errors: tuple[FieldError, ...] = ()) -> None:
        """Take a code of `CODES`, and what else there is to say."""
        super().__init__(code)
        self.code = code
        self.detail = detail
        self.errors = errors


class NotFound(Refusal):
    """It is not there, or not for this caller."""

    def __init__(self) -> None:
        """Say the same in both cases, so that nobody learns what exists."""
        super().__init__("not_found")


class NotAllowed(Refusal):
    """The caller is known, and may not do this."""

    def __init__(self) -> None:
        """Give no reason that would tell more than the caller knows."""
        super().__init__("not_allowed")


class NotSignedIn(Refusal):
    """Nobody is asking, or with a token that opens nothing."""

    def __init__(self, code: str = "not_signed_in") -> None:
        """Say which of the two ways to sign in failed."""
        super().__init__(code)


class TooManyRequests(Refusal):
    """The caller has asked too often, and may again in a while."""

    def __init__(self, retry_after: int) -> None:
        """Take the seconds until then."""
        super().__init__("too_many_requests")
        self.retry_after = retry_after


class Invalid(Refusal):
    """Something that was sent cannot be taken; every field at fault is named."""

    def __init__(self, *errors: FieldError) -> None:
        """Take one entry for each field at fault."""
        super().__init__("invalid", errors=errors)
