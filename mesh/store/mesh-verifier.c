/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "store/mesh-verifier.h"

#include "base/mesh-error.h"
#include "work/mesh-work-batch.h"

typedef struct
{
  MeshCid *cid;  /* (owned) */
  GBytes *bytes; /* (owned) */
  gboolean is_good;
} Check;

struct _MeshVerifier
{
  GObject parent_instance;
  MeshWorkBatch *batch; /* (owned) */
};

G_DEFINE_FINAL_TYPE (MeshVerifier, mesh_verifier, G_TYPE_OBJECT)

static void
check_free (gpointer data)
{
  Check *check = data;

  mesh_cid_unref (check->cid);
  g_bytes_unref (check->bytes);
  g_free (check);
}

static void
run_checks (gpointer *items, guint n_items)
{
  MeshCid *cids[MESH_MULTIHASH_MAX_MANY] = { NULL };
  const guint8 *data[MESH_MULTIHASH_MAX_MANY] = { NULL };
  gsize len[MESH_MULTIHASH_MAX_MANY] = { 0 };
  gboolean is_good[MESH_MULTIHASH_MAX_MANY];

  for (guint i = 0; i < n_items; i++)
    {
      Check *check = items[i];

      cids[i] = check->cid;
      data[i] = g_bytes_get_data (check->bytes, &len[i]);
    }
  mesh_cid_verify_many (n_items, cids, data, len, is_good);
  for (guint i = 0; i < n_items; i++)
    ((Check *) items[i])->is_good = is_good[i];
}

static void
mesh_verifier_finalize (GObject *object)
{
  MeshVerifier *self = MESH_VERIFIER (object);

  g_clear_object (&self->batch);
  G_OBJECT_CLASS (mesh_verifier_parent_class)->finalize (object);
}

static void
mesh_verifier_class_init (MeshVerifierClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = mesh_verifier_finalize;
}

static void
mesh_verifier_init (MeshVerifier *self)
{
}

MeshVerifier *
mesh_verifier_new (MeshWorkPool *pool)
{
  MeshVerifier *self = g_object_new (MESH_TYPE_VERIFIER, NULL);

  self->batch = mesh_work_batch_new (pool, run_checks, MESH_MULTIHASH_MAX_MANY);
  return self;
}

static void
check_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  g_autoptr (GError) error = NULL;
  Check *check = mesh_work_batch_run_finish (MESH_WORK_BATCH (source), result, &error);

  if (check == NULL)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  if (check->is_good)
    g_task_return_boolean (task, TRUE);
  else
    {
      g_autofree char *text = mesh_cid_dup_text (check->cid);

      g_task_return_new_error (task, MESH_ERROR, MESH_ERROR_MISMATCH,
                               "The bytes that came are not those of %s", text);
    }
  check_free (check);
}

void
mesh_verifier_verify_async (MeshVerifier *self,
                            MeshCid *cid,
                            GBytes *bytes,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  GTask *task;
  Check *check;

  g_return_if_fail (MESH_IS_VERIFIER (self));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, mesh_verifier_verify_async);
  check = g_new0 (Check, 1);
  check->cid = mesh_cid_ref (cid);
  check->bytes = g_bytes_ref (bytes);
  mesh_work_batch_run_async (self->batch, MESH_WORK_PRIORITY_DEFAULT, check, check_free,
                             cancellable, check_cb, task);
}

gboolean
mesh_verifier_verify_finish (MeshVerifier *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
