-- Documents and their two ways of being found: full text, and words that look alike.

create extension if not exists pg_trgm;

-- array_to_string is only "stable" because it works for any type; for text it is immutable, which a
-- generated column asks for.
create function document_tags_text(tags text[]) returns text
  language sql immutable strict parallel safe
  return array_to_string(tags, ' ');

create table documents (
  id           text primary key check (id ~ '^[a-z0-9][a-z0-9._-]{0,199}$'),
  title        text not null check (title <> ''),
  text         text not null,
  tags         text[] not null default '{}',
  -- Where the document really lives, if not here.
  url          text,
  -- Where it came from: a path below an ingested folder, or the tool that added it.
  source       text not null,
  -- SHA-256 over all that the author wrote: an unchanged document is not written again.
  content_hash text not null,
  created_at   timestamptz not null default now(),
  updated_at   timestamptz not null default now(),
  -- A tsvector holds 1 MB at most, so of a very long text only the beginning is indexed.
  search       tsvector not null generated always as (
    setweight(to_tsvector('english', title), 'A') ||
    setweight(to_tsvector('english', document_tags_text(tags)), 'B') ||
    setweight(to_tsvector('english', left(text, 200000)), 'C')
  ) stored
);

create index documents_search on documents using gin (search);

-- Every word of the documents once. A query that finds nothing is tried again with the words that look
-- most like it, which costs a look into this small table and never a scan of the texts.
create table document_words (
  word text primary key
);

create index document_words_alike on document_words using gin (word gin_trgm_ops);
