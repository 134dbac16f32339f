"""The message read once more: the quantities and the boards it names, and the job it is about."""

from __future__ import annotations

import re
from collections.abc import Iterable

from agent.interpreters.lexicon import lexicon
from agent.interpreters.reading import Reading, read
from agent.interpreters.tasks import find_job
from agent.turn import Turn
from knowledge.schema import TaskType

MOST_QUANTITIES = 3
_AND = re.compile(r"\b(?:and|und|et|y|e|plus|sowie)\b|[,&+]", re.IGNORECASE)
_ACTIVE = re.compile(r"\b(?:activ|aktiv)\w*", re.IGNORECASE)
_BIGGER = re.compile(
    r"\b(?:bigger|larger|biggest|largest|smaller|smallest|größer|kleiner|mayor"
    r"|plus (?:grand|gros))\b",
    re.IGNORECASE,
)
_ALL = re.compile(r"\b(?:total|overall|gesamt\w*|vs\.?|versus)\b", re.IGNORECASE)
_KIN = {
    "rental": "price",
    "active_parameters": "parameters",
    "retirement": "status",
    "version": "status",
    "maintenance": "status",
    "architecture": "kv_cache",
}
"""Quantities that one question does not ask for apart."""
_COMMON_WORDS = frozenset({"math", "rag", "dw", "raft", "glue"})
_BOARD_TASKS: dict[str, TaskType] = {
    "swe": "code_generation",
    "humaneval": "code_generation",
    "livecodebench": "code_generation",
    "aider": "code_generation",
    "mbpp": "code_generation",
    "aime": "math",
    "gsm8k": "math",
    "bird": "text_to_sql",
    "spider": "text_to_sql",
    "bfcl": "function_calling",
    "tau": "function_calling",
    "gpqa": "reasoning",
    "mmlu": "reasoning",
}
"""The type of task that a board, by the first word of its name, measures."""


def wanted(turn: Turn) -> tuple[str, ...]:
    """Return the quantities that the message asks for, the first named first.

    A question of fact has the one that was understood, and others that "and" or a comma joins to
    it; a comparison has all that it names.
    """
    asked = turn.understanding.quantity
    of_size = asked in ("parameters", "active_parameters") and _ACTIVE.search(turn.message)
    if of_size:
        both = _ALL.search(turn.message) is not None
        return ("parameters", "active_parameters") if both else ("active_parameters",)
    chains = _chains(_read(turn))
    if asked is None:
        bigger = ["parameters"] if _BIGGER.search(turn.message) else []
        found = [*bigger, *(name for chain in chains for name in chain)]
    else:
        found = next((chain for chain in chains if asked in chain), [asked])
    first = {_kin(name): name for name in reversed(found)}
    if asked:
        first[_kin(asked)] = asked
    return tuple(dict.fromkeys(first[_kin(name)] for name in found))[:MOST_QUANTITIES]


def _chains(reading: Reading) -> list[list[str]]:
    """Return the quantities that a message names; those joined by "and" or a comma together.

    What lies inside a longer phrase does not count: "memory bandwidth" asks for no memory.
    """
    hits = sorted(
        (hit.first, -hit.last, label.partition("/")[2])
        for label, row in reading.hits.items()
        if label.startswith("quantities/") and not label.startswith("quantities/compute")
        for hit in row
    )
    chains: list[list[str]] = []
    reach = -1
    for first, last, name in hits:
        if first <= reach:
            continue
        if chains and _are_joined(reading, reach, first):
            chains[-1].append(name)
        else:
            chains.append([name])
        reach = -last
    return chains


def _are_joined(reading: Reading, last: int, first: int) -> bool:
    """Tell whether "and" or a comma stands between two phrases."""
    return any(_AND.fullmatch(token.text) for token in reading.tokens[last + 1 : first])


def _kin(name: str) -> str:
    return _KIN.get(name, name)


def task_type(turn: Turn) -> TaskType | None:
    """Return the type of task that the message is about, by its words or by a board it names."""
    board_tasks = (_BOARD_TASKS.get(word) for word in _tokens(turn.message))
    by_board = next((found for found in board_tasks if found), None)
    return find_job(_read(turn)).task_type or by_board


def measures(board: str, kind: TaskType) -> bool:
    """Tell whether a board is one of the type of task `kind`, by its name."""
    words = _tokens(board)
    return _BOARD_TASKS.get(words[0]) == kind or kind.partition("_")[0] in words


def task_words(kind: TaskType) -> str:
    """Return a type of task as people write it: "text to SQL"."""
    return kind.replace("_", " ").replace("sql", "SQL")


def _read(turn: Turn) -> Reading:
    """Read the message with what it quotes: a claim is often a quotation."""
    bare = re.sub(r"[\"\u201c\u201d\u201e\u00ab\u00bb]", " ", turn.message)
    return read(bare, turn.catalogue, lexicon())


def boards_named(message: str, boards: Iterable[str]) -> tuple[tuple[str, ...], ...]:
    """Return the boards that `message` names, one group a name, those of exactly that name first.

    "MMLU Pro" is not MMLU; "SWE-bench" is the board of that name and every SWE-bench there is.
    """
    said = _tokens(message)
    best: dict[int, tuple[int, list[tuple[bool, str]]]] = {}
    for board in dict.fromkeys(boards):
        name = _tokens(re.sub(r"\(.*?\)", "", board))
        for start in range(len(said)):
            length = _shared(said[start:], name)
            if not length or (length == 1 and not _telling(board, name[0], message)):
                continue
            most, kept = best.get(start, (0, []))
            entry = (length < len(name), board)
            if length > most:
                best[start] = (length, [entry])
            elif length == most:
                kept.append(entry)
    groups = (tuple(board for _, board in sorted(kept)) for _, kept in best.values())
    return tuple(dict.fromkeys(groups))


def _tokens(text: str) -> list[str]:
    return re.findall(r"[a-z]+\d+[a-z]*|\d+|[a-z]+", text.lower())


def _shared(said: list[str], name: list[str]) -> int:
    """Return how many words of `name`, from its first on, begin `said`."""
    length = 0
    while length < min(len(said), len(name)) and said[length] == name[length]:
        length += 1
    return length


def _telling(board: str, word: str, message: str) -> bool:
    """Tell whether one word is enough to know the board: an acronym, or written as it is."""
    written = re.match(r"\w+", board)
    capitals = sum(letter.isupper() for letter in written[0]) if written else 0
    exact = written is not None and re.search(rf"\b{re.escape(written[0])}\b", message) is not None
    return capitals >= 2 and (exact or word not in _COMMON_WORDS)
