-- Who added a document, for the quota of each caller: the caller's id as in the log. Ingested documents have none,
-- and no quota counts them.
alter table documents add column added_by text;

-- Their callers are no longer known; the quota in all counts them.
update documents set added_by = 'unknown' where source = 'add_document';

-- The counts read this index alone. Blocks readers, too, while it is built, because the transaction has altered the table.
create index documents_added_by on documents (added_by) where added_by is not null;
