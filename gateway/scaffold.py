"""The fixed part of a query, told from one query alone: canonical wording and keyed fingerprints.

A client's template shows as what does not change: the system prompt, the lead-in and the last line of the first
user turn, the first words of the newest. Digits, addresses, quotations, code and documents are dropped first, so
that the fingerprint of a template does not change with what is filled in. Fingerprints are keyed: two installations
cannot compare theirs, and a list of known prompts cannot be looked up without the key.
"""

import re
from functools import lru_cache
from hashlib import blake2b
from itertools import islice

from xxhash import xxh3_64_intdigest

from gateway.embedding import edges

EDGE = 1024  # characters read at each end of a text
OPENING = 6  # tokens; on planted templates six told every one of them apart
_CORE_FROM, _CORE_CHARS, _CORE_WHOLE = 3, 400, 200  # see core()
_LEAD = 120  # characters within which a lead-in must end
_TAIL = 240  # characters; a longer last line is the payload itself
_START = 600  # characters read for the opening

# What is filled in. Each alternative stops at the next of its own delimiter, so the scan is linear.
_FILLED = re.compile(
    r"```[^`]*(?:```)?|\"[^\"]{24,}\"|“[^”]{24,}”|«[^»]{24,}»|「[^」]{12,}」|<\w{1,20}>[^<]{24,}</\w{1,20}>"
    r"|\{[^{}]{24,}\}|https?://\S+"
)
_OPENERS = ("`", '"', "“", "«", "「", "<", "{", "http")  # without one of these nothing is filled in
_PLAIN_WORD = re.compile(r"[a-z]+")  # the same as below of lower-case ASCII
_PLAIN_OPENING = re.compile(r"[^a-z]*+([a-z]++)" + r"[^a-z]++([a-z]++)" * (OPENING - 1))
_WORD = re.compile(r"[぀-ヿ㐀-䶿一-鿿]{1,2}|[^\W\d_぀-ヿ㐀-䶿一-鿿]+")
_ORDER_WORDS = (
    "answer reply respond response please step steps final output return format json explain think reason reasoning "
    "concise creative brief briefly only write give put box boxed label score rate feedback sentence sentences words "
    "must never always use include provide yes no antworte bitte schritt nur responde paso solo réponds étape "
    "请 回答 输出 步骤 一步 最终 答案"
)
_ORDERS = frozenset(_ORDER_WORDS.split())
_ENOUGH = 2  # words of orders that make a last line part of the template
_COLON = re.compile(r"[:：]")
_SENTENCE = re.compile(r"[.!?。！？\n]+")
_LABEL = re.compile(r"^[^:：]{0,24}[:：]")
_LABEL_CHARS = 25  # the colon included
_BLANK = b" \t\n\v\f\r\x1c\x1d\x1e\x1f"  # what str.strip() takes away of ASCII
_LINES = bytes(range(256)).lower().translate(bytes.maketrans(b".!?", b"\n\n\n"))
_PAIR = 2  # sentences: one has no order
_SENTENCE_CHARS = 16  # shorter ones are said by everybody


def canonical(text: str) -> str:
    r"""Return the text's fixed wording: lower-case words, one space between, nothing that is filled in.

    Examples:
        >>> canonical("Rate  item 17: see https://a.example/x\nBe BRIEF.")
        'rate item see be brief'

    """
    text = edges(text, EDGE)
    for opener in _OPENERS:
        if opener in text:
            text = _FILLED.sub(" ", text)
            break
    low = text.lower()
    return " ".join((_PLAIN_WORD if low.isascii() else _WORD).findall(low))


_canonical_again = lru_cache(1024)(canonical)  # of system prompts, which come again; 2 Ki characters each at most


def frame(turn: str) -> str:
    r"""Return what frames the payload of a turn: a short lead-in up to a colon, and a last line that gives orders.

    A last line without orders is payload: in a template that ends with what is filled in, it would make every
    fingerprint different and hide the template.

    Examples:
        >>> frame("Q: Is tin a metal?\nThink step by step, then answer.")
        'q think step by step then answer'
        >>> frame("Sum this up.\nThe night train to Linz was late.")
        ''

    """
    text = edges(turn, EDGE).strip()
    colon = _COLON.search(text, 0, _LEAD)
    lead = canonical(text[: colon.start()]) if colon else ""
    if lead.count(" ") >= OPENING:
        lead = ""
    if "\n" not in text:
        return lead
    body, _, tail = text.rpartition("\n")
    last = canonical(tail) if body and len(tail) <= _TAIL else ""
    label = tail.endswith((":", "：")) and last.count(" ") < OPENING
    if not label and len(_ORDERS.intersection(last.split())) < _ENOUGH:
        last = ""
    return f"{lead} {last}".strip()


