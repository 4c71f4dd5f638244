"""A town drawn from a seed: who lives there, what is needed when, what suits whom, and all chance."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from matching.arrays import Array, Bools, Floats, Ints
from matching.simulation.worlds import World

Singles = npt.NDArray[np.float32]

#: Volunteers look at a list so many times on average.
VISITS_EACH = 2.5
_TOPICS, _CAUSES, _SLOTS = 12, 14, 21
#: What words, causes, skills, closeness and time in common add to a utility at most.
_TRUE_WEIGHTS = (2.2, 1.2, 0.7, 1.8, 0.7)
#: The rankings' estimates of these weights are off by this part (a standard deviation).
_ERROR = 0.15


@dataclass(frozen=True, slots=True, eq=False)
class Town:
    """All that is given before anybody has seen a list; volunteers x needs where both are named.

    `utilities` are true and known to nobody; `estimates` are what rankings know: other weights, and nothing
    of quality and of one's own taste. `noise` (visits x needs) and `outside` (visits) are Gumbel draws, so
    that each policy meets the same volunteer in the same mood. `depth` is how far a cascade volunteer reads.
    """

    world: World
    organisations: Ints
    places: Ints
    published: Floats
    deadline: Floats
    eligible: Bools
    utilities: Singles
    estimates: Singles
    when: Floats
    who: Ints
    noise: Singles
    outside: Floats
    depth: Ints


def make_town(world: World, seed: int) -> Town:
    """Draw a town of a world; the same seed always draws the same."""
    draw = np.random.default_rng([seed, 1])
    volunteers = int(world.visits / VISITS_EACH)
    organisations = _organisations(draw, world)
    features, eligible = _features(draw, world, organisations, volunteers)
    true, estimates = _utilities(draw, world, features)
    true += _quality(draw, world, organisations)
    true += world.taste * draw.standard_normal(true.shape, np.float32)
    published, deadline = _times(draw, world)
    who = draw.integers(0, volunteers, world.visits)
    chance = np.random.default_rng([seed, 2])
    moods = world.intent * chance.standard_normal(volunteers)
    return Town(
        world=world,
        organisations=organisations,
        places=draw.geometric(1 / world.places, world.needs),
        published=published,
        deadline=deadline,
        eligible=eligible,
        utilities=true,
        estimates=estimates,
        when=np.sort(draw.uniform(0, world.days, world.visits)),
        who=who,
        noise=_gumbel(chance, (world.visits, world.needs)),
        outside=world.outside + moods[who] + chance.gumbel(size=world.visits),
        depth=chance.geometric(0.12, world.visits),
    )


def _gumbel(chance: np.random.Generator, shape: tuple[int, int]) -> Singles:
    noise: Singles = -np.log(chance.standard_exponential(shape, np.float32) + np.float32(1e-30))
    return noise


def _organisations(draw: np.random.Generator, world: World) -> Ints:
    """Say whose each need is: everybody has one, and few have many (Pareto)."""
    sizes = draw.pareto(1.5, world.organisations) + 1
    more = draw.choice(world.organisations, world.needs - world.organisations, p=sizes / sizes.sum())
    return np.concatenate([np.arange(world.organisations), more])


def _times(draw: np.random.Generator, world: World) -> tuple[Floats, Floats]:
    """A quarter is open on the first day, others come until ten days before the end; for 10 to 45 days."""
    later = draw.uniform(0, world.days - 10, world.needs)
    published = np.where(draw.random(world.needs) < 0.25, 0.0, later)
    return published, np.minimum(published + draw.uniform(10, 45, world.needs), world.days)


def _features(
    draw: np.random.Generator, world: World, organisations: Ints, volunteers: int
) -> tuple[list[Singles], Bools]:
    """Draw what both sides have in common, each from 0 to 1, and who may be proposed what."""
    needs = world.needs
    away, remote = _distances(draw, world, organisations, volunteers)
    radius = draw.choice([5, 10, 20, 40], volunteers, p=[0.1, 0.2, 0.4, 0.3])[:, None]
    free, asked = draw.random((volunteers, _SLOTS)) < 0.35, draw.random((needs, _SLOTS)) < 0.2
    asked[:, 0] |= ~asked.any(axis=1)
    shared = free.astype(np.float32) @ asked.astype(np.float32).T
    reads = (draw.random(volunteers) < 0.85)[:, None] | (draw.random(needs) < 0.8)
    closeness = np.where(remote, 0.45, np.exp(-away / 8))
    skills = draw.random((volunteers, needs)) < 0.25
    words, causes = (
        _words(draw, world, organisations, volunteers),
        _causes(draw, world, organisations, volunteers),
    )
    features = [words, causes, skills, closeness, np.minimum(shared, 3) / 3]
    return [one.astype(np.float32) for one in features], (remote | (away <= radius)) & (shared > 0) & reads


def _distances(
    draw: np.random.Generator, world: World, organisations: Ints, volunteers: int
) -> tuple[Array, Bools]:
    """Kilometres from volunteers to needs, six in ten in the middle; and what can be done from anywhere."""

    def places(count: int) -> Floats:
        spread = np.where(draw.random(count) < 0.6, 4.0, 14.0)
        return spread[:, None] * draw.standard_normal((count, 2))

    homes, offices = places(volunteers), places(world.organisations)
    sites = offices[organisations] + draw.standard_normal((world.needs, 2))
    remote = draw.random(world.needs) < 0.15
    across, along = (homes[:, None, axis] - sites[None, :, axis] for axis in (0, 1))
    return np.hypot(across, along), remote


def _words(draw: np.random.Generator, world: World, organisations: Ints, volunteers: int) -> Floats:
    """How alike texts are: topics, of which some are dear to more people than others."""
    share = 3 * draw.dirichlet(np.full(_TOPICS, 2.0)) + 0.05
    written = draw.dirichlet(share, volunteers)
    usual = draw.dirichlet(share, world.organisations)[organisations]
    needed = 0.6 * usual + 0.4 * draw.dirichlet(share, world.needs)
    written /= np.linalg.norm(written, axis=1, keepdims=True)
    needed /= np.linalg.norm(needed, axis=1, keepdims=True)
    return written @ needed.T


def _causes(draw: np.random.Generator, world: World, organisations: Ints, volunteers: int) -> Floats:
    """An organisation has one cause, a volunteer three."""
    share = draw.dirichlet(np.full(_CAUSES, 2.0))
    theirs = draw.choice(_CAUSES, world.organisations, p=share)[organisations]
    # The three largest of weighted exponentials are a draw without return (Efraimidis and Spirakis).
    order = np.argsort(draw.standard_exponential((volunteers, _CAUSES)) / share, axis=1)
    ticked = np.zeros((volunteers, _CAUSES))
    np.put_along_axis(ticked, order[:, :3], 1.0, axis=1)
    return ticked[:, theirs]


def _utilities(draw: np.random.Generator, world: World, features: list[Singles]) -> tuple[Singles, Singles]:
    """Give the true utilities, but for quality and taste, and the estimates of them."""
    true = _sum(_TRUE_WEIGHTS, features)
    if not world.curved:
        off = 1 + _ERROR * draw.standard_normal(len(features))
        known = _sum(np.array(_TRUE_WEIGHTS) * off, features)
        return true, known + np.float32((true - known).mean())
    words, causes, _, closeness, time = features
    true += 1.2 * (words > 0.7) * (closeness > 0.4) - 1.0 * (closeness < 0.15) + causes * (time > 0.6) - 0.35
    # The best sum of features for it, found on a part.
    some = draw.choice(true.size, 20_000)
    table = np.column_stack([*(one.ravel()[some] for one in features), np.ones(len(some))])
    fitted = np.linalg.lstsq(table, true.ravel()[some], rcond=None)[0]
    return true, _sum(fitted[:-1], features) + np.float32(fitted[-1])


def _sum(weights: Iterable[float], features: list[Singles]) -> Singles:
    total: Singles = np.zeros_like(features[0])
    for weight, feature in zip(weights, features, strict=True):
        total += np.float32(weight) * feature
    return total


def _quality(draw: np.random.Generator, world: World, organisations: Ints) -> Singles:
    half = world.quality * np.sqrt(0.5)
    whose = half * draw.standard_normal(world.organisations)[organisations]
    own = half * draw.standard_normal(world.needs)
    quality: Singles = (whose + own).astype(np.float32)
    return quality
