#!/bin/sh
# Makes the database on the first start, then runs the server: as root only as long as that needs root.
set -eu
if [ "$(id -u)" = 0 ]; then
  if [ -n "${POSTGRES_PASSWORD_FILE:-}" ]; then POSTGRES_PASSWORD=$(cat "$POSTGRES_PASSWORD_FILE"); fi
  export POSTGRES_PASSWORD="${POSTGRES_PASSWORD:-}"
  mkdir -p "$PGDATA" /run/postgresql
  chown -R postgres "$PGDATA" /run/postgresql
  chmod 0700 "$PGDATA"
  exec su -s /bin/sh postgres -c "exec $0 $*"
fi
if [ ! -s "$PGDATA/PG_VERSION" ]; then
  umask 077
  printf '%s\n' "$POSTGRES_PASSWORD" > /tmp/password
  initdb -D "$PGDATA" -U postgres --pwfile=/tmp/password --auth-local=trust --auth-host=md5 --no-sync --locale=C --encoding=UTF8
  rm /tmp/password
  echo 'host all all all md5' >> "$PGDATA/pg_hba.conf"
fi
unset POSTGRES_PASSWORD
exec "$@"
