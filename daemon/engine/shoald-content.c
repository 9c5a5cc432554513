/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */

/* Each job has a Run: what it works on. A run has one asynchronous call under way at any
 * time, whose callback gets the run; the job keeps the run and can only end from such a
 * callback, so the run is there when it comes. */
#include "config.h"

#include "engine/shoald-content.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <gio/gunixoutputstream.h>
#include <glib-unix.h>
#include <glib/gstdio.h>

#include "config/shoald-error.h"
#include "engine/shoald-fetch.h"

typedef struct Run Run;

struct Run
{
  ShoaldEngine *engine;  /* (owned) */
  MeshNode *node;        /* (owned): runs until the last job has ended */
  ShoaldJob *job;        /* (unowned): owns this */
  MeshCid *cid;          /* (owned) */
  MeshMultiaddr *peer;   /* (owned) (nullable) */
  ShoaldFetch *fetch;    /* (owned) (nullable) */
  MeshStoreLease *lease; /* (owned) (nullable) */
  char *path;            /* (owned) (nullable): where it goes */
  char *temp;            /* (owned) (nullable): where it is written, if elsewhere */
  char *pin;             /* (owned) (nullable): name in the store */
  GOutputStream *output; /* (owned) (nullable) */
  guint64 n_bytes;
  guint64 n_blocks;
  gboolean is_overwriting;

  void (*begin) (Run *run); /* once the fetch is open */
};

static void
run_free (gpointer data)
{
  Run *run = data;

  if (run->temp != NULL)
    (void) g_unlink (run->temp);
  g_clear_object (&run->output);
  g_clear_pointer (&run->lease, mesh_store_lease_free);
  g_clear_pointer (&run->fetch, shoald_fetch_free);
  g_clear_pointer (&run->cid, mesh_cid_unref);
  g_clear_pointer (&run->peer, mesh_multiaddr_unref);
  g_free (run->path);
  g_free (run->temp);
  g_free (run->pin);
  g_object_unref (run->node);
  g_object_unref (run->engine);
  g_free (run);
}

MeshCid *
shoald_content_parse_cid (const char *text, GError **error)
{
  g_autoptr (GError) local = NULL;
  const char *bare = text;
  MeshCid *cid;

  if (g_str_has_prefix (text, "/ipfs/"))
    bare += strlen ("/ipfs/");
  else if (g_str_has_prefix (text, "ipfs://"))
    bare += strlen ("ipfs://");
  cid = mesh_cid_parse (bare, &local);
  if (cid == NULL)
    g_set_error (error, SHOALD_ERROR, SHOALD_ERROR_ARGUMENT, "“%s” is not a CID: %s",
                 text, local->message);
  return cid;
}

static gboolean
check_path (const char *path, GError **error)
{
  if (g_path_is_absolute (path) && strlen (path) < PATH_MAX)
    return TRUE;
  g_set_error (error, SHOALD_ERROR, SHOALD_ERROR_ARGUMENT, "“%s” is not an absolute path",
               path);
  return FALSE;
}

/* Makes the run of a transfer; %NULL when an argument is wrong. */
static Run *
new_run (ShoaldEngine *engine, const char *cid, const char *peer, GError **error)
{
  g_autoptr (MeshCid) parsed = NULL;
  g_autoptr (MeshMultiaddr) addr = NULL;
  g_autoptr (GError) local = NULL;
  Run *run;

  if (!shoald_engine_check_running (engine, error))
    return NULL;
  parsed = shoald_content_parse_cid (cid, error);
  if (parsed == NULL)
    return NULL;
  if (peer != NULL && (addr = mesh_multiaddr_parse (peer, &local)) == NULL)
    {
      g_set_error (error, SHOALD_ERROR, SHOALD_ERROR_ARGUMENT,
                   "Option peer: “%s” is not a multiaddr: %s", peer, local->message);
      return NULL;
    }
  run = g_new0 (Run, 1);
  run->engine = g_object_ref (engine);
  run->node = g_object_ref (shoald_engine_get_node (engine));
  run->cid = g_steal_pointer (&parsed);
  run->peer = g_steal_pointer (&addr);
  return run;
}

