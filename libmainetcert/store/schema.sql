CREATE TABLE meta (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  token_id BLOB NOT NULL,
  serial TEXT NOT NULL,
  label TEXT NOT NULL,
  slot INTEGER NOT NULL,
  generation INTEGER NOT NULL,
  object_count INTEGER NOT NULL,
  set_hash BLOB NOT NULL,
  mac BLOB NOT NULL
) STRICT;
CREATE TABLE wrap (
  role INTEGER PRIMARY KEY CHECK (role IN (0, 1, 2)),
  n INTEGER NOT NULL,
  r INTEGER NOT NULL,
  p INTEGER NOT NULL,
  salt BLOB NOT NULL,
  sealed BLOB NOT NULL,
  failures INTEGER NOT NULL,
  failure_limit INTEGER NOT NULL
) STRICT;
CREATE TABLE object (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  class INTEGER NOT NULL,
  is_private INTEGER NOT NULL,
  is_hidden INTEGER NOT NULL,
  public_key BLOB,
  id_hash INTEGER,
  label_hash INTEGER,
  subject_hash INTEGER,
  issuer_serial_hash INTEGER,
  value_hash INTEGER,
  mac BLOB NOT NULL,
  plain BLOB NOT NULL,
  secret BLOB NOT NULL
) STRICT;
CREATE INDEX object_class ON object (class);
CREATE INDEX object_hidden ON object (is_hidden) WHERE is_hidden = 1;
CREATE INDEX object_public_key ON object (public_key) WHERE public_key IS NOT NULL;
CREATE INDEX object_id_hash ON object (id_hash) WHERE id_hash IS NOT NULL;
CREATE INDEX object_label_hash ON object (label_hash) WHERE label_hash IS NOT NULL;
CREATE INDEX object_subject_hash ON object (subject_hash) WHERE subject_hash IS NOT NULL;
CREATE INDEX object_issuer_serial_hash ON object (issuer_serial_hash) WHERE issuer_serial_hash IS NOT NULL;
CREATE INDEX object_value_hash ON object (value_hash) WHERE value_hash IS NOT NULL;
