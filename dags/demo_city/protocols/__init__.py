"""HTTP, SFTP, SQL, SMTP and upload folders."""
