"""`halfway import` as an operator runs it: counts and reasons for a person, or one object for a script."""

import json
import os
import signal
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from models import Import, ImportRow, Job, Need, Organisation
from models.imports import RowStatus
from models.needs import NeedStatus
from models.organisations import OrganisationStatus
from service import db
from service.operations.imports import ROWS_OF_PART
from tests.cli.conftest import wait_for
from tests.files import messy
from tests.operations.bringing import NEED, counts, file_of, finish

NYC = ("--centre", "NYC", "--mapping", "nyc")


@pytest.fixture
def bring(halfway):
    """Bring a file into the centre NYC; give the object that is printed."""
    assert halfway("centre", "add", "NYC").exit_code == 0

    def run(*arguments):
        result = halfway("import", *map(str, arguments), "--json")
        assert result.exit_code == 0, result.output
        return json.loads(result.stdout)

    return run


def test_a_person_reads_counts_and_the_reasons_of_refusals_with_their_rows(bring, halfway):
    result = halfway("import", "needs", str(messy.MESSY), *NYC, "--shift-weeks", "1")

    assert result.exit_code == 0
    assert result.stdout.splitlines()[:6] == [
        "messy_needs.csv → NYC",
        "All dates were moved by 1 weeks: they are not those of the file.",
        f"read {messy.READ}, added {messy.ADDED}, updated 0, unchanged 1, refused {len(messy.REFUSED)}",
        "",
        "Refused:",
        "  places sentinel: 2 rows (11, 12)",
    ]
    assert (
        "    row 11: “9999” in column vol_requests stands for “not known”; it is not a number."
        in result.stdout
    )
    assert "  approximate_location: 2 rows" in result.stdout
    assert result.stderr == ""  # a bar stands on terminals only


def test_a_script_reads_one_object(bring):
    found = bring("needs", messy.MESSY, *NYC)

    assert {name: found[name] for name in ("read", "added", "updated", "unchanged", "refused")} == {
        "read": messy.READ,
        "added": messy.ADDED,
        "updated": 0,
        "unchanged": messy.UNCHANGED,
        "refused": len(messy.REFUSED),
    }
    assert {one["row"]: (one["field"], one["code"]) for one in found["errors"]} == messy.REFUSED
    assert all(set(one) == {"row", "field", "code", "message"} for one in found["errors"])
    assert found["warnings"]["looks_repeated"] == 1
    assert found["shift_weeks"] == 0


def test_needs_are_published_and_organisations_verified_only_where_it_is_said(bring, rows):
    def states():
        rows.expire_all()
        needs = rows.scalars(select(Need.status)).all()
        return needs.count(NeedStatus.OPEN), set(rows.scalars(select(Organisation.status)))

    bring("needs", messy.MESSY, *NYC)
    assert states() == (0, {OrganisationStatus.UNVERIFIED})
    rows.rollback()

    bring("needs", messy.MESSY, *NYC, "--verify", "--publish")
    assert states() == (messy.OPEN, {OrganisationStatus.VERIFIED})


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("needs", "nowhere.csv", *NYC), 1, "There is no such file"),
        (("needs", str(messy.MESSY), "--mapping", "nobody"), 1, "There is no mapping “nobody” for needs"),
        (("needs", str(messy.MESSY), "--mapping", "mine.toml"), 1, "cannot be read as a mapping"),
        (("needs", str(messy.MESSY), "--mapping", "nyc", "--centre", "Nobody"), 1, "no such centre"),
        (("cars", str(messy.MESSY), *NYC), 2, "cars"),
        (("needs", str(messy.MESSY)), 2, "--mapping"),
    ],
)
def test_what_cannot_be_read_is_said_and_nothing_is_brought_in(bring, halfway, rows, arguments, code, words):
    result = halfway("import", *arguments)

    assert (result.exit_code, result.stdout) == (code, "")
    assert words in result.stderr
    assert rows.scalar(select(func.count()).select_from(Import)) == 0


def test_a_mapping_of_ones_own_may_be_a_file(bring, settings_of_its_own):
    mapping = settings_of_its_own / "mine.toml"
    mapping.write_text(
        'kind = "organisations"\n[external_id]\ncolumn = "no"\n[fields]\nname = { column = "who" }\n',
        encoding="utf-8",
    )
    file = settings_of_its_own / "who.csv"
    file.write_text("no;who\n1;Green Corner\n2;\n", encoding="utf-8")

    found = bring("organisations", file, "--mapping", mapping)

    assert found["added"] == 1
    assert found["errors"] == [{"row": 3, "field": "name", "code": "required", "message": "This is needed."}]


