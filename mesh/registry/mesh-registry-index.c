/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "registry/mesh-registry-index.h"

#include <string.h>

#include "base/mesh-error.h"
#include "registry/mesh-registry-cache-private.h"
#include "registry/mesh-registry-ledger.h"
#include "registry/mesh-registry-rows-private.h"

struct MeshRegistryIndex
{
  MeshRegistryDb *db;       /* (owned) */
  MeshRegistryRows *rows;   /* (owned): the writer thread's */
  MeshRegistryCache *cache; /* (owned): the reader thread's */
  guint n_pending;          /* ingests */
};

/* One announcement on its way in; all of it is the writer thread's. */
typedef struct
{
  MeshRegistryRows *rows; /* (owned) */
  GBytes *data;           /* (owned) */
  char *via;              /* (owned) */
  gboolean is_gossip;
  gint64 now_s;
  gint64 now_us;
} Ingest;

void
mesh_registry_index_free_outcome (MeshRegistryOutcome *outcome)
{
  if (outcome == NULL)
    return;
  g_clear_pointer (&outcome->announcement, mesh_announcement_unref);
  g_clear_pointer (&outcome->split_view, mesh_split_view_unref);
  g_free (outcome);
}

void
mesh_registry_index_free_category (MeshRegistryCategory *category)
{
  g_free (category->name);
  g_free (category);
}

MeshRegistryIndex *
mesh_registry_index_new (MeshRegistryDb *db, const MeshRegistryIndexLimits *limits)
{
  static const MeshRegistryIndexLimits defaults
      = { MESH_REGISTRY_INDEX_MAX_LISTINGS, MESH_REGISTRY_INDEX_MAX_BYTES,
          MESH_REGISTRY_INDEX_MAX_OF_AUTHOR };
  MeshRegistryIndex *index = g_atomic_rc_box_new0 (MeshRegistryIndex);

  index->db = mesh_registry_db_ref (db);
  index->rows = mesh_registry_rows_new (limits != NULL ? limits : &defaults);
  index->cache = mesh_registry_cache_new ();
  return index;
}

MeshRegistryIndex *
mesh_registry_index_ref (MeshRegistryIndex *index)
{
  return g_atomic_rc_box_acquire (index);
}

static void
clear_index (gpointer data)
{
  MeshRegistryIndex *index = data;

  mesh_registry_rows_unref (index->rows);
  mesh_registry_cache_unref (index->cache);
  mesh_registry_db_unref (index->db);
}

void
mesh_registry_index_unref (MeshRegistryIndex *index)
{
  g_atomic_rc_box_release_full (index, clear_index);
}

/* Taking in. */

static void
free_ingest (gpointer data)
{
  Ingest *ingest = data;

  mesh_registry_rows_unref (ingest->rows);
  g_bytes_unref (ingest->data);
  g_free (ingest->via);
  g_free (ingest);
}

/* What the same publisher said before, if anything, and whether these very bytes were
 * here already. */
static gboolean
find_known (sqlite3 *db,
            const Ingest *ingest,
            const MeshAnnouncement *announcement,
            MeshRegistryRow *known,
            gboolean *is_over,
            GError **error)
{
  const MeshListing *listing = mesh_announcement_get_listing (announcement);
  g_autoptr (GPtrArray) rows
      = mesh_registry_rows_of_app (db, listing->app_id, listing->channel, error);

  *is_over = FALSE;
  if (rows == NULL)
    return FALSE;
  for (guint i = 0; i < rows->len && known->announcement == NULL && !*is_over; i++)
    {
      MeshRegistryRow *row = rows->pdata[i];

      if (mesh_announcement_follows (announcement,
                                     mesh_announcement_get_keys (row->announcement)))
        mesh_registry_rows_steal_row (known, row);
      else /* keys that were replaced since */
        *is_over = mesh_announcement_follows (row->announcement,
                                              mesh_announcement_get_keys (announcement));
    }
  return TRUE;
}

static MeshRegistryOutcome *
new_outcome (MeshRegistryVerdict verdict)
{
  MeshRegistryOutcome *outcome = g_new0 (MeshRegistryOutcome, 1);

  outcome->verdict = verdict;
  return outcome;
}

