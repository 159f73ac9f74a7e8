"""As much of PostgreSQL's protocol, version 3, as the to-do application speaks: connect with a password, run statements."""
import hashlib
import socket
import struct


class PostgresError(Exception):
    def __init__(self, fields):
        super().__init__(fields.get('M', 'unknown error'))
        self.code = fields.get('C', '')


def quoted(text):
    return "'" + text.replace("'", "''") + "'"


class Connection:
    def __init__(self, host, database, user, password, port=5432):
        self._socket = socket.create_connection((host, port), timeout=10)
        self._input = self._socket.makefile('rb')
        start = b''.join(part.encode() + b'\0' for part in ('user', user, 'database', database)) + b'\0'
        self._socket.sendall(struct.pack('!ii', 8 + len(start), 196608) + start)
        try:
            self._authenticate(user, password)
        except BaseException:
            self.close()
            raise

    def _authenticate(self, user, password):
        for kind, body in self._messages():
            if kind != b'R':
                continue
            (method,) = struct.unpack('!i', body[:4])
            if method == 3:
                self._send(b'p', password.encode() + b'\0')
            elif method == 5:
                inner = hashlib.md5((password + user).encode()).hexdigest().encode()
                self._send(b'p', b'md5' + hashlib.md5(inner + body[4:8]).hexdigest().encode() + b'\0')
            elif method != 0:
                raise PostgresError({'M': f'authentication method {method} is not supported'})

    def run(self, statement):
        """The rows of a statement's answer, as lists of text."""
        self._send(b'Q', statement.encode() + b'\0')
        return [_columns(body) for kind, body in self._messages() if kind == b'D']

    def close(self):
        self._input.close()
        self._socket.close()

    def _send(self, kind, body):
        self._socket.sendall(kind + struct.pack('!i', 4 + len(body)) + body)

    def _messages(self):
        """Until the server waits for the next statement. An error is raised once it does, or when the server hangs up."""
        error = None
        while True:
            head = self._input.read(5)
            if len(head) < 5:
                raise error or PostgresError({'M': 'the server closed the connection'})
            body = self._input.read(struct.unpack('!i', head[1:])[0] - 4)
            if head[:1] == b'E':
                error = PostgresError({field[:1].decode(): field[1:].decode() for field in body.split(b'\0') if field})
            elif head[:1] == b'Z':
                break
            yield head[:1], body
        if error:
            raise error


def _columns(body):
    (count,) = struct.unpack('!h', body[:2])
    at, row = 2, []
    for _ in range(count):
        (length,) = struct.unpack('!i', body[at:at + 4])
        at += 4
        row.append(None if length < 0 else body[at:at + length].decode())
        at += max(length, 0)
    return row
