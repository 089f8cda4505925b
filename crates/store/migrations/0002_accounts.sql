-- People and how they sign in. Distributed by person.

create table person (
  id      text   not null primary key,
  mask    text   not null,              -- what the public may see: 张**
  state   text   not null,              -- 'active', 'erased'
  body    text   not null,              -- JSON without protected values
  rev     bigint not null,
  entry   text   not null
);

-- The key under which a person's protected values are encrypted, itself wrapped. Erasure destroys it.
create table person_key (
  person    text not null primary key,
  wrapped   bytea,
  made_at   text not null,
  erased_at text,
  entry     text not null
);

-- One protected value (姓名、证件号码、手机): ciphertext, and a keyed hash to look it up by.
create table person_secret (
  person text not null,
  field  text not null,                 -- 'name', 'id_number', 'phone', 'address'
  cipher bytea not null,
  lookup bytea,
  entry  text not null,
  primary key (person, field)
);
create index person_secret_lookup on person_secret (field, lookup);

create table account (
  person     text   not null,
  id         text   not null,
  login      text   not null,           -- what one types; see account_login
  name       text   not null,           -- shown name
  kind       text   not null,           -- 'public', 'official', 'expert', 'api'
  admin      text,                      -- 'system', 'security', 'audit'
  state      text   not null,           -- 'active', 'locked', 'closed'
  home       text,                      -- where one lands after signing in
  body       text   not null,
  rev        bigint not null,
  entry      text   not null,
  primary key (person, id)
);
create index account_id on account (id);
create index account_kind on account (kind, state, login);

-- Unique everywhere, so it has its own table.
create table account_login (
  login  text not null primary key,
  person text not null,
  account text not null
);

create table credential (
  person     text not null,
  account    text not null,
  kind       text not null,             -- 'password', 'totp', 'recovery'
  secret     bytea not null,            -- argon2id text, or an encrypted key
  set_at     text not null,
  used_step  bigint,                    -- the last one-time code's time step: no code counts twice
  must_change bigint not null,
  primary key (person, account, kind)
);

create table session (
  digest     bytea not null primary key, -- hash of the cookie
  person     text not null,
  account    text not null,
  role       text,                       -- which post or organization one acts as
  made_at    text not null,
  seen_at    text not null,
  ends_at    text not null,
  second     bigint not null,            -- one-time code given
  agent      text not null
);
create index session_account on session (account);
create index session_ends on session (ends_at);

create table login_attempt (
  subject text not null,                 -- 'login:NAME' or 'ip:ADDRESS'
  at      text not null,
  id      text not null,
  good    bigint not null,
  primary key (subject, at, id)
);
create index login_attempt_at on login_attempt (at);

-- Bodies (机关、单位) and who sits on which desk: reference tables, small and seldom written.
create table body (
  id      text   not null primary key,
  name    text   not null,
  short   text   not null,
  area    text   not null,
  kind    text   not null,               -- 'registrar', 'supervisor', 'regulator', 'party', 'finance', 'tax', 'street', 'community'
  code    text,
  phone   text,
  state   text   not null,
  data    text   not null,
  rev     bigint not null,
  entry   text   not null
);
create index body_area on body (area, kind);

create table post (
  id      text   not null primary key,
  account text   not null,
  person  text   not null,
  body    text   not null,
  desk    text   not null,
  area    text   not null,
  since   text   not null,
  until   text,
  entry   text   not null
);
create index post_account on post (account);
create index post_desk on post (desk, area);

-- For whom an account may act: its organizations (经办人).
create table account_org (
  person  text not null,
  account text not null,
  origin  text not null,
  org     text not null,
  role    text not null,                 -- 'owner', 'staff'
  since   text not null,
  until   text,
  entry   text not null,
  primary key (person, account, origin, org)
);
create index account_org_org on account_org (origin, org);

create table notice (
  person  text not null,
  id      text not null,
  at      text not null,
  title   text not null,
  link    text not null,
  body    text not null,
  read_at text,
  primary key (person, id)
);
create index notice_unread on notice (person, at) where read_at is null;

create table watch (
  person  text not null,
  id      text not null,
  subject text not null,                 -- 'org/ULID', 'list:/orgs?...'
  label   text not null,
  since   text not null,
  primary key (person, id),
  unique (person, subject)
);
create index watch_subject on watch (subject);

create table draft (
  person   text   not null,
  id       text   not null,
  kind     text   not null,              -- 'application', 'report', 'import'
  matter   text,
  edition  text,
  title    text   not null,
  body     text   not null,
  saved_at text   not null,
  ends_at  text,
  rev      bigint not null,
  primary key (person, id)
);
create index draft_ends on draft (ends_at);

create table api_token (
  digest  bytea not null primary key,
  person  text not null,
  account text not null,
  label   text not null,
  scopes  text not null,
  made_at text not null,
  ends_at text,
  state   text not null
);
create index api_token_account on api_token (account);

-- A person's request to see, correct or erase what is kept about them (个人信息查阅、更正、删除).
create table access_request (
  person     text   not null,
  id         text   not null,
  kind       text   not null,            -- 'access', 'correct', 'erase'
  state      text   not null,
  asked_at   text   not null,
  due        text   not null,
  answered_at text,
  body       text   not null,
  rev        bigint not null,
  entry      text   not null,
  primary key (person, id)
);
create index access_request_open on access_request (state, due);