/* No news, but good: whoever searches may show it. */
static MeshRegistryOutcome *
new_known (MeshAnnouncement *announcement, gboolean is_verified)
{
  MeshRegistryOutcome *outcome = new_outcome (MESH_REGISTRY_VERDICT_IGNORE);

  outcome->announcement = mesh_announcement_ref (announcement);
  outcome->is_verified = is_verified;
  return outcome;
}

static MeshRegistryOutcome *
split (sqlite3 *db,
       const Ingest *ingest,
       const MeshRegistryRow *known,
       MeshAnnouncement *announcement,
       GError **error)
{
  g_autoptr (MeshRegistryOutcome) outcome = new_outcome (MESH_REGISTRY_VERDICT_IGNORE);
  const MeshListing *old = mesh_announcement_get_listing (known->announcement);
  const MeshListing *new = mesh_announcement_get_listing (announcement);
  MeshSplitViewSide a = { known->via, old->version, known->data, old->counter };
  MeshSplitViewSide b = { ingest->via, new->version, ingest->data, new->counter };
  g_autoptr (MeshSplitView) view = mesh_split_view_new (
      MESH_SPLIT_VIEW_SAME_COUNTER, new->app_id, new->channel, &a, &b, ingest->now_s);
  gboolean is_new;

  if (!mesh_registry_ledger_insert_split_view (db, view, old->version, new->version,
                                               &is_new, error))
    return NULL;
  if (is_new)
    {
      outcome->verdict = MESH_REGISTRY_VERDICT_SPLIT;
      outcome->split_view = g_steal_pointer (&view);
    }
  return g_steal_pointer (&outcome);
}

static MeshRegistryOutcome *
keep (sqlite3 *db,
      const Ingest *ingest,
      const MeshRegistryRow *known,
      MeshAnnouncement *announcement,
      GError **error)
{
  const MeshListing *listing = mesh_announcement_get_listing (announcement);
  g_autoptr (MeshRegistryOutcome) outcome = new_outcome (MESH_REGISTRY_VERDICT_IGNORE);
  MeshRegistryTrust trust;
  gboolean is_kept = FALSE;

  if (!mesh_registry_rows_check_trust (db, announcement, &trust, error))
    return NULL;
  if (trust.is_trusted && listing->counter < trust.counter)
    return g_steal_pointer (&outcome);
  if (!mesh_registry_rows_replace (ingest->rows, db, known, announcement, ingest->data,
                                   ingest->via, trust.is_trusted, ingest->now_s, &is_kept,
                                   error))
    return NULL;
  if (!is_kept)
    return g_steal_pointer (&outcome);
  outcome->verdict = MESH_REGISTRY_VERDICT_ACCEPT;
  outcome->announcement = mesh_announcement_ref (announcement);
  outcome->is_verified = trust.is_trusted;
  return g_steal_pointer (&outcome);
}

static MeshRegistryOutcome *
judge (sqlite3 *db, const Ingest *ingest, MeshAnnouncement *announcement, GError **error)
{
  g_auto (MeshRegistryRow) known = { 0 };
  gboolean is_over;
  MeshRegistryVerdict verdict = MESH_REGISTRY_VERDICT_ACCEPT;

  if (!find_known (db, ingest, announcement, &known, &is_over, error))
    return NULL;
  if (is_over)
    verdict = MESH_REGISTRY_VERDICT_IGNORE;
  else if (known.announcement != NULL)
    verdict
        = mesh_registry_judge_compare (mesh_announcement_get_listing (known.announcement),
                                       mesh_announcement_get_listing (announcement));
  if (verdict == MESH_REGISTRY_VERDICT_ACCEPT)
    return keep (db, ingest, &known, announcement, error);
  if (verdict == MESH_REGISTRY_VERDICT_SPLIT)
    return split (db, ingest, &known, announcement, error);
  return new_outcome (verdict);
}

