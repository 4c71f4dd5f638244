"""`halfway simulate`: a table, JSON lines or a picture, and clear words for what it cannot do."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from click.testing import CliRunner

import service.cli.simulate
from matching.simulation.worlds import WORLDS
from service.cli import main


@pytest.fixture(autouse=True)
def small_worlds(monkeypatch):
    small = {
        name: replace(world, needs=80, visits=120, organisations=20, days=12)
        for name, world in WORLDS.items()
    }
    monkeypatch.setattr(service.cli.simulate, "WORLDS", small)


def run(*said):
    return CliRunner().invoke(main, ["simulate", "--seeds", "2", *said])


def test_json_holds_a_row_for_each_policy():
    done = run("--json", "--world", "scarce")
    found = json.loads(done.stdout)
    assert done.exit_code == 0
    assert found["world"] == "scarce"
    assert found["seeds"] == [0, 1]
    assert [row["policy"] for row in found["rows"]] == [
        "relevance", "popularity", "smartsort", "halfway", "oracle",
    ]  # fmt: skip
    assert {
        "acceptances", "acceptances_change", "share_with_one", "share_change", "fill_rate",
        "gini_organisations", "utility", "low", "high",
    } <= set(found["rows"][0])  # fmt: skip
    assert "seed 2 of 2, halfway" in done.stderr


def test_several_markets_are_a_line_each_and_all_are_the_six():
    lines = run("--json", "--world", "all", "--seeds", "1").stdout.splitlines()
    assert [json.loads(line)["world"] for line in lines] == [
        "ordinary", "scarce", "plenty", "nonlinear", "cascade", "hidden_quality",
    ]  # fmt: skip


def test_the_same_seeds_print_the_same():
    assert run("--json").stdout == run("--json").stdout
    assert run("--json").stdout != run("--json", "--first-seed", "7").stdout


@pytest.mark.parametrize(
    ("dial", "value", "policy"), [("--spread", "0", "halfway"), ("--decay", "1", "smartsort")]
)
def test_a_dial_that_is_off_leaves_relevance(dial, value, policy):
    rows = {row.pop("policy"): row for row in json.loads(run("--json", dial, value).stdout)["rows"]}
    assert rows[policy] == rows["relevance"]


def test_a_table_names_the_market_and_its_seeds():
    first, *_ = run("--first-seed", "7").stdout.splitlines()
    assert first == "ordinary: 1,200 needs, 4,000 visits in 60 days; 2 seeds from 7 on"


@pytest.mark.parametrize(("ending", "begins"), [("svg", b"<?xml"), ("png", b"\x89PNG"), ("pdf", b"%PDF")])
def test_a_picture_is_drawn(tmp_path, ending, begins):
    picture = tmp_path / f"spread.{ending}"
    assert run("--world", "ordinary", "--world", "scarce", "--plot", str(picture)).exit_code == 0
    assert picture.read_bytes().startswith(begins)


@pytest.mark.parametrize("name", ["spread.txt", "no_such_folder/spread.svg"])
def test_a_picture_that_cannot_be_drawn_is_refused_before_anything_is_computed(tmp_path, name):
    done = run("--plot", str(tmp_path / name))
    assert done.exit_code == 2
    assert "--plot" in done.stderr
    assert "seed 1" not in done.stderr


def test_a_picture_without_what_draws_is_refused_before_anything_is_computed(tmp_path, monkeypatch):
    monkeypatch.setattr("matching.simulation.plots.find_spec", lambda _: None)
    done = run("--plot", str(tmp_path / "spread.svg"))
    assert done.exit_code == 2
    assert "halfway[plots]" in done.stderr
    assert "seed 1" not in done.stderr


@pytest.mark.parametrize(
    "said",
    [
        ("--world", "nowhere"),
        ("--seeds", "0"),
        ("--seeds", "-3"),
        ("--first-seed", "-1"),
        ("--spread", "1.1"),
        ("--spread", "-0.1"),
        ("--spread", "nan"),
        ("--decay", "0"),
        ("--decay", "nan"),
    ],
)
def test_what_cannot_be_simulated_is_refused_by_its_name(said):
    done = run(*said)
    assert done.exit_code == 2
    assert said[0] in done.stderr
    assert "seed 1" not in done.stderr
