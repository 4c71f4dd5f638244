"""How often somebody may ask, by who they are; and guess passwords and codes, by account and address.

Counting is left to the library `limits`; where the counts are kept, so that all workers share them, is
service/queries/rate_counts.py, or a Redis by setting.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from ipaddress import IPv6Address, ip_address
from math import ceil

from limits import (
    RateLimitItem,
    RateLimitItemPerDay,
    RateLimitItemPerHour,
    RateLimitItemPerMinute,
)
from limits.errors import StorageError
from limits.storage import Storage

from service.access.actors import Actor, ActorKind
from service.errors import Refusal, TooManyRequests

log = logging.getLogger(__name__)

OF_KIND: dict[ActorKind, RateLimitItem] = {
    ActorKind.ANYONE: RateLimitItemPerMinute(60),
    ActorKind.VOLUNTEER: RateLimitItemPerMinute(120),
    ActorKind.COORDINATOR: RateLimitItemPerMinute(300),
    ActorKind.STAFF: RateLimitItemPerMinute(300),
    ActorKind.OPERATOR: RateLimitItemPerMinute(300),
    ActorKind.CENTRE: RateLimitItemPerMinute(600),
}
# What costs so much that its rule has a limit of its own; a rule that is not there yet waits for its route.
OF_RULE: dict[str, RateLimitItem] = {
    "imports.start": RateLimitItemPerHour(4),
    "volunteers.export": RateLimitItemPerDay(5),
}
# Guesses that failed: of one account from one address, and of all accounts from it.
GUESSES_OF_ACCOUNT = RateLimitItemPerMinute(5, 15)
GUESSES_FROM_ADDRESS = RateLimitItemPerMinute(10, 5)
# Codes of one account from anywhere: six digits are few for somebody who has many addresses.
CODES_OF_ACCOUNT = RateLimitItemPerHour(20)


class Limits:
    """Counts, and refuses what is too much; without a storage, nothing is."""

    def __init__(self, storage: Storage | None, clock: Callable[[], float], times: int = 1) -> None:
        """Take where the counts are kept, the clock it goes by, and how many times the usual limits hold."""
        self._storage = storage
        self._clock = clock
        self._times = times

    def count(self, actor: Actor, rule: str, address: str | None) -> None:
        """Count a request under a rule of the policy."""
        who = f"token:{actor.token_id}" if actor.kind is ActorKind.CENTRE else actor.caller
        who = network_of(address) if actor.kind is ActorKind.ANYONE else who
        item = OF_KIND.get(actor.kind)
        try:
            if item is not None:
                self._hit(item, "all", actor.kind.value, who)
            if rule in OF_RULE:
                self._hit(OF_RULE[rule], rule, actor.caller)
        except StorageError:
            # Where nothing can be counted, those who ask need not suffer; guesses do (below).
            log.warning("requests cannot be counted")

    @contextmanager
    def guessing(self, account: str, address: str | None, *, code: bool = False) -> Iterator[None]:
        """Count what may be a guess before it is looked at; what succeeds is taken off again.

        Counted first, so that many guesses at once are not all looked at before the first has failed.
        """
        account = _folded(account)
        tries = [
            (GUESSES_OF_ACCOUNT, ("guess", account, network_of(address))),
            (GUESSES_FROM_ADDRESS, ("guess", network_of(address))),
            *([(CODES_OF_ACCOUNT, ("code", account))] if code else []),
        ]
        self._hit_all(tries)
        yield
        if self._storage is not None:
            for item, key in tries:
                self._storage.incr(item.key_for(*key), item.get_expiry(), amount=-1)

    def ask_for_mail(self, email: str, address: str | None) -> None:
        """Count what has mail sent to an address that somebody names: nobody's mailbox is to be filled."""
        where, email = network_of(address), _folded(email)
        self._hit_all([(GUESSES_OF_ACCOUNT, ("mail", email, where)), (GUESSES_FROM_ADDRESS, ("mail", where))])

    def _hit_all(self, tries: list[tuple[RateLimitItem, tuple[str, ...]]]) -> None:
        try:
            for item, key in tries:
                self._hit(item, *key)
        except StorageError:
            raise Refusal("unavailable") from None

    def _hit(self, item: RateLimitItem, *key: str) -> None:
        if self._storage is None:
            return
        name = item.key_for(*key)
        if self._storage.incr(name, item.get_expiry()) > item.amount * self._times:
            left = self._storage.get_expiry(name) - self._clock()
            raise TooManyRequests(max(1, min(ceil(left), item.get_expiry())))


def _folded(account: str) -> str:
    # An address is one account's, however it is typed.
    return account.strip().casefold()


def network_of(address: str | None) -> str:
    """Give the address by which requests are counted: of IPv6 the network, of which one person has all."""
    try:
        found = ip_address(address or "")
    except ValueError:
        return "unknown"
    if isinstance(found, IPv6Address):
        found = found.ipv4_mapped or IPv6Address(int(found) >> 64 << 64)
    return str(found)
