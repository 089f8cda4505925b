-- Keeping the register (数据质量): how far the inspection of an authority's organizations has come. The whole register goes in
-- chunks; afterwards only what changed is looked at, from the positions kept under the follower 'quality/AREA'.
create table quality_run (
  origin   text   not null,
  area     text   not null,             -- whose register
  state    text   not null,             -- 'running', 'done'
  whole    bigint not null,             -- 1: every organization, 0: what changed since
  asked_by text   not null,             -- account, or 'system'
  job      text   not null,
  began_at text   not null,
  ended_at text,
  place    text   not null,             -- where the whole run goes on: 'DAY/ID', '' at the beginning
  seen     bigint not null,
  total    bigint not null,
  found    bigint not null,
  gone     bigint not null,             -- issues closed because the defect is gone
  whole_on text,                        -- day of the last whole run
  heads    text   not null,             -- JSON: positions of the changes when it began
  rev      bigint not null,
  entry    text   not null,
  primary key (origin, area)
);
create index quality_issue_open on quality_issue (area, found_on, id) where state <> 'closed';
create index quality_issue_rule on quality_issue (area, rule) where state in ('detected', 'assigned', 'corrected');
