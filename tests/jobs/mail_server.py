"""A mail server for the tests: it listens, remembers, and stands still when it is told to."""

import socketserver
import threading
from contextlib import contextmanager, suppress


class MailServer(socketserver.ThreadingTCPServer):
    """A mail server that remembers what it was told; with a TLS context it offers STARTTLS."""

    daemon_threads = True

    def __init__(self, tls):
        super().__init__(("localhost", 0), Conversation)
        self.tls, self.secure = tls, False
        self.words: list[str] = []
        self.received: list[bytes] = []
        # Clear: a message is heard to its end, and not answered.
        self.answers = threading.Event()
        self.answers.set()


class Conversation(socketserver.StreamRequestHandler):
    """The few words of SMTP that a client needs to hand over a message."""

    server: MailServer

    def handle(self):
        with suppress(ConnectionError):  # who speaks to us was killed
            self.converse()

    def converse(self):
        self.say("220 mail.example.org")
        while line := self.rfile.readline().decode().strip():
            word = line.split()[0].upper()
            self.server.words.append(word)
            if word == "EHLO":
                offers = [] if self.server.secure or not self.server.tls else ["STARTTLS"]
                offers += ["AUTH PLAIN"] if self.server.secure else []
                self.say(*[f"250-{offer}" for offer in ["mail.example.org", *offers]], "250 8BITMIME")
            elif word == "STARTTLS":
                self.say("220 go ahead")
                self.connection = self.server.tls.wrap_socket(self.connection, server_side=True)
                self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb", 0)
                self.server.secure = True
            elif word == "AUTH":
                self.say("235 welcome")
            elif word == "DATA":
                self.say("354 go on")
                self.server.received.append(b"".join(iter(self.rfile.readline, b".\r\n")))
                self.server.answers.wait(60)
                self.say("250 taken")
            elif word == "QUIT":
                self.say("221 bye")
                return
            else:
                self.say("250 fine")

    def finish(self):
        with suppress(OSError):  # who sent it is dead
            super().finish()
        self.connection.close()

    def say(self, *lines):
        with suppress(OSError):
            self.wfile.write("".join(f"{line}\r\n" for line in lines).encode())


@contextmanager
def mail_server(tls=None):
    """Run one in a thread of its own."""
    with MailServer(tls) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()
