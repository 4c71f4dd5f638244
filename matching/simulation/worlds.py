"""The markets that are simulated: what differs between them, and what is common to all."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class World:
    """A market: how many needs and visits in how many days, and how volunteers choose.

    `places` is the mean of a need's places. `outside` is the utility of taking nothing, and `intent` how
    much (a standard deviation) it differs between volunteers: some come to help today, some only look.
    `quality` is how much needs and organisations differ in what no feature says, `taste` how much one
    volunteer's likings do. `curved` tastes have steps and products that estimates, which are sums, miss. A
    `cascade` volunteer reads down and takes the first need that is good enough, not the best of those seen.
    """

    name: str
    says: str
    needs: int = 1200
    visits: int = 4000
    days: int = 60
    organisations: int = 300
    places: float = 4.0
    outside: float = 6.9
    intent: float = 2.0
    quality: float = 0.5
    taste: float = 0.6
    curved: bool = False
    cascade: bool = False


_ORDINARY = World("ordinary", "1,200 needs, 4,000 visits in 60 days")
WORLDS = {
    world.name: world
    for world in (
        _ORDINARY,
        replace(_ORDINARY, name="scarce", says="half the visits", visits=2000),
        replace(_ORDINARY, name="plenty", says="more than twice the visits", visits=9000),
        replace(_ORDINARY, name="nonlinear", says="tastes that no sum of features can tell", curved=True),
        replace(_ORDINARY, name="cascade", says="the first need that is good enough is taken", cascade=True),
        replace(_ORDINARY, name="hidden_quality", says="needs differ in what no feature says", quality=1.0),
        replace(
            _ORDINARY, name="same_intent", says="all volunteers come equally willing", intent=0.0, outside=6.5
        ),
    )
}
#: The six markets on which policies are judged; the seventh shows what rests on volunteers' differing intent.
JUDGED = ("ordinary", "scarce", "plenty", "nonlinear", "cascade", "hidden_quality")
