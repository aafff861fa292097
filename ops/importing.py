"""`hearback import`: answers that another tool collected."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from ops.at_once import at_once
from ops.csv_file import BadRow, CsvFile, Rejects
from ops.deployment import Deployment, chosen
from ops.dimension_columns import dimension_columns
from ops.history import Answered, History, silent_cells
from ops.terminal import AsJson, Stop, out, print_json, say, tracked

SOME_REJECTED = 1
"""Exit code: the good rows are in, the others in the rejects file."""


@dataclass
class Summary:
    """How many rows became what."""

    read: int = 0
    stored: int = 0
    already_there: int = 0
    no_answer: int = 0
    rejected: int = 0


def import_history(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(help="A CSV file with a header line.", show_default=False)],
    survey: Annotated[str, typer.Option(metavar="ID", help="The survey the answers belong to.", show_default=False)],
    score: Annotated[str, typer.Option(metavar="COL", help="Column of the score, 0 to 10.", show_default=False)],
    comment: Annotated[str, typer.Option(metavar="COL", help="Column of the comment.")] = "",
    contact: Annotated[
        str, typer.Option(metavar="COL", help="Column of the other tool's id of the person, for rows without --email.")
    ] = "",
    email: Annotated[str, typer.Option(metavar="COL", help="Column of the address that the person is known by.")] = "",
    at: Annotated[str, typer.Option(metavar="COL", help="Column of when: ISO 8601, or a date (its noon).")] = "",
    row_id: Annotated[
        str, typer.Option("--id", metavar="COL", help="Column that names a row; else the unchanged file and row do.")
    ] = "",
    dimension: Annotated[
        list[str] | None, typer.Option(metavar="NAME=COL", help="Column of a dimension's value. Repeatable.")
    ] = None,
    encoding: Annotated[str, typer.Option(metavar="ENC", help="How the file is encoded.")] = "utf-8",
    na: Annotated[
        list[str] | None,
        typer.Option(
            metavar="TEXT", help="A cell that means no answer. Repeatable.", show_default="empty, NA, N/A, null"
        ),
    ] = None,
    rejects: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Where rejected rows go.", show_default="FILE.rejects.csv")
    ] = None,
    follow_up: Annotated[
        bool, typer.Option("--follow-up", help="Run plays on these answers: mails, tasks. History runs none.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Bring in answers from another tool. Importing the same file again changes nothing.

    With --id that holds for a longer or corrected file too. Without, a changed file counts again from its first row.
    """
    table = CsvFile.read(file, encoding)
    deployment = chosen(ctx)
    definition = deployment.survey(survey)
    columns = {
        "--score": score,
        "--comment": comment,
        "--contact": contact,
        "--email": email,
        "--at": at,
        "--id": row_id,
    }
    given = {option: column for option, column in columns.items() if column}
    now = deployment.now()
    history = History(
        survey=definition,
        file=table,
        columns=table.choose(given | dimension_columns(dimension, definition)),
        silent=silent_cells(na),
        contact_keys=deployment.contact_keys.at(now),
        retention=deployment.retention,
        follow_up=follow_up,
        now=now,
    )
    with Rejects(_rejects_path(file, rejects), table) as rejected:
        summary = store(deployment, history, rejected)
    if as_json:
        print_json(asdict(summary) | {"rejects": str(rejected.path) if rejected.count else None})
    else:
        _show(summary, survey)
    if summary.stored and "--at" not in given:
        today = definition.day(now)
        say(f"Without --at they count on the day of the import, {today}, in reports and digests.")
        say("If the file has times, import it with --at first of all: with it, the same rows are other answers.")
    if rejected.count:
        say(f"Rows that were rejected, with their reasons: [bold]{escape(str(rejected.path))}[/]")
        say("Correct them there and import that file with the same options.")
        if "--id" not in given:
            say(
                f"Do not correct {escape(str(file))} itself: without --id a changed file is a new one, "
                "and all of it would count again."
            )
        raise typer.Exit(SOME_REJECTED)


def store(deployment: Deployment, history: History, rejects: Rejects) -> Summary:
    """Store the answers of a file that are not there yet."""
    summary = Summary(read=len(history.file.rows))
    known: set[str] = set()

    def answers() -> Iterator[Answered]:
        for row in tracked(history.file.rows, "Importing"):
            try:
                answered = history.read(row)
            except BadRow as bad:
                rejects.add(row, str(bad))
                summary.rejected += 1
                continue
            if answered is None:
                summary.no_answer += 1
            else:
                yield answered

    def put(answered: Answered) -> bool:
        response, contact = answered.response, answered.contact
        created = deployment.feedback.create(response)
        if contact and contact.key not in known:
            there = None if created else deployment.feedback.response(response.id)
            if not (there and there.erased):  # else the file would bring back whom somebody erased
                deployment.directory.merge_contact(contact)
                known.add(contact.key)
        return created

    for _, created in at_once(put, answers()):
        summary.stored += created
        summary.already_there += not created
    return summary


def _rejects_path(file: Path, given: Path | None) -> Path:
    path = given or file.with_name(f"{file.name}.rejects.csv")
    if path.resolve() == file.resolve():
        raise Stop("--rejects must not be the file that is imported")
    return path


def _show(summary: Summary, survey: str) -> None:
    table = Table(title=f"Imported into {survey}", title_justify="left", box=None, show_header=False, padding=(0, 2))
    for name, count in asdict(summary).items():
        style = "red" if name == "rejected" and count else "dim" if not count else ""
        table.add_row(name.replace("_", " "), f"{count:,}", style=style)
    out.print(table)
