-- Saved what-ifs (推演方案): parameters and targets of a plan supposed otherwise, kept for a link. The plan itself is in the catalogue
-- and never changes by this. One that its owner deletes keeps its row, so that entries still find what they vouch for.
create table what_if (
  origin      text   not null,          -- of the post of whoever saved it
  id          text   not null,
  plan        text   not null,          -- the plan's id in the catalogue
  name        text   not null,
  note        text   not null,          -- what it is for; empty if nothing was said
  owner       text   not null,          -- account
  owner_name  text   not null,          -- the desk and authority, never a person's name
  measured_on text   not null,          -- the day it was looked at
  area        text   not null,          -- the area it was looked at in
  overlay     text   not null,          -- JSON: parameters and aims
  state       text   not null,          -- 'saved', 'deleted'
  saved_at    text   not null,
  rev         bigint not null,
  entry       text   not null,
  primary key (origin, id)
);
create index what_if_id on what_if (id);
create index what_if_plan on what_if (plan, saved_at, id) where state = 'saved';
-- Names behind a figure are read by id.
create index register_entry_named on register_entry (register, id);