static MeshRegistryOutcome *
take_in (sqlite3 *db, const Ingest *ingest, GError **error)
{
  gsize len;
  const guint8 *data = g_bytes_get_data (ingest->data, &len);
  g_autoptr (GError) reason = NULL;
  g_autoptr (MeshAnnouncement) announcement
      = mesh_announcement_parse (data, len, &reason);
  g_autofree char *author = NULL;
  gboolean is_here, is_verified;

  if (announcement == NULL)
    {
      g_debug ("From %s: %s", ingest->via, reason->message);
      return new_outcome (MESH_REGISTRY_VERDICT_REJECT);
    }
  if (!mesh_registry_judge_life (mesh_announcement_get_listing (announcement)->expires_s,
                                 ingest->now_s))
    return new_outcome (MESH_REGISTRY_VERDICT_IGNORE);
  author = mesh_announcement_dup_author (announcement);
  /* What is known is not verified again: most of what gossip brings is. */
  if (!mesh_registry_rows_has (db, announcement, ingest->data, &is_here, &is_verified,
                               error))
    return NULL;
  if (is_here)
    return new_known (announcement, is_verified);
  if (!mesh_announcement_verify (announcement, &reason))
    {
      g_debug ("From %s: %s", ingest->via, reason->message);
      return new_outcome (MESH_REGISTRY_VERDICT_REJECT);
    }
  if (ingest->is_gossip
      && !mesh_registry_rows_admit (ingest->rows, author, ingest->now_us))
    return new_outcome (MESH_REGISTRY_VERDICT_IGNORE);
  return judge (db, ingest, announcement, error);
}

static gpointer
ingest_job (sqlite3 *db, gpointer input, GError **error)
{
  Ingest *ingest = input;
  MeshRegistryOutcome *outcome;

  if (!mesh_registry_rows_load (ingest->rows, db, error))
    return NULL;
  outcome = take_in (db, ingest, error);
  if (outcome != NULL)
    outcome->n_listings = mesh_registry_rows_get_n_listings (ingest->rows);
  else /* what was counted may have been undone */
    mesh_registry_rows_unload (ingest->rows);
  return outcome;
}

static void
ingested_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  MeshRegistryIndex *index = g_task_get_task_data (task);
  GError *error = NULL;
  MeshRegistryOutcome *outcome = mesh_registry_db_finish (result, &error);

  index->n_pending--;
  if (outcome == NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, outcome,
                           (GDestroyNotify) mesh_registry_index_free_outcome);
}

void
mesh_registry_index_ingest_async (MeshRegistryIndex *index,
                                  GBytes *data,
                                  const char *via,
                                  gboolean is_gossip,
                                  gint64 now_s,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, callback, user_data);
  Ingest *ingest;

  g_task_set_source_tag (task, mesh_registry_index_ingest_async);
  g_task_set_task_data (task, mesh_registry_index_ref (index),
                        (GDestroyNotify) mesh_registry_index_unref);
  if (index->n_pending >= MESH_REGISTRY_INDEX_MAX_PENDING)
    {
      g_task_return_new_error (task, MESH_ERROR, MESH_ERROR_BUSY,
                               "Too many announcements are being looked at");
      return;
    }
  index->n_pending++;
  ingest = g_new0 (Ingest, 1);
  ingest->rows = mesh_registry_rows_ref (index->rows);
  ingest->data = g_bytes_ref (data);
  ingest->via = g_strdup (via);
  ingest->is_gossip = is_gossip;
  ingest->now_s = now_s;
  ingest->now_us = g_get_monotonic_time ();
  mesh_registry_db_write_async (index->db, ingest_job, ingest, free_ingest,
                                (GDestroyNotify) mesh_registry_index_free_outcome,
                                ingested_cb, g_steal_pointer (&task));
}

MeshRegistryOutcome *
mesh_registry_index_ingest_finish (MeshRegistryIndex *index,
                                   GAsyncResult *result,
                                   GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* Trusting and expiring. */

typedef struct
{
  MeshRegistryRows *rows; /* (owned) */
  MeshTrustState *trust;  /* (owned) (nullable) */
  gint64 now_s;
} Upkeep;

static void
free_upkeep (gpointer data)
{
  Upkeep *upkeep = data;

  mesh_registry_rows_unref (upkeep->rows);
  mesh_trust_state_free (upkeep->trust);
  g_free (upkeep);
}

static void
upkeep_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  mesh_registry_db_finish (result, &error);
  if (error != NULL)
    g_warning ("%s", error->message);
}

