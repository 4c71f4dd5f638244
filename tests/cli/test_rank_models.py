"""`halfway rank train | use | show`: the ranking's life from the command line."""

from __future__ import annotations

from sqlalchemy import select

from matching.model_files import manifest_of, to_bytes
from matching.training import fit
from models import RankingModel, RankingUse
from service.db import now
from tests.matching.lists import made_up


def keep(rows, version, **over):
    model = fit(made_up(100), version)
    arrays = to_bytes(model)
    values = {"manifest": manifest_of(model, arrays), "arrays": arrays, "card": f"# Ranking {version}\n"}
    rows.add(RankingModel(version=version, trained_at=now(), **(values | over)))
    rows.commit()


def test_models_are_listed_put_into_use_and_back_and_their_cards_shown(halfway, rows):
    keep(rows, "learned-1")

    assert "candidate" in halfway("rank", "show").stdout
    assert halfway("rank", "use", "learned-1").exit_code == 0
    shown = halfway("rank", "show").stdout.splitlines()
    assert shown[0].startswith("learned-1 ")
    assert shown[0].endswith("in use")
    assert halfway("rank", "show", "learned-1").stdout.startswith("# Ranking learned-1\n")
    assert halfway("rank", "use", "rules").stdout == "In use: rules\n"
    assert halfway("rank", "show").stdout.splitlines()[-1].split() == ["rules", "in", "use"]
    used = rows.scalars(select(RankingUse.version).order_by(RankingUse.number)).all()
    assert used == ["learned-1", "rules"]


def test_what_is_not_there_or_broken_is_refused(halfway, rows):
    keep(rows, "learned-1", arrays=b"no model")

    for refused in (halfway("rank", "use", "learned-2"), halfway("rank", "show", "learned-2")):
        assert refused.exit_code == 1
        assert "no such version" in refused.stderr
    broken = halfway("rank", "use", "learned-1")
    assert broken.exit_code == 1
    assert "learned-1 cannot be used: its arrays are not those of its manifest" in broken.stderr


def test_a_broken_ranking_in_use_is_told(halfway, rows):
    keep(rows, "learned-1", arrays=b"no model")
    rows.add(RankingUse(version="learned-1", begun_at=now()))
    rows.commit()

    told = halfway("rank", "show")

    assert told.exit_code == 1
    assert "learned-1 cannot be used, so the rules rank" in told.stderr


def test_without_lists_there_is_nothing_to_learn_from(halfway):
    refused = halfway("rank", "train")

    assert refused.exit_code == 1
    assert "too few lists" in refused.stderr
