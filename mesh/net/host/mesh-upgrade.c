/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "net/host/mesh-upgrade.h"

#include "base/mesh-error.h"
#include "net/muxer/mesh-yamux-muxer.h"
#include "net/security/mesh-noise-stream.h"
#include "wire/mesh-noise.h"
#include "wire/mesh-yamux.h"
#include "net/host/mesh-negotiate.h"

static const char *const security_protocols[] = { MESH_NOISE_PROTOCOL, NULL };
static const char *const muxer_protocols[] = { MESH_YAMUX_PROTOCOL, NULL };

typedef enum
{
  STEP_CHOOSE_SECURITY,
  STEP_SECURE,
  STEP_CHOOSE_MUXER,
  STEP_DONE,
} Step;

typedef struct
{
  Step step;
  MeshLink *link; /* (owned) */
  MeshDirection direction;
  MeshKeypair *identity;   /* (owned) */
  MeshPeerId *expected;    /* (owned) (nullable) */
  MeshNoiseStream *secure; /* (owned) (nullable) */
  guint max_inbound_streams;
  guint max_outbound_streams;
} Upgrade;

static void
upgrade_free (Upgrade *upgrade)
{
  g_clear_pointer (&upgrade->link, mesh_link_free);
  g_clear_pointer (&upgrade->identity, mesh_keypair_unref);
  g_clear_pointer (&upgrade->expected, mesh_peer_id_unref);
  g_clear_object (&upgrade->secure);
  g_free (upgrade);
}

static void advance (GTask *task);

static void
negotiate_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Upgrade *upgrade = g_task_get_task_data (task);
  g_autofree char *protocol = NULL;
  GError *error = NULL;

  protocol = mesh_negotiate_run_finish (result, &error);
  if (protocol == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  /* There is one protocol of each kind, so it is the one. */
  upgrade->step = upgrade->step == STEP_CHOOSE_SECURITY ? STEP_SECURE : STEP_DONE;
  advance (task);
}

static void
secure_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Upgrade *upgrade = g_task_get_task_data (task);
  GError *error = NULL;

  upgrade->secure = mesh_noise_stream_new_finish (result, &error);
  if (upgrade->secure == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  upgrade->step = mesh_noise_stream_get_muxer (upgrade->secure) != NULL
                      ? STEP_DONE
                      : STEP_CHOOSE_MUXER;
  advance (task);
}

static void
negotiate (GTask *task, GIOStream *stream, const char *const *protocols)
{
  Upgrade *upgrade = g_task_get_task_data (task);
  MeshMultistream *core = upgrade->direction == MESH_DIRECTION_OUTBOUND
                              ? mesh_multistream_new_dialer (protocols)
                              : mesh_multistream_new_listener (protocols);

  mesh_negotiate_run_async (stream, core, NULL, g_task_get_cancellable (task),
                            negotiate_cb, g_object_ref (task));
}

static void
return_connection (GTask *task)
{
  Upgrade *upgrade = g_task_get_task_data (task);
  g_autoptr (MeshMuxer) muxer = mesh_yamux_muxer_new (
      G_IO_STREAM (upgrade->secure), upgrade->direction == MESH_DIRECTION_OUTBOUND,
      upgrade->max_inbound_streams, upgrade->max_outbound_streams);

  g_task_return_pointer (
      task,
      mesh_connection_new (muxer, mesh_noise_stream_get_peer_id (upgrade->secure),
                           upgrade->link->local_addr, upgrade->link->remote_addr,
                           upgrade->direction),
      g_object_unref);
}

static void
advance (GTask *task)
{
  Upgrade *upgrade = g_task_get_task_data (task);

  if (g_task_return_error_if_cancelled (task))
    return;
  switch (upgrade->step)
    {
    case STEP_CHOOSE_SECURITY:
      negotiate (task, upgrade->link->stream, security_protocols);
      return;
    case STEP_SECURE:
      mesh_noise_stream_new_async (
          upgrade->link->stream, upgrade->direction == MESH_DIRECTION_OUTBOUND,
          upgrade->identity, upgrade->expected, muxer_protocols,
          g_task_get_cancellable (task), secure_cb, g_object_ref (task));
      return;
    case STEP_CHOOSE_MUXER:
      negotiate (task, G_IO_STREAM (upgrade->secure), muxer_protocols);
      return;
    case STEP_DONE:
      return_connection (task);
      return;
    default:
      g_assert_not_reached ();
    }
}

/* A link that came secured and multiplexed. */
static void
return_ready (GTask *task)
{
  Upgrade *upgrade = g_task_get_task_data (task);
  MeshLink *link = upgrade->link;

  if (upgrade->expected != NULL && !mesh_peer_id_equal (upgrade->expected, link->peer_id))
    g_task_return_new_error (task, MESH_ERROR, MESH_ERROR_AUTH,
                             "Peer %s answered instead of %s",
                             mesh_peer_id_to_string (link->peer_id),
                             mesh_peer_id_to_string (upgrade->expected));
  else
    g_task_return_pointer (task,
                           mesh_connection_new (link->muxer, link->peer_id,
                                                link->local_addr, link->remote_addr,
                                                upgrade->direction),
                           g_object_unref);
}

void
mesh_upgrade_run_async (MeshLink *link,
                        MeshDirection direction,
                        MeshKeypair *identity,
                        MeshPeerId *expected,
                        guint max_inbound_streams,
                        guint max_outbound_streams,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  Upgrade *upgrade = g_new0 (Upgrade, 1);

  g_task_set_source_tag (task, mesh_upgrade_run_async);
  g_task_set_task_data (task, upgrade, (GDestroyNotify) upgrade_free);
  upgrade->link = link;
  upgrade->direction = direction;
  upgrade->identity = mesh_keypair_ref (identity);
  upgrade->expected = expected != NULL ? mesh_peer_id_ref (expected) : NULL;
  upgrade->max_inbound_streams = max_inbound_streams;
  upgrade->max_outbound_streams = max_outbound_streams;
  if (link->muxer != NULL)
    return_ready (task);
  else
    advance (task);
}

MeshConnection *
mesh_upgrade_run_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
