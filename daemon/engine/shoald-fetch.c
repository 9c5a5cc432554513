/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "engine/shoald-fetch.h"

#include <string.h>

struct ShoaldFetch
{
  ShoaldEngine *engine;   /* (owned) */
  MeshNode *node;         /* (owned) */
  MeshSourceChain *chain; /* (owned) (nullable) */
  MeshCid *root;          /* (owned) (nullable) */
  MeshMultiaddr *peer;    /* (owned) (nullable) */
  gboolean is_held;
};

void
shoald_fetch_free (ShoaldFetch *fetch)
{
  if (fetch == NULL)
    return;
  g_clear_object (&fetch->chain);
  if (fetch->is_held)
    mesh_node_release (fetch->node);
  g_clear_pointer (&fetch->root, mesh_cid_unref);
  g_clear_pointer (&fetch->peer, mesh_multiaddr_unref);
  g_object_unref (fetch->node);
  g_object_unref (fetch->engine);
  g_free (fetch);
}

static void
task_free (gpointer fetch)
{
  shoald_fetch_free (fetch);
}

/* Steals the fetch from the task that built it. */
static void
finish (GTask *task)
{
  ShoaldFetch *fetch = g_task_get_task_data (task);
  ShoaldFetch *done;
  GError *error = NULL;

  if (g_task_return_error_if_cancelled (task))
    return;
  fetch->chain = mesh_node_new_source (fetch->node, fetch->root, &error);
  if (fetch->chain == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  done = g_memdup2 (fetch, sizeof *fetch);
  *fetch = (ShoaldFetch){ .engine = g_object_ref (done->engine),
                          .node = g_object_ref (done->node) };
  g_task_return_pointer (task, done, task_free);
}

static void
connected_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  g_autoptr (GError) error = NULL;
  g_autoptr (MeshConnection) connection
      = mesh_host_connect_finish (MESH_HOST (object), result, &error);

  if (connection == NULL && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_message ("The peer asked for by name: %s", error->message);
  finish (task);
}

static void
held_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  ShoaldFetch *fetch = g_task_get_task_data (task);
  g_autoptr (GPtrArray) addrs = NULL;
  GError *error = NULL;

  fetch->is_held = mesh_node_hold_finish (fetch->node, result, &error);
  if (!fetch->is_held)
    {
      g_task_return_error (task, error);
      return;
    }
  if (fetch->peer == NULL)
    {
      finish (task);
      return;
    }
  addrs = g_ptr_array_new_with_free_func ((GDestroyNotify) mesh_multiaddr_unref);
  g_ptr_array_add (addrs, mesh_multiaddr_ref (fetch->peer));
  mesh_host_connect_async (mesh_node_get_host (fetch->node), NULL, addrs,
                           g_task_get_cancellable (task), connected_cb,
                           g_object_ref (task));
}

void
shoald_fetch_open_async (ShoaldEngine *engine,
                         MeshCid *root,
                         MeshMultiaddr *peer,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  MeshNode *node = shoald_engine_get_node (engine);
  ShoaldFetch *fetch;
  GError *error = NULL;

  g_task_set_source_tag (task, shoald_fetch_open_async);
  if (!shoald_engine_check_running (engine, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  fetch = g_new0 (ShoaldFetch, 1);
  fetch->engine = g_object_ref (engine);
  fetch->node = g_object_ref (node);
  fetch->root = root != NULL ? mesh_cid_ref (root) : NULL;
  fetch->peer = peer != NULL ? mesh_multiaddr_ref (peer) : NULL;
  g_task_set_task_data (task, fetch, task_free);
  mesh_node_hold_async (node, cancellable, held_cb, g_steal_pointer (&task));
}

ShoaldFetch *
shoald_fetch_open_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_async_result_is_tagged (result, shoald_fetch_open_async), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

MeshBlockSource *
shoald_fetch_get_source (ShoaldFetch *fetch)
{
  return MESH_BLOCK_SOURCE (fetch->chain);
}

/* Sources in words. */

static int
compare_usage (gconstpointer a, gconstpointer b)
{
  const MeshSourceUsage *left = *(const MeshSourceUsage *const *) a;
  const MeshSourceUsage *right = *(const MeshSourceUsage *const *) b;

  if (left->bytes != right->bytes)
    return left->bytes > right->bytes ? -1 : 1;
  return g_strcmp0 (left->id, right->id);
}

static char *
name_peer (const char *id, ShoaldPeers *peers)
{
  g_autoptr (MeshPeerId) peer_id = mesh_peer_id_parse (id, NULL);
  ShoaldPeer *peer = peer_id != NULL ? shoald_peers_find (peers, peer_id) : NULL;
  gsize len = strlen (id);
  const char *tail = len > 8 ? id + len - 8 : id;

  if (peer != NULL && *shoald_peer_get_agent (peer) != '\0')
    return g_strdup_printf ("%s …%s", shoald_peer_get_agent (peer), tail);
  return g_strdup_printf ("…%s", tail);
}

static char *
name_server (const char *url)
{
  g_autoptr (GUri) uri = g_uri_parse (url, G_URI_FLAGS_NONE, NULL);

  if (uri == NULL || g_uri_get_host (uri) == NULL)
    return g_strdup (url);
  if (g_uri_get_port (uri) > 0)
    return g_strdup_printf ("%s:%d", g_uri_get_host (uri), g_uri_get_port (uri));
  return g_strdup (g_uri_get_host (uri));
}

static void
add_usage (GVariantBuilder *builder, const MeshSourceUsage *usage, ShoaldPeers *peers)
{
  static const char *const kinds[] = { "local", "peer", "gateway", "master" };
  g_autofree char *name = NULL;
  gboolean is_local = usage->kind == MESH_SOURCE_STORE;

  G_STATIC_ASSERT (G_N_ELEMENTS (kinds) == MESH_SOURCE_N_KINDS);
  if (usage->kind >= MESH_SOURCE_N_KINDS)
    return;
  if (is_local)
    name = g_strdup ("");
  else if (usage->kind == MESH_SOURCE_PEERS)
    name = name_peer (usage->id, peers);
  else
    name = name_server (usage->id);
  g_variant_builder_open (builder, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (builder, "{sv}", "kind",
                         g_variant_new_string (kinds[usage->kind]));
  g_variant_builder_add (builder, "{sv}", "id",
                         g_variant_new_string (is_local ? "" : usage->id));
  g_variant_builder_add (builder, "{sv}", "name", g_variant_new_string (name));
  g_variant_builder_add (builder, "{sv}", "bytes", g_variant_new_uint64 (usage->bytes));
  g_variant_builder_add (builder, "{sv}", "rate", g_variant_new_uint64 (usage->rate_bps));
  g_variant_builder_add (builder, "{sv}", "failures",
                         g_variant_new_uint64 (usage->failures));
  g_variant_builder_close (builder);
}

GVariant *
shoald_fetch_describe_usage (GPtrArray *usage, ShoaldPeers *peers)
{
  GVariantBuilder builder;

  g_ptr_array_sort (usage, compare_usage);
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < MIN (usage->len, SHOALD_JOB_MAX_SOURCES); i++)
    add_usage (&builder, g_ptr_array_index (usage, i), peers);
  return g_variant_builder_end (&builder);
}

GVariant *
shoald_fetch_build_sources (ShoaldFetch *fetch)
{
  g_autoptr (GPtrArray) usage = mesh_source_chain_get_usage (fetch->chain);

  return shoald_fetch_describe_usage (usage, shoald_engine_get_peers (fetch->engine));
}
