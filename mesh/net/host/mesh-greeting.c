/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "net/host/mesh-greeting.h"

#include "net/host/mesh-deadline.h"
#include "net/host/mesh-host-private.h"
#include "net/host/mesh-upgrade.h"

typedef struct
{
  MeshHost *host;     /* (owned) */
  MeshLimits *limits; /* (unowned): the host's */
  MeshGreetingFunc func;
  MeshMultiaddr *addr;    /* (owned) */
  MeshDeadline *deadline; /* (owned) */
} Greeting;

static void
greeting_free (Greeting *greeting)
{
  mesh_multiaddr_unref (greeting->addr);
  mesh_deadline_free (greeting->deadline);
  g_object_unref (greeting->host);
  g_free (greeting);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Greeting, greeting_free)

static void
upgrade_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Greeting) greeting = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (MeshConnection) connection = mesh_upgrade_run_finish (result, &error);

  mesh_limits_end_handshake (greeting->limits);
  if (connection != NULL)
    {
      greeting->func (greeting->host, connection);
      return;
    }
  mesh_limits_drop_inbound (greeting->limits, greeting->addr);
  error = mesh_deadline_explain (greeting->deadline, g_steal_pointer (&error),
                                 "The handshake");
  g_debug ("Connection from %s refused: %s", mesh_multiaddr_to_string (greeting->addr),
           error->message);
}

void
mesh_greeting_begin (MeshHost *host,
                     MeshLink *link,
                     MeshLimits *limits,
                     GCancellable *cancellable,
                     MeshGreetingFunc func)
{
  const MeshHostOptions *options = mesh_host_get_options (host);
  g_autoptr (GError) error = NULL;
  Greeting *greeting;

  if (!mesh_limits_admit_inbound (limits, link->remote_addr, &error))
    {
      g_debug ("Connection from %s refused: %s",
               mesh_multiaddr_to_string (link->remote_addr), error->message);
      mesh_link_free (link);
      return;
    }
  greeting = g_new0 (Greeting, 1);
  greeting->host = g_object_ref (host);
  greeting->limits = limits;
  greeting->func = func;
  greeting->addr = mesh_multiaddr_ref (link->remote_addr);
  greeting->deadline = mesh_deadline_new (cancellable, options->handshake_timeout_us);
  mesh_upgrade_run_async (
      link, MESH_DIRECTION_INBOUND, mesh_host_get_identity (host), NULL,
      options->max_inbound_streams, options->max_outbound_streams,
      mesh_deadline_get_cancellable (greeting->deadline), upgrade_cb, greeting);
}
