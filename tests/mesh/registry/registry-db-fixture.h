/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <glib/gstdio.h>

#include "base/mesh-error.h"
#include "registry/mesh-registry-db-private.h"
#include "registry/mesh-registry-index.h"
#include "registry-fixture.h"
#include "registry-wait.h"

/* An index in a folder of its own. */

typedef struct
{
  char *dir;                /* (owned) */
  char *path;               /* (owned) */
  MeshRegistryDb *db;       /* (owned) (nullable) */
  MeshRegistryIndex *index; /* (owned) (nullable) */
} RegistryDbFixture;

static inline void
registry_db_fixture_open (RegistryDbFixture *self, const MeshRegistryIndexLimits *limits)
{
  RegistryWait wait = { NULL };
  g_autoptr (GError) error = NULL;

  mesh_registry_db_open_async (self->path, NULL, registry_wait_cb, &wait);
  self->db = mesh_registry_db_open_finish (registry_wait_for (&wait), &error);
  g_assert_no_error (error);
  g_clear_object (&wait.result);
  self->index = mesh_registry_index_new (self->db, limits);
}

static inline gpointer
registry_db_fixture_nothing (sqlite3 *db, gpointer input, GError **error)
{
  return NULL;
}

/* Waits until everything before was written. */
static inline void
registry_db_fixture_flush (RegistryDbFixture *self)
{
  RegistryWait wait = { NULL };

  mesh_registry_db_write_async (self->db, registry_db_fixture_nothing, NULL, NULL, NULL,
                                registry_wait_cb, &wait);
  mesh_registry_db_finish (registry_wait_for (&wait), NULL);
  g_clear_object (&wait.result);
}

static inline void
registry_db_fixture_close (RegistryDbFixture *self)
{
  registry_db_fixture_flush (self);
  g_clear_pointer (&self->index, mesh_registry_index_unref);
  g_clear_pointer (&self->db, mesh_registry_db_unref);
}

static inline void
registry_db_fixture_set_up (RegistryDbFixture *self, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;

  self->dir = g_dir_make_tmp ("shoal-registry-XXXXXX", &error);
  g_assert_no_error (error);
  self->path = g_build_filename (self->dir, "registry.db", NULL);
  registry_db_fixture_open (self, NULL);
}

static inline void
registry_db_fixture_delete (const char *dir)
{
  g_autoptr (GDir) list = g_dir_open (dir, 0, NULL);
  const char *name;

  while (list != NULL && (name = g_dir_read_name (list)) != NULL)
    {
      g_autofree char *path = g_build_filename (dir, name, NULL);

      g_unlink (path);
    }
  g_rmdir (dir);
}

static inline void
registry_db_fixture_tear_down (RegistryDbFixture *self, gconstpointer unused)
{
  if (self->db != NULL)
    registry_db_fixture_close (self);
  registry_db_fixture_delete (self->dir);
  g_free (self->path);
  g_free (self->dir);
}

/* Takes an announcement in, as if @via had brought it. */
static inline MeshRegistryOutcome *
registry_db_fixture_ingest (RegistryDbFixture *self, GBytes *data, const char *via)
{
  RegistryWait wait = { NULL };
  g_autoptr (GError) error = NULL;
  MeshRegistryOutcome *outcome;

  mesh_registry_index_ingest_async (self->index, data, via, FALSE, TRUST_FIXTURE_NOW_S,
                                    registry_wait_cb, &wait);
  outcome = mesh_registry_index_ingest_finish (self->index, registry_wait_for (&wait),
                                               &error);
  g_assert_no_error (error);
  g_clear_object (&wait.result);
  return outcome;
}

static inline MeshRegistryVerdict
registry_db_fixture_take (RegistryDbFixture *self,
                          const RegistryFixture *fixture,
                          const char *via)
{
  g_autoptr (GBytes) data = registry_fixture_bytes (fixture);
  g_autoptr (MeshRegistryOutcome) outcome = registry_db_fixture_ingest (self, data, via);

  return outcome->verdict;
}

static inline GPtrArray *
registry_db_fixture_search (RegistryDbFixture *self,
                            const char *text,
                            const char *category,
                            const char *tag)
{
  g_autoptr (MeshRegistryQuery) query = mesh_registry_query_new (text, category, tag, 0);
  RegistryWait wait = { NULL };
  g_autoptr (GError) error = NULL;
  GPtrArray *results;

  mesh_registry_index_search_async (self->index, query, 0, TRUST_FIXTURE_NOW_S,
                                    registry_wait_cb, &wait);
  results = mesh_registry_index_search_finish (registry_wait_for (&wait), &error);
  g_assert_no_error (error);
  g_clear_object (&wait.result);
  return results;
}
