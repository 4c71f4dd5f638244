"""`halfway rank evaluate`: a table or JSON on stdout, progress on stderr, what is missing by name."""

from __future__ import annotations

import json

from click.testing import CliRunner

from service.cli import main
from tests.matching.evaluation.test_scistarter import write_scistarter


def comparison(place):
    """Ask for a small comparison, on a test part, so that one part is judged and not five."""
    train = write_scistarter(place / "train", persons=60)
    test = write_scistarter(place / "test", persons=10, seed=4, name="v")
    return ["rank", "evaluate", "--protocol", "scistarter", "--train", str(train), "--test", str(test)]


def test_json_holds_a_row_for_each_ranker_ours_among_them(tmp_path):
    done = CliRunner().invoke(main, [*comparison(tmp_path), "--json"])
    report = json.loads(done.stdout)

    assert done.exit_code == 0
    assert (report["protocol"], isinstance(report["seed"], int)) == ("scistarter", True)
    ours = next(row for row in report["rows"] if row["ranker"] == "halfway")
    assert {"segment", "n", "persons", "ndcg_at_10", "hr_at_5", "hr_at_10", "mrr", "low", "high"} <= {
        name for name, value in ours.items() if value is not None
    }
    assert (ours["auc"], ours["ece"], ours["accuracy"], ours["recall_at_1"]) == (None,) * 4
    assert "halfway ..." in done.stderr


def test_a_table_is_for_people(tmp_path):
    done = CliRunner().invoke(main, comparison(tmp_path))

    assert done.stdout.splitlines()[2].split()[:4] == ["segment", "ranker", "n", "persons"]
    assert "ndcg_at_10" in done.stdout


def test_a_missing_table_is_named(tmp_path):
    done = CliRunner().invoke(main, ["rank", "evaluate", "--protocol", "coupon", "--train", str(tmp_path)])

    assert done.exit_code == 1
    assert "choices_coupon_offers/offers.csv" in done.stderr


def test_a_picture_that_cannot_be_drawn_is_refused_before_the_work(tmp_path):
    write_scistarter(tmp_path)
    asked = ["rank", "evaluate", "--protocol", "scistarter", "--train", str(tmp_path), "--plot", "table.doc"]
    done = CliRunner().invoke(main, asked)

    assert done.exit_code == 1
    assert "table.doc" in done.stderr
    assert "..." not in done.stderr
