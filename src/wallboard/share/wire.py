"""The client of NATS as it is used here: it signs in where nobody else can read that, says why it could not, and is
tried again whatever the other side answers."""

from __future__ import annotations

import re
from ipaddress import ip_address
from typing import Any

from nats.aio.client import Client, Srv
from nats.errors import Error, NoServersError

from wallboard.domain.language import tr
from wallboard.share.rights import denied

LEAST_VERSION = (2, 11)
"""Expiry markers and CAS over them, which hand-overs need."""
MOST_SERVERS = 32
"""More are not learnt: each is tried before the next turn of those of the configuration."""
_NUMBERS = re.compile(r"(\d+)\.(\d+)")


class UnfitError(Error):
    """Why this server is not used as it is, as a clause with what to do about it."""


class Wire(Client):
    """`server` is the one that is or was last tried, as a person knows it; `tries` how often one was."""

    def __init__(self) -> None:
        super().__init__()
        self.server = ""
        self.tries = 0
        self._ending = False

    async def close(self) -> None:
        self._ending = True
        await super().close()

    async def _select_next_server(self) -> None:
        if self._ending:
            # A cancellation that comes as a wait ends is lost in the library: it tried on for ever, and no loop ended.
            raise NoServersError
        await super()._select_next_server()

    async def _connect_to_server(self, s: Srv) -> None:
        self.server, self.tries = f"{s.uri.hostname}:{s.uri.port}", self.tries + 1
        await super()._connect_to_server(s)

    async def _process_info(self, info: dict[str, Any], initial_connection: bool = False) -> None:
        server = self._current_server
        assert server is not None
        if initial_connection:
            # This comes in clear and before anybody has shown who they are.
            if server.uri.scheme == "tls" and info.get("tls_available"):
                info["tls_required"] = True
            self._judge(info, secure=server.uri.scheme == "tls")
        if found := info.get("connect_urls"):
            learnt = [each for each in found if self._learnt(each, server, initial_connection)]
            info = {**info, "connect_urls": learnt[: max(0, MOST_SERVERS - len(self._server_pool))]}
        before = {id(known) for known in self._server_pool}
        await super()._process_info(info, initial_connection)
        for known in self._server_pool:
            if id(known) not in before and known.tls_name is not None and server.tls_name is not None:
                # What was learnt from one that was learnt itself goes by the name that the configuration says.
                known.tls_name = server.tls_name

    def _judge(self, info: dict[str, Any], *, secure: bool) -> None:
        """UnfitError where it is not to be signed in at."""
        if secure and not info.get("tls_required"):
            raise UnfitError(
                tr(
                    "{server} offers no TLS, and [share] url says tls://: nothing was sent; "
                    "give the server a certificate",
                    server=self.server,
                )
            )
        said = str(info.get("version", ""))[:20]
        found = _NUMBERS.match(said)
        if found is None or (int(found[1]), int(found[2])) < LEAST_VERSION:
            raise UnfitError(
                tr(
                    "the NATS server {server} is {version}; {least} or newer is needed",
                    server=self.server,
                    version=found[0] if found else "?",
                    least="2.11",
                )
            )

    def _learnt(self, address: object, server: Srv, initial: bool) -> bool:
        """Whether to come to this server too: one of which another has told."""
        host = str(address).rpartition(":")[0].strip("[]")
        if server.uri.scheme == "tls":
            # An address must show a certificate with the name that the configuration says; a name would be asked for
            # its own, and whoever is on the line could name one of theirs, until TLS keeps them out.
            return not initial or self._host_is_ip(host)
        # In clear nothing leaves this machine that was not meant to.
        return _here(host) or not _here(server.uri.hostname or "")

    def _connect_command(self) -> bytes:
        assert self._transport is not None
        if self._current_server is not None and self._current_server.uri.scheme == "tls":
            # Whatever was announced: this is what goes out next, and it holds the password.
            writer = getattr(self._transport, "_io_writer", None)
            if writer is None or writer.get_extra_info("ssl_object") is None:
                self._hang_up()
                raise UnfitError(tr("the line to {server} is not encrypted: nothing was sent", server=self.server))
        try:
            return bytes(super()._connect_command())
        except Exception as error:
            # A file that was good at the start and is not now.
            raise UnfitError(tr("what [share] auth leads to is no user's key any more")) from error

    async def _process_connect_init(self) -> None:
        try:
            await super()._process_connect_init()
            if not self.is_connected:
                for task in (self._reading_task, self._ping_interval_task, self._flusher_task):
                    if task is not None:
                        task.cancel()
                raise ConnectionResetError(None, tr("it closed the connection"))
        except (OSError, Error):
            self._hang_up()
            raise
        except Exception as error:
            # The library takes what is no INFO for a fault of its own, and would never try again.
            self._hang_up()
            raise UnfitError(tr("{server} does not speak NATS", server=self.server)) from error

    def _hang_up(self) -> None:
        """And forget the line: what waits to be sent would go out on it, and after a TLS that failed the library would
        wait for ever that it closes."""
        if self._transport is not None:
            self._transport.close()  # type: ignore[no-untyped-call]
            self._transport = None

    async def _process_err(self, err_msg: str) -> None:
        if denied(err_msg) is not None:
            await super()._process_err(err_msg)
            return
        # The library ends for good where a server sends it away, such as with a new password; it is tried on here.
        error = Error(err_msg)
        await self._process_op_err(error)
        await self._error_cb(error)


def _here(host: str) -> bool:
    """Whether that is this machine."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
