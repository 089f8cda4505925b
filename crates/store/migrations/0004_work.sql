-- Matters (事项), cases (办件), tasks and what goes with them.

-- A resolved matter as it stood when a case began. Insert-only; the digest is its identity.
create table matter_edition (
  digest  text not null primary key,
  matter  text not null,
  area    text not null,
  made_on text not null,
  text    text not null                  -- canonical JSON
);
create index matter_edition_matter on matter_edition (matter, area, made_on);

create table matter_case (
  origin       text   not null,
  id           text   not null,
  number       text   not null,          -- what people quote (办件编号)
  matter       text   not null,
  edition      text   not null,
  title        text   not null,
  state        text   not null,          -- 'open', 'suspended', 'ended'
  status       text   not null,          -- derived, for people
  ending       text,
  applicant    text,                     -- account
  applicant_name text not null,
  org_origin   text,
  org          text,
  area         text   not null,          -- the authority's area
  province     text,
  city         text,
  county       text,
  body_id      text,                     -- the authority
  received_on  text   not null,
  next_due     text,
  ended_on     text,
  synthetic    bigint not null,
  body         text   not null,          -- JSON of the whole case
  rev          bigint not null,
  entry        text   not null,
  primary key (origin, id),
  unique (origin, number)
);
create index matter_case_id on matter_case (id);
create index matter_case_number on matter_case (number);
create index matter_case_applicant on matter_case (applicant, received_on, id);
create index matter_case_org on matter_case (org, received_on, id) where org is not null;
create index matter_case_county on matter_case (county, state, received_on, id);
create index matter_case_city on matter_case (city, state, received_on, id);
create index matter_case_province on matter_case (province, state, received_on, id);
create index matter_case_matter on matter_case (matter, state, received_on, id);

-- Tasks, open and closed. A queue is one desk in one area (or of one body), by due date.
create table task (
  origin     text   not null,
  case_id    text   not null,
  id         text   not null,            -- unique within the case
  step       text   not null,
  desk       text   not null,
  area       text   not null,
  province   text,
  city       text,
  county     text,
  town       text,
  body_id    text,
  matter     text   not null,
  title      text   not null,
  state      text   not null,            -- 'open', 'suspended', 'closed'
  opened_on  text   not null,
  due        text   not null,            -- '9999-12-31' where there is no limit, so that it sorts last
  claimed_by text,
  claimed_at text,
  closed_on  text,
  outcome    text,
  body       text   not null,
  entry      text   not null,
  primary key (origin, case_id, id),
  foreign key (origin, case_id) references matter_case (origin, id)
);
create index task_area on task (desk, area, due, case_id, id) where state = 'open';
create index task_county on task (desk, county, due, case_id, id) where state = 'open';
create index task_city on task (desk, city, due, case_id, id) where state = 'open';
create index task_province on task (desk, province, due, case_id, id) where state = 'open';
create index task_body on task (desk, body_id, due, case_id, id) where state = 'open';
create index task_claimed on task (claimed_by, due, case_id, id) where state = 'open';
create index task_due on task (due, case_id, id) where state = 'open';

-- An act that may still be taken back for ten seconds (撤销).
create table pending_act (
  origin  text not null,
  id      text not null,
  account text not null,
  subject text not null,
  act     text not null,
  at      text not null,
  runs_at text not null,
  primary key (origin, id)
);
create index pending_act_runs on pending_act (runs_at);
create index pending_act_account on pending_act (account, runs_at);

-- Messages and letters (告知书、补正通知、来往消息).
create table letter (
  origin   text   not null,
  id       text   not null,
  case_id  text,
  org      text,
  kind     text   not null,
  number   text,
  title    text   not null,
  text     text   not null,
  from_desk text,
  to_account text,
  at       text   not null,
  day      text   not null,
  read_at  text,
  entry    text   not null,
  primary key (origin, id)
);
create index letter_case on letter (origin, case_id, at);
create index letter_to on letter (to_account, at);
create index letter_org on letter (origin, org, at);

-- Materials (材料). The bytes lie in the content-addressed store under the digest.
create table file (
  origin  text   not null,
  id      text   not null,
  subject text   not null,               -- 'case/ULID', 'org/ULID', 'draft/ULID'
  slot    text,                          -- the material's id in the matter
  name    text   not null,
  mime    text   not null,
  size    bigint not null,
  digest  bytea  not null,
  public  bigint not null,
  added_at text  not null,
  account text,
  removed_at text,
  entry   text   not null,
  primary key (origin, id)
);
create index file_subject on file (origin, subject, added_at);
create index file_digest on file (digest);

-- Public notices (公告、公示), with a period for comments where there is one.
create table public_notice (
  origin   text   not null,
  id       text   not null,
  kind     text   not null,
  number   text,
  title    text   not null,
  text     text   not null,
  org      text,
  case_id  text,
  area     text   not null,
  posted_on text  not null,
  until    text,
  state    text   not null,              -- 'posted', 'withdrawn'
  synthetic bigint not null,
  entry    text   not null,
  primary key (origin, id)
);
create index public_notice_id on public_notice (id);
create index public_notice_posted on public_notice (state, posted_on, id);
create index public_notice_area on public_notice (area, posted_on, id);
create index public_notice_org on public_notice (origin, org, posted_on);

create table notice_comment (
  origin  text not null,
  notice  text not null,
  id      text not null,
  at      text not null,
  text    text not null,
  person  text,
  state   text not null,
  entry   text not null,
  primary key (origin, notice, id)
);

-- Service reviews (好差评): a bad one must be looked into and answered.
create table service_review (
  origin   text   not null,
  id       text   not null,
  case_id  text   not null,
  score    bigint not null,              -- 1 to 5
  tags     text   not null,
  text     text   not null,
  area     text   not null,
  given_on text   not null,
  state    text   not null,              -- 'given', 'checking', 'answered', 'closed'
  answer   text,
  due      text,
  synthetic bigint not null,
  rev      bigint not null,
  entry    text   not null,
  primary key (origin, id),
  unique (origin, case_id)
);
create index service_review_area on service_review (area, given_on, id);
create index service_review_bad on service_review (state, due, id);

-- Background jobs. `dedupe` keeps the same job from waiting twice.
create table job (
  id        text   not null primary key,
  queue     text   not null,
  name      text   not null,
  version   bigint not null,
  payload   text   not null,
  dedupe    text,
  run_at    text   not null,
  attempts  bigint not null,
  state     text   not null,             -- 'waiting', 'running', 'done', 'failed'
  locked_by text,
  locked_at text,
  progress  text,
  error     text,
  ended_at  text
);
create index job_next on job (queue, run_at, id) where state = 'waiting';
create index job_state on job (state, run_at, id);
create index job_running on job (locked_at) where state = 'running';
create index job_ended on job (ended_at) where ended_at is not null;
create unique index job_dedupe on job (dedupe) where state = 'waiting';

-- A request that came twice is answered once (幂等键).
create table idempotency (
  account text not null,
  key     text not null,
  at      text not null,
  answer  text not null,
  primary key (account, key)
);
create index idempotency_at on idempotency (at);