static gpointer
trust_job (sqlite3 *db, gpointer input, GError **error)
{
  Upkeep *upkeep = input;

  if (!mesh_registry_rows_set_trust (db, upkeep->trust, error))
    mesh_registry_rows_unload (upkeep->rows);
  return NULL;
}

void
mesh_registry_index_trust (MeshRegistryIndex *index, const MeshTrustState *trust)
{
  Upkeep *upkeep;

  if (trust->keys == NULL)
    return;
  upkeep = g_new0 (Upkeep, 1);
  upkeep->rows = mesh_registry_rows_ref (index->rows);
  upkeep->trust = mesh_trust_state_copy (trust);
  mesh_registry_db_write_async (index->db, trust_job, upkeep, free_upkeep, NULL,
                                upkeep_cb, NULL);
}

static gpointer
expire_job (sqlite3 *db, gpointer input, GError **error)
{
  Upkeep *upkeep = input;

  if (!mesh_registry_rows_load (upkeep->rows, db, error)
      || !mesh_registry_rows_expire (upkeep->rows, db, upkeep->now_s, error))
    mesh_registry_rows_unload (upkeep->rows);
  return NULL;
}

void
mesh_registry_index_expire (MeshRegistryIndex *index, gint64 now_s)
{
  Upkeep *upkeep = g_new0 (Upkeep, 1);

  upkeep->rows = mesh_registry_rows_ref (index->rows);
  upkeep->now_s = now_s;
  mesh_registry_db_write_async (index->db, expire_job, upkeep, free_upkeep, NULL,
                                upkeep_cb, NULL);
}

/* Searching, on the reader's connection. */

typedef struct
{
  MeshRegistryQuery *query; /* (owned) */
  MeshRegistryCache *cache; /* (owned) (nullable): of a search */
  GBytes *cursor;           /* (owned) (nullable) */
  guint offset;
  guint limit;
  gint64 now_s;
} Search;

static void
free_search (gpointer data)
{
  Search *search = data;

  g_clear_pointer (&search->query, mesh_registry_query_free);
  g_clear_pointer (&search->cache, mesh_registry_cache_unref);
  g_clear_pointer (&search->cursor, g_bytes_unref);
  g_free (search);
}

/* The rows themselves, a page or two each, are read of those within the limit only; what
 * the others are told by is in indexes: few have expired, few are verified. The order of
 * what is found is made by compare_results(). */
#define SELECT(inner) \
  "SELECT l.announcement, l.is_verified, l.id, (SELECT count (*) FROM listings o" \
  " WHERE o.app = l.app AND o.channel = l.channel) FROM (" inner \
  ") found JOIN listings l ON l.id = found.id"
#define WHERE(id) \
  id " NOT IN (SELECT id FROM listings WHERE expires_s <= ?2)" \
     " AND (?3 IS NULL OR EXISTS (SELECT 1 FROM labels WHERE kind = 0 AND label = ?3" \
     " AND listing = " id ")) AND (?4 IS NULL OR EXISTS (SELECT 1 FROM labels" \
     " WHERE kind = 1 AND label = ?4 AND listing = " id "))"
#define VERIFIED(id) id " IN (SELECT id FROM listings WHERE is_verified > 0)"

static sqlite3_stmt *
prepare_search (sqlite3 *db, const Search *search, const char *match, GError **error)
{
  static const char with_words[]
      = SELECT ("SELECT words.rowid AS id FROM words WHERE words MATCH ?1"
                " AND " WHERE ("words.rowid") " ORDER BY " VERIFIED (
                    "words.rowid") " DESC, bm25 (words, 10, 4, 4, 3, 1), words.rowid DESC"
                                   " LIMIT ?5 OFFSET ?6");
  static const char without[] = SELECT (
      "SELECT id FROM listings WHERE ?1 IS NULL"
      " AND " WHERE (
          "listings.id") " ORDER BY is_verified DESC, id DESC LIMIT ?5 OFFSET ?6");
  sqlite3_stmt *stmt
      = mesh_registry_db_prepare (db, match != NULL ? with_words : without, error);

  if (stmt == NULL)
    return NULL;
  mesh_database_statement_bind_text (stmt, 1, match);
  sqlite3_bind_int64 (stmt, 2, search->now_s);
  mesh_database_statement_bind_text (stmt, 3, search->query->category);
  mesh_database_statement_bind_text (stmt, 4, search->query->tag);
  sqlite3_bind_int64 (stmt, 5,
                      MIN (search->query->limit, MESH_REGISTRY_INDEX_MAX_RESULTS));
  sqlite3_bind_int64 (stmt, 6, search->offset);
  return stmt;
}

