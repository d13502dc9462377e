-- The server only reads the list of applied migrations, as it reads keys (2_api_keys.sql): else a compromised server could
-- make the next job skip a migration.
do $$
declare
  reader text;
begin
  for reader in
    select distinct grantee.rolname
    from pg_class, aclexplode(pg_class.relacl) as granted join pg_roles as grantee on grantee.oid = granted.grantee
    where pg_class.oid = 'schema_migrations'::regclass and granted.grantee <> pg_class.relowner
  loop
    execute format('revoke insert, update, delete, truncate on schema_migrations from %I', reader);
  end loop;
end
$$;
