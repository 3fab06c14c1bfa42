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

-- The audit trail: one chain, never changed, and what the ledger knows of is entered with it.
create or replace trigger chained before insert on ops.jejak_audit
    for each row execute function ops.chain_entry();
create or replace trigger never_changed before update or delete on ops.jejak_audit
    for each row execute function ops.refuse_change_of_trail();
create or replace trigger never_emptied before truncate on ops.jejak_audit
    for each statement execute function ops.refuse_change_of_trail();
create or replace trigger never_changed before update or delete on ops.jejak_kepala
    for each row execute function ops.refuse_change_of_trail();
create or replace trigger never_emptied before truncate on ops.jejak_kepala
    for each statement execute function ops.refuse_change_of_trail();
create or replace trigger noted after insert or update or delete on ops.keputusan
    for each row execute function ops.note_decision();
create or replace trigger noted after insert on ops.edition
    for each row execute function ops.note_edition();
create or replace trigger noted after insert or update of status on ops.delivery
    for each row execute function ops.note_delivery();
create or replace trigger noted after update of state on ops.correction
    for each row when (old.state <> new.state) execute function ops.note_correction();
create or replace trigger noted after update of erased_at on ops.landing
    for each row when (old.erased_at is null and new.erased_at is not null) execute function ops.note_erasure();