static int
compare_results (gconstpointer a, gconstpointer b)
{
  return mesh_registry_result_compare (*(MeshRegistryResult *const *) a,
                                       *(MeshRegistryResult *const *) b);
}

static MeshRegistryResult *
read_result (sqlite3_stmt *stmt, const Search *search)
{
  gconstpointer data = sqlite3_column_blob (stmt, 0);
  g_autoptr (MeshAnnouncement) announcement
      = mesh_registry_cache_read (search->cache, sqlite3_column_int64 (stmt, 2), data,
                                  (gsize) sqlite3_column_bytes (stmt, 0));
  MeshRegistryResult *result;
  guint score;

  if (announcement == NULL)
    return NULL;
  score = mesh_registry_query_score (search->query,
                                     mesh_announcement_get_listing (announcement));
  result = mesh_registry_result_new (announcement, MESH_REGISTRY_INDEX_LOCAL,
                                     sqlite3_column_int (stmt, 1) != 0, MAX (score, 1));
  result->is_disputed = sqlite3_column_int (stmt, 3) > 1;
  return result;
}

static gpointer
search_job (sqlite3 *db, gpointer input, GError **error)
{
  Search *search = input;
  g_autofree char *match = mesh_registry_query_to_match (search->query);
  g_autoptr (GPtrArray) results
      = g_ptr_array_new_with_free_func ((GDestroyNotify) mesh_registry_result_unref);
  sqlite3_stmt *stmt = prepare_search (db, search, match, error);

  if (stmt == NULL)
    return NULL;
  while (mesh_registry_db_step (&stmt, error))
    {
      MeshRegistryResult *result = read_result (stmt, search);

      if (result != NULL)
        g_ptr_array_add (results, result);
    }
  g_ptr_array_sort (results, compare_results);
  return g_steal_pointer (&results);
}

void
mesh_registry_index_search_async (MeshRegistryIndex *index,
                                  const MeshRegistryQuery *query,
                                  guint offset,
                                  gint64 now_s,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data)
{
  Search *search = g_new0 (Search, 1);

  search->query = mesh_registry_query_copy (query);
  search->cache = mesh_registry_cache_ref (index->cache);
  search->offset = offset;
  search->now_s = now_s;
  mesh_registry_db_read_async (index->db, search_job, search, free_search,
                               (GDestroyNotify) g_ptr_array_unref, callback, user_data);
}

GPtrArray *
mesh_registry_index_search_finish (GAsyncResult *result, GError **error)
{
  return mesh_registry_db_finish (result, error);
}

/* News. A cursor is the database's number and the id of the last listing. */

#define CURSOR_LEN 16

static gint64
read_cursor (GBytes *cursor, GBytes *instance)
{
  gsize len;
  const guint8 *data = g_bytes_get_data (cursor, &len);
  guint64 id;

  if (len != CURSOR_LEN || g_bytes_get_size (instance) != 8
      || memcmp (data, g_bytes_get_data (instance, NULL), 8) != 0)
    return 0;
  memcpy (&id, data + 8, sizeof id);
  return (gint64) GUINT64_FROM_BE (id);
}

static GBytes *
write_cursor (GBytes *instance, gint64 id)
{
  guint8 cursor[CURSOR_LEN] = { 0 };
  guint64 number = GUINT64_TO_BE ((guint64) id);

  if (g_bytes_get_size (instance) == 8)
    memcpy (cursor, g_bytes_get_data (instance, NULL), 8);
  memcpy (cursor + 8, &number, sizeof number);
  return g_bytes_new (cursor, sizeof cursor);
}

static GBytes *
read_instance (sqlite3 *db, GError **error)
{
  sqlite3_stmt *stmt = mesh_registry_db_prepare (db, "SELECT instance FROM self", error);
  GBytes *instance = NULL;

  if (stmt == NULL)
    return NULL;
  if (sqlite3_step (stmt) == SQLITE_ROW)
    instance = mesh_database_statement_dup_bytes (stmt, 0);
  sqlite3_finalize (stmt);
  return instance != NULL ? instance : g_bytes_new (NULL, 0);
}

