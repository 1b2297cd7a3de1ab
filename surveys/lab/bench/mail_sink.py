"""A mail server on this machine that takes everything and counts it; extra `bench`.

Started as a process of its own, as mail servers are: `python -m surveys.lab.bench.mail_sink PORT`.
When told to stop it prints how many mails each address got, as JSON.
"""

import json
import signal
import sys
from collections import Counter
from typing import Any

from aiosmtpd.controller import Controller


class MailSink:
    """The hand of the server."""

    def __init__(self) -> None:
        self.got: Counter[str] = Counter()

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        """Take one mail."""
        self.got.update(envelope.rcpt_tos)
        return "250 taken"


def main(port: str) -> None:
    """Take mails until told to stop."""
    taking = MailSink()
    told = {signal.SIGTERM}
    signal.pthread_sigmask(signal.SIG_BLOCK, told)
    server = Controller(taking, hostname="127.0.0.1", port=int(port))
    server.start()
    print("ready", flush=True)
    signal.sigwait(told)
    server.stop()
    print(json.dumps(taking.got))


if __name__ == "__main__":
    main(*sys.argv[1:])
