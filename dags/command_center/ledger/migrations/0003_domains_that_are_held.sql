-- A fault in one domain keeps that domain's last edition, and the others are published.

create table ops.domain_held (
    domain text primary key,
    sources jsonb not null,
    reason text not null,
    edition_at timestamptz not null,
    since timestamptz not null default clock_timestamp()
);
