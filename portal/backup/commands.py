"""`portal backup` and `portal restore`."""

from pathlib import Path

import click

from portal.backup import making, restoring
from portal.config import Settings


@click.command("backup")
@click.argument("target", type=click.Path(path_type=Path))
@click.option("--with-keys", is_flag=True, help="The signing keys too: keep it as safe as them.")
@click.option("--keep", type=click.IntRange(1), help="Of a folder's backups, only the newest.")
@click.pass_obj
def backup(settings: Settings, target: Path, with_keys: bool, keep: int | None) -> None:
    """Write database and uploaded files to TARGET, a new file or a folder, while people work."""
    if keep and not target.is_dir():
        raise click.UsageError("--keep goes with a folder.")
    made = making.make(settings, target, with_keys=with_keys)
    rows = sum(made.manifest.rows.values())
    click.echo(
        f"{made.file}: {made.size / 1_000_000:,.1f} MB in {made.seconds:.1f} s"
        f" ({rows:,} rows, {made.manifest.media:,} files,"
        f" {'with' if with_keys else 'without'} the signing keys)."
    )
    for old in making.forget_old(target, keep) if keep else []:
        click.echo(f"Deleted {old}.")


@click.command("restore")
@click.argument("source", type=click.Path(path_type=Path))
@click.option("--force", is_flag=True, help="Replace what is there; it is set aside.")
@click.option("--keep-sessions", is_flag=True, help="Let people stay signed in, as after a move.")
@click.pass_obj
def restore(settings: Settings, source: Path, force: bool, keep_sessions: bool) -> None:
    """Put the backup SOURCE in the place of this portal's data; stop the portal before."""
    done = restoring.restore(settings, source, force=force, keep_sessions=keep_sessions)
    rows = sum(done.manifest.rows.values())
    click.echo(
        f"Restored the state of {done.manifest.made_at:%Y-%m-%d %H:%M:%S} UTC in"
        f" {done.seconds:.1f} s ({rows:,} rows, {done.manifest.media:,} files). Its keys, its"
        " organizations and its files fit together."
    )
    if done.before:
        click.echo(f"What was here before is in {done.before}: delete it when you are content.")
    if done.before_schema:
        click.echo(f"The tables of before are in the schema {done.before_schema}: drop it then.")
    if not keep_sessions:
        click.echo("Everybody signs in again.")
