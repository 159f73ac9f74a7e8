"""Where to-do items are kept: a SQLite file or a PostgreSQL server. Each makes its tables when it is first used."""
import sqlite3

import postgres

_table = 'CREATE TABLE IF NOT EXISTS todos (id {key}, item TEXT NOT NULL, added TEXT NOT NULL)'


def _pairs(connection_string):
    pairs = (part.partition('=') for part in connection_string.split(';') if part.strip())
    return {name.strip().lower(): value.strip() for name, _, value in pairs}


def open_store(provider, connection_string):
    where = _pairs(connection_string)
    return PostgresStore(where) if provider.lower() == 'postgres' else SqliteStore(where.get('filename') or where.get('data source') or '')


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
    def __init__(self, where):
        self._where = where
        try:
            self._server = self._connect(where.get('database', 'postgres'))
        except postgres.PostgresError as error:
            if error.code != '3D000':  # the database does not exist
                raise
            owner = self._connect('postgres')
            owner.run(f'CREATE DATABASE {where["database"]}')
            owner.close()
            self._server = self._connect(where['database'])
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
