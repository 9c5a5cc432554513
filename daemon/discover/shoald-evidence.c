/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "discover/shoald-evidence.h"

#include <errno.h>

#include <glib/gstdio.h>

/* What the job is given. */
typedef struct
{
  gint64 id;
  char *parent;    /* (owned): of the folders */
  GBytes *a_proof; /* (owned) */
  GBytes *b_proof; /* (owned) */
} Keep;

void
shoald_evidence_free (ShoaldEvidence *evidence)
{
  if (evidence == NULL)
    return;
  g_free (evidence->folder);
  g_free (evidence->a_digest);
  g_free (evidence->b_digest);
  g_free (evidence);
}

static void
keep_free (gpointer data)
{
  Keep *keep = data;

  g_free (keep->parent);
  g_bytes_unref (keep->a_proof);
  g_bytes_unref (keep->b_proof);
  g_free (keep);
}

/* NULL with @error when it can't be written. */
static char *
write_proof (const char *folder, const char *name, GBytes *proof, GError **error)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  guint8 digest[MESH_MULTIHASH_MAX_HASH];
  GString *text;
  gsize len, n;
  const guint8 *data = g_bytes_get_data (proof, &len);

  if (!g_file_set_contents_full (
          path, (const char *) data, (gssize) len,
          G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0600, error))
    return NULL;
  n = mesh_multihash_digest (MESH_MULTIHASH_SHA3_256, data, len, digest);
  text = g_string_sized_new (2 * n);
  for (gsize i = 0; i < n; i++)
    g_string_append_printf (text, "%02x", digest[i]);
  return g_string_free (text, FALSE);
}

static void
remove_folder (const char *parent, gint64 id)
{
  g_autofree char *folder = g_strdup_printf ("%s/%" G_GINT64_FORMAT, parent, id);
  g_autofree char *a = g_build_filename (folder, "a.json", NULL);
  g_autofree char *b = g_build_filename (folder, "b.json", NULL);

  (void) g_unlink (a);
  (void) g_unlink (b);
  (void) g_rmdir (folder);
}

static int
compare_ids (gconstpointer a, gconstpointer b)
{
  gint64 left = *(const gint64 *) a, right = *(const gint64 *) b;

  return left < right ? -1 : left > right;
}

/* Folders of people's own making are left alone: their names are no numbers. */
static void
trim (const char *parent)
{
  g_autoptr (GDir) dir = g_dir_open (parent, 0, NULL);
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  const char *name;
  gint64 id;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    if (g_ascii_string_to_signed (name, 10, 0, G_MAXINT64, &id, NULL))
      g_array_append_val (ids, id);
  g_array_sort (ids, compare_ids);
  for (guint i = 0; i + SHOALD_EVIDENCE_MAX < ids->len; i++)
    remove_folder (parent, g_array_index (ids, gint64, i));
}

static gpointer
keep_job (gpointer input, GCancellable *cancellable, GError **error)
{
  Keep *keep = input;
  g_autoptr (ShoaldEvidence) evidence = g_new0 (ShoaldEvidence, 1);

  evidence->id = keep->id;
  evidence->folder = g_strdup_printf ("%s/%" G_GINT64_FORMAT, keep->parent, keep->id);
  if (g_mkdir_with_parents (evidence->folder, 0700) != 0)
    {
      int code = errno;

      g_set_error (error, G_FILE_ERROR, (int) g_file_error_from_errno (code),
                   "Can not make the folder “%s”: %s", evidence->folder,
                   g_strerror (code));
      return NULL;
    }
  evidence->a_digest = write_proof (evidence->folder, "a.json", keep->a_proof, error);
  if (evidence->a_digest == NULL)
    return NULL;
  evidence->b_digest = write_proof (evidence->folder, "b.json", keep->b_proof, error);
  if (evidence->b_digest == NULL)
    return NULL;
  trim (keep->parent);
  return g_steal_pointer (&evidence);
}

void
shoald_evidence_keep_async (MeshWorkPool *pool,
                            const char *data_dir,
                            const MeshSplitView *view,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  Keep *keep = g_new0 (Keep, 1);

  keep->id = view->id;
  keep->parent = g_build_filename (data_dir, "evidence", NULL);
  keep->a_proof = g_bytes_ref (view->a_proof);
  keep->b_proof = g_bytes_ref (view->b_proof);
  mesh_work_pool_run_async (pool, MESH_WORK_PRIORITY_LOW, keep_job, keep, keep_free,
                            (GDestroyNotify) shoald_evidence_free, NULL, callback,
                            user_data);
}

ShoaldEvidence *
shoald_evidence_keep_finish (MeshWorkPool *pool, GAsyncResult *result, GError **error)
{
  return mesh_work_pool_run_finish (pool, result, error);
}
