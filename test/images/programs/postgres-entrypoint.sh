#!/bin/sh
# Starts PostgreSQL. The first start makes the database and runs what is in /docker-entrypoint-initdb.d; it is root only as long as
# that needs root. Any other command is run as it is.
set -eu
if [ "$1" != postgres ]; then exec "$@"; fi

# PostgreSQL 13 has renamed wal_keep_segments, which counted segments of 16 MB.
modern() {
  case "$1" in
    config_file=*) ;;
    *) echo "$1"; return ;;
  esac
  file=${1#config_file=}
  awk '$1 == "wal_keep_segments" { print "wal_keep_size = " $3 * 16 "MB"; next } { print }' "$file" > "/tmp/${file##*/}"
  echo "config_file=/tmp/${file##*/}"
}

if [ "$(id -u)" = 0 ]; then
  if [ -n "${POSTGRES_PASSWORD_FILE:-}" ]; then POSTGRES_PASSWORD=$(cat "$POSTGRES_PASSWORD_FILE"); fi
  export POSTGRES_PASSWORD="${POSTGRES_PASSWORD:-}"
  mkdir -p "$PGDATA" /run/postgresql
  chown -R postgres "$PGDATA" /run/postgresql
  chmod 0700 "$PGDATA"
  exec su -s /bin/sh postgres -c "exec $0 $*"
fi

for argument; do
  shift
  set -- "$@" "$(modern "$argument")"
done

if [ ! -s "$PGDATA/PG_VERSION" ]; then
  export POSTGRES_USER="${POSTGRES_USER:-postgres}" POSTGRES_DB="${POSTGRES_DB:-postgres}"
  umask 077
  printf '%s\n' "$POSTGRES_PASSWORD" > /tmp/password
  initdb -D "$PGDATA" -U "$POSTGRES_USER" --pwfile=/tmp/password --auth-local=trust --auth-host=md5 --no-sync --locale=C --encoding=UTF8
  rm /tmp/password
  echo 'host all all all md5' >> "$PGDATA/pg_hba.conf"
  if [ -n "$(ls /docker-entrypoint-initdb.d 2> /dev/null)" ]; then
    first=$1
    shift
    pg_ctl -D "$PGDATA" -w start -o "$* -c listen_addresses=''"
    for script in /docker-entrypoint-initdb.d/*.sh; do
      echo "$0: running $script"
      "$script"
    done
    pg_ctl -D "$PGDATA" -w -m fast stop
    set -- "$first" "$@"
  fi
  echo 'PostgreSQL init process complete; ready for start up.'
fi
unset POSTGRES_PASSWORD
exec "$@"
