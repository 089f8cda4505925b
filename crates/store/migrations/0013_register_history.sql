-- What tells one record of a register from another, as its declaration says; none for one that was withdrawn.
alter table register_entry add column key text;
create unique index register_entry_key on register_entry (origin, register, key);
create index register_entry_same on register_entry (register, key);
create index register_entry_id on register_entry (register, id);
-- Counts and lists by area, answered from the index.
create index register_entry_province on register_entry (register, state, province);
create index register_entry_cities on register_entry (register, state, city);
create index register_entry_counties on register_entry (register, state, county);

-- What a record of a register said, from when on (名册历史). Only added to. On a day D as known at a moment K a record says what the row
-- with the greatest rev says among those with holds_from <= D and recorded_at <= K.
create table register_version (
  origin      text   not null,
  register    text   not null,
  record      text   not null,
  rev         bigint not null,
  holds_from  text   not null,             -- '0001-01-01': from its beginning; a correction holds from where what it corrects did
  recorded_at text   not null,
  act         text   not null,             -- 'enter', 'change', 'correct', 'end', 'withdraw', 'follow', 'case'
  area        text   not null,
  title       text   not null,
  state       text   not null,
  since       text   not null,
  until       text,
  public      bigint not null,
  body        text   not null,
  entry       text   not null,
  primary key (origin, register, record, rev)
);
create index register_version_record on register_version (register, record, rev);

-- Which record of another register a record belongs to (属于).
create table register_link (
  origin          text not null,
  register        text not null,
  record          text not null,
  field           text not null,
  parent_register text not null,
  parent          text not null,
  entry           text not null,
  primary key (origin, register, record, field)
);
create index register_link_parent on register_link (parent_register, parent, register, record);
