"""The whole of a verification: partition by partition, in one snapshot."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from lotstream.domain.ledger import Ledger
from lotstream.domain.slots import partition_of
from lotstream.hub.verify.found import NOTHING, Difference, Enough, Findings, Verified
from lotstream.hub.verify.records import Broken, Kept, PartitionCheck
from lotstream.hub.verify.replay import Replay
from lotstream.hub.verify.state import OwnerCheck, check_sites
from lotstream.store.journal import GENESIS
from lotstream.store.verify import ClaimSeen, Snapshot, snapshot
from lotstream.store.verify_spool import Spool

if TYPE_CHECKING:
    from lotstream.store.verify import Row

DIFFERENCES_MAX: Final = 10
"""Differences that are looked for unless more are asked for: the first tells most."""

PIECE_S: Final = 120.0
"""Longest that one piece of rows may take, in seconds."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What is looked at, and for how long rows are kept by settings."""

    #: The only owner, or partition, to look at; None for all.
    owner: str | None = None
    partition: int | None = None
    #: Compare the outbox too.
    outbox: bool = True
    outbox_days: int = 2
    retention_days: int = 30


async def verify(
    url: str,
    scope: Scope = Scope(),
    *,
    differences_max: int = DIFFERENCES_MAX,
    tell: Callable[[str], None] = lambda _: None,
    timeout_s: float = PIECE_S,
) -> Verified:
    """Compare every table of a hub with its journal, and return what differs; ``tell`` hears of each partition.

    Workers may go on meanwhile: all is read as of one moment. Raises `PostgresUnreachable`, `NotMigrated` or
    `SettingInvalid`.
    """
    async with snapshot(url, timeout_s=timeout_s) as seen:
        return await verify_snapshot(seen, scope, differences_max=differences_max, tell=tell)


async def verify_snapshot(
    seen: Snapshot, scope: Scope = Scope(), *, differences_max: int = DIFFERENCES_MAX,
    tell: Callable[[str], None] = lambda _: None,
) -> Verified:  # fmt: skip
    """Compare every table with the journal as of one moment that is already chosen."""
    began = time.monotonic()
    findings = Findings(differences_max)
    cut_short = False
    with Spool() as spool:
        run = Verification(seen, Replay(spool), findings, scope, tell)
        try:
            await run.all()
        except Enough:
            cut_short = True
    seconds = time.monotonic() - began
    return Verified(tuple(findings.differences), run.partitions, run.owners, findings.rows, seconds, cut_short)