def core(turn: str) -> str:
    """Return the part of a turn that is most likely payload and least likely template.

    Templates sit at the ends of a turn more often than in its middle: of a text over 200 characters this keeps 400
    from a third on. Over 34 public sources that spread payloads of one template 18 % wider than the whole turn did
    (geometric mean 0.65 against 0.55), and better than the last two thirds, the longest paragraph or the tail.
    """
    if len(turn) <= _CORE_WHOLE:
        return turn
    start = len(turn) // _CORE_FROM
    return turn[start : start + _CORE_CHARS]


def sentences(turn: str) -> list[str]:
    r"""Return a turn's lines and sentences of some length, without the labels before a colon that only number them.

    Examples:
        >>> sentences("[A]: The tide comes in twice a day here. Yes.\nB: The tide comes in once a day there.")
        ['the tide comes in twice a day here', 'the tide comes in once a day there']

    """
    parts = (_LABEL.sub("", part.strip()).strip() for part in _SENTENCE.split(edges(turn, EDGE).lower()))
    return [part for part in parts if len(part) >= _SENTENCE_CHARS]


def _plain_sentences(text: bytes) -> set[bytes]:
    """Return the same of ASCII text, each once."""
    found = set()
    for line in text.translate(_LINES).split(b"\n"):
        part = line.strip(_BLANK)
        colon = part.find(b":", 0, _LABEL_CHARS)
        if colon >= 0:
            part = part[colon + 1 :].strip(_BLANK)
        if len(part) >= _SENTENCE_CHARS:
            found.add(part)
    return found


class Fingerprints:
    """Keyed 64-bit fingerprints. 0 means that there is nothing to fingerprint."""

    def __init__(self, salt: bytes) -> None:
        """Key the fingerprints with a salt that the installation keeps secret."""
        self.seed = int.from_bytes(blake2b(salt, digest_size=8, person=b"fingerprint").digest(), "big")

    def of(self, text: str) -> int:
        """Return the fingerprint of a text, 0 for the empty text, 1 to 2^64 - 1 otherwise."""
        if not text:
            return 0
        return xxh3_64_intdigest(text.encode("utf-8", "surrogatepass"), self.seed) or 1

    def opening(self, turn: str) -> int:
        """Return the fingerprint of the first ``OPENING`` tokens, 0 if there are fewer."""
        low = turn[:_START].lower()
        if low.isascii():
            match = _PLAIN_OPENING.match(low)
            return self.of("\x1f".join(match.groups())) if match else 0
        words = [match[0] for match in islice(_WORD.finditer(low), OPENING)]
        return self.of("\x1f".join(words)) if len(words) == OPENING else 0

    def bag(self, turn: str) -> int:
        """Return a fingerprint of a turn's sentences whatever their order; 0 if there are fewer than two."""
        text = edges(turn, EDGE)
        if text.isascii():
            found = _plain_sentences(text.encode())
        else:
            found = {sentence.encode("utf-8", "surrogatepass") for sentence in sentences(turn)}
        if len(found) < _PAIR:
            return 0
        return sum([xxh3_64_intdigest(sentence, self.seed) or 1 for sentence in found]) % 2**64 or 1

    def scaffold(self, system: str, first: str, demand: str) -> int:
        """Return the fingerprint of the fixed part."""
        return self.of(self.fixed(system, first, demand))

    def fixed(self, system: str, first: str, demand: str) -> str:
        """Return the wording of the fixed part.

        A system prompt of some length is the fixed part; without one, the frame of the first turn is. The words
        that demand reasoning join it, so that one demanding sentence stays one template whatever it is asked about.
        """
        fixed = _canonical_again(edges(system, EDGE)) if system else ""
        if fixed.count(" ") < OPENING - 1:
            fixed = f"{fixed}\x1f{frame(first)}" if not demand else fixed
        said = canonical(demand) if demand else ""
        return f"{fixed}\x1f{said}".strip("\x1f")
