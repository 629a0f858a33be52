"""A mail server for tests, on a free port of 127.0.0.1: it takes letters, refuses or hangs.

SPDX-License-Identifier: Apache-2.0
"""

import socket
import threading


class MailServer:
    """`answers`: a verb (RCPT, DATA, "." for a letter's end, HELLO for the greeting) and what is
    said to it instead of yes; "hang" says nothing at all. What is said to RCPT may be one answer
    for each recipient. Use it in a `with`."""

    def __init__(self, **answers):
        self.answers = {"LETTER" if k == "letter" else k.upper(): v for k, v in answers.items()}
        self.letters = []  # (sender, recipients, the bytes between DATA and the dot)
        self.commands = []
        self.connections = 0
        self._open = []
        self._stopping = False
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.url = f"smtp://127.0.0.1:{self.port}"
        self._thread = threading.Thread(target=self._accept)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._stopping = True
        socket.create_connection(("127.0.0.1", self.port)).close()  # wakes accept()
        self._thread.join()
        for connection in self._open:
            connection.close()
        self._listener.close()

    def _accept(self):
        while True:
            connection, _ = self._listener.accept()
            if self._stopping:
                connection.close()
                return
            self._open.append(connection)
            self.connections += 1
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        try:
            self._talk(connection, connection.makefile("rb"))
        except OSError:
            pass
        finally:
            if "hang" not in self.answers.values():
                connection.close()

    def _talk(self, connection, stream):
        def say(verb, usual, recipient=""):
            answer = self.answers.get(verb, usual)
            if isinstance(answer, dict):
                answer = answer.get(recipient, usual)
            if answer == "hang":
                return False
            connection.sendall(answer.encode() + b"\r\n")
            return answer[0] in "23"

        if not say("HELLO", "220 test"):
            return
        sender, recipients = "", []
        for line in stream:
            line = line.decode().rstrip("\r\n")
            self.commands.append(line)
            verb = line.split(" ")[0].upper()
            if verb == "EHLO":
                connection.sendall(b"250-test\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250 SIZE\r\n")
            elif verb == "MAIL":
                sender = line
                if not say("MAIL", "250 yes"):
                    return
            elif verb == "RCPT":
                recipient = line.partition(":")[2].split(" ")[0]
                if say("RCPT", "250 yes", recipient):
                    recipients.append(recipient)
                elif self.answers.get("RCPT") == "hang":
                    return
            elif verb == "DATA":
                if not say("DATA", "354 go on"):
                    return
                content = b""
                for part in stream:
                    if part == b".\r\n":
                        break
                    content += part[1:] if part.startswith(b".") else part
                if say("LETTER", "250 taken"):
                    self.letters.append((sender, recipients, content))
            elif verb == "QUIT":
                connection.sendall(b"221 bye\r\n")
                return
            else:
                connection.sendall(b"250 yes\r\n")
