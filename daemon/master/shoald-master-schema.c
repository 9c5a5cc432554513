/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "master/shoald-master-schema.h"

const char *const shoald_master_schema_steps[SHOALD_MASTER_SCHEMA_VERSION] = {
  /* 1: the newest release of each app and channel */
  "CREATE TABLE app ("
  "  id INTEGER PRIMARY KEY,"
  "  app_id TEXT NOT NULL UNIQUE,"
  "  key_file BLOB NOT NULL," /* newest, canonical JSON with its signatures */
  "  key_version INTEGER NOT NULL);"
  "CREATE TABLE release ("
  "  id INTEGER PRIMARY KEY,"
  "  app INTEGER NOT NULL REFERENCES app (id) ON DELETE CASCADE,"
  "  channel TEXT NOT NULL,"
  "  version TEXT NOT NULL,"
  "  counter INTEGER NOT NULL,"
  "  digest TEXT NOT NULL," /* of the manifest without signatures */
  "  etag TEXT NOT NULL,"   /* of the envelope, quoted */
  "  envelope BLOB NOT NULL,"
  "  name TEXT NOT NULL,"
  "  summary TEXT NOT NULL,"
  "  size INTEGER NOT NULL,"
  "  fingerprint TEXT NOT NULL,"
  "  categories TEXT NOT NULL," /* JSON */
  "  tags TEXT NOT NULL,"       /* JSON */
  "  updated_s INTEGER NOT NULL,"
  "  UNIQUE (app, channel));"
  "CREATE TABLE label ("
  "  kind TEXT NOT NULL," /* category or tag */
  "  value TEXT NOT NULL,"
  "  release INTEGER NOT NULL REFERENCES release (id) ON DELETE CASCADE,"
  "  PRIMARY KEY (kind, value, release)) WITHOUT ROWID;"
  "CREATE INDEX label_release ON label (release);"
  "CREATE VIRTUAL TABLE search USING fts5 ("
  "  app_id, name, summary, categories, tags,"
  "  tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3');",
  /* 2: releases before the newest, for those who ask for a range of versions */
  "CREATE TABLE archive ("
  "  id INTEGER PRIMARY KEY,"
  "  app_id TEXT NOT NULL,"
  "  channel TEXT NOT NULL,"
  "  version TEXT NOT NULL,"
  "  counter INTEGER NOT NULL,"
  "  expires_s INTEGER NOT NULL,"
  "  key_version INTEGER NOT NULL,"
  "  envelope BLOB NOT NULL,"
  "  UNIQUE (app_id, channel, counter));",
};
