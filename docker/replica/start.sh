#!/bin/sh
# A streaming replica of the PostgreSQL at PGHOST:PGPORT: copied once, then it follows; docs/scaling.md. PGUSER may replicate.
# The arguments are options of the server. Once it was promoted it is a server like any other, also after a restart.
set -eu
slot=replika # the primary keeps the log until it was read here
if ! test -s "$PGDATA/PG_VERSION"; then
  copy=$PGDATA.copy
  mkdir -p "$(dirname "$PGDATA")"
  rm -rf "$copy" # of a copy that was cut off
  pg_receivewal --no-password --slot "$slot" --create-slot --if-not-exists
  pg_basebackup --no-password --slot "$slot" --pgdata "$copy" --wal-method stream --checkpoint fast
  touch "$copy/standby.signal"
  mv -T "$copy" "$PGDATA"
fi
# The password stays in PGPASSWORD, which the server's own connection reads too
exec postgres -D "$PGDATA" "$@" -c "primary_slot_name=$slot" \
  -c "primary_conninfo=host=$PGHOST port=$PGPORT user=$PGUSER application_name=$slot keepalives_idle=10 keepalives_interval=5 keepalives_count=2"
