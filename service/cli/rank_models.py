"""`halfway rank train | use | show`: models learnt from the service's own lists, and which of them ranks."""

from __future__ import annotations

import click

from models.rankings import RULES_VERSION
from service.access.actors import WORKER
from service.cli.opening import one_work, open_sessions
from service.config import read_settings
from service.db import now
from service.errors import NotFound
from service.operations.rankings import Outcome, TooFewLists, UnusableModel, train_ranking, use_ranking
from service.queries.rankings import get_ranking, get_ranking_model, list_ranking_models

_IN_USE = "in use"
_NO_SUCH = "There is no such version; `halfway rank show` lists those there are."


@click.command("train")
def train() -> None:
    """Learn a model from the lists that volunteers saw; refused if it is worse than the one in use.

    It is kept as a candidate; `halfway rank use VERSION` puts it into use.
    """
    with open_sessions(read_settings()) as sessions:
        try:
            outcome = train_ranking(sessions, WORKER, at=now())
        except TooFewLists:
            raise click.ClickException(
                "There are too few lists with a yes to learn from; the ranking stays as it is."
            ) from None
    click.echo(_compared(outcome))
    if outcome.version is None:
        raise click.ClickException(f"It is worse than {outcome.against}, and is not kept.")
    click.echo(outcome.version)


def _compared(outcome: Outcome) -> str:
    ours, theirs, against = outcome.trained.judged["all"], outcome.trained.against["all"], outcome.against
    losses = _number(ours.log_loss), _number(theirs.log_loss)
    gains = _number(ours.ndcg), _number(theirs.ndcg)
    return "\n".join(
        [
            f"On {ours.lists} lists held back, {ours.answered} of them with a yes:",
            f"log-loss {losses[0]}, of {against} {losses[1]} (lower is better)",
            f"NDCG@10 {gains[0]}, of {against} {gains[1]} (higher is better)",
        ]
    )


def _number(value: float | None) -> str:
    return "unknown" if value is None else f"{value:.4f}"


@click.command("use")
@click.argument("version")
def use(version: str) -> None:
    """Put a version into use, on all machines; "rules" goes back to the rules."""
    with one_work() as session:
        try:
            use_ranking(session, WORKER, version, at=session.info["at"])
        except NotFound:
            raise click.ClickException(_NO_SUCH) from None
        except UnusableModel as broken:
            raise click.ClickException(f"{version} cannot be used: {broken}.") from None
    click.echo(f"In use: {version}")


@click.command("show")
@click.argument("version", required=False)
def show(version: str | None) -> None:
    """List the models and say which ranking is in use; with VERSION, print its card."""
    with one_work() as session:
        if version is not None and version != RULES_VERSION:
            try:
                click.echo(get_ranking_model(session, WORKER, version).card)
            except NotFound:
                raise click.ClickException(_NO_SUCH) from None
            return
        ranking = get_ranking(session, WORKER, at=session.info["at"])
        models = list_ranking_models(session, WORKER)
    for number, model in enumerate(models):
        found = model.manifest.get("metrics", {}).get("all", {}).get("ndcg_at_10")
        learnt = f"{model.trained_at:%Y-%m-%d %H:%M}  NDCG@10 {_number(found)}"
        candidate = "candidate" if number == 0 else ""
        click.echo(
            f"{model.version:<24}{learnt}  {_IN_USE if model.version == ranking.version else candidate}"
        )
    click.echo(f"{RULES_VERSION:<24}{_IN_USE if ranking.version == RULES_VERSION else ''}")
    if ranking.problem:
        raise click.ClickException(f"{ranking.version} cannot be used, so the rules rank: {ranking.problem}.")
