#!/bin/sh
# The queue of Airflow's workers. It keeps nothing on disk: what is lost with it, Airflow queues again.
set -eu
test -n "$VALKEY_PASSWORD" || { echo "CC_PASSWORD_VALKEY is not set; set it in docker/.env." >&2; exit 1; }
umask 077
file=$(mktemp)  # not on the command line, which every process can read
cat >"$file" <<END
bind ${VALKEY_BIND:-0.0.0.0}
port ${VALKEY_PORT:-6379}
requirepass $VALKEY_PASSWORD
save ""
appendonly no
END
exec valkey-server "$file"
