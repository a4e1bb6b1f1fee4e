"""The gateway's configuration file as frozen models: the model is the schema, unknown keys are faults.

Loading with line and column is in ``gateway.faults``; building objects from it in ``gateway.app``.
Durations are written ``500ms``, ``10s``, ``5m``, ``4h``, ``7d`` and read as seconds; sizes ``64KiB``, ``8MiB``.
"""

import re
from collections.abc import Mapping
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag, field_validator, model_validator

from gateway.units import Duration, Size

Network = IPv4Network | IPv6Network


class Section(BaseModel):
    """A part of the file: frozen, and closed to keys that nobody knows."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=False)


class Listen(Section):
    """Where clients connect."""

    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=0, le=65535)
    workers: int = Field(default=1, ge=1, le=256)
    tls_certificate: Path | None = None
    tls_key: Path | None = None
    drain: Duration = 30.0  # after SIGTERM, open exchanges may take this long


class Admin(Section):
    """Metrics and the admin API: a port of its own, loopback unless told otherwise."""

    host: str = "127.0.0.1"
    port: int = Field(default=9090, ge=0, le=65535)


class Limits(Section):
    """What a client may send."""

    body: Size = 32 << 20
    headers: Size = 64 << 10
    body_wait: Duration = 60.0  # a client that stops in the middle of its body is cut off


class Timeouts(Section):
    """How long the model may take."""

    connect: Duration = 5.0
    first_byte: Duration = 600.0
    idle: Duration = 120.0  # between two pieces of an answer


class Route(Section):
    """Which queries go to which upstream: the first that matches wins."""

    upstream: str  # base URL; a path in it is put in front
    name: str = ""  # by which the action reroute calls it
    paths: tuple[str, ...] = ("/",)  # prefixes
    models: tuple[str, ...] = ("*",)  # shell patterns
    ca_file: Path | None = None  # instead of the system's certificate authorities
    pool: int = Field(default=256, ge=1)  # most idle connections kept, per process
    timeouts: Timeouts = Timeouts()

    @field_validator("upstream")
    @classmethod
    def _is_http(cls, value: str) -> str:
        if not re.match(r"^https?://[^/\s]+", value):
            raise ValueError("an upstream is a base URL: http://host:port or https://host/prefix")
        return value.rstrip("/")


class Identity(Section):
    """Who a client is."""

    key_headers: tuple[str, ...] = ("authorization", "x-api-key", "x-goog-api-key", "api-key")
    account_header: str = ""  # set by a trusted proxy
    user_headers: tuple[str, ...] = ()  # set by a trusted proxy: trusted; else self-declared
    trusted_proxies: tuple[Network, ...] = ()  # from these, forwarded headers are believed
    tls_headers: tuple[str, ...] = ()  # set by a trusted proxy: how the client speaks TLS, for example a JA4
    asn_file: Path | None = None  # MaxMind DB with the autonomous systems of addresses
    accounts_file: Path | None = None
    secret_file: Path | None = None  # default: data/secret, made at first start
    network_prefix_v4: int = Field(default=24, ge=8, le=32)
    network_prefix_v6: int = Field(default=56, ge=16, le=128)


class Journal(Section):
    """The queue between proxies and analysts."""

    queue: int = Field(default=10_000, ge=1)  # entries waiting in a proxy's memory
    flush: Duration = 0.005  # shortest time between two writes
    capture: Size = 256 << 10  # bytes kept of an answer for the analyst
    capacity: Size = 1 << 30  # bytes waiting on disk; more is dropped and counted


class Onnx(Section):
    """A sentence encoder of one's own, run in the analyst's process; needs the extra ``onnx``."""

    model: Path
    vocabulary: Path  # WordPiece, one piece a line: vocab.txt of the model
    tokens: int = Field(default=128, ge=8, le=512)  # read of a text; the cost grows with them


class Endpoint(Section):
    """A server that embeds: POST of ``{"model", "input"}``, as at OpenAI, vLLM, TEI or llama.cpp."""

    url: str  # the whole address: http://127.0.0.1:8001/v1/embeddings
    dims: int = Field(ge=2, le=8192)  # numbers in one vector; an answer of another width is a failure
    model: str = ""
    key_file: Path | None = None  # its contents are sent as a bearer token
    timeout: Duration = 2.0  # of one request
    batch: int = Field(default=64, ge=1, le=2048)  # texts in one request

    @field_validator("url")
    @classmethod
    def _is_http(cls, value: str) -> str:
        if not re.match(r"^https?://[^/\s]+/\S*$", value):
            raise ValueError("the whole address of an embeddings endpoint: http://host:port/v1/embeddings")
        return value


class ByOnnx(Section):
    """``embedding: {onnx: …}``."""

    onnx: Onnx


class ByEndpoint(Section):
    """``embedding: {endpoint: …}``."""

    endpoint: Endpoint


class Named(Section):
    """A plug-in by its name, with its own parameters: ``{plugin: NAME, with: {…}}``."""

    model_config = ConfigDict(serialize_by_alias=True, validate_by_name=True, validate_by_alias=True)

    plugin: str
    parameters: dict[str, Any] = Field(default_factory=dict, alias="with")


def _way(value: object) -> str:
    """Tell which alternative a value is meant as, so that only its own faults are told."""
    keys = (
        value.keys() if isinstance(value, Mapping) else type(value).model_fields if isinstance(value, Section) else ()
    )
    return next((f"by {way}" for way in ("onnx", "endpoint", "plugin") if way in keys), "by name")


Embedding = Annotated[
    Annotated[Literal["static", "characters"], Tag("by name")]
    | Annotated[ByOnnx, Tag("by onnx")]
    | Annotated[ByEndpoint, Tag("by endpoint")]
    | Annotated[Named, Tag("by plugin")],
    Discriminator(_way),
]


class Analysis(Section):
    """What the analyst keeps."""

    batch: int = Field(default=512, ge=1)  # entries folded together
    scopes: tuple[Literal["user", "key", "account", "network"], ...] = ("user", "key", "account", "network")
    cases: int = Field(default=1_000_000, ge=100)  # most subjects kept
    cases_in_memory: int = Field(default=20_000, ge=10)
    forget: Duration = 30 * 86400.0  # a case untouched for this long is dropped
    baseline: Path | None = None  # default: the shipped one
    embedding: Embedding = "static"  # how texts become vectors; cells of two ways cannot be compared
    detector_budget: Duration = Field(default=0.001, gt=0)  # an observation, for detectors of other packages


class Linkage(Section):
    """The linker: which subjects act together, and what is decided on them as a whole."""

    enabled: bool = True
    every: Duration = Field(default=60.0, gt=0)  # between two passes over those who did more
    full: Duration = Field(default=3600.0, gt=0)  # between two passes over all
    least: int = Field(default=8, ge=2, le=1_000_000)  # members from which on a group is looked at
    subjects: int = Field(default=200_000, ge=10)  # most that are linked; beyond, those who did least are passed over
    census: Path | None = None  # how common marks are among trusted subjects; default: the shipped one
    known: Path | None = None  # whose keys and accounts belong together, and which prompts many harnesses share


class Ledger(Section):
    """A table of what was served to whom, of a fixed size."""

    size: Size = 32 << 20  # sixteen bytes a fingerprint; 0B: none is kept
    keep: Duration = Field(default=14 * 86400.0, ge=3600.0, le=60 * 86400.0)  # since it was served last


class OfAnswers(Ledger):
    """The same of answers' texts, of which more are served."""

    keep: Duration = Field(default=7 * 86400.0, ge=3600.0, le=60 * 86400.0)


