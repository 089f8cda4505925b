-- The desks' side of a case: what answers said before they were changed, questions from desk to desk, lists the timer and the
-- desks need.

-- The answers of a case before an act changed them (补正前填报内容), personal ones sealed as in the case.
create table case_former (
  origin      text   not null,
  case_id     text   not null,
  rev         bigint not null,           -- the case's revision that last held them
  replaced_on text   not null,
  answers     text   not null,           -- JSON by field
  entry       text   not null,
  primary key (origin, case_id, rev),
  foreign key (origin, case_id) references matter_case (origin, id)
);

-- A question from one desk to another on a case (询问、征询), and its answer. It never moves the case.
create table case_question (
  origin       text   not null,
  id           text   not null,
  case_id      text   not null,
  from_account text   not null,
  from_name    text   not null,
  from_desk    text   not null,
  from_area    text   not null,
  to_desk      text   not null,
  to_area      text   not null,
  to_body      text,
  question     text   not null,
  asked_on     text   not null,
  asked_at     text   not null,
  due          text   not null,
  answer       text,
  answered_by  text,
  answered_name text,
  answered_at  text,
  state        text   not null,          -- 'open', 'answered', 'withdrawn'
  rev          bigint not null,
  entry        text   not null,
  primary key (origin, id),
  foreign key (origin, case_id) references matter_case (origin, id)
);
create index case_question_case on case_question (origin, case_id, asked_at);
create index case_question_id on case_question (id);
create index case_question_to on case_question (to_desk, to_area, due, id) where state = 'open';
create index case_question_from on case_question (from_account, due, id) where state = 'open';

-- What the timer looks at each morning.
create index matter_case_due on matter_case (next_due, id) where state <> 'ended';
-- Tasks that wait for the applicant.
create index task_waiting on task (desk, area, due, case_id, id) where state = 'suspended';
