#!/bin/bash
# Runs once, in compose on an empty data directory. mcp_owner owns the schema (migration job), mcp_app reads and writes rows
# (server), mcp_exporter reads statistics and no row (postgres_exporter); none is a superuser.
set -eu

psql --set ON_ERROR_STOP=1 --no-psqlrc --username "$POSTGRES_USER" --dbname postgres \
  --set owner_password="$MCP_OWNER_PASSWORD" --set app_password="$MCP_APP_PASSWORD" \
  --set exporter_password="$MCP_EXPORTER_PASSWORD" <<'SQL'
create role mcp_owner login password :'owner_password';
create role mcp_app login password :'app_password';
create role mcp_exporter login password :'exporter_password' in role pg_monitor;
-- An admin who is no superuser must be a member of the owner; for a superuser it changes nothing.
grant mcp_owner to current_user;

-- The owner of a database may create trusted extensions, such as pg_trgm.
create database mcp owner mcp_owner encoding 'UTF8' template template0;
revoke all on database mcp from public;
grant connect on database mcp to mcp_app, mcp_exporter;

\connect mcp
revoke all on schema public from public;
grant usage on schema public to mcp_app;
grant usage, create on schema public to mcp_owner;

-- Applies to all objects of later migrations.
alter default privileges for role mcp_owner in schema public
  grant select, insert, update, delete on tables to mcp_app;
alter default privileges for role mcp_owner in schema public
  grant usage, select on sequences to mcp_app;
SQL