static void
sample (ShoaldJob *job, gpointer data)
{
  Run *run = data;

  if (run->fetch != NULL)
    shoald_job_set_sources (job, shoald_fetch_build_sources (run->fetch));
}

static void
progress_cb (guint64 done_bytes, guint64 total_bytes, gpointer user_data)
{
  Run *run = user_data;

  shoald_job_set_bytes (run->job, done_bytes, total_bytes);
}

static void
opened_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Run *run = user_data;
  GError *error = NULL;

  run->fetch = shoald_fetch_open_finish (result, &error);
  if (run->fetch == NULL)
    {
      shoald_job_take_error (run->job, error);
      return;
    }
  run->lease = mesh_store_lease_new (mesh_node_get_store (run->node));
  shoald_job_set_step (run->job, "fetching");
  run->begin (run);
}

static void
run_transfer (ShoaldJob *job, gpointer data)
{
  Run *run = data;

  run->job = job;
  shoald_job_set_step (job, "resolving");
  shoald_fetch_open_async (run->engine, run->cid, run->peer,
                           shoald_job_get_cancellable (job), opened_cb, run);
}

/* Takes @run. */
static ShoaldJob *
add_transfer (Run *run,
              const char *kind,
              const char *title,
              void (*begin) (Run *run),
              GError **error)
{
  g_autofree char *text = mesh_cid_dup_text (run->cid);
  ShoaldJob *job;

  run->begin = begin;
  job = shoald_job_new (SHOALD_JOB_TRANSFER, kind, title != NULL ? title : text,
                        run_transfer, run, run_free);
  shoald_job_set_cid (job, text);
  shoald_job_set_sampler (job, sample);
  return shoald_jobs_add (shoald_engine_get_jobs (run->engine), job, error);
}

static MeshStore *
get_store (Run *run)
{
  return mesh_node_get_store (run->node);
}

/* Names a file beside @path that is not there. */
static char *
dup_temp_path (const char *path)
{
  g_autofree char *dir = g_path_get_dirname (path);
  g_autofree char *base = g_path_get_basename (path);
  g_autofree char *name = g_strdup_printf (".%.200s.shoal-%08x", base, g_random_int ());

  return g_build_filename (dir, name, NULL);
}

/* Gives what was written its name. Without overwriting nothing is ever replaced. */
static gboolean
place (Run *run, GError **error)
{
  int flags = run->is_overwriting ? 0 : RENAME_NOREPLACE;
  int code;

  if (renameat2 (AT_FDCWD, run->temp, AT_FDCWD, run->path, (unsigned int) flags) == 0)
    {
      g_clear_pointer (&run->temp, g_free);
      return TRUE;
    }
  code = errno == EEXIST || errno == ENOTEMPTY || errno == EISDIR || errno == ENOTDIR
             ? MESH_ERROR_EXISTS
             : MESH_ERROR_IO;
  g_set_error (error, MESH_ERROR, code, "Can not write “%s”: %s", run->path,
               g_strerror (errno));
  return FALSE;
}

/* Pinning, at the end of get and pin. */

static void
pinned_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Run *run = user_data;
  GVariantDict dict;
  GError *error = NULL;

  if (!mesh_store_pin_finish (MESH_STORE (object), result, &error))
    {
      shoald_job_take_error (run->job, error);
      return;
    }
  g_variant_dict_init (&dict, NULL);
  if (run->path != NULL)
    g_variant_dict_insert (&dict, "path", "s", run->path);
  g_variant_dict_insert (&dict, "size", "t", run->n_bytes);
  shoald_job_take_result (run->job, g_variant_dict_end (&dict));
}

static gboolean
is_pinned_already (Run *run)
{
  g_autoptr (GPtrArray) pins = mesh_store_dup_pins (get_store (run));

  for (guint i = 0; i < pins->len; i++)
    {
      MeshStorePin *pin = g_ptr_array_index (pins, i);

      if (strcmp (pin->name, run->pin) == 0 && mesh_cid_equal (pin->root, run->cid))
        return TRUE;
    }
  return FALSE;
}

