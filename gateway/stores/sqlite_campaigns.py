"""The linker's side of the SQLite store: walks over cases, campaigns and their members."""

from collections.abc import Iterator
from typing import Any, Final

import msgspec
from msgspec.structs import replace

from gateway.campaigns import MEMBER_SCOPES, UNSEEN, Campaign, Member, Membership, Memberships, Roll
from gateway.decisions import Subject
from gateway.stores.base import Folded, StoreError, Touched
from gateway.stores.sqlite_file import SqliteFile

TOGETHER: Final = 500  # cases read at a time: some MiB
MINUTE: Final = 60.0  # seconds: as coarsely is the age of a case kept
AT_ONCE: Final = 2000  # most members forgotten in one commit
_RANKS = ",".join(map(str, range(64)))
_EACH = "SELECT number, value, body FROM cases WHERE number > ? AND scope = ? ORDER BY number LIMIT ?"
_OWN = f"scope IN {MEMBER_SCOPES} AND NOT owned"
_ALL = f"""SELECT number, scope, value, iif({_OWN}, body, NULL) FROM cases
    WHERE number > ? ORDER BY number LIMIT ?"""  # noqa: S608 - our own names
# Of those touched since, only the index is walked, whose ranks are named so that it can be: a minute of a busy guard
# is some thousand of a million rows.
_SINCE = f"""SELECT number, scope, value, iif({_OWN}, body, NULL) FROM cases WHERE number IN
    (SELECT number FROM cases WHERE rank IN ({_RANKS}) AND minute >= ? AND number > ? ORDER BY number LIMIT ?)
    ORDER BY number"""  # noqa: S608 - the same
_NEXT = "UPDATE totals SET number = number + 1 WHERE name = 'membership' RETURNING number"
_KEEP = """INSERT INTO campaigns VALUES (?1, ?2, ?3, ?4)
    ON CONFLICT (id) DO UPDATE SET named = ?2, seen = ?3, body = ?4"""
_JOIN = """INSERT INTO members (position, campaign, scope, value, released, gone, spared, body)
    VALUES (?1, ?2, ?3, ?4, 0, 0, ?5, ?6)
    ON CONFLICT (campaign, scope, value) DO UPDATE SET position = ?1, gone = 0, spared = ?5, body = ?6"""
_LEAVE = "UPDATE members SET position = ?, gone = ? WHERE campaign = ? AND scope = ? AND value = ?"
_RELEASE = """UPDATE members SET position = ?, released = ?
    WHERE campaign = ? AND scope = ? AND value = ? AND (released > 0) <> (? > 0)"""
_MEMBERS = "SELECT body, released, gone FROM members WHERE campaign = ? ORDER BY rowid"
_CHANGED = """SELECT campaign, scope, value, released = 0 AND gone = 0 AND NOT spared FROM members
    WHERE position > ? AND campaign IN (SELECT id FROM campaigns WHERE named > 0) ORDER BY position"""
_UNSEEN = "DELETE FROM campaigns WHERE seen < ?"
_LOST = f"""DELETE FROM members WHERE rowid IN (SELECT rowid FROM members WHERE
    (gone > 0 AND gone < ? AND released = 0) OR campaign NOT IN (SELECT id FROM campaigns) LIMIT {AT_ONCE})"""  # noqa: S608 - a number

_write = msgspec.msgpack.Encoder().encode
_campaign = msgspec.msgpack.Decoder(Campaign).decode
_member = msgspec.msgpack.Decoder(Member).decode


