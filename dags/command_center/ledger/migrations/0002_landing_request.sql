-- Which declared part was asked is known of every answer; until now null stood for the part itself.

update ops.landing set request = part where request is null;
alter table ops.landing alter column request set not null;
