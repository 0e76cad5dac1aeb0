ALTER TABLE chunk_vectors ADD COLUMN in_part BOOLEAN DEFAULT 0 NOT NULL;

CREATE INDEX chunk_vectors_in_part ON chunk_vectors (space_id) WHERE in_part;
