-- A report is an edition: what it said stays, a correction is a further edition, and a mail carries one of them to one recipient.

create table ops.edition (
    edition_id bigint generated always as identity primary key,
    kind text not null check (kind in ('bulanan', 'mingguan', 'lurah', 'wali_kota')),
    wilayah_kode text not null,
    periode date not null,
    number int not null check (number > 0),
    is_complete boolean not null,
    late text[] not null default '{}',
    reason text not null default '',
    corrects bigint references ops.edition,
    nomor text not null,
    hal text not null,
    archive text,
    pdf_sha256 text not null,
    html_sha256 text,
    xlsx_sha256 text,
    letter_sha256 text,
    publication text,
    made_at timestamptz not null,
    unique (kind, wilayah_kode, periode, number),
    check (is_complete = (late = '{}')),
    check (archive is null or (html_sha256 is not null and xlsx_sha256 is not null and letter_sha256 is not null))
);

create table ops.edition_figure (
    edition_id bigint not null references ops.edition,
    indikator_kode text not null,
    wilayah_kode text not null,
    periode_mulai date not null,
    nilai numeric,
    teks text not null,
    is_sementara boolean not null,
    source text not null,
    batch_id bigint,
    data_per timestamptz,
    primary key (edition_id, indikator_kode, wilayah_kode, periode_mulai)
);

-- Who holds an office when: one person at a time, be it as acting holder (Plt.). Two terms that overlap are refused.
create table ops.recipient (
    recipient_id bigint generated always as identity primary key,
    wilayah_kode text not null,
    jabatan text not null check (jabatan in ('wali_kota', 'camat', 'sekretaris_camat', 'lurah')),
    is_plt boolean not null,
    address text not null,
    since date not null,
    until date,
    check (until >= since),
    constraint one_holder_at_a_time exclude using gist (
        int8range(hashtextextended(wilayah_kode || '/' || jabatan, 0), hashtextextended(wilayah_kode || '/' || jabatan, 0), '[]') with &&,
        daterange(since, until, '[]') with &&
    )
);

-- Mails of before: of each kecamatan and month whose mail was sent, or may have been, the page is edition 1, without figures and files.
insert into ops.edition (kind, wilayah_kode, periode, number, is_complete, nomor, hal, pdf_sha256, made_at)
select distinct on (edition, kode_kecamatan) 'bulanan', kode_kecamatan, to_date(substr(edition, 7), 'YYYY-MM'), 1, true, '-',
    'Laporan data bulanan', document_sha256, created_at
from ops.outbox
where status in ('sent', 'sending') and kode_kecamatan is not null and edition ~ '^camat/[0-9]{4}-[0-9]{2}$'
order by edition, kode_kecamatan, outbox_id;

alter table ops.outbox rename to delivery;
alter table ops.delivery rename column outbox_id to delivery_id;
alter sequence ops.outbox_outbox_id_seq rename to delivery_delivery_id_seq;
alter table ops.delivery rename constraint outbox_pkey to delivery_pkey;
alter table ops.delivery rename constraint outbox_message_id_key to delivery_message_id_key;
alter table ops.delivery drop constraint outbox_status_check;
alter table ops.delivery drop constraint outbox_edition_recipient_key;
alter table ops.delivery add column edition_id bigint references ops.edition;
alter table ops.delivery add column yth text not null default '';
alter table ops.delivery add column changed_at timestamptz not null default clock_timestamp();
update ops.delivery as d set edition_id = e.edition_id
from ops.edition as e
where d.status in ('sent', 'sending') and d.kode_kecamatan = e.wilayah_kode
    and to_char(e.periode, '"camat/"YYYY-MM') = d.edition;
update ops.delivery set changed_at = coalesce(sent_at, created_at),
    status = case status when 'sending' then 'tak_pasti' else status end,
    last_error = case when edition_id is null then concat_ws(': ', edition, kode_kecamatan, last_error) else last_error end;
alter table ops.delivery drop column edition, drop column kode_kecamatan, drop column document_sha256;
alter table ops.delivery alter column yth drop default, alter column attempts set default 0;
alter table ops.delivery add constraint delivery_edition_id_recipient_key unique (edition_id, recipient);
alter table ops.delivery add constraint delivery_status_check
check (status in ('baru', 'sending', 'sent', 'failed', 'tak_pasti', 'bounced'));

-- Mails that came back: what a recipient says is wrong, what a mail server could not deliver, and what nobody knows.
create table ops.correction (
    correction_id bigint generated always as identity primary key,
    message_id text not null unique,
    jenis text not null check (jenis in ('koreksi', 'pantulan', 'otomatis')),
    edition_id bigint references ops.edition,
    wilayah_kode text,
    sender text not null,
    jabatan text,
    subject text not null,
    body text not null,
    is_cut boolean not null,
    mark text not null default '',
    state text not null default 'baru' check (state in ('baru', 'dikerjakan', 'selesai', 'ditolak')),
    received_at timestamptz not null,
    state_since timestamptz not null
);
