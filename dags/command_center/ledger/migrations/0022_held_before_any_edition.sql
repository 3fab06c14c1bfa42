-- A domain can be held by the very first build.
alter table ops.domain_held alter column edition_at drop not null;
