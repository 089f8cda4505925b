-- Connections to outside systems (对接): what goes out, code bodies that came in, and who is who outside.

-- Messages going out, written in the transaction of the act they tell of; sent in order within (connector, subject). Their text is
-- fixed when they are written; the entry of the act names their digest.
create table outbox (
  origin    text   not null,
  id        text   not null,            -- also the key by which the receiver knows a message that comes twice
  connector text   not null,            -- 'case_status', 'service_review'
  subject   text   not null,            -- 'case/ULID'
  seq       bigint not null,            -- from 1 within connector and subject
  kind      text   not null,            -- 'case.accepted'
  version   bigint not null,            -- of the body's form
  body      text   not null,            -- JSON
  made_at   text   not null,
  state     text   not null,            -- 'waiting', 'sent', 'dead' (given up, waits for an administrator), 'dropped' (by one)
  attempts  bigint not null,
  due_at    text   not null,            -- not before; while it is being sent, when its sender is thought dead
  error     text,
  ended_at  text,
  primary key (origin, id),
  unique (origin, connector, subject, seq)
);
create index outbox_due on outbox (connector, state, due_at, id);
create index outbox_ended on outbox (ended_at) where ended_at is not null;

-- Bodies of organization codes (主体代码) that an outside code source assigned to this installation beforehand (预赋码段).
create table code_body (
  body  text   not null primary key,
  batch bigint not null,
  state text   not null,                -- 'free', 'used'
  entry text   not null
);
create index code_body_state on code_body (state, body);
create index code_body_batch on code_body (batch);

-- Accounts that sign in at an outside identity source. Never its identifier, only a keyed digest of it; gone when the person is erased.
create table outside_identity (
  source  text  not null,
  lookup  bytea not null,
  person  text  not null,
  account text  not null,
  since   text  not null,
  primary key (source, lookup)
);
create index outside_identity_account on outside_identity (account);
