-- What a figure was made of: one batch said nothing of a figure of last year, for it was the newest of the source.
alter table ops.edition_figure add column batch_ids bigint[];