static void
finish_with_pin (Run *run)
{
  GVariantDict dict;

  if (run->pin != NULL && !is_pinned_already (run))
    {
      mesh_store_pin_async (get_store (run), run->pin, run->cid,
                            shoald_job_get_cancellable (run->job), pinned_cb, run);
      return;
    }
  g_variant_dict_init (&dict, NULL);
  if (run->path != NULL)
    g_variant_dict_insert (&dict, "path", "s", run->path);
  g_variant_dict_insert (&dict, "size", "t", run->n_bytes);
  shoald_job_take_result (run->job, g_variant_dict_end (&dict));
}

/* Get. */

static void
moved_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  /* The file is in its place; what the store does not find there it fetches again. */
  if (!mesh_store_rename_references_finish (MESH_STORE (object), result, &error))
    g_debug ("References into a file that was replaced are lost: %s", error->message);
  finish_with_pin (user_data);
}

static void
got_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Run *run = user_data;
  g_autofree char *temp = g_strdup (run->temp);
  GError *error = NULL;

  if (!mesh_exporter_get_finish (result, &run->n_bytes, &error)
      || (temp != NULL && !place (run, &error)))
    {
      shoald_job_take_error (run->job, error);
      return;
    }
  if (temp == NULL)
    finish_with_pin (run);
  else
    mesh_store_rename_references_async (get_store (run), temp, run->path, NULL, moved_cb,
                                        run);
}

static void
begin_get (Run *run)
{
  /* What is pinned is held by the store, whatever happens to the file; else what is
   * fetched is written once, into the file. */
  MeshExportOptions options = { .store = run->pin == NULL ? get_store (run) : NULL };

  if (run->is_overwriting)
    run->temp = dup_temp_path (run->path);
  mesh_exporter_get_async (
      shoald_fetch_get_source (run->fetch), mesh_node_get_pool (run->node), run->cid,
      run->temp != NULL ? run->temp : run->path, &options, progress_cb, run,
      shoald_job_get_cancellable (run->job), got_cb, run);
}

ShoaldJob *
shoald_content_get (ShoaldEngine *engine,
                    const char *cid,
                    const char *destination,
                    const char *peer,
                    gboolean is_overwriting,
                    gboolean is_pinned,
                    GError **error)
{
  g_autofree char *title = NULL;
  Run *run;

  if (!check_path (destination, error))
    return NULL;
  run = new_run (engine, cid, peer, error);
  if (run == NULL)
    return NULL;
  run->path = g_canonicalize_filename (destination, NULL); /* as the exporter does */
  run->is_overwriting = is_overwriting;
  run->pin = is_pinned ? g_strdup (SHOALD_CONTENT_PIN_PREFIX) : NULL;
  title = g_path_get_basename (destination);
  return add_transfer (run, "get", title, begin_get, error);
}

/* Cat. */

static void
catted_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Run *run = user_data;
  GError *error = NULL;

  if (!mesh_exporter_cat_finish (result, &run->n_bytes, &error))
    {
      if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_BROKEN_PIPE))
        {
          g_clear_error (&error);
          error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED,
                                       "The reader closed the pipe");
        }
      shoald_job_take_error (run->job, error);
      return;
    }
  finish_with_pin (run);
}

static void
begin_cat (Run *run)
{
  mesh_exporter_cat_async (shoald_fetch_get_source (run->fetch), run->cid, run->output,
                           progress_cb, run, shoald_job_get_cancellable (run->job),
                           catted_cb, run);
}

ShoaldJob *
shoald_content_cat (ShoaldEngine *engine,
                    const char *cid,
                    const char *peer,
                    int *fd,
                    GError **error)
{
  Run *run = new_run (engine, cid, peer, error);
  ShoaldJob *job;
  int fds[2];

  if (run == NULL)
    return NULL;
  if (!g_unix_open_pipe (fds, FD_CLOEXEC, error))
    {
      run_free (run);
      return NULL;
    }
  (void) !g_unix_set_fd_nonblocking (fds[1], TRUE, NULL);
  run->output = g_unix_output_stream_new (fds[1], TRUE);
  job = add_transfer (run, "cat", NULL, begin_cat, error);
  if (job == NULL)
    (void) g_close (fds[0], NULL);
  else
    *fd = fds[0];
  return job;
}

