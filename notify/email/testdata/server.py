"""A mail server that wants TLS and a password: Debian's aiosmtpd, asked for what its command line has no words for.

server.py MODE PORT CERTIFICATE KEY MAILDIR; MODE is starttls, implicit, or open, which offers no TLS at all.
It lets in alerts@example.org with the password "open sesame". One called busy is told to come back later.
"""

import asyncio
import ssl
import sys

from aiosmtpd.handlers import Mailbox
from aiosmtpd.smtp import SMTP, AuthResult

mode, port, certificate, key, maildir = sys.argv[1:]
context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
context.load_cert_chain(certificate, key)


def authenticate(server, session, envelope, mechanism, credentials):
    if credentials.login == b"busy":
        return AuthResult(success=False, handled=False, message="454 4.7.0 Temporary authentication failure")
    return AuthResult(success=(credentials.login, credentials.password) == (b"alerts@example.org", b"open sesame"), handled=False)


def protocol():
    return SMTP(
        Mailbox(maildir),
        hostname="localhost",
        authenticator=authenticate,
        auth_required=mode != "open",
        auth_require_tls=mode == "starttls",
        tls_context=context if mode == "starttls" else None,
        require_starttls=mode == "starttls",
    )


async def serve():
    server = await asyncio.get_running_loop().create_server(protocol, "127.0.0.1", int(port), ssl=context if mode == "implicit" else None)
    await server.serve_forever()


asyncio.run(serve())
