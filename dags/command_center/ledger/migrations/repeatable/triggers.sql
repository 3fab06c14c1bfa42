-- Triggers of the ledger; put in place at every bootstrap, after the migrations.

create or replace trigger note_publication before insert or update of status on ops.batch
    for each row execute function ops.note_publication();

create or replace trigger never_changed before update or delete on ops.edition
    for each row execute function ops.refuse_change();
create or replace trigger never_emptied before truncate on ops.edition
    for each statement execute function ops.refuse_change();
create or replace trigger never_changed before update or delete on ops.edition_figure
    for each row execute function ops.refuse_change();
create or replace trigger never_emptied before truncate on ops.edition_figure
    for each statement execute function ops.refuse_change();
