-- What the installation is, and the journal (全程留痕): entries, heads, seals, and the change rows that everything derived follows.

create table meta (
  key   text not null primary key,      -- 'kind' (demo, serve, test), 'created', 'name'
  value text not null
);

-- One act, one or more entries. Insert-only. `seq` numbers the entries of one subject from 1; `prev` is the hash before.
create table journal_entry (
  origin   text   not null,
  id       text   not null,
  subject  text   not null,             -- 'org/ULID', 'case/ULID', 'account/ULID', 'import/ULID'
  seq      bigint not null,
  at       text   not null,             -- wall clock
  day      text   not null,             -- business date
  actor    text,                        -- account; null for the timer
  desk     text,
  verb     text   not null,
  body     bytea  not null,             -- the whole entry as JSON; the other columns repeat parts of it
  prev     bytea,
  hash     bytea  not null,
  root     bytea,                       -- Merkle root of the rows of a batch
  primary key (origin, id),
  unique (origin, subject, seq)
);
create index journal_entry_actor on journal_entry (actor, at);
create index journal_entry_at on journal_entry (at);
create index journal_entry_id on journal_entry (id);

-- What a bulk act wrote and another act has rewritten since: the digest the row had. With the rows that still bear the bulk act's
-- stamp these are all of its rows, so its Merkle root can always be made again, and vouches for what stands here.
create table journal_former (
  entry      text  not null,            -- the bulk act
  table_name text  not null,
  key        text  not null,
  digest     bytea not null,
  primary key (entry, table_name, key)
);

-- The newest entry of each subject, for appending and sealing.
create table journal_head (
  origin  text   not null,
  subject text   not null,
  seq     bigint not null,
  hash    bytea  not null,
  entry   text   not null,
  at      text   not null,
  sealed_seq bigint not null,           -- how far the newest seal that knows this chain reaches; 0: none does
  primary key (origin, subject)
);
-- What the next seal must take: found by position, never by time, because clocks differ and commits overtake each other.
create index journal_head_unsealed on journal_head (origin, subject) where seq > sealed_seq;

-- A seal (封存): Merkle root over the heads changed since the seal before, chained to it. Insert-only.
create table seal (
  number    bigint not null primary key,
  at        text   not null,
  since     text   not null,            -- `at` of the seal before
  heads     bigint not null,
  root      bytea  not null,
  prev      bytea,
  hash      bytea  not null,
  nightly   bigint not null,            -- the one that is published
  signature bytea
);

create table seal_head (
  number  bigint not null,
  origin  text   not null,
  subject text   not null,
  seq     bigint not null,
  hash    bytea  not null,
  primary key (number, origin, subject)
);

-- What happened, in commit order per origin, without gaps. Insert-only.
create table change (
  origin  text   not null,
  pos     bigint not null,
  entry   text   not null,
  kind    text   not null,              -- 'org', 'case', 'notice', ...
  subject text   not null,
  day     text   not null,
  public  text,                         -- JSON; null: nothing of it is public
  primary key (origin, pos)
);
create index change_subject on change (origin, subject, pos);

create table change_counter (
  origin text   not null primary key,
  pos    bigint not null
);

-- How far a derived thing kept inside the database has come.
create table follower (
  name   text   not null,
  origin text   not null,
  pos    bigint not null,
  primary key (name, origin)
);

-- Serial numbers per authority, kind and year (文号、办件编号): taken inside the act, so a refused act leaves no gap.
create table number_series (
  origin text   not null,
  series text   not null,               -- 'case:2026', 'certificate:2026'
  last   bigint not null,
  primary key (origin, series)
);

-- Numbers shown beside lists, kept in the act's own transaction: how many of what kind and state in an area, at each level.
create table cube_count (
  origin text   not null,
  cube   text   not null,               -- 'org.registrar', 'org.domicile', 'case'
  area   text   not null,
  kind   text   not null,
  state  text   not null,
  number bigint not null,
  primary key (origin, cube, area, kind, state)
);
create index cube_count_area on cube_count (cube, area, kind, state, number);
