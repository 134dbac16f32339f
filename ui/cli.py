"""The command line: the same nouns as the Python API, `--json` where a program may read it."""

from __future__ import annotations

import subprocess
import sys
from typing import Annotated, Any

import typer
from rich.markdown import Markdown

from agent.errors import AdvisorError
from agent.settings import Settings
from knowledge.errors import KnowledgeError
from knowledge.schema import Kind
from ui import cli_knowledge
from ui.cli_facts import app as facts
from ui.terminal import AsJson, bar, complain, err, out, print_json

app = typer.Typer(
    help="Which model for this job, on what hardware, with which toolkit, at what cost.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(facts, name="facts")


def main() -> None:
    """Run the command line; an expected error is one line on stderr and exit code 2."""
    try:
        app()
    except (AdvisorError, KnowledgeError) as error:
        complain(f"rightsize: {error}")
        sys.exit(2)


@app.command()
def ask(
    question: Annotated[str, typer.Argument(help="The job, or a question on a product.")],
    thread: Annotated[str | None, typer.Option(help="Conversation to go on with.")] = None,
    sources: Annotated[bool, typer.Option(help="Add sources and workings.")] = False,
    as_json: AsJson = False,
) -> None:
    """Answer one question."""
    from agent import Advisor

    with Advisor() as advisor:
        answer = advisor.ask(question, thread=thread)
    if as_json:
        print_json(answer.to_dict())
        return
    out.print(Markdown(answer.to_markdown() if sources else answer.text))
    for attachment in answer.attachments:
        err.print(f"File in the answer: {attachment.name} (use --json to take it).", markup=False)


@app.command()
def chat(
    thread: Annotated[str, typer.Option(help="Conversation to go on with.")] = "terminal",
) -> None:
    """Talk in the terminal; an empty line ends."""
    from agent import Advisor

    with Advisor() as advisor:
        while question := out.input("\n[bold]You:[/bold] ").strip():
            out.print(Markdown(advisor.ask(question, thread=thread).text))


@app.command()
def fit(
    model: Annotated[str, typer.Argument(help='Such as "Llama 3.3 70B".')],
    hardware: Annotated[str, typer.Argument(help='Such as "RTX 4090".')],
    devices: Annotated[int, typer.Option(help="How many work together.")] = 1,
    precision: Annotated[str | None, typer.Option(help="bf16, fp8, q4_k_m, awq ...")] = None,
    context: Annotated[int | None, typer.Option(help="Tokens each stream reserves.")] = None,
    concurrency: Annotated[int, typer.Option(help="Streams at once.")] = 1,
    as_json: AsJson = False,
) -> None:
    """Size a model on a device and estimate its speed."""
    from agent import estimate

    result = estimate(
        model,
        hardware,
        devices,
        precision,
        concurrency,
        context_tokens=context,
        catalogue=_catalogue(),
    )
    if as_json:
        print_json(result.model_dump(mode="json"))
        return
    answer = {True: "fits", False: "does not fit", None: "can't be said"}[result.fits]
    out.print(f"{model} at {result.precision} on {devices} x {hardware}: {answer}")
    for calculation in result.calculations:
        from agent.render import calculation_line

        out.print(f"  {calculation_line(calculation)}", markup=False, highlight=False)


@app.command()
def cost(
    question: Annotated[str, typer.Argument(help='Such as "GPT-4.1, 50k requests a day".')],
    as_csv: Annotated[bool, typer.Option("--csv", help="Only the cost lines, as CSV.")] = False,
    as_json: AsJson = False,
) -> None:
    """Cost the options of a job over its life."""
    from agent import Advisor

    with Advisor() as advisor:
        answer = advisor.ask(f"What does it cost: {question}")
    lines = next((f.content for f in answer.attachments if f.media_type == "text/csv"), None)
    if as_csv and lines is None:
        complain(f"rightsize: no cost lines: {answer.headline}")
        raise typer.Exit(2)
    if as_json:
        print_json(answer.to_dict())
    elif as_csv:
        sys.stdout.write(lines or "")
    else:
        out.print(Markdown(answer.text))


@app.command()
def index(
    rebuild: Annotated[bool, typer.Option(help="Make every vector again.")] = False,
    as_json: AsJson = False,
) -> None:
    """Bring the index up to date with the documents."""
    from agent.opening import open_base

    with open_base(Settings()) as base, bar("Indexing") as progress:
        report = base.sync(rebuild=rebuild, progress=progress)
        counts = {
            kind: len(base.catalogue.of(kind))
            for kind in ("hardware", "model", "toolkit", "study", "cost", "note")
        }
    if as_json:
        print_json(
            {
                "documents": counts,
                "added": report.added,
                "updated": report.updated,
                "deleted": report.deleted,
                "unchanged": report.unchanged,
                "seconds": report.seconds,
            }
        )
        return
    listed = ", ".join(f"{count} {kind}" for kind, count in counts.items() if count)
    out.print(
        f"{report.added} added, {report.updated} updated, {report.deleted} deleted, "
        f"{report.unchanged} unchanged in {report.seconds:.1f} s: {listed}"
    )


@app.command()
def search(
    query: Annotated[str, typer.Argument(help="What to look for.")],
    k: Annotated[int, typer.Option(help="How many passages.")] = 5,
    kind: Annotated[Kind | None, typer.Option(help="Only documents of this kind.")] = None,
    as_json: AsJson = False,
) -> None:
    """Search the knowledge base."""
    from dataclasses import asdict

    from agent.opening import open_knowledge

    with open_knowledge(Settings()) as base:
        found = base.search(query, k=k, kind=kind)
    if as_json:
        print_json([asdict(passage) for passage in found])
        return
    for passage in found:
        out.print(f"[bold]{passage.title}[/bold] {passage.heading} ({passage.doc_id})")
        out.print(passage.text, markup=False, highlight=False)


@app.command(name="eval")
def evaluate(
    only: Annotated[str | None, typer.Option(help="Only cases with this tag.")] = None,
) -> None:
    """Run the eval suite."""
    command = [sys.executable, "-m", "evals", *(["--only", only] if only else [])]
    raise typer.Exit(subprocess.run(command, check=False).returncode)


@app.command()
def ui(
    port: Annotated[int, typer.Option(help="Port of the page.")] = 8501,
    host: Annotated[
        str, typer.Option(help="Address to listen on; 0.0.0.0 lets other machines in.")
    ] = "127.0.0.1",
    headless: Annotated[bool, typer.Option(help="Do not open a browser.")] = False,
) -> None:
    """Serve the page and print its address."""
    from ui.serving import serve

    raise typer.Exit(serve(port=port, host=host, headless=headless))


@app.command()
def doctor(
    repair: Annotated[
        bool, typer.Option("--repair", help="Make the index anew where it does not answer.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Check weights, index and conversation store, and say what to do."""
    from ui.diagnosis import diagnose, repaired

    findings = diagnose(Settings())
    if repair:
        with bar("Repairing") as progress:
            findings = repaired(Settings(), findings, progress)
    if as_json:
        print_json([{"name": f.name, "ok": f.ok, "message": f.message} for f in findings])
    else:
        for finding in findings:
            mark = "[green]ok[/green]  " if finding.ok else "[red]fix[/red] "
            out.print(f"{mark} {finding.name}: {finding.message}")
    raise typer.Exit(0 if all(f.ok for f in findings) else 1)


app.registered_commands += cli_knowledge.app.registered_commands


def _catalogue() -> Any:
    from agent.opening import open_knowledge

    return open_knowledge(Settings()).catalogue
