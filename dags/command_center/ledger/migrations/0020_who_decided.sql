-- By which login a decision on what the public may read was entered: one person with two job titles is not two.
alter table ops.keputusan add column login text;
