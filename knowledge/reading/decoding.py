"""Bytes of a text to characters."""

from __future__ import annotations

import codecs
from itertools import pairwise

from knowledge.errors import DocumentError

BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Most used first: the first of those that read a text equally well is taken.
LIKELY = (
    *("cp1252", "cp1250", "cp1251", "koi8_r", "cp1253", "cp1254", "cp1255", "cp1256"),
    *("cp932", "euc_jp", "gb18030", "big5", "euc_kr"),
)
SAMPLE_BYTES = 500_000
LEAST_COHERENCE = 0.3
"""Share of a known language's letter frequencies that a guess must show."""
CLEAR_COHERENCE = 0.1
"""Lead in that share within which two readings count as equal."""
LEAST_LEAD = 0.03
"""Where no language shows, how much cleaner than the next the guess must read."""
MOST_BROKEN = 0.1
"""Broken bytes for each well-formed character beyond ASCII that UTF-8 may hold."""


def decode(content: bytes, name: str, declared: str | None = None) -> str:
    """Return the text in `content`: by its byte order mark, as UTF-8, as `declared`, or by guess.

    Raises:
        DocumentError: if it is binary, or no encoding stands out.
    """
    for mark, encoding in BOMS:
        if content.startswith(mark):
            return _marked(content, name, encoding)
    if b"\0" in content:
        raise DocumentError(f"{name}: holds binary data, not text")
    for encoding in ("utf-8", _known(declared)):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            pass
    return _nearly_utf8(content) or _guess(content, name)


def _marked(content: bytes, name: str, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        raise DocumentError(f"{name}: is not the {encoding} that its first bytes say") from error


def _known(declared: str | None) -> str:
    try:
        encoding = codecs.lookup((declared or "ascii").strip().lower()).name
        b"".decode(encoding)
    except (LookupError, ValueError):
        return "ascii"
    # Pages that say latin-1 are read as its superset, as browsers do.
    return "cp1252" if encoding == "iso8859-1" else encoding


def _nearly_utf8(content: bytes) -> str | None:
    text = content.decode("utf-8", errors="replace")
    broken = text.count("\ufffd")
    beyond_ascii = len(text) - len(text.encode("ascii", errors="ignore"))
    return text if broken < MOST_BROKEN * (beyond_ascii - broken) else None


def _guess(content: bytes, name: str) -> str:
    from charset_normalizer import from_bytes

    refusal = DocumentError(f"{name}: its encoding can't be told; save it as UTF-8")
    matches = list(from_bytes(content[:SAMPLE_BYTES], cp_isolation=list(LIKELY)))
    if not matches:
        raise refusal
    best = matches[0]
    lead = min((after.chaos - before.chaos for before, after in pairwise(matches[:2])), default=1.0)
    if best.coherence < LEAST_COHERENCE and lead < LEAST_LEAD:
        raise refusal
    equal = [m for m in matches if m.chaos - best.chaos < LEAST_LEAD]
    equal = [m for m in equal if best.coherence - m.coherence < CLEAR_COHERENCE]
    readings = {encoding for match in equal for encoding in match.could_be_from_charset}
    encoding = next((code for code in LIKELY if code in readings), best.encoding)
    return content.decode(encoding, errors="replace")