class Ledgers(Section):
    """What was served to one and is handed in by another."""

    reasoning: Ledger = Ledger()  # encrypted reasoning and signatures: one or a few an answer
    recirculation: OfAnswers = OfAnswers()  # four an answer


class Verification(Section):
    """How a client that the action verify refuses can confirm its use."""

    url: str = ""  # where clients reach this gateway, for links; empty: a link is a path on the host they asked
    webhook: str = ""  # the operator's service that is told of each attestation, and may decide on it
    webhook_secret_file: Path | None = None  # what the webhook's bodies are signed with
    lasts: Duration = 30 * 86400.0  # how long an approved subject counts as verified

    @field_validator("url", "webhook")
    @classmethod
    def _is_http(cls, value: str) -> str:
        if value and not re.match(r"^https?://[^/\s]+", value):
            raise ValueError("an address: http://host:port/path or https://host/path")
        return value.rstrip("/")

    @model_validator(mode="after")
    def _is_signed(self) -> "Verification":
        if self.webhook and self.webhook_secret_file is None:
            raise ValueError("webhook_secret_file is needed with webhook")
        return self


class Log(Section):
    """The decision log: what was decided, by which rule, on which numbers, in files that show every change."""

    folder: Path | None = None  # default: data/log
    key_file: Path | None = None  # default: data/log-key.pem, made at first start; it signs checkpoints
    rotate: Size = 64 << 20  # a file this large is full
    rotate_after: Duration = 7 * 86400.0  # and so is one this old
    keep: Duration = 400 * 86400.0  # files are dropped when all in them is older; subjects' data with them
    checkpoint: Duration = 300.0  # longest time that records stand unsigned


class Config(Section):
    """The whole file."""

    listen: Listen = Listen()
    admin: Admin = Admin()
    limits: Limits = Limits()
    routes: tuple[Route, ...] = Field(min_length=1)
    identity: Identity = Identity()
    journal: Journal = Journal()
    analysis: Analysis = Analysis()
    ledgers: Ledgers = Ledgers()
    log: Log = Log()
    data: Path = Path("var")  # the SQLite file and the secret live here
    policies: Path = Path("policies")  # a policy file, or a folder of them
    exemptions: Path | None = None  # who may take much home, and how much: contracts, research, own evaluations
    candidate: Path | None = None  # another one, tried beside the live one: it decides nothing
    store: Named = Named(plugin="sqlite")  # where cases, decisions, counters and the journal are kept
    dialects: dict[str, dict[str, Any]] = Field(default_factory=dict)  # of other packages: name → parameters
    verification: Verification = Verification()
    linkage: Linkage = Linkage()
    panel: dict[str, dict[str, Any]] = Field(default_factory=dict)  # detector name → parameters; {} all, defaults
    appeal: str = ""  # where a refused client can complain: mail address or URL
    log_level: Literal["debug", "info", "warning", "error"] = "info"
