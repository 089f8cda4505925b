-- Organizations (社会组织): the current row for lists, and all versions. `origin` never changes; the competent authority is `registrar`.

create table organization (
  origin            text   not null,
  id                text   not null,
  kind              text   not null,     -- 'association', 'service', 'foundation', 'community'
  name              text   not null,
  name_key          text   not null,     -- normalised, for exact comparison
  code              text,                -- unified social credit code (统一社会信用代码)
  filing_number     text,                -- community organizations (备案编号)
  registration      text   not null,     -- registration state: 'registered', 'filed', 'deregistered', 'revoked', ...
  credit            text   not null,     -- credit state: 'normal', 'abnormal', 'serious'
  operation         text   not null,     -- operation state: 'active', 'liquidation', 'zombie', ...
  colour            text,                -- last computed colour
  registrar_area    text   not null,
  registrar_province text,
  registrar_city    text,
  registrar_body    text,
  supervisor_body   text,                -- business supervisor (业务主管单位)
  regulator_body    text,                -- industry regulator (行业管理部门)
  management_mode   text   not null,     -- 'dual', 'direct', 'filed', 'decoupled'
  direct_class      text,
  grade             text,                -- valid rating (评估等级)
  grade_until       text,
  charity           bigint not null,
  volunteer         bigint not null,
  decoupled         bigint not null,
  new_field         bigint not null,
  party             text,                -- party coverage
  industry_code     text,
  domicile          text,                -- deepest area code known
  province          text,
  city              text,
  county            text,
  town              text,
  community         text,
  address           text,
  capital_fen       bigint,
  registered_on     text,
  listed_on         text   not null,     -- registered_on, or 0001-01-01 where unknown: lists sort by it
  ended_on          text,
  legal_rep         text,                -- the legal representative's name is a public registered item
  body              text   not null,     -- JSON: every other registered item
  synthetic         bigint not null,
  source            text,
  rev               bigint not null,
  entry             text   not null,
  primary key (origin, id)
);
-- Lists: a column per level with the sort column behind it, newest first, key-set pages.
create index organization_id on organization (id);
create index organization_name on organization (name_key);
create index organization_registrar on organization (registrar_area, listed_on, id);
create index organization_registrar_city on organization (registrar_city, listed_on, id);
create index organization_registrar_province on organization (registrar_province, listed_on, id);
create index organization_county on organization (county, listed_on, id);
create index organization_town on organization (town, listed_on, id);
create index organization_community on organization (community, listed_on, id);
create index organization_supervisor on organization (supervisor_body, listed_on, id) where supervisor_body is not null;
create index organization_regulator on organization (regulator_body, listed_on, id) where regulator_body is not null;

-- Bitemporal versions: true from valid_from to before valid_to, known from recorded_at to before superseded_at. Insert-only but
-- for superseded_at. `leaf` is the row's place in a batch entry's Merkle tree.
create table organization_version (
  origin        text   not null,
  org           text   not null,
  id            text   not null,
  valid_from    text   not null,
  valid_to      text,
  recorded_at   text   not null,
  superseded_at text,
  facts         text   not null,         -- canonical JSON of all registered items
  digest        bytea  not null,
  leaf          bigint,
  entry         text   not null,
  primary key (origin, org, id)
);
create index organization_version_org on organization_version (origin, org, valid_from);
create index organization_version_entry on organization_version (origin, entry);
create index organization_version_recorded on organization_version (recorded_at);

-- Unique everywhere.
create table credit_code (
  code   text not null primary key,
  origin text not null,
  org    text not null,
  since  text not null,
  until  text,
  entry  text not null
);
create index credit_code_org on credit_code (org);

create table filing_number (
  number text not null primary key,
  origin text not null,
  org    text not null,
  since  text not null,
  until  text,
  entry  text not null
);
create index filing_number_org on filing_number (org);

-- Names kept for somebody (名称预留) and names in use; the final word on a name, inside the act.
create table name_reservation (
  origin     text not null,
  name_key   text not null,
  name       text not null,
  org        text,
  case_id    text,
  reserved_on text not null,
  until      text,                       -- null: in use
  entry      text not null,
  primary key (origin, name_key)
);
create index name_reservation_until on name_reservation (until);

-- Responsible persons (负责人): one row per version of a term in a post.
create table officer (
  origin        text   not null,
  org           text   not null,
  id            text   not null,
  term          text   not null,         -- the same for all versions of one term
  person        text,
  post          text   not null,         -- 'legal_rep', 'president', 'secretary_general', 'supervisor', ...
  public_name   text   not null,         -- full for the legal representative, else masked
  sort          bigint not null,
  term_from     text,
  term_to       text,
  valid_from    text   not null,
  valid_to      text,
  recorded_at   text   not null,
  superseded_at text,
  body          text   not null,
  entry         text   not null,
  primary key (origin, org, id)
);
create index officer_org on officer (origin, org, sort);
create index officer_person on officer (person);
create index officer_term_to on officer (term_to) where superseded_at is null;

create table certificate (
  origin     text   not null,
  id         text   not null,
  org        text   not null,
  kind       text   not null,            -- 'original', 'duplicate'
  number     text   not null,
  short      text   not null,            -- what the QR points to: /c/{short}
  state      text   not null,            -- 'valid', 'replaced', 'lost', 'cancelled'
  issued_on  text   not null,
  valid_to   text,
  payload    text   not null,            -- signed e-licence
  entry      text   not null,
  primary key (origin, id)
);
create index certificate_org on certificate (origin, org, issued_on);
create index certificate_number on certificate (number);

