-- Which master key the personal values of this database are sealed with: its id, and nothing of the key. One row.
CREATE TABLE keys_master(
    only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one),
    master text COLLATE "C" NOT NULL);