static void
free_answer (gpointer data)
{
  MeshSearchAnswer *answer = data;

  mesh_search_message_clear_answer (answer);
  g_free (answer);
}

static gpointer
news_job (sqlite3 *db, gpointer input, GError **error)
{
  Search *search = input;
  g_autoptr (GBytes) instance = read_instance (db, error);
  sqlite3_stmt *stmt;
  MeshSearchAnswer *answer;
  gint64 last;

  if (instance == NULL)
    return NULL;
  stmt = mesh_registry_db_prepare (db,
                                   "SELECT id, announcement FROM listings WHERE id > ?1"
                                   " AND expires_s > ?2 ORDER BY id LIMIT ?3",
                                   error);
  if (stmt == NULL)
    return NULL;
  last = read_cursor (search->cursor, instance);
  sqlite3_bind_int64 (stmt, 1, last);
  sqlite3_bind_int64 (stmt, 2, search->now_s);
  sqlite3_bind_int64 (stmt, 3, search->limit);
  answer = g_new0 (MeshSearchAnswer, 1);
  answer->announcements = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  while (mesh_registry_db_step (&stmt, error))
    {
      last = sqlite3_column_int64 (stmt, 0);
      g_ptr_array_add (answer->announcements,
                       mesh_database_statement_dup_bytes (stmt, 1));
    }
  answer->cursor = write_cursor (instance, last);
  return answer;
}

void
mesh_registry_index_news_async (MeshRegistryIndex *index,
                                GBytes *cursor,
                                guint limit,
                                gint64 now_s,
                                GAsyncReadyCallback callback,
                                gpointer user_data)
{
  Search *search = g_new0 (Search, 1);

  search->cursor = g_bytes_ref (cursor);
  search->limit = MIN (limit, MESH_SEARCH_MESSAGE_MAX_RESULTS);
  search->now_s = now_s;
  mesh_registry_db_read_async (index->db, news_job, search, free_search, free_answer,
                               callback, user_data);
}

gboolean
mesh_registry_index_news_finish (GAsyncResult *result,
                                 MeshSearchAnswer *answer,
                                 GError **error)
{
  g_autofree MeshSearchAnswer *found = mesh_registry_db_finish (result, error);

  if (found == NULL)
    return FALSE;
  *answer = *found;
  return TRUE;
}

/* Categories. */

static gpointer
categories_job (sqlite3 *db, gpointer input, GError **error)
{
  Search *search = input;
  sqlite3_stmt *stmt = mesh_registry_db_prepare (
      db,
      "SELECT label, count (DISTINCT app) AS n FROM labels JOIN listings ON id = listing"
      " WHERE kind = 0 AND expires_s > ?1 GROUP BY label ORDER BY n DESC, label LIMIT ?2",
      error);
  GPtrArray *categories;

  if (stmt == NULL)
    return NULL;
  sqlite3_bind_int64 (stmt, 1, search->now_s);
  sqlite3_bind_int64 (stmt, 2, MESH_REGISTRY_INDEX_MAX_CATEGORIES);
  categories = g_ptr_array_new_with_free_func (
      (GDestroyNotify) mesh_registry_index_free_category);
  while (mesh_registry_db_step (&stmt, error))
    {
      MeshRegistryCategory *category = g_new0 (MeshRegistryCategory, 1);

      category->name = mesh_registry_db_dup_text (stmt, 0);
      category->n_apps = (guint64) sqlite3_column_int64 (stmt, 1);
      g_ptr_array_add (categories, category);
    }
  return categories;
}

void
mesh_registry_index_categories_async (MeshRegistryIndex *index,
                                      gint64 now_s,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data)
{
  Search *search = g_new0 (Search, 1);

  search->now_s = now_s;
  mesh_registry_db_read_async (index->db, categories_job, search, free_search,
                               (GDestroyNotify) g_ptr_array_unref, callback, user_data);
}

GPtrArray *
mesh_registry_index_categories_finish (GAsyncResult *result, GError **error)
{
  return mesh_registry_db_finish (result, error);
}
