-- What an act wrote of data quality issues, for the fact table that follows.
create index quality_issue_entry on quality_issue (entry);

-- Figures of plans frozen at year-ends (规划快照), never changed: one row per part of an indicator, with the SM3 of its formula, of the
-- parameters it used and of the facts it looked at; and one row per area.
create table plan_snapshot (
  origin    text   not null,             -- of the plan's area
  plan      text   not null,
  on_day    text   not null,
  indicator text   not null,
  part      text   not null,             -- empty where the indicator has one part only
  formula   text   not null,
  params    text   not null,
  facts     text   not null,
  frozen_at text   not null,
  entry     text   not null,
  primary key (origin, plan, on_day, indicator, part)
);
create table plan_figure (
  origin    text   not null,
  plan      text   not null,
  on_day    text   not null,
  indicator text   not null,
  part      text   not null,
  area      text   not null,
  number    text   not null,             -- '1/4', '1/4..1/2', '-'
  yes       bigint not null,
  no        bigint not null,
  unknown   bigint not null,
  entry     text   not null,
  primary key (origin, plan, on_day, indicator, part, area)
);