/* Pin. */

static void
block_cb (MeshCid *cid, gsize size, gpointer user_data)
{
  Run *run = user_data;

  run->n_bytes += size;
  shoald_job_set_bytes (run->job, run->n_bytes, 0);
}

static void
fetched_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Run *run = user_data;
  GError *error = NULL;

  if (!mesh_dag_fetch_finish (MESH_BLOCK_SOURCE (object), result, NULL, &error))
    {
      shoald_job_take_error (run->job, error);
      return;
    }
  finish_with_pin (run);
}

static void
begin_pin (Run *run)
{
  mesh_dag_fetch_async (shoald_fetch_get_source (run->fetch), &run->cid, 1,
                        MESH_DAG_FETCH_RECURSIVE, MESH_BLOCK_PRIORITY_DEFAULT, block_cb,
                        run, shoald_job_get_cancellable (run->job), fetched_cb, run);
}

ShoaldJob *
shoald_content_pin (ShoaldEngine *engine,
                    const char *cid,
                    const char *name,
                    GError **error)
{
  Run *run;

  if (strlen (name) > SHOALD_CONTENT_MAX_PIN_NAME_LEN)
    {
      g_set_error (error, SHOALD_ERROR, SHOALD_ERROR_ARGUMENT,
                   "The name of a pin has at most %d bytes",
                   SHOALD_CONTENT_MAX_PIN_NAME_LEN);
      return NULL;
    }
  run = new_run (engine, cid, NULL, error);
  if (run == NULL)
    return NULL;
  run->pin = g_strconcat (SHOALD_CONTENT_PIN_PREFIX, name, NULL);
  return add_transfer (run, "pin", *name != '\0' ? name : NULL, begin_pin, error);
}

/* CAR export. */

static void
closed_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Run *run = user_data;
  GVariantDict dict;
  GError *error = NULL;

  if (!g_output_stream_close_finish (G_OUTPUT_STREAM (object), result, &error)
      || !place (run, &error))
    {
      shoald_job_take_error (run->job, error);
      return;
    }
  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "path", "s", run->path);
  g_variant_dict_insert (&dict, "blocks", "t", run->n_blocks);
  g_variant_dict_insert (&dict, "size", "t", run->n_bytes);
  shoald_job_take_result (run->job, g_variant_dict_end (&dict));
}

static void
exported_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Run *run = user_data;
  GError *error = NULL;

  if (!mesh_car_export_finish (result, &run->n_blocks, &error))
    {
      shoald_job_take_error (run->job, error);
      return;
    }
  run->n_bytes = (guint64) g_seekable_tell (G_SEEKABLE (run->output));
  g_output_stream_close_async (run->output, G_PRIORITY_DEFAULT, NULL, closed_cb, run);
}

static void
created_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Run *run = user_data;
  GError *error = NULL;
  GFileOutputStream *output = g_file_create_finish (G_FILE (object), result, &error);

  if (output == NULL)
    {
      shoald_job_take_error (run->job, error);
      return;
    }
  run->output = G_OUTPUT_STREAM (output);
  mesh_car_export_async (shoald_fetch_get_source (run->fetch), run->cid, run->output,
                         shoald_job_get_cancellable (run->job), exported_cb, run);
}

static void
begin_export (Run *run)
{
  g_autoptr (GFile) file = NULL;

  run->temp = dup_temp_path (run->path);
  file = g_file_new_for_path (run->temp);
  g_file_create_async (file, G_FILE_CREATE_NONE, G_PRIORITY_DEFAULT,
                       shoald_job_get_cancellable (run->job), created_cb, run);
}

ShoaldJob *
shoald_content_export_car (ShoaldEngine *engine,
                           const char *cid,
                           const char *path,
                           gboolean is_overwriting,
                           GError **error)
{
  g_autofree char *title = NULL;
  Run *run;

  if (!check_path (path, error))
    return NULL;
  run = new_run (engine, cid, NULL, error);
  if (run == NULL)
    return NULL;
  run->path = g_strdup (path);
  run->is_overwriting = is_overwriting;
  title = g_path_get_basename (path);
  return add_transfer (run, "export-car", title, begin_export, error);
}