def test_shipped_mappings_are_listed(halfway):
    result = halfway("import", "--list")

    assert result.exit_code == 0
    assert "nyc" in result.stdout
    assert "minnesota" in result.stdout


def test_one_killed_in_the_midst_is_finished_by_a_worker_and_again_by_hand(
    bring, start, halfway, rows, committed_database_url, settings_of_its_own
):
    count = 5 * ROWS_OF_PART
    file = settings_of_its_own / "needs.jsonl"
    file.write_bytes(file_of([{**NEED, "external_id": str(one)} for one in range(count)]))
    running = start("import", "needs", str(file), "--mapping", "halfway", "--publish")

    def some_are_in():
        found = rows.scalar(select(func.count()).where(ImportRow.status == RowStatus.ADDED))
        rows.rollback()
        return found

    wait_for(some_are_in)
    os.kill(running.pid, signal.SIGKILL)
    running.wait()

    left = rows.scalar(select(func.count()).where(ImportRow.status == RowStatus.WAITING))
    started = rows.scalars(select(Import)).one()
    assert 0 < left < count
    order = rows.scalars(select(Job).where(Job.kind == "imports.run")).one()
    assert order.payload == {"import_id": str(started.id)}
    rows.close()
    engine = db.make_engine(committed_database_url)
    with db.unit_of_work(db.make_sessions(engine), at=datetime.now(UTC) + timedelta(minutes=1)) as session:
        done = finish(session, started)
    engine.dispose()
    assert counts(done) == (count, count, 0, 0, 0)
    assert rows.scalar(select(func.count()).where(Need.status == NeedStatus.OPEN)) == count
    rows.close()

    again = bring("needs", file, "--mapping", "halfway", "--publish")
    assert again["unchanged"] == count


@pytest.mark.data
@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "mapping", "file", "read", "added", "refused"),
    [
        ("needs", "nyc", "needs_nyc_service/opportunities.csv", 474, 471, 3),
        ("needs", "minnesota", "needs_minnesota_feed/opportunities.csv", 172, 153, 19),
        ("needs", "ukraine_initiatives", "needs_ukraine_parallel/initiatives_uk_en.csv", 79, 78, 1),
        ("needs", "ukraine_tasks", "needs_ukraine_parallel/tasks_uk_en.csv", 13, 13, 0),
        (
            "organisations",
            "ukraine_organisations",
            "needs_ukraine_parallel/organizations_uk_en.csv",
            22,
            19,
            3,
        ),
        ("organisations", "russia_nko", "orgs_russia_nko/nko_ru.csv", 23, 23, 0),
    ],
)
def test_real_files_come_in_and_again_nothing_changes(
    bring, shared_data, kind, mapping, file, read, added, refused
):
    words = (kind, shared_data / file, "--mapping", mapping)

    first, again = bring(*words), bring(*words)

    assert (first["read"], first["added"], first["refused"]) == (read, added, refused)
    assert (again["added"], again["updated"], again["unchanged"]) == (0, 0, added + first["unchanged"])
    assert again["refused"] == refused


@pytest.mark.data
@pytest.mark.slow
def test_the_needs_of_new_york_are_open_again_when_their_dates_are_moved(bring, shared_data, rows):
    words = ("needs", shared_data / "needs_nyc_service/opportunities.csv", *NYC, "--verify", "--publish")
    # Their dates are of 2010 to 2012: so many weeks later, all are still to come.
    weeks = (datetime.now(UTC).date() - datetime(2010, 6, 1, tzinfo=UTC).date()).days // 7
    moved = ("--shift-weeks", weeks)

    found = bring(*words, *moved)
    again = bring(*words, *moved)

    open_ones = rows.scalar(select(func.count()).where(Need.status == NeedStatus.OPEN))
    assert found["added"] == again["unchanged"] == 471
    assert again["updated"] == 0
    assert open_ones == found["added"] - found["warnings"].get("dates_passed", 0)
    assert open_ones > 400
