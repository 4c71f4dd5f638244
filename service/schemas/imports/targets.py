"""Our fields that a mapping may fill, and the shape of what each takes; the API's schemas check the rest."""

from __future__ import annotations

PLACED = {"location": "location", "causes": "codes"}

TARGETS: dict[str, dict[str, str]] = {
    "needs": PLACED
    | {
        "title": "text",
        "description": "text",
        "language": "text",
        "skills": "codes",
        "languages": "codes",
        "requirements": "codes",
        "rewards": "codes",
        "accessibility": "codes",
        "availability": "codes",
        "location_type": "choice",
        "starts_at": "time",
        "ends_at": "time",
        "publish_at": "time",
        "expires_at": "time",
        "rrule": "text",
        "commitment_hours_per_week": "number",
        "minimum_age": "integer",
        "maximum_age": "integer",
        "places": "integer",
    },
    "organisations": PLACED
    | {
        "name": "text",
        "description": "text",
        "mission": "text",
        "language": "text",
        "website": "text",
        "registrations": "registrations",
    },
    "volunteers": PLACED
    | {
        "name": "text",
        "email": "text",
        "language": "text",
        "interests": "text",
        "skills": "levels",
        "languages": "levels",
        "availability": "codes",
        "radius_km": "number",
        "location_types": "codes",
        "birth_date": "day",
    },
}

KINDS = tuple(TARGETS)
# A shifted file moves these, and the end of the rule that repeats a need.
TIMES = ("starts_at", "ends_at", "publish_at", "expires_at")