class Verification:
    """One run over one snapshot."""

    def __init__(
        self, seen: Snapshot, replay: Replay, findings: Findings, scope: Scope, tell: Callable[[str], None]
    ) -> None:  # fmt: skip
        self._seen = seen
        self._replay = replay
        self._findings = findings
        self._scope = scope
        self._tell = tell
        self._claims: dict[int, ClaimSeen] = {}
        self._broadcasts: Mapping[int, Row] = {}
        #: First offsets by (log, partition): of the log, and of the intake where it was pruned.
        self._starts: dict[tuple[int, int], int] = {}
        self._intake: dict[tuple[int, int], int] = {}
        self.partitions = 0
        self.owners = 0

    async def all(self) -> None:
        """Check everything that is in scope; raises `Enough`."""
        log = await self._seen.log()
        self._claims = await self._seen.claims()
        self._starts = await self._seen.starts()
        self._intake = await self._seen.intake_kept()
        places = await self._seen.places()
        self._broadcasts = await self._seen.broadcasts()
        self._numbered()
        there = {partition for _, partition in places} | set(self._claims) | await self._seen.told()
        owners = await self._seen.owners()
        for family in families(there, _least_count(places, log.partitions), self._wanted(log.partitions)):
            self._tell(f"partition {', '.join(map(str, family))} of {log.partitions}")
            if await self._follow(family, range(1, log.number + 1)):
                mine = {o for o in owners if partition_of(o.encode(), log.partitions) in family}
                await self._states(mine | self._replay.ledgers.keys())
            self._replay.forget()

    def _wanted(self, count: int) -> int | None:
        """Return the partition to look at, None for all."""
        owner = self._scope.owner
        return self._scope.partition if owner is None else partition_of(owner.encode(), count)

    def _numbered(self) -> None:
        """Broadcasts are numbered without gaps, and no partition has seen more than there are."""
        last = max(self._broadcasts, default=0)
        self._findings.rows["broadcast"] += len(self._broadcasts)
        self._findings.expect("broadcast", {}, "numbers without gaps", journal=len(self._broadcasts), found=last)
        for claim in self._claims.values():
            if claim.broadcast_seen > last:
                key = {"partition": claim.partition}
                self._findings.add(Difference("claim", key, "broadcast_seen", f"at most {last}", claim.broadcast_seen))

    async def _follow(self, family: Sequence[int], logs: Sequence[int]) -> bool:
        """Follow partitions through all logs; False when one of their journals cannot be followed to its end."""
        kept = Kept.at(
            await self._seen.now(), outbox_days=self._scope.outbox_days, retention_days=self._scope.retention_days
        )
        checks = {
            partition: PartitionCheck(
                self._seen, self._replay, self._findings, partition=partition, chain=GENESIS, kept=kept,
                told=self._broadcasts, log=logs[-1],
                relay_position=self._claims[partition].relay_position if partition in self._claims else 0,
                owner=self._scope.owner, outbox=self._scope.outbox,
            )
            for partition in family
        }  # fmt: skip
        ends = dict.fromkeys(family, 0)
        self.partitions += len(family)
        try:
            for log in logs:
                for partition, check in checks.items():
                    start, kept_from = self._starts.get((log, partition), 0), self._intake.get((log, partition), 0)
                    ends[partition] = await check.follow(log, start=start, kept_from=kept_from)
        except Broken:
            return False
        for partition, check in checks.items():
            self._claim(partition, check, ends[partition])
            await check_sites(self._seen, self._replay, partition, self._findings)
        return True

    def _claim(self, partition: int, check: PartitionCheck, end: int) -> None:
        """Compare a claim with the records that were followed."""
        claim, key = self._claims.get(partition), {"partition": partition}
        if claim is None:
            self._findings.add(Difference("claim", key, None, f"records up to {end - 1}", NOTHING))
            return
        self._findings.rows["claim"] += 1
        today = self._replay.sites(partition).today
        note = "the last row of its journal was changed or deleted, or one was inserted"
        self._expect(partition, "chain", check.chain, claim.chain, note=note)
        self._expect(partition, "today", today, claim.today)
        if check.last is None:
            return
        self._expect(partition, "next_offset", end, claim.next_offset)
        self._broadcasts_of(partition, check, claim)
        self._expect(partition, "last_append_time", check.last["recorded_at"], claim.last_append_time)
        if not check.was_pruned:
            self._expect(partition, "append_time", check.append_time, claim.append_time)
        if check.last["message_id"] is not None:
            self._expect(partition, "last_message_id", check.last["message_id"], claim.last_message_id)

    def _broadcasts_of(self, partition: int, check: PartitionCheck, claim: ClaimSeen) -> None:
        told = check.broadcasts
        if not told.fits(claim.broadcast_seen) and not (check.was_pruned and claim.broadcast_seen > told.last):
            self._expect(partition, "broadcast_seen", told.last, claim.broadcast_seen)
        if told.answered is not None:
            self._expect(partition, "broadcast_answered", told.answered, claim.broadcast_answered)
        sites = self._replay.sites(partition)
        # Whoever takes over what the first version was told turns all sites, to be sure.
        sure = check.first_version and set(claim.turned) <= set(sites.sites)
        turned = {site: max(sites.turned.get(site, 0), number) for site, number in claim.turned.items()} if sure else {}
        self._expect(partition, "turned", {**sites.turned, **turned}, claim.turned)

    def _expect(
        self, partition: int, column: str, journal: object, found: object, *, note: str | None = None
    ) -> None:  # fmt: skip
        self._findings.expect("claim", {"partition": partition}, column, journal=journal, found=found, note=note)

    async def _states(self, owners: Iterable[str]) -> None:
        """Compare everything of these owners."""
        check = OwnerCheck(self._seen, self._replay, self._findings)
        for owner in sorted(owners):
            if self._scope.owner in (None, owner):
                self.owners += 1
                await check.check(owner, self._replay.ledgers.get(owner) or Ledger(owner, self._replay.sites(-1)))


def families(there: Iterable[int], least: int, wanted: int | None) -> list[list[int]]:
    """Return the partitions that are followed together, because an owner may have moved from one to another.

    ``least`` is the smallest number of partitions the log ever had, a power of two: an owner's partition was always the
    same modulo that number. ``wanted`` is the only partition of interest, None for all.
    """
    found: dict[int, list[int]] = {}
    for partition in sorted(there):
        found.setdefault(partition % least, []).append(partition)
    return [family for part, family in found.items() if wanted is None or wanted % least == part]


def _least_count(places: Iterable[tuple[int, int]], count: int) -> int:
    """Return the smallest number of partitions of any log, or a smaller one that its records would fit into."""
    last: dict[int, int] = {}
    for log, partition in places:
        last[log] = max(last.get(log, 0), partition)
    counts = (1 << partition.bit_length() for partition in last.values())
    return count if len(last) < 2 else min([count, *counts])
