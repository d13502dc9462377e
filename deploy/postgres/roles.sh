#!/bin/bash
# Run once, when the data directory is empty: mcp_owner makes and changes tables (migration job), mcp_app
# reads and writes rows (server). Neither is the superuser.
set -eu

psql --set ON_ERROR_STOP=1 --no-psqlrc --username "$POSTGRES_USER" --dbname postgres \
  --set owner_password="$MCP_OWNER_PASSWORD" --set app_password="$MCP_APP_PASSWORD" <<'SQL'
create role mcp_owner login password :'owner_password';
create role mcp_app login password :'app_password';

-- Owning the database is what lets mcp_owner create the trusted extension pg_trgm.
create database mcp owner mcp_owner encoding 'UTF8' template template0;
revoke all on database mcp from public;
grant connect on database mcp to mcp_app;

\connect mcp
revoke all on schema public from public;
grant usage on schema public to mcp_app;
grant usage, create on schema public to mcp_owner;

-- For all that a migration creates from now on, so that no migration has to think of it.
alter default privileges for role mcp_owner in schema public
  grant select, insert, update, delete on tables to mcp_app;
alter default privileges for role mcp_owner in schema public
  grant usage, select on sequences to mcp_app;
SQL
