"""Read the flags of our serve recipes anew from the servers' own source, and say what changed.

The names listed in agent/core/data/server_flags.yaml are looked up in unpacked sources; their
types, choices and bounds are written back. A flag that its server no longer has stops the run.

    python scripts/read_server_flags.py vllm=PATH@0.33.0 sglang=PATH@0.5.23 llama.cpp=PATH@b11113
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import yaml

DATA = Path(__file__).resolve().parents[1] / "agent" / "core" / "data" / "server_flags.yaml"
KINDS = {"int": "int", "float": "float", "bool": "switch"}
BOUNDS = {"ge": "least", "gt": "above", "le": "most", "lt": "below"}
Flag = dict[str, Any]


def _trees(root: Path, pattern: str) -> list[ast.Module]:
    return [ast.parse(path.read_text("utf-8")) for path in sorted(root.glob(pattern))]


def _assigned(trees: list[ast.Module]) -> dict[str, ast.expr]:
    """Return the module-level names that are given a value, with it."""
    return {
        target.id: node.value
        for tree in trees
        for node in tree.body
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Name)
    }


def _texts(node: ast.expr | None, names: dict[str, ast.expr]) -> list[str]:
    """Return the strings of a list, a Literal, the keys of a dict, or a name of one of these."""
    match node:
        case ast.Constant(value=str() | int() as one) if not isinstance(one, bool):
            return [str(one)]
        case ast.Name(id=name):
            return _texts(names.get(name), names)
        case ast.List(elts=items) | ast.Tuple(elts=items):
            return [text for item in items for text in _texts(item, names)]
        case ast.Dict(keys=keys):
            return [text for key in keys for text in _texts(key, names)]
        case ast.Subscript(value=ast.Name(id="Literal"), slice=inner):
            return _texts(inner, names)
        case ast.BinOp(left=left, op=ast.BitOr() | ast.Add(), right=right):
            return [*_texts(left, names), *_texts(right, names)]
        case ast.Call(args=[ast.Call(func=ast.Attribute(value=inner, attr="keys"))]):
            return _texts(inner, names)
    return []


def _kind(annotation: ast.expr) -> str:
    words = re.findall(r"\w+", ast.unparse(annotation))
    return next((kind for word, kind in KINDS.items() if word in words), "text")


def _bounds(value: ast.expr | None) -> Flag:
    if not isinstance(value, ast.Call):
        return {}
    return {
        BOUNDS[word.arg]: ast.literal_eval(word.value)
        for word in value.keywords
        if word.arg in BOUNDS
    }


def _flag(annotation: ast.expr, value: ast.expr | None, names: dict[str, ast.expr]) -> Flag:
    choices = _texts(annotation, names)
    return {"kind": "choice", "choices": choices} if choices else {
        "kind": _kind(annotation), **_bounds(value)
    }  # fmt: skip


def _fields(tree: ast.AST) -> Iterator[tuple[str, ast.expr, ast.expr | None]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            yield node.target.id, node.annotation, node.value


def _called(trees: list[ast.Module]) -> Iterator[tuple[list[str], ast.Call]]:
    """Yield the flags and the call of each `add_argument`."""
    for tree in trees:
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                flags = [text for item in node.args for text in _texts(item, {})]
                if node.func.attr == "add_argument" and flags:
                    yield flags, node


def _plain(trees: list[ast.Module], names: dict[str, ast.expr]) -> dict[str, Flag]:
    """Return the flags of an ordinary argparse parser."""
    found: dict[str, Flag] = {}
    for flags, call in _called(trees):
        words = {word.arg: word.value for word in call.keywords}
        if choices := _texts(words.get("choices"), names):
            flag: Flag = {"kind": "choice", "choices": choices}
        elif "action" in words:
            flag = {"kind": "switch"}
        else:
            flag = {"kind": _kind(words.get("type", ast.Name("str")))}
        found |= dict.fromkeys(flags, flag)
    return found


def _vllm(root: Path) -> dict[str, dict[str, Flag]]:
    configs = _trees(root, "config/*.py")
    quants = _trees(root, "model_executor/layers/quantization/__init__.py")
    front, engine = (
        _trees(root, "entrypoints/common/cli_args.py"),
        _trees(root, "engine/arg_utils.py"),
    )
    names = _assigned(configs + quants + front)
    flags = _plain(front, names)
    for tree in front:
        flags |= {_spelled(name): _flag(note, value, names) for name, note, value in _fields(tree)}
    flags |= _of_configs(engine, configs, names)
    parsers = {
        "tool_call_parser": _assigned(_trees(root, "tool_parsers/__init__.py")),
        "reasoning_parser": _assigned(_trees(root, "reasoning/__init__.py")),
    }
    for name, found in parsers.items():
        tables = [value for value in found.values() if isinstance(value, ast.Dict)]
        flags[_spelled(name)] = {"kind": "choice", "choices": _texts(tables[0], {})}
    benches = _trees(root, "benchmarks/serve.py") + _trees(root, "benchmarks/datasets/**/*.py")
    named = _assigned(benches + _trees(root, "benchmarks/lib/*.py"))
    return {"vllm": flags, "vllm bench serve": _plain(benches, named)}


def _of_configs(
    engine: list[ast.Module], configs: list[ast.Module], names: dict[str, ast.expr]
) -> dict[str, Flag]:
    """Return the flags that take their type from a field of a configuration class."""
    classes = {
        node.name: {name: _flag(note, value, names) for name, note, value in _fields(node)}
        for tree in configs
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
    }
    found = _plain(engine, names)
    holds: dict[str, dict[str, Flag]] = {}
    for tree in engine:
        for node in ast.walk(tree):
            match node:
                case ast.Assign(
                    targets=[ast.Name(id=variable)],
                    value=ast.Call(func=ast.Name(id="get_kwargs"), args=[ast.Name(id=name)]),
                ):
                    holds[variable] = classes[name]
    for flags, call in _called(engine):
        spread = [word.value for word in call.keywords if word.arg is None]
        match spread:
            case [
                ast.Subscript(value=ast.Name(id=variable), slice=ast.Constant(value=str(field)))
                | ast.Dict(
                    values=[
                        ast.Subscript(
                            value=ast.Name(id=variable), slice=ast.Constant(value=str(field))
                        ),
                        *_,
                    ]
                )
            ]:
                found |= dict.fromkeys(flags, holds[variable].get(field, {"kind": "text"}))
    return found


def _spelled(name: str) -> str:
    return f"--{name.replace('_', '-')}"


def _sglang(root: Path) -> dict[str, dict[str, Flag]]:
    srt = root / "srt"
    names = _assigned(_trees(srt, "arg_groups/choices.py"))
    found: dict[str, Flag] = {}
    for tree in _trees(srt, "arg_groups/fields/*.py"):
        for name, note, _ in _fields(tree):
            if not (isinstance(note, ast.Subscript) and isinstance(note.slice, ast.Tuple)):
                continue
            kind, about = note.slice.elts[0], note.slice.elts[1]
            words = {w.arg: w.value for w in getattr(about, "keywords", ())}
            choices = _texts(words.get("choices"), names)
            flag: Flag = (
                {"kind": "choice", "choices": choices} if choices else {"kind": _kind(kind)}
            )
            flags = [_spelled(name), *_texts(words.get("aliases"), names)]
            found |= dict.fromkeys(flags, flag)
    tools = _trees(srt, "function_call/function_call_parser.py")[0]
    reasoning = _assigned(_trees(srt, "parser/reasoning_parser_names.py"))
    for flag_name, listed in (
        (
            "--tool-call-parser",
            max((_texts(n, {}) for n in ast.walk(tools) if isinstance(n, ast.Dict)), key=len),
        ),
        ("--reasoning-parser", max((_texts(n, reasoning) for n in reasoning.values()), key=len)),
    ):
        found[flag_name] = {"kind": "choice", "choices": ["auto", *listed]}
    benches = _trees(root, "benchmark/serving.py")
    return {"sglang": found, "sglang.benchmark.serving": _plain(benches, _assigned(benches))}


def _llama_cpp(root: Path) -> dict[str, dict[str, Flag]]:
    """Read the tables of flags that llama.cpp's build writes into its own pages."""
    server: dict[str, Flag] = {}
    page = (root / "tools/server/README.md").read_text("utf-8")
    for cell, about in re.findall(r"^\| `([^`]+)` \| (.*) \|$", page, re.M):
        *flags, last = cell.split(", ")
        last, _, value = last.partition(" ")
        for flag in (*flags, last):
            server[flag] = _of_placeholder(value, about)
    bench: dict[str, Flag] = {}
    for line in (root / "tools/llama-bench/README.md").read_text("utf-8").splitlines():
        match = re.match(r"^ +((?:-[\w-]+, )*-[\w-]+) <?([^ >]*)", line)
        for flag in match[1].split(", ") if match else ():
            bench[flag] = _of_placeholder(match[2], "") if match else {}
    return {"llama.cpp": server, "llama-bench": bench}