create table certificate_short (
  short  text not null primary key,
  origin text not null,
  certificate text not null
);

-- Scans of certificates (扫码记录): counted per certificate and day, then moved a batch at a time into scan_event, one entry each batch.
create table scan_waiting (
  origin      text   not null,
  certificate text   not null,
  day         text   not null,
  scans       bigint not null,
  primary key (origin, certificate, day)
);
create table scan_event (
  origin      text   not null,
  certificate text   not null,
  id          text   not null,
  day         text   not null,
  scans       bigint not null,
  entry       text   not null,
  primary key (origin, certificate, id)
);

-- A records set declared in the catalogue (名册): expert pools, abnormal lists, brands, ...
create table register_entry (
  origin      text   not null,
  register    text   not null,
  id          text   not null,
  org         text,
  person      text,
  area        text   not null,
  province    text,
  city        text,
  county      text,
  title       text   not null,
  state       text   not null,
  since       text   not null,
  until       text,
  public      bigint not null,
  body        text   not null,
  rev         bigint not null,
  entry       text   not null,
  primary key (origin, register, id)
);
create index register_entry_list on register_entry (register, state, since, id);
create index register_entry_county on register_entry (register, county, since, id);
create index register_entry_city on register_entry (register, city, since, id);
create index register_entry_org on register_entry (origin, org);

-- Something wrong with the data (数据质量问题): found, assigned, corrected, verified, closed.
create table quality_issue (
  origin     text   not null,
  id         text   not null,
  rule       text   not null,
  org        text,
  area       text   not null,
  state      text   not null,
  field      text,
  found_on   text   not null,
  due        text,
  assigned_to text,
  closed_on  text,
  body       text   not null,
  rev        bigint not null,
  entry      text   not null,
  primary key (origin, id)
);
create index quality_issue_queue on quality_issue (area, state, due, id);
create index quality_issue_org on quality_issue (origin, org);

create table data_share (
  origin    text   not null,
  id        text   not null,
  consumer  text   not null,             -- body
  title     text   not null,
  state     text   not null,             -- 'requested', 'approved', 'live', 'suspended', 'ended'
  scope     text   not null,
  asked_on  text   not null,
  ends_on   text,
  calls     bigint not null,
  rev       bigint not null,
  entry     text   not null,
  primary key (origin, id)
);
create index data_share_state on data_share (state, asked_on, id);

-- Calls of a live share, one row per batch.
create table share_call (
  origin  text   not null,
  share   text   not null,
  id      text   not null,
  from_at text   not null,
  to_at   text   not null,
  calls   bigint not null,
  records bigint not null,
  root    bytea,
  entry   text   not null,
  primary key (origin, share, id)
);

-- Decoupling (脱钩) and the guidance that continues after it (脱钩不脱管).
create table decoupling (
  origin       text   not null,
  org          text   not null,
  state        text   not null,          -- 'before', 'plan', 'decoupled'
  former_body  text,
  plan_on      text,
  decoupled_on text,
  body         text   not null,
  rev          bigint not null,
  entry        text   not null,
  primary key (origin, org)
);
create index decoupling_state on decoupling (state, decoupled_on);

create table guidance_record (
  origin text not null,
  org    text not null,
  id     text not null,
  day    text not null,
  by_body text,
  kind   text not null,
  body   text not null,
  entry  text not null,
  primary key (origin, org, id)
);

-- Statistical snapshots (统计快照): open, checked, frozen, published. Frozen figures are rows that never change.
create table snapshot (
  origin    text   not null,
  id        text   not null,
  title     text   not null,
  as_of     text   not null,
  known_on  text,                        -- the freezing moment
  state     text   not null,
  body      text   not null,
  rev       bigint not null,
  entry     text   not null,
  primary key (origin, id)
);
create table snapshot_figure (
  origin   text   not null,
  snapshot text   not null,
  area     text   not null,
  figure   text   not null,
  number   bigint,
  detail   text,
  entry    text   not null,
  primary key (origin, snapshot, area, figure)
);

-- Imports: a file, its chunks (each one act), and the rows refused with the reason.
create table import_batch (
  origin     text   not null,
  id         text   not null,
  kind       text   not null,
  file       bytea  not null,            -- SM3 of the file: the same file resumes
  file_name  text   not null,
  mapping    text   not null,
  state      text   not null,            -- 'checked', 'running', 'done', 'failed'
  total      bigint not null,
  taken      bigint not null,
  rejected   bigint not null,
  dry        bigint not null,
  started_at text   not null,
  ended_at   text,
  account    text,
  rev        bigint not null,
  entry      text   not null,
  primary key (origin, id),
  unique (origin, kind, file, dry)
);
create table import_chunk (
  origin  text   not null,
  batch   text   not null,
  number  bigint not null,
  taken   bigint not null,
  rejected bigint not null,
  root    bytea,
  entry   text   not null,
  primary key (origin, batch, number)
);
create table import_reject (
  origin  text   not null,
  batch   text   not null,
  line    bigint not null,
  field   text,
  reason  text   not null,
  suggestion text not null,              -- what to do about it
  row_text text  not null,
  primary key (origin, batch, line)
);
