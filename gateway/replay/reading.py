"""A block of recorded lines becomes observations, in groups of lines that concern the same subjects. Text ends here."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import msgspec

from detectors.base import AnswerObservation, Observation
from gateway.asns import load_asns, no_asn
from gateway.config import Config
from gateway.decisions import MOST_MODELS, Subject
from gateway.dialects.base import Dialect
from gateway.dialects.plugged import dialects_of
from gateway.embedding.chosen import chosen
from gateway.exchange import Entry, Surface
from gateway.exemptions.base import Exempt
from gateway.features import Features
from gateway.intake import FAILED, TOGETHER, Intake, Read
from gateway.replay.heads import Heads
from gateway.replay.line import BadLineError, Recorded, body, named, read_line
from gateway.replay.names import Client, Names, Places

SALT = b"replay"  # observations never leave the run, so there is nobody to keep the key from
_FOREVER = 1e9  # seconds; a longer answer is a mistake of the log's
_SPACE = b" \t\r\n"


class Block(NamedTuple):
    """Lines to read together.

    Attributes:
        number: of the block, from 0.
        data: whole lines, each with its line end.
        file: name of the file, for the report of bad lines.
        first: number of the first line in its file, from 1.
        places: file and number of each line instead, where lines of several files are merged.
    """

    number: int
    data: bytes
    file: str
    first: int
    places: tuple[tuple[str, int], ...] = ()


class Marked(msgspec.Struct, frozen=True, array_like=True):
    """What an entitlement means for exchanges, and which of their subjects it covers."""

    exempt: Exempt
    covers: tuple[tuple[str, str], ...]


class Group(msgspec.Struct, frozen=True, array_like=True):
    """The exchanges of a block that concern the same subjects, and the place of each in the block.

    ``models`` are those asked for, at most MOST_MODELS; ``account`` is whose they are, where the log says so.
    """

    subjects: tuple[tuple[str, str], ...]
    places: list[int]
    answers: list[AnswerObservation]  # each with the query that it answers
    models: list[str] = []
    account: str = ""
    marked: Marked | None = None

    def exchanges(self) -> Iterator[tuple[Observation, ...]]:
        """Yield what detectors are given, exchange by exchange."""
        for answer in self.answers:
            yield answer.query, answer


class Bad(msgspec.Struct, frozen=True, array_like=True):
    """A line that cannot be used."""

    file: str
    line: int
    reason: str


class Lines(msgspec.Struct, array_like=True):
    """What a block of lines came to.

    Attributes:
        number: of the block.
        times: of the good lines, in order, seconds since the epoch.
        groups: observations by whom they concern.
        bad: lines that were skipped.
        unread: good lines from which nothing is observed: failed exchanges, surfaces that generate nothing.
    """

    number: int
    times: list[float]
    groups: list[Group]
    bad: list[Bad]
    unread: int


class _Line(NamedTuple):
    """A line on the way: what there is to observe of it, or the reason why it cannot be used."""

    place: int
    at: float = 0.0
    subjects: tuple[Subject, ...] = ()
    entry: Entry | None = None
    reason: str = ""


class Reader:
    """Reads blocks; what it remembers changes nothing but its speed."""

    def __init__(self, config: Config) -> None:
        identity = config.identity
        self._names = Names(config.analysis.scopes, identity.network_prefix_v4, identity.network_prefix_v6)
        asn = load_asns(identity.asn_file) if identity.asn_file else no_asn
        self._places = Places(asn, identity.network_prefix_v4, identity.network_prefix_v6)
        self._heads = Heads(identity.tls_headers)
        self._dialects = dialects_of(config.dialects)
        self._intake = Intake(self._dialects, Features(SALT, chosen(config.analysis.embedding)))

    def read(self, block: Block) -> Lines:
        """Return the observations of a block; blank lines are nobody's."""
        lines = Lines(block.number, [], [], [], 0)
        groups: dict[tuple[Subject, ...], Group] = {}
        held: list[_Line] = []
        for place, line in enumerate(block.data.split(b"\n")):
            if not line or not line.strip(_SPACE):
                continue
            held.append(self._line(place, line))
            if len(held) == TOGETHER:
                lines.unread += self._sort(block, held, groups, lines)
                held = []
        lines.unread += self._sort(block, held, groups, lines)
        lines.groups += groups.values()
        return lines

    def _line(self, place: int, line: bytes) -> _Line:
        try:
            recorded = read_line(line)
            return _Line(place, recorded.at, *self._named(recorded))
        except BadLineError as error:
            return _Line(place, reason=str(error))

    def _sort(self, block: Block, held: Sequence[_Line], groups: dict[tuple[Subject, ...], Group], lines: Lines) -> int:
        """Observe lines together and put each where it belongs; return how many are not observed."""
        reads = iter(self._intake.read_all([line.entry for line in held if line.entry is not None]))
        unread = 0
        for line in held:
            read = next(reads) if line.entry is not None else Read()
            reason = "the exchange cannot be read" if read.failed else line.reason
            if reason:
                lines.bad.append(Bad(*_place(block, line.place), reason))
                continue
            lines.times.append(line.at)
            if not read.observations:
                unread += 1
                continue
            group = groups.get(line.subjects)
            if group is None:
                group = groups[line.subjects] = Group(line.subjects, [], [], [], _account(line.subjects))
            if read.model and read.model not in group.models and len(group.models) < MOST_MODELS:
                group.models.append(read.model)
            group.places.append(line.place)
            group.answers.append(_answer(read.observations))
        return unread

    def _named(self, line: Recorded) -> tuple[tuple[Subject, ...], Entry | None]:
        """Return whom a line is about, and what there is to observe."""
        dialect, surface = self._dialects.find("POST", line.path.partition("?")[0], ())
        request = body(line.request)
        client = self._client(line, dialect, surface, request)
        subjects = self._names.of(client)
        if not subjects and not any(client):
            raise BadLineError("names neither account, key, user nor address")
        if line.status >= FAILED or not surface.generates:
            return subjects, None
        return subjects, self._entry(line, surface, request, subjects)

    def _entry(self, line: Recorded, surface: Surface, request: bytes, subjects: tuple[Subject, ...]) -> Entry:
        response = body(line.response)
        took = line.took or 0.0
        head, place = self._heads.of(line.headers), self._places.of(line.address or "")
        near = () if not place.network else (Subject("network", place.network),)
        return Entry(
            id="",
            at=line.at,
            took=took if 0.0 <= took <= _FOREVER else 0.0,
            surface=surface.name,
            model=surface.model,
            subjects=tuple(dict.fromkeys((*subjects, *near))),
            status=line.status,
            request=request,
            response=response,
            response_bytes=len(response),
            client=head.client,
            tls=head.tls,
            asn=place.asn,
        )

    def _client(self, line: Recorded, dialect: Dialect, surface: Surface, request: bytes) -> Client:
        account, key, user = named(line.account), named(line.key), named(line.user)
        if not user and (account or key) and self._names.wants_user and surface.generates:
            user = dialect.glance(surface, request).user.strip()
        return Client(account, key, user, line.address or "")


def _account(subjects: Sequence[Subject]) -> str:
    return next((subject.value for subject in subjects if subject.scope == "account"), "")


def _answer(observations: Sequence[Observation]) -> AnswerObservation:
    return next(one for one in observations if isinstance(one, AnswerObservation))


def _place(block: Block, place: int) -> tuple[str, int]:
    return block.places[place] if block.places else (block.file, block.first + place)
