"""The end of an exchange, exactly once however it ended: counted, journaled, its meters corrected."""

from gateway import clock
from gateway.encoding import decode
from gateway.exchange import Usage
from gateway.gate import Gate
from gateway.link import Link
from gateway.passage import CALLER_GONE, Passage
from gateway.tallies import Tallies

_REFUSED_KEYS = frozenset({401, 403, 407})  # by the model: whoever sent it, no case of a real client's
_SUCCESS = range(200, 300)
_UNFOLDED_AT_MOST = 4  # times what was captured: more is no text that a model wrote


class Settlement:
    """Settles exchanges of one proxy."""

    def __init__(self, link: Link, gate: Gate, capture: int) -> None:
        self._link = link
        self._gate = gate
        self._capture = capture
        self.tallies = Tallies()

    def settle(self, passage: Passage) -> None:
        """Count an exchange, post it to the journal if it is one for the analyst, correct its meters."""
        end = clock.monotonic()
        surface, admitted, tallies = passage.surface, passage.admitted, self.tallies
        labels = (surface.name, surface.dialect, passage.status, admitted.action, admitted.mode)
        tallies.count(labels, passage.error)
        if passage.asked:
            tallies.observe("overhead", "admission", passage.readied)
            tallies.observe("upstream", surface.name, end - passage.sent)
        if passage.heard:
            tallies.observe("first_byte", surface.name, passage.first_byte - passage.sent)
            tallies.observe("overhead", "answer", passage.turned)
        if for_the_analyst(passage):
            self._link.post(passage.entry(self._capture, end - passage.began))
        if admitted.carried or admitted.seated:
            self._gate.settle(admitted, passage.glance, self._usage(passage))

    def _usage(self, passage: Passage) -> Usage | None:
        """Return what the model says it billed; None if it served nothing: it failed, refused or was never asked.

        A client that left while the model was at work may have cost an answer: it is served, of unknown length.
        """
        if passage.asked and not passage.heard and passage.error == "caller_gone":
            return Usage()
        if not passage.heard or passage.status not in _SUCCESS:
            return None
        kept = passage.captured(passage.received)
        body = decode(kept, passage.response_encoding, max(1 << 20, _UNFOLDED_AT_MOST * len(kept)))
        return passage.dialect.hear(passage.surface, passage.response_type, body or b"").usage


def for_the_analyst(passage: Passage) -> bool:
    """Whether an exchange goes to the journal.

    All that went out to the model on a surface that generates, and successful POSTs to paths that nobody knows: a
    new endpoint must not be a way round the analyst. Not what the model did not authorise: a stranger with a
    made-up key must not fill a case. Not where the model never answered, unless it was the client that left.
    """
    if not passage.asked or not (passage.heard or passage.status == CALLER_GONE):
        return False
    if passage.surface.generates:
        return passage.status not in _REFUSED_KEYS
    return passage.surface.name == "opaque" and passage.request.method == "POST" and passage.status in _SUCCESS
