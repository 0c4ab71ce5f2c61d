-- +goose Up
-- A map of a whole region needs no corner of every block: simpler outlines of territories, by the nearest zoom of the map that
-- they are good for. The exact one stays with the alignment's territory.
CREATE TABLE territory_outline (
    organization_id uuid NOT NULL,
    alignment_id    uuid NOT NULL,
    territory_id    uuid NOT NULL,
    zoom            double precision NOT NULL,
    outline         jsonb NOT NULL, -- a GeoJSON geometry
    PRIMARY KEY (organization_id, alignment_id, territory_id, zoom),
    FOREIGN KEY (organization_id, alignment_id, territory_id) REFERENCES alignment_territory
);

SELECT wall('SELECT, INSERT, UPDATE, DELETE', 'territory_outline');