def _of_placeholder(value: str, about: str) -> Flag:
    listed = re.search(r"allowed values: ([\w, ]+)<br", about)
    choices = re.split(r"\\?[|,] ?", value.strip("[{<>}]")) if value[:1] in "[{<" and value else []
    if listed or len(choices) > 1:
        return {"kind": "choice", "choices": listed[1].split(", ") if listed else choices}
    if not value:
        return {"kind": "switch"}
    plain = value in {"N", "n", "PORT", "INDEX"} and "'all'" not in about
    return {"kind": "int" if plain else "text"}


def _ollama(root: Path) -> dict[str, dict[str, Flag]]:
    source = (root / "envconfig/config.go").read_text("utf-8")
    kinds = {"Uint": "int", "Uint64": "int", "Bool": "switch", "BoolWithDefault": "switch"}
    calls = re.findall(r'(\w+)\("(OLLAMA_\w+)"', source)
    found: dict[str, Flag] = {name: {"kind": "text"} for _, name in calls}
    found |= {name: {"kind": kinds[kind]} for kind, name in calls if kind in kinds}
    options = (root / "api/types.go").read_text("utf-8")
    for kind, name in re.findall(r'^\s+\w+\s+(\w+)\s+`json:"(num_\w+),', options, re.M):
        found[name] = {"kind": "int" if kind == "int" else "text"}
    return {"ollama": found}


