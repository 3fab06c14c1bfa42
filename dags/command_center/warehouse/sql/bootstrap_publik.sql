-- The database that the public login can reach. It holds nothing but what was published.
revoke all on schema public from public;
