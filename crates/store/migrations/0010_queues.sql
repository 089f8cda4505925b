-- A desk's queue of tens of thousands: its numbers are read from the index alone, its pages in the index's order.

drop index task_area;
create index task_area on task (desk, area, due, case_id, id, body_id, opened_on, claimed_by) where state = 'open';
drop index task_body;
create index task_body on task (desk, body_id, due, case_id, id, opened_on, claimed_by) where state = 'open';
create index task_waiting_body on task (desk, body_id) where state = 'suspended' and body_id is not null;
