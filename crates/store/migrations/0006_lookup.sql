-- What the public register's lists are answered from.

-- The credit lists (活动异常名录、严重违法失信名单): few of many.
create index organization_credit on organization (credit, listed_on, id) where credit <> 'clear';
-- Cuts of the structure analysis.
create index organization_direct on organization (direct_class, listed_on, id) where direct_class is not null;
create index organization_new_field on organization (listed_on, id) where new_field = 1;
create index organization_industry on organization (industry_code, listed_on, id) where industry_code is not null;
-- The feed of all origins, newest first.
create index change_public on change (entry) where public is not null;
