-- Objects of the archive are looked up by their place: parts that gave the same bytes share one, and its key.

create index landing_uri on ops.landing (uri);
