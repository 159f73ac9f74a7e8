"""Where to-do items are kept: a SQLite file or a PostgreSQL server. Each makes its tables when it is first used."""
import sqlite3
import threading

import postgres

_table = 'CREATE TABLE IF NOT EXISTS todos (id {key}, item TEXT NOT NULL, added TEXT NOT NULL)'
_pools = {}


def _pairs(connection_string):
    pairs = (part.partition('=') for part in connection_string.split(';') if part.strip())
    return {name.strip().lower(): value.strip() for name, _, value in pairs}


def with_store(provider, connection_string, read_only, work):
    """What `work` makes of the store. Connections to servers are kept; a file is opened anew each time."""
    where = _pairs(connection_string)
    if provider.lower() == 'postgres':
        pool = _pools.setdefault((connection_string, read_only), Pool(lambda: PostgresStore(where, read_only)))
        return pool.use(work)
    store = SqliteStore(where.get('filename') or where.get('data source') or '')
    try:
        return work(store)
    finally:
        store.close()


class SqliteStore:
    def __init__(self, file):
        self._database = sqlite3.connect(file)
        self._database.execute(_table.format(key='INTEGER PRIMARY KEY'))

    def items(self):
        return [item for (item,) in self._database.execute('SELECT item FROM todos ORDER BY id')]

    def add(self, item):
        with self._database:
            self._database.execute("INSERT INTO todos (item, added) VALUES (?, datetime('now'))", (item,))

    def close(self):
        self._database.close()


class PostgresStore:
    """`read_only` stores make no tables: a standby server would refuse it."""

    def __init__(self, where, read_only=False):
        self._where = where
        try:
            self._server = self._connect(where.get('database', 'postgres'))
        except postgres.PostgresError as error:
            if error.code != '3D000' or read_only:  # the database does not exist
                raise
            owner = self._connect('postgres')
            owner.run(f'CREATE DATABASE {where["database"]}')
            owner.close()
            self._server = self._connect(where['database'])
        if not read_only:
            self._server.run(_table.format(key='SERIAL PRIMARY KEY'))

    def _connect(self, database):
        where = self._where
        host = where.get('server') or where.get('host', 'localhost')
        return postgres.Connection(host, database, where.get('user id') or where.get('username', 'postgres'), where.get('password', ''), int(where.get('port', '5432')))

    def items(self):
        return [item for (item,) in self._server.run('SELECT item FROM todos ORDER BY id')]

    def add(self, item):
        self._server.run(f'INSERT INTO todos (item, added) VALUES ({postgres.quoted(item)}, now()::text)')

    def close(self):
        self._server.close()


class Pool:
    """Keeps one store open for as long as its connection works; one caller at a time has it."""

    def __init__(self, connect):
        self._connect, self._store, self._lock = connect, None, threading.Lock()

    def use(self, work):
        with self._lock:
            if self._store is not None:
                try:
                    return work(self._store)
                except (OSError, postgres.PostgresError):  # perhaps the server was restarted: once more with a new connection
                    self._forget()
            self._store = self._connect()
            try:
                return work(self._store)
            except BaseException:
                self._forget()
                raise

    def _forget(self):
        self._store.close()
        self._store = None