READERS: dict[str, Callable[[Path], dict[str, dict[str, Flag]]]] = {
    "vllm": _vllm,
    "sglang": _sglang,
    "llama.cpp": _llama_cpp,
    "ollama": _ollama,
}


def main(arguments: list[str]) -> None:
    """Refresh the flags of the servers named.

    Raises:
        SystemExit: if a flag listed is gone.
    """
    held = yaml.safe_load(DATA.read_text("utf-8"))
    for argument in arguments:
        server, _, rest = argument.partition("=")
        path, _, version = rest.rpartition("@")
        for program, found in READERS[server](Path(path)).items():
            entry = held[program]
            if gone := sorted(set(entry["flags"]) - set(found)):
                sys.exit(f"{program} {version} no longer has {', '.join(gone)}.")
            entry["version"] = version
            entry["flags"] = {name: found[name] for name in entry["flags"]}
    head = "".join(
        line for line in DATA.read_text("utf-8").splitlines(keepends=True) if line[0] == "#"
    )
    DATA.write_text(head + _dumped(held), "utf-8")


def _dumped(held: dict[str, Any]) -> str:
    """Return the data with a line a flag."""
    lines = []
    for program, entry in held.items():
        lines.append(f"{program}:")
        lines += [f"  {key}: {entry[key]}" for key in ("version", "source")]
        lines.append("  flags:")
        for name, flag in entry["flags"].items():
            text = yaml.safe_dump(flag, default_flow_style=True, sort_keys=False, width=10_000)
            lines.append(f"    {name}: {text.strip()}")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main(sys.argv[1:])
