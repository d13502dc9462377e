-- Ids in the order of their bytes: a prefix is a range of the index in every locale, and an update of the C library does not
-- change the order. Blocks readers, too, while the indexes of ids are built again and the ids checked, which reads the
-- table once.
alter table documents alter column id type text collate "C";
