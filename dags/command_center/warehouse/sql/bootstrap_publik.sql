-- The database that the public login can reach. It holds nothing but what was published.
revoke temporary, connect on database publik from public;
grant connect on database publik to cc_publisher, cc_public, cc_backup;
grant create on database publik to cc_publisher;
revoke all on schema public from public;
