-- The titles of releases before 7_search_terms.sql. The server reads documents_search_heading, and a load filled both.
-- Such a release still finds the same during a rolling update, more slowly for common words. Waits for running
-- statements and holds up new ones for as long.
drop index documents_heading;
