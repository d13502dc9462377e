-- The server makes the lexemes of documents, because the parser of Postgres keeps paths and versions whole and finds no
-- words in scripts without spaces. An older release can still search and add documents. The job that applies this
-- migration indexes existing documents again, in batches; until then they are found by their old lexemes.

do $$
begin
  if current_setting('server_encoding') <> 'UTF8' then
    raise exception 'this database is in %, and documents need UTF-8; create one of any locale: '
      'create database NAME template template0 encoding ''UTF8''', current_setting('server_encoding');
  end if;
end
$$;

-- From a generated column to an ordinary one. The values stay; only the catalog changes.
alter table documents alter column search drop expression;

-- The version of the lexemes and the content that they were made from. An older release leaves it behind.
alter table documents add column search_of text not null default '';
create index documents_search_outdated on documents (id) where search_of <> '1' || left(content_hash, 8);

-- For documents that an older release adds.
create function documents_search_fallback() returns trigger language plpgsql as $$
begin
  new.search :=
    setweight(to_tsvector('english', new.title), 'A') ||
    setweight(to_tsvector('english', document_tags_text(new.tags)), 'B') ||
    setweight(to_tsvector('english', left(new.text, 200000)), 'C');
  return new;
end
$$;
create trigger documents_search_fallback before insert on documents
  for each row when (new.search is null) execute function documents_search_fallback();

-- Replaces documents_heading, which an older release uses. Blocks readers, too, while it is built as long as in
-- 3_document_headings.sql, because the transaction has altered the table.
create index documents_search_heading on documents using gin (ts_filter(search, '{a,b}'));

-- Words in letters of ASCII, with the lexeme that finds them, so that a word can be left out when no document has it.
-- Filled again by the job: the words of older releases include base64 and hashes.
truncate document_words;
alter table document_words add column stem text not null default '';
alter table document_words add column spelling text;
create index document_words_stem on document_words (stem);

create function document_has_term(term text) returns boolean
  language sql stable parallel safe
  return term <> '' and exists (select from documents where search @@ quote_literal(term)::tsquery);

-- The words of deleted documents that no other document has.
create function document_words_forget() returns trigger language plpgsql as $$
begin
  if tg_op = 'TRUNCATE' then
    delete from document_words;
  else
    -- Materialized, so that only lexemes of words are looked up.
    with affected as materialized (
      select word, stem from document_words
      where stem in (select lexeme from removed, unnest(removed.search))
    )
    delete from document_words where word in (select word from affected where not document_has_term(stem));
  end if;
  return null;
end
$$;
create trigger document_words_forget after delete on documents
  referencing old table as removed for each statement execute function document_words_forget();
create trigger document_words_forget_all after truncate on documents
  for each statement execute function document_words_forget();
