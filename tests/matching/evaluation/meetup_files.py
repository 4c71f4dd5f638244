"""Writes a small made-up Meetup data set, from a seed, as the real one is laid out."""

from __future__ import annotations

import csv
import random
from pathlib import Path

HOUR = 3_600_000
FIRST = 1_400_000_000_000


def write(path, rows):
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def meetup_tables(seed=1, persons=25, events=60):
    """Make events of four groups, and answers of persons who each like one of them."""
    chance = random.Random(seed)
    venues = [{"id": f"v{n}", "name": "", "city": "", "lat": 45 + n, "lon": -110} for n in range(4)]
    made = []
    for number in range(events):
        published = FIRST + number * 40 * HOUR
        group = number % 4
        made.append(
            {
                "id": f"e{number}",
                "name": f"Circle {group} no. {number}",
                "time": published + 2000 * HOUR,
                "utc_offset": -7 * HOUR,
                "group_id": f"g{group}",
                "venue_id": f"v{group}",
                "status": "past",
                "description": f"<p>We meet for subject{group} and talk</p>",
                "first_rsvp": published,
            }
        )
    answers = []
    for event in made:
        at = event["first_rsvp"]
        for place, person in enumerate(chance.sample(range(persons), 8)):
            likes = person % 4 == int(event["group_id"][1])
            answers.append(
                {
                    "member": f"m{person}",
                    "event_id": event["id"],
                    "guests": 0,
                    "response": "yes" if likes or chance.random() < 0.3 else "no",
                    "created": at,
                    "mtime": at + (place == 3) * 500 * HOUR,
                }
            )
            at += chance.randrange(1, 60) * HOUR
    members = [
        {"member": f"m{n}", "group_id": f"g{n % 4}", "joined": FIRST - HOUR, "topics": ""}
        for n in range(persons)
    ]
    return {"events": made, "rsvps": answers, "members": members, "venues": venues}


def write_meetup(place: Path, tables) -> Path:
    for name, rows in tables.items():
        write(place / "choices_meetup_montana" / f"{name}.csv", rows)
    return place
