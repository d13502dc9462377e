-- Titles and tags in an index of their own, a tenth the size of the one over the texts. A search for common
-- words takes its candidates from here first: what matches in the title ranks above the rest anyway.

-- Blocks writers, not readers, while it is built: some seconds for 100,000 documents, a minute for a million.
create index documents_heading on documents
  using gin (to_tsvector('english', title || ' ' || document_tags_text(tags)));
