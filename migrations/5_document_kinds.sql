-- The index page lists documents by kind, page by page, without reading the others.

-- A document's kind is the first of these that is among its tags. src/documents/kind.ts has the same list.
create function document_kind(tags text[]) returns text
  language sql immutable parallel safe
  return case
    when 'tutorial' = any(tags) then 'tutorial'
    when 'how-to' = any(tags) then 'how-to'
    when 'reference' = any(tags) then 'reference'
    when 'explanation' = any(tags) then 'explanation'
    when 'guide' = any(tags) then 'guide'
    when 'runbook' = any(tags) then 'runbook'
    when 'decision' = any(tags) then 'decision'
    else 'other'
  end;

-- Blocks writers, not readers, while it is built, which reads the table once.
create index documents_kind on documents (document_kind(tags), id);
