"""The commands `verbatim setup …`: what a platform has to be told before the bot can come."""

from __future__ import annotations

import sys

import click

from bot.console import failures_in_words, settings_of


@click.group(short_help="What a chat platform is told first.")
def setup() -> None:
    """What to tell a chat platform so that the bot can come there.

    \b
    verbatim setup slack > manifest.json
    verbatim setup discord --application 123456789012345678
    """


@setup.command()
@click.option("--http", "address", metavar="ADDRESS", help="Your public address, for HTTP mode; else Socket Mode.")
@click.option("--several", is_flag=True, help="For several workspaces, which install the app by OAuth; needs --http.")
@click.option("--why", is_flag=True, help="Say what each right is for, instead.")
def slack(address: str | None, *, several: bool, why: bool) -> None:
    """Print the app manifest: at api.slack.com/apps choose "From a manifest" and paste it.

    \b
    Then install the app, and put two tokens into .env:
    SLACK_BOT_TOKEN (OAuth & Permissions) and SLACK_APP_TOKEN (an app-level token with connections:write).
    In HTTP mode, SLACK_SIGNING_SECRET and VERBATIM_SLACK_HTTP_PORT instead of the second.
    For several workspaces, SLACK_CLIENT_ID, SLACK_CLIENT_SECRET and VERBATIM_SLACK_ADDRESS instead of the first;
    they install it at <your address>/slack/install.
    """
    from bot.chat.slack.manifest import SCOPES, manifest_text

    if address is not None and not address.startswith("https://"):
        raise click.BadParameter("Slack sends its requests to https addresses only.", param_hint="--http")
    if several and address is None:
        raise click.UsageError("--several needs --http: workspaces install the app by a page of yours.")
    if why:
        for scope, reason in SCOPES.items():
            click.echo(f"{scope:<20} {reason}")
        return
    click.echo(manifest_text(address or "", several=several), nl=False)


@setup.command()
@click.option("--application", metavar="ID", help="The application's id; else it is read from the token.")
@click.option("--why", is_flag=True, help="Say what each right is for, instead.")
@click.pass_context
def discord(context: click.Context, application: str | None, *, why: bool) -> None:
    """Print the link that adds the bot to a server, with exactly the rights it needs. It needs no intent."""
    from bot.chat.discord.invitation import RIGHTS, application_of, invite_link

    if why:
        for name, (_, reason) in RIGHTS.items():
            click.echo(f"{name:<26} {reason}")
        return
    if application is None:
        with failures_in_words():
            application = application_of(settings_of(context).discord_token.reveal())
    if not application.isdigit():
        click.echo("Whose link? Give --application ID, or put the bot's token into DISCORD_TOKEN.", err=True)
        sys.exit(2)
    click.echo(invite_link(application))


@setup.command()
def key() -> None:
    """Print a new key for seal_key, with which the tokens and keys of workspaces are encrypted in the library.

    \b
    Without one, a key is made in data_dir (seal.key); keep either, or workspaces have to bring theirs anew.
    Several machines on one database need the same. To change it, put the new one before the old: "new,old".
    """
    from bot.library.sealing import new_key

    click.echo(new_key())