def keep_campaigns(connection: Any, folded: Folded) -> None:
    """Keep what a pass changed of campaigns, within a transaction of the store."""
    if not (folded.campaigns or folded.members or folded.gone):
        return
    (position,) = connection.execute(_NEXT).fetchone()
    for one in folded.campaigns:
        before = connection.execute("SELECT named FROM campaigns WHERE id = ?", (one.id,)).fetchone()
        if before is not None and one.named and not before[0]:  # now its members are told to everybody
            connection.execute("UPDATE members SET position = ? WHERE campaign = ?", (position, one.id))
        connection.execute(_KEEP, (one.id, one.named, one.seen, _write(one)))
        connection.execute("UPDATE totals SET number = max(number, ?) WHERE name = 'born'", (one.born,))
    rows = [(position, one.campaign, *one.subject, bool(one.spared), _write(one)) for one in folded.members]
    connection.executemany(_JOIN, rows)
    connection.executemany(_LEAVE, [(position, folded.at, one.campaign, *one.subject) for one in folded.gone])
    if connection.execute(_UNSEEN, (folded.at - UNSEEN,)).rowcount or folded.gone:
        connection.execute(_LOST, (folded.at - UNSEEN,))


class SqliteCampaigns:
    """What the linker reads of a SQLite store, and what proxies follow of it."""

    def __init__(self, file: SqliteFile) -> None:
        self._file = file

    def each(self, scope: str) -> Iterator[tuple[Subject, bytes]]:
        """Yield all cases of a scope, in the order in which they began; others may write meanwhile."""
        after = 0
        while True:
            with self._file.call("each") as connection:
                rows = connection.execute(_EACH, (after, scope, TOGETHER)).fetchall()
            if not rows:
                return
            for _, value, body in rows:
                yield Subject(scope, value), body
            after = rows[-1][0]

    def touched(self, since: float, after: int) -> Touched:
        """Return cases of members-to-be that were kept since a time, a part at a time; from ``after`` 0, the first."""
        minute = int(since // MINUTE)
        with self._file.call("touched") as connection:
            if minute > 0:
                rows = connection.execute(_SINCE, (minute, after, TOGETHER)).fetchall()
            else:
                rows = connection.execute(_ALL, (after, TOGETHER)).fetchall()
        cases = tuple((Subject(scope, value), body) for _, scope, value, body in rows if body is not None)
        return Touched(rows[-1][0] if len(rows) == TOGETHER else 0, cases)

    def roll(self) -> Roll:
        """Return all campaigns."""
        with self._file.call("roll") as connection:
            rows = connection.execute("SELECT body FROM campaigns").fetchall()
            free = connection.execute("SELECT campaign, scope, value FROM members WHERE released > 0").fetchall()
            born = self._file.total("born")
        try:
            kept = sorted((_campaign(body) for (body,) in rows), key=lambda one: one.born)
        except msgspec.MsgspecError as error:
            raise StoreError(f"a stored campaign cannot be read: {error}") from error
        return Roll(born, tuple(kept), frozenset(Membership(name, Subject(*subject)) for name, *subject in free))

    def members(self, campaign: str) -> list[Member]:
        """Return all who are, or were, of a campaign, oldest first."""
        with self._file.call("members") as connection:
            rows = connection.execute(_MEMBERS, (campaign,)).fetchall()
        try:
            return [replace(_member(body), released=released, gone=gone) for body, released, gone in rows]
        except msgspec.MsgspecError as error:
            raise StoreError(f"a stored member cannot be read: {error}") from error

    def memberships(self, after: int) -> Memberships:
        """Return whom decisions on campaigns reach: what changed after a position, or, from 0, everything."""
        with self._file.call("memberships") as connection:
            newest = self._file.total("membership")
            if after == newest:
                return Memberships(after)
            whole = after == 0 or after > newest or after < self._file.total("membership_anew")
            rows = connection.execute(_CHANGED, (0 if whole else after,)).fetchall()
        told = [(Membership(name, Subject(scope, value)), bound) for name, scope, value, bound in rows]
        joined = tuple(one for one, bound in told if bound)
        return Memberships(newest, whole, joined, () if whole else tuple(one for one, bound in told if not bound))

    def release(self, member: Membership, at: float) -> bool:
        """Set a member free of what is decided on its campaign, or, at 0.0, take that back; False if it is none."""
        with self._file.change("release") as connection:
            (position,) = connection.execute(_NEXT).fetchone()
            row = (position, at, member.campaign, *member.subject, at)
            return bool(connection.execute(_RELEASE, row).rowcount)
