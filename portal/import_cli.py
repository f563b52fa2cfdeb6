"""`portal content import`: apart from the others, as reading foreign files takes long to load."""

import sys
from pathlib import Path

import click

from portal.config import Settings
from portal.content_cli import content, main
from portal.guides.importing.folder import Taken, import_folder

__all__ = ["content", "main"]


@content.command("import")
@click.argument("folder", type=click.Path(path_type=Path))
@click.pass_obj
def import_(settings: Settings, folder: Path) -> None:
    """Take the Markdown and HTML below FOLDER as drafts into the content folder's drafts/.

    Nothing that is there is replaced. Says of each file what got lost; `portal content lint` then
    says what each draft lacks.
    """
    report = import_folder(folder, settings.content_dir, _say_taken)
    refused = len(report.files) - report.taken
    click.echo(f"\n{report.taken} of {len(report.files)} files are drafts now.")
    if report.taken:
        click.echo(
            "`portal content lint` says what each lacks. To publish one, complete the keys at its "
            f"top, take “draft” out, and move it from {settings.content_dir / 'drafts'} to "
            f"{settings.content_dir / 'guides'}."
        )
    sys.exit(1 if refused else 0)


def _say_taken(taken: Taken) -> None:
    click.echo(f"{taken.file} → {taken.draft}" if taken.draft else f"{taken.file}: not taken")
    for words in [taken.refused] if taken.refused else taken.to_mend:
        click.echo(f"    {words}")
