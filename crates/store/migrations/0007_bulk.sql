-- Indexes that cost every import and answer nothing that another does not answer as well.

-- The primary key (origin, org, id) finds an organization's few versions; nothing asks by entry.
drop index organization_version_org;
drop index organization_version_entry;
-- The organization's own row bears its code and filing number.
drop index credit_code_org;
drop index filing_number_org;
-- Names in use have no end; only reservations do, and they are looked up by name.
drop index name_reservation_until;
-- A name is compared with those of its own registrar, and so lies beside them: an import of one authority stays in a few pages.
drop index organization_name;
create index organization_name on organization (registrar_area, name_key);
