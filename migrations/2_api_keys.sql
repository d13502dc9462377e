-- Keys of callers, for AUTH_MODE=api-key. What is in here opens nothing: of a key only its hash is kept.

create table api_keys (
  -- The public part of the key, by which it is found.
  id         text primary key check (id ~ '^[0-9a-f]{12}$'),
  name       text not null check (name <> ''),
  -- SHA-256 of the whole key.
  key_hash   bytea not null check (octet_length(key_hash) = 32),
  scopes     text[] not null check (scopes <> '{}'),
  created_at timestamptz not null default now(),
  -- A key without one does not expire.
  expires_at timestamptz,
  revoked_at timestamptz
);

-- The server only reads keys. Where default privileges give its role write access to new tables
-- (deploy/postgres/roles.sh), revoke it: a compromised server must not create a key.
do $$
declare
  reader text;
begin
  for reader in
    select distinct grantee.rolname
    from pg_class, aclexplode(pg_class.relacl) as granted join pg_roles as grantee on grantee.oid = granted.grantee
    where pg_class.oid = 'api_keys'::regclass and granted.grantee <> pg_class.relowner
  loop
    execute format('revoke insert, update, delete, truncate on api_keys from %I', reader);
  end loop;
end
$$;
