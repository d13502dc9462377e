-- A row that fits a page stays whole. By default Postgres moves the largest column of a row above 2 kB out to a
-- table beside, which here is always the search vector: the one that ranking reads of every candidate.

-- Holds up nobody. For new and changed rows only; others stay where they are, and are found all the same.
alter table documents set (toast_tuple_target = 8160);
