#!/bin/bash
# Runs once, when the cluster is made: the metadata databases of Airflow and Superset, each owned by a login role of its
# own. Roles and databases of the warehouse are made by the service `bootstrap`; here its role for backups is let in.
set -euo pipefail

psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres <<'SQL'
\getenv airflow_password CC_PASSWORD_AIRFLOW
\getenv superset_password CC_PASSWORD_SUPERSET
create role airflow login noinherit password :'airflow_password';
create role superset login noinherit password :'superset_password';
create database airflow owner airflow;
create database superset owner superset;
revoke connect, temporary on database airflow, superset, postgres, template1 from public;
SQL

echo "host replication cc_backup all scram-sha-256" >>"$PGDATA/pg_hba.conf"
