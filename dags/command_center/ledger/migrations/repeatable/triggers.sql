-- Triggers of the ledger; put in place at every bootstrap, after the migrations.

create or replace trigger note_publication before insert or update of status on ops.batch
    for each row execute function ops.note_publication();
