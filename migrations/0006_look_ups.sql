-- +goose Up
-- What lists and the map look for in an organization of a hundred thousand sites. Without these they read whole tables.
CREATE INDEX site_place ON site (organization_id, lat, lon);
CREATE INDEX person_email_person ON person_email (organization_id, person_id);

-- Lists go by due time, whatever they are narrowed by: nothing, the rep, the day.
CREATE INDEX visit_due_all ON visit (organization_id, due_to, id);
CREATE INDEX visit_rep ON visit (organization_id, rep_id, due_to, id);
CREATE INDEX visit_date ON visit (organization_id, date, due_to, id);
DROP INDEX visit_day; -- by branch and date: the day alone leaves few enough

-- What is still to do at a site today. visit_site leads to every call ever made there.
CREATE INDEX visit_todo ON visit (organization_id, site_id) WHERE state IN ('ASSIGNED', 'UNDER_WAY');
